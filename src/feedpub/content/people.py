"""A file that says who an id of an author is, as Docusaurus, Jekyll and MkDocs keep it → the people."""

import unicodedata

from feedpub.content.dialects.shapes import people
from feedpub.content.frontmatter.json_fields import JsonHandler
from feedpub.content.frontmatter.raw import Fault, Handler
from feedpub.content.frontmatter.toml_fields import TomlHandler
from feedpub.content.frontmatter.yaml_fields import YamlHandler
from feedpub.errors import FeedpubError, Problem
from feedpub.model import Author
from feedpub.readers import read_author

_HANDLERS: dict[str, type[Handler]] = {"json": JsonHandler, "toml": TomlHandler, "yaml": YamlHandler, "yml": YamlHandler}
_FORM = "write for each id a mapping, such as alex: {name: Alex Soble, email: alex@example.org}"


def read_people(text: str, source: str) -> dict[str, Author]:
    """Who each id in `text` is: a mapping of YAML, TOML or JSON, by the ending of `source`. Raises FeedpubError.

    What stands under an id is a mapping with a `name` and perhaps an `email`, or `Name <mail>`.
    """
    kind = _HANDLERS.get(source.rpartition(".")[2].lower())
    if kind is None:
        raise FeedpubError(
            [Problem(source, 0, "", "is neither YAML, TOML nor JSON by its name", "end it in .yml, .toml or .json")]
        )
    handler = kind()
    handler.lines, handler.twice = {}, []
    try:
        fields = handler.load(text)
    except Fault as fault:
        # Lines of front matter count from its fence.
        found = [
            Problem(source, line + 1, field, what.replace("front matter", "this"), mend)
            for line, field, what, mend in fault.faults
        ]
        raise FeedpubError(found) from fault
    if set(fields) == {"authors"} and isinstance(fields["authors"], dict):
        fields = fields["authors"]
    persons: dict[str, Author] = {}
    problems = []
    for name, value in fields.items():
        try:
            persons[unicodedata.normalize("NFC", name)] = read_author(next(iter(people(value, {})), ""))
        except ValueError:
            problems.append(Problem(source, handler.lines.get(name, 0) + 1, name, "has no name", _FORM))
    if problems:
        raise FeedpubError(problems)
    return persons
