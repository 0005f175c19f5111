"""What programs leave beside an article is no article, and what only looks so is one."""

import pytest

from feedpub.disk.leftovers import left_by


@pytest.mark.parametrize(
    "name",
    [
        "post (Jane's conflicted copy 2025-11-11).md",
        "post (conflicted copy 2025-11-11 101010).md",
        "post (Case Conflict).md",
        "post.sync-conflict-20251111-101010-ABCDEFG.md",
        "post_conflict-20251111-101010.md",
        "~$post.md",
        "#post.md",
        "post_LOCAL_1234.md",
        "post - Copy.md",
        "post - Copy (2).md",
        "Copy of post.md",
        "post - Kopie.md",
        "post copy.md",
        "post copy 2.md",
        "post (1).md",
        "post.bak.md",
        "post.orig.md",
    ],
)
def test_copies_are_left_by_somebody(name: str) -> None:
    assert left_by(name, {"post.md", name})


@pytest.mark.parametrize(
    "name",
    ["post.md", "hard copy.md", "on conflicted copy editing.md", "part 2.md", "part (1).md", "the base_local 1.md"],
)  # fmt: skip
def test_titles_that_look_alike_are_none(name: str) -> None:
    assert left_by(name, {"post.md", "part.md" if "(" not in name else "", name}) is None
