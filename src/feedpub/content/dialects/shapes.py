"""Values as other tools shape them → values as ours are. None says that a value is nothing of the kind."""

import re
import unicodedata
from collections.abc import Mapping

from feedpub.content.dialects.names import plain
from feedpub.model import Author

TRUE, FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}
_EMPTY = {"", "~", "null"}
_NAME = ("name", "title", "label", "display_name", "value", "slug", "id")
_PLACE = (
    "url",
    "src",
    "image",
    "path",
    "file",
    "filename",
    "href",
    "feature",
    "teaser",
    "thumbnail",
    "large",
    "source",
    "original",
)


def address(value: object) -> str | None:
    """The place of a picture: text, the first of a list, or what a mapping calls its url or src."""
    if isinstance(value, list):
        return next(filter(None, map(address, value)), None)
    if isinstance(value, dict):
        return next((found for key in _PLACE if (found := address(_inside(value, key)))), None)
    text = str(value).strip()
    # An Obsidian property links to a picture as [[image.png]]; a flag or a number is no place.
    text = re.sub(r"^!?\[\[([^\]|]+)(?:\|[^\]]*)?\]\]$", r"\1", text)
    return text if text not in _EMPTY and re.search(r"[./]", text) and not re.fullmatch(r"[\d.]+", text) else None


def names(value: object, *, spaced: bool = False) -> list[str]:
    """Names out of a list (nested as Hexo's categories are, or of mappings), or of text: with commas, or `spaced` as Jekyll's."""
    if isinstance(value, str):
        parts = value.split(",") if "," in value or not spaced else value.split()
        return [name for part in parts if (name := _unlinked(part.strip().removeprefix("#"))) not in _EMPTY]
    if isinstance(value, dict):
        inner = (_inside(value, key) for key in _NAME)
        return [text for text in inner if isinstance(text, str) and text not in _EMPTY][:1]
    if isinstance(value, list):
        items = (
            names(item) if isinstance(item, list | dict) else [_unlinked(str(item).strip().removeprefix("#"))] for item in value
        )
        return [name for some in items for name in some if name not in _EMPTY]
    return []


def people(value: object, known: Mapping[str, Author]) -> list[str]:
    """`Name <mail>` for each person in text, a mapping or a list; `known` says who an id is."""
    found: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            name = next(iter(names(item)), "")
            mail = _inside(item, "email") or _inside(item, "mail")
            found.append(f"{name} <{mail}>".strip() if isinstance(mail, str) and mail else _person(name, known))
        elif isinstance(item, str):
            found.append(_person(_unlinked(item.strip()), known))
    return [person for person in found if person not in _EMPTY]


def _person(name: str, known: Mapping[str, Author]) -> str:
    id = unicodedata.normalize("NFC", name)
    author = known.get(id) or known.get(id.removeprefix("@"))
    return name if author is None else f"{author.name} <{author.email}>" if author.email else author.name


def truth(value: object) -> str | None:
    """`true` or `false`; a number above nought, such as the weight of a pinned article, is true."""
    text = str(value).strip().lower()
    if re.fullmatch(r"-?\d+", text):
        return "true" if int(text[:9]) > 0 else "false"
    return "true" if text in TRUE else "false" if text in FALSE else None


def line(value: object) -> str | None:
    """Text."""
    return value if isinstance(value, str) and value.strip().lower() not in _EMPTY | TRUE | FALSE else None


def _inside(value: Mapping[str, object], name: str) -> object:
    return next((inner for key, inner in value.items() if plain(key) == plain(name)), None) or ""


def _unlinked(text: str) -> str:
    """`[[Ada Lovelace|Ada]]`, a property of Obsidian, is Ada."""
    found = re.fullmatch(r"\[\[(?:[^\]|]*\|)?([^\]|]+)\]\]", text)
    return found[1].strip() if found else text
