"""Files that programs leave beside an article: copies of a conflict, of a duplicate, of an editor or a merge."""

import re
from collections.abc import Container

# Only a name with one of these is looked at more closely: most have none.
_SUSPECT = re.compile(r"[ ~#(]|_conflict-|_[A-Z]+_\d|\..*\.")
# By the name alone: nobody calls an article so.
_SURE = (
    (
        re.compile(r" \((?:.*\W)?(?:conflicted|case conflict) copy\b.*\)|\(Case Conflict(?: \d+)?\)", re.IGNORECASE),
        "what a sync tool such as Dropbox made of a conflict",
    ),
    (
        re.compile(r" \([^()]*(?:Kopie|Copie|Copia|Cópia|kopia|SFConflict)\b[^()]*\d{4}-\d\d-\d\d[^()]*\)", re.IGNORECASE),
        "what a sync tool such as Dropbox made of a conflict",
    ),
    (re.compile(r"\.sync-conflict-\d{8}-\d{6}"), "what Syncthing made of a conflict"),
    (re.compile(r"_conflict-\d{8}-\d{6}"), "what a sync tool such as Nextcloud made of a conflict"),
    (re.compile(r"^~\$"), "what an office program keeps while it has the file open"),
    (re.compile(r"^#.*#$"), "what an editor such as Emacs saves while somebody types"),
    (re.compile(r"_(?:BACKUP|BASE|LOCAL|REMOTE)_\d+$"), "what git mergetool left"),
)
# Where the file stands beside it that it is a copy of.
_BESIDE = (
    (re.compile(r" - (?:Copy|Kopie|Copie|Copia|Cópia)(?: ?\(\d+\))?$", re.IGNORECASE), "a file manager's copy"),
    (re.compile(r"^(?:Copy of|Kopie von|Copie de|Copia de|Cópia de) ", re.IGNORECASE), "a file manager's copy"),
    (re.compile(r" (?:copy|Kopie|copie)(?: \d+)?$"), "a file manager's copy"),
    (re.compile(r" \((?:(?:another |\w+ )?copy|Kopie|copie|copia|cópia)(?: \d+)?\)$"), "a file manager's copy"),
    (re.compile(r" ?\(\d+\)$"), "a second download of one file, or a file manager's copy"),
    (re.compile(r"^#"), "what an editor such as Emacs saves while somebody types"),
    (re.compile(r"\.(?:bak|backup|orig|old|tmp)$|~$", re.IGNORECASE), "an editor's backup"),
)


def left_by(name: str, beside: Container[str]) -> str | None:
    """What the file `name` looks like if a program left it behind: `a file manager's copy`. None if it may be an article.

    `beside` has the names in its folder.
    """
    if not _SUSPECT.search(name):
        return None
    stem, dot, ending = name.rpartition(".")
    for pattern, maker in _SURE:
        if pattern.search(stem or name):
            return maker
    for pattern, maker in _BESIDE:
        original = pattern.sub("", stem)
        if original != stem and f"{original}{dot}{ending}" in beside:
            return maker
    return None
