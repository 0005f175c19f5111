"""Names of files as the disk spells them."""

import os
import unicodedata
from pathlib import Path


def as_spelt(root: Path, place: str | Path) -> Path:
    """`place`, a path against `root`, as the disk spells it; as it is where nothing of that name is there.

    `é` may be one character or two (Unicode, annex 15): macOS and archives made there give the second, keyboards the first,
    and Linux takes them for two names.
    """
    if str(place).isascii() or os.path.lexists(root / place):
        return Path(place)
    found = Path()
    for part in Path(place).parts:
        found /= part if os.path.lexists(root / found / part) else _spelt(root / found, part)
    return found


def _spelt(folder: Path, name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    try:
        return next((one for one in sorted(os.listdir(folder)) if unicodedata.normalize("NFC", one) == composed), name)
    except (OSError, ValueError):
        return name
