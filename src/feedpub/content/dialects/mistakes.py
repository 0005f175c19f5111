"""Names of fields that are nearly one of ours."""

from functools import lru_cache

from feedpub.content.dialects.held import HELD
from feedpub.content.dialects.names import CONTAINERS, THEIRS, plain
from feedpub.tables import FIELDS

# What other tools mean by a name that is near one of ours.
_MEANT = "titles subtitle layout lang images imgs tagline tagged page pages imageAlt image_alt feature features tag_line".split()
_KNOWN = {plain(name) for name in (*FIELDS, *(name for names in THEIRS.values() for name in names), *HELD, *CONTAINERS, *_MEANT)}


@lru_cache(maxsize=1024)
def meant(name: str) -> str | None:
    """The field of ours that `name` looks like: one edit away from a short name, two from a longer one; else None."""
    if plain(name) in _KNOWN or not 3 <= len(name) <= 20:
        return None
    from rapidfuzz.distance import OSA

    near = ((OSA.distance(plain(name), plain(ours)), ours) for ours in FIELDS)
    distance, ours = min(near)
    return ours if distance <= (1 if len(ours) <= 5 else 2) and distance < len(name) - 1 else None
