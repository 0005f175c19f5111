"""Text of a file → its raw fields, as typed, with the line of each; and its body."""

import re
from dataclasses import dataclass

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from feedpub.errors import FeedpubError, Problem, quoted

_PLAIN_TAGS = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}
_MOST_VALUES, _DEEPEST = 10_000, 50
_TAGS_MEND = "write the value plain, without ! in front of it"


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """A loader with which every scalar stays what the author typed: `title: Yes`, `slug: 2024`."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: object) -> str:
        return _PLAIN_TAGS[kind]


@dataclass(frozen=True, slots=True)
class Raw:
    """Front matter as typed (text, lists, mappings), the line of each field, and the body with its first line."""

    fields: dict[str, object]
    lines: dict[str, int]
    body: str
    body_line: int


class _Fault(Exception):
    """What is wrong with front matter, and on which of its own lines (from 0)."""

    def __init__(self, line: int, field: str, what: str, mend: str) -> None:
        self.problem = (line, field, what, mend)


class _Handler(YAMLHandler):
    """python-frontmatter's YAML handler, on a loader that guesses no types and keeps places."""

    # The library's own boundary also swallows the blank lines after it, and with them the body's place.
    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)

    lines: dict[str, int]
    body: str

    def split(self, text: str) -> tuple[str, str]:
        fm, self.body = super().split(text)
        return fm, self.body

    def load(self, fm: str, **kwargs: object) -> dict[str, object]:
        fields, self.lines = _mapping(re.sub("[\x85\u2028\u2029]", " ", re.sub("[\x7f-\x84\x86-\x9f]", "", fm)))
        return fields


def read_front_matter(text: str, source: str) -> Raw:
    """The fields and the body of `text` (line ends as \\n). Raises FeedpubError with one Problem if they can't be read."""
    text = text.lstrip("\n") if not text.strip("\n") else text
    skipped = len(text) - len(text.lstrip())
    first = text.count("\n", 0, skipped) + 1
    if not re.match(r"---[ \t]*(\n|$)", text[skipped:]):
        mend = "write a line --- , the fields (title: … , publishedAt: …), and a line ---, above the body"
        raise FeedpubError([Problem(source, 1, "", "front matter is missing", mend)])
    if len(_Handler.FM_BOUNDARY.split(text, 2)) < 3:
        mend = "write a line --- after its last field"
        raise FeedpubError([Problem(source, first, "", "front matter is not closed", mend)])
    handler = _Handler()
    try:
        fields, content = frontmatter.parse(text, handler=handler)
    except _Fault as fault:
        line, field, what, mend = fault.problem
        raise FeedpubError([Problem(source, first + line, field, what, mend)]) from fault
    body_line = text.count("\n", 0, len(text.rstrip()) - len(handler.body.rstrip())) + 1
    # python-frontmatter strips the body, and so the indent of a code block at its start.
    body = handler.body if content else ""
    return Raw(fields, {name: first + line for name, line in handler.lines.items()}, body, body_line)


def _mapping(fm: str) -> tuple[dict[str, object], dict[str, int]]:
    try:
        # libyaml's composer recurses in C: 100,000 open brackets end the process. So long texts are counted first.
        if len(fm) > 2_000:
            _check_depth(fm)
        loader = _Loader(fm)
        node = loader.get_single_node()
        if node is None:
            raise _Fault(0, "", "front matter is empty", "write at least title and publishedAt")
        if not isinstance(node, yaml.MappingNode):
            raise _Fault(_line(node), "", "front matter is not a list of fields", "write lines such as title: My first article")
        lines = _check_keys(node)
        _check_values(node)
        return {key: _value(value) for key, value in _fields(node)}, lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"front matter is not YAML: {error.problem or error.context}"
        mend = 'put a value that holds : # @ or quotes between quotes, such as title: "Feeds: a guide"'
        raise _Fault(mark.line if mark else 0, "", what, mend) from error
    except yaml.YAMLError as error:
        raise _Fault(0, "", f"front matter is not YAML: {quoted(error)}", "save the file as UTF-8 text") from error


def _check_depth(fm: str) -> None:
    depth = 0
    for event in yaml.parse(fm, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _Fault(_line(event), "", f"lists or mappings stand more than {_DEEPEST} deep", "write the value flat")


def _check_keys(node: yaml.MappingNode) -> dict[str, int]:
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _Fault(_line(key), "", "the name of a field is not text", "write lines such as title: My first article")
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if key.value in lines:
            raise _Fault(_line(key), key.value, "stands twice", "keep one of the two lines")
        lines[key.value] = _line(key)
    return lines


def _check_values(node: yaml.MappingNode) -> None:
    """Every value as an alias would unfold it: a few lines of aliases can stand for a billion values (an alias bomb)."""
    for field, top in _fields(node):
        waiting, seen = [(top, 0)], 0
        while waiting:
            value, depth = waiting.pop()
            seen += 1
            if seen > _MOST_VALUES or depth > _DEEPEST:
                raise _Fault(_line(top), field, "unfolds to too many values (aliases of aliases)", "write the values out")
            if value.tag != _PLAIN_TAGS[type(value)]:
                raise _Fault(_line(value), field, f"has the YAML tag {quoted(value.tag)}, and tags are not read", _TAGS_MEND)
            if isinstance(value, yaml.SequenceNode):
                waiting += [(item, depth + 1) for item in value.value]
            elif isinstance(value, yaml.MappingNode):
                if not all(isinstance(key, yaml.ScalarNode) for key, _ in value.value):
                    raise _Fault(_line(value), field, "holds a mapping whose key is not text", "write a plain key")
                waiting += [(item, depth + 1) for _, item in value.value]


def _value(node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _value(value) for key, value in node.value}
    return [_value(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else node.value


def _fields(node: yaml.MappingNode) -> list[tuple[str, yaml.Node]]:
    return [(key.value, value) for key, value in node.value]


def _line(node: yaml.Node | yaml.Event) -> int:
    return node.start_mark.line if node.start_mark else 0
