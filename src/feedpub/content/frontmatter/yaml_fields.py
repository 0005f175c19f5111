"""Front matter in YAML, the format of our own."""

import re

import yaml

from feedpub.content.frontmatter.raw import DEEPEST, Fault, Handler
from feedpub.content.frontmatter.yaml_lines import plain_fields
from feedpub.errors import quoted

_PLAIN_TAGS = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}
_MOST_VALUES = 10_000
_TAGS_MEND = "write the value plain, without ! in front of it"


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """A loader with which every scalar stays what the author typed: `title: Yes`, `slug: 2024`."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: object) -> str:
        return _PLAIN_TAGS[kind]


class YamlHandler(Handler):
    """Reads YAML with a loader that guesses no types and keeps places. Raises Fault."""

    # The library's own boundary also swallows the blank lines after it, and with them the body's place.
    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)

    def load(self, fm: str, **kwargs: object) -> dict[str, object]:
        """The fields; their lines are in `lines`."""
        if plain := plain_fields(fm):
            fields, self.lines = plain
            return fields
        fm = re.sub("[\x85\u2028\u2029]", " ", re.sub("[\x7f-\x84\x86-\x9f]", "", fm))
        try:
            return self._read(fm)
        except yaml.YAMLError as error:
            from feedpub.content.frontmatter.yaml_faults import faults, joined_surrogates

            joined = joined_surrogates(fm)
            if joined != fm:
                return self.load(joined)
            raise faults(fm, error, _node) from error

    def _read(self, fm: str) -> dict[str, object]:
        node = _node(fm)
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise Fault(_line(node), "", "front matter is not a list of fields", "write lines such as title: My first article")
        _check_keys(node)
        _check_values(node)
        for key, value in node.value:
            if key.value in self.lines:
                self.twice.append((_line(key), key.value))
            self.lines[key.value] = _line(key)
            if isinstance(value, yaml.MappingNode):
                self.lines |= {f"{key.value}.{inner.value}": _line(inner) for inner, _ in value.value}
        return {key: _value(value) for key, value in _fields(node)}


def _node(fm: str) -> yaml.Node | None:
    # libyaml's composer recurses in C: 100,000 open brackets end the process. So long texts are counted first.
    if len(fm) > 2_000:
        _check_depth(fm)
    node: yaml.Node | None = _Loader(fm).get_single_node()
    return node


def _check_depth(fm: str) -> None:
    depth = 0
    for event in yaml.parse(fm, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Fault(_line(event), "", f"lists or mappings stand more than {DEEPEST} deep", "write the value flat")


def _check_keys(node: yaml.MappingNode) -> None:
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise Fault(_line(key), "", "the name of a field is not text", "write lines such as title: My first article")


def _check_values(node: yaml.MappingNode) -> None:
    """Every value as an alias would unfold it: a few lines of aliases can stand for a billion values (an alias bomb)."""
    for field, top in _fields(node):
        waiting, seen = [(top, 0)], 0
        while waiting:
            value, depth = waiting.pop()
            seen += 1
            if seen > _MOST_VALUES or depth > DEEPEST:
                raise Fault(_line(top), field, "unfolds to too many values (aliases of aliases)", "write the values out")
            if value.tag != _PLAIN_TAGS[type(value)]:
                raise Fault(_line(value), field, f"has the YAML tag {quoted(value.tag)}, and tags are not read", _TAGS_MEND)
            if isinstance(value, yaml.SequenceNode):
                waiting += [(item, depth + 1) for item in value.value]
            elif isinstance(value, yaml.MappingNode):
                if not all(isinstance(key, yaml.ScalarNode) for key, _ in value.value):
                    raise Fault(_line(value), field, "holds a mapping whose key is not text", "write a plain key")
                waiting += [(item, depth + 1) for _, item in value.value]


def _value(node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _value(value) for key, value in node.value}
    return [_value(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else node.value


def _fields(node: yaml.MappingNode) -> list[tuple[str, yaml.Node]]:
    return [(key.value, value) for key, value in node.value]


def _line(node: yaml.Node | yaml.Event) -> int:
    return node.start_mark.line if node.start_mark else 0
