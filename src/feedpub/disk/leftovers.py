"""Files that programs leave beside an article: copies of a conflict, of a duplicate, of an editor or a merge."""

import re
from collections.abc import Container

# By the name alone: nobody calls an article so.
_SURE = (
    (
        re.compile(r" \((?:.*\W)?(?:conflicted|case conflict) copy\b.*\)|\(Case Conflict(?: \d+)?\)", re.IGNORECASE),
        "a sync conflict",
    ),
    (re.compile(r"\.sync-conflict-\d{8}-\d{6}"), "Syncthing, for a conflict"),
    (re.compile(r"_conflict-\d{8}-\d{6}"), "a sync conflict"),
    (re.compile(r"^~\$"), "an office program, while it had the file open"),
    (re.compile(r"^#"), "an editor, to save what was typed"),
    (re.compile(r"_(?:BACKUP|BASE|LOCAL|REMOTE)_\d+$"), "git mergetool"),
)
# Where the file stands beside it that it is a copy of.
_BESIDE = (
    (
        re.compile(r" - (?:Copy|Kopie|Copie|Copia|Cópia)(?: ?\(\d+\))?$|^(?:Copy|Kopie) (?:of|von) ", re.IGNORECASE),
        "a copy",
    ),
    (re.compile(r" (?:copy|Kopie|copie)(?: \d+)?$"), "a copy"),
    (re.compile(r" ?\(\d+\)$"), "a download of the same name"),
    (re.compile(r"\.(?:bak|backup|orig|old|tmp)$", re.IGNORECASE), "a backup"),
)


def left_by(name: str, beside: Container[str]) -> str | None:
    """Who left the file `name` behind, or what it is; None if it may be an article. `beside` has the names in its folder."""
    stem, dot, ending = name.rpartition(".")
    for pattern, maker in _SURE:
        if pattern.search(stem or name):
            return maker
    for pattern, maker in _BESIDE:
        original = pattern.sub("", stem)
        if original != stem and f"{original}{dot}{ending}" in beside:
            return maker
    return None
