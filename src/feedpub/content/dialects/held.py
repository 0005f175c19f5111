"""How other tools say that an article is not for everybody's eyes, or not yet."""

from collections.abc import Callable, Mapping

from feedpub.content.dialects.names import at, places, plain
from feedpub.content.dialects.shapes import FALSE, TRUE

_NEVER = {"never", "false", "local", "link"}
# A field, and whether a value of it (in small letters) holds the article back. A dot leads into a mapping.
HELD: dict[str, Callable[[str], bool]] = {
    "draft": TRUE.__contains__,
    "published": FALSE.__contains__,
    "publish": FALSE.__contains__,
    "is_draft": TRUE.__contains__,
    "unlisted": TRUE.__contains__,
    "hidden": TRUE.__contains__,
    "private": TRUE.__contains__,
    "headless": TRUE.__contains__,
    "render": FALSE.__contains__,
    "eleventyExcludeFromCollections": TRUE.__contains__,
    "build.list": _NEVER.__contains__,
    "build.render": _NEVER.__contains__,
    "_build.list": _NEVER.__contains__,
    "_build.render": _NEVER.__contains__,
    "status": {"draft", "private", "pending", "trash", "auto-draft", "unpublished", "wip"}.__contains__,
    "post_status": {"draft", "private", "pending", "trash", "auto-draft"}.__contains__,
    "visibility": {"private", "hidden", "members", "paid", "password", "unlisted"}.__contains__,
    "audience": {"only_paid", "only_free", "founding"}.__contains__,
    "password": bool,
    "redirect_to": bool,
    "layout": {"redirect"}.__contains__,
}
_FIRST_WORDS = {plain(word) for name in HELD for word in (name, name.partition(".")[0])}
FOLDERS = {"_drafts"}


def held_by(fields: Mapping[str, object], known: Mapping[str, str]) -> str | None:
    """The place of the field that holds the article back; None if none does."""
    for name in _FIRST_WORDS & known.keys() and HELD:
        holds = HELD[name]
        for place in places((name,), fields, known):
            value = at(fields, place)
            if isinstance(value, str) and holds(value.strip().lower()):
                return place
    return None
