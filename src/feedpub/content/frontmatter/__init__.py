"""Text of a file → its raw fields, as typed, with the line of each; and its body."""

import re
from functools import lru_cache

import frontmatter

from feedpub.content.frontmatter.header_fields import HeaderHandler, is_header
from feedpub.content.frontmatter.json_fields import JsonHandler
from feedpub.content.frontmatter.raw import Fault, Handler, Raw
from feedpub.content.frontmatter.toml_fields import TomlHandler
from feedpub.content.frontmatter.yaml_fields import YamlHandler
from feedpub.errors import FeedpubError, Problem

__all__ = ["Raw", "read_front_matter"]

_FENCE = re.compile(r"(---|\+\+\+)[ \t]*([a-z]*)[ \t]*(\n|$)")
_HANDLERS: dict[tuple[str, str], type[Handler]] = {
    ("---", ""): YamlHandler, ("---", "yaml"): YamlHandler, ("---", "yml"): YamlHandler, ("---", "json"): JsonHandler,
    ("---", "toml"): TomlHandler, ("+++", ""): TomlHandler, ("+++", "toml"): TomlHandler,
}  # fmt: skip
_OTHER_END = re.compile(r"^(---|\+\+\+|\.\.\.|;;;)[ \t]*$", re.MULTILINE)
_MISSING_MEND = "write a line --- , the fields (title: … , publishedAt: …), and a line ---, above the body"


def read_front_matter(text: str, source: str) -> Raw:
    """The fields and the body of `text` (line ends as \\n). Raises FeedpubError with the Problems if they can't be read.

    YAML stands between lines of `---`, TOML between lines of `+++`, JSON in the braces that begin the text, and lines as
    Pelican writes them above the first blank one.
    """
    text = text.lstrip("\n") if not text.strip("\n") else text
    skipped = len(text) - len(text.lstrip())
    first = text.count("\n", 0, skipped) + 1
    try:
        handler = _handler(text[skipped:])
        if handler is None:
            return Raw({}, {}, text, 1, absent=Problem(source, 1, "", "front matter is missing", _MISSING_MEND))
        fields, content = frontmatter.parse(text, handler=handler)
    except Fault as fault:
        found = [Problem(source, first + line, field, what, mend) for line, field, what, mend in fault.faults]
        raise FeedpubError(found) from fault
    body_line = text.count("\n", 0, len(text.rstrip()) - len(handler.body.rstrip())) + 1
    warnings = tuple(
        Problem(source, first + line, field, "stands twice, and the last counts", "keep one of the two lines", "warning")
        for line, field in handler.twice
    )
    mend = "write at least title and publishedAt"
    absent = None if fields else Problem(source, first, "", "front matter is empty", mend)
    lines = {name: first + line for name, line in handler.lines.items()}
    # python-frontmatter strips the body, and so the indent of a code block at its start.
    return Raw(fields, lines, handler.body if content else "", body_line, warnings, absent)


@lru_cache(maxsize=16)
def _boundary(mark: str, language: str) -> re.Pattern[str]:
    return re.compile(rf"^{re.escape(mark)}(?:[ \t]*{language})?[ \t]*$", re.MULTILINE)


def _handler(text: str) -> Handler | None:
    """The handler of the front matter that `text` begins with; None if there is none. Raises Fault if it has no end."""
    if re.match(r'\{\s*["}]', text):
        return JsonHandler()
    fence = _FENCE.match(text)
    if fence is None:
        return HeaderHandler() if is_header(text) else None
    mark, language = fence[1], fence[2]
    boundary = _boundary(mark, language)
    if not boundary.search(text, fence.end()):
        other = _OTHER_END.search(text, fence.end())
        if not other:
            raise Fault(0, "", "front matter is not closed", f"write a line {mark} after its last field")
        what = f"front matter begins with {mark}, as {'YAML' if mark == '---' else 'TOML'} does, and {other[1]} does not end it"
        raise Fault(text.count("\n", 0, other.start()), "", what, f"write {mark} here")
    kind = _HANDLERS.get((mark, language))
    if kind is None:
        raise Fault(0, "", f'front matter in "{language}" is not read', "write it as YAML, TOML or JSON")
    return kind(boundary)
