"""What stands behind a tag's name: `"a" b`, `key="value"`, `key: value`, `key=value, …` or `(key="value")`."""

import re
from dataclasses import dataclass, field

_ARGUMENT = re.compile(
    r"""[\s,(]*+
    (?:(?P<key>[A-Za-z_][\w-]*)\s*+[=:](?!//)\s*+)?
    (?:"(?P<double>(?:\\.|[^"\\])*+)"|'(?P<single>(?:\\.|[^'\\])*+)'|`(?P<raw>[^`]*+)`|(?P<bare>[^\s,()"'`]++))""",
    re.VERBOSE,
)
_MOST = 50


@dataclass(frozen=True, slots=True)
class Arguments:
    """Values by place, and by name in small letters."""

    places: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    def first(self, wanted: tuple[str, ...]) -> str:
        """The first of `wanted`, names or places such as "0", that has a value; "" if none has."""
        for name in wanted:
            if name.isdigit():
                value = self.places[int(name)] if int(name) < len(self.places) else ""
            else:
                value = self.names.get(name, "")
            if value:
                return value
        return ""


def read_arguments(text: str) -> Arguments:
    """The arguments in `text`; what is none is passed over."""
    places: list[str] = []
    names: dict[str, str] = {}
    position = 0
    while len(places) + len(names) < _MOST and (found := _ARGUMENT.match(text, position)):
        position = found.end()
        value = next(found[kind] for kind in ("double", "single", "raw", "bare") if found[kind] is not None)
        if found["double"] is not None or found["single"] is not None:
            value = re.sub(r"\\(.)", r"\1", value)
        if found["key"]:
            names.setdefault(found["key"].lower(), value)
        else:
            places.append(value)
    return Arguments(tuple(places), names)
