"""feedpub.ids.toml: the ids that articles had in the feeds that were there before feedpub."""

import tomllib
from dataclasses import dataclass, field

from feedpub.errors import FeedpubError, Problem

IDS = "feedpub.ids.toml"
_HEAD = """\
# Ids that articles had in an older feed, by slug. Readers know the articles by them: with another id each would be new.
# Written by: feedpub ids import FEED.xml
"""


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids by slug; and the titles of old entries that no article is, by their ids."""

    ids: dict[str, str] = field(default_factory=dict)
    unmatched: dict[str, str] = field(default_factory=dict)


def read_ids(text: str, source: str) -> Ids:
    """What `text`, a feedpub.ids.toml, holds. Raises FeedpubError."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FeedpubError([Problem(source, 0, "", f"is not TOML: {error}", "mend it, or import the old feed again")]) from error
    read = {}
    for name in ("ids", "unmatched"):
        read[name] = table = tables.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(value, str) and value.strip() for value in table.values()):
            mend = 'write a line such as "my-slug" = "https://old.example/?p=12"'
            raise FeedpubError([Problem(source, 0, name, "must be a table of texts", mend)])
    return Ids(**read)


def written(ids: Ids) -> str:
    """`ids` as the text of a feedpub.ids.toml."""
    lines = [_HEAD]
    for name, table in (("ids", ids.ids), ("unmatched", ids.unmatched)):
        if table:
            lines += [f"[{name}]", *(f"{_quoted(key)} = {_quoted(value)}" for key, value in sorted(table.items())), ""]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
