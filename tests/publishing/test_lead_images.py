"""Lead images as they are on the disk, and as a body shows them already."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.conftest import Write, article

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n".format("0" * 64)


def test_pointers_and_empty_files_are_told_and_give_no_false_length(write_site: Write, feedpub: Callable[..., Result]) -> None:
    files = {
        "articles/a.md": article("A", image="a.png"),
        "articles/a.png": POINTER,
        "articles/b.md": article("B", image="b.png"),
        "articles/b.png": b"",
    }
    site = write_site(files)
    checked = feedpub("check", site)
    assert "a.md:4: warning: image: articles/a.png is a pointer of Git LFS" in checked.stderr + checked.stdout
    assert "b.md:4: warning: image: articles/b.png is an empty file" in checked.stderr + checked.stdout
    assert feedpub("build", site).exit_code == 0
    assert re.findall('length="([^"]*)"', (site / "public/rss.xml").read_text()) == ["12345"]


@pytest.mark.parametrize(
    ("image", "shown", "times"),
    [
        ("https://img.example/p.jpg?w=1200", "https://img.example/p.jpg?w=600&fit=crop", 1),
        ("http://img.example/p.jpg", "https://img.example/p.jpg", 1),
        ("https://img.example/show?id=1&w=600", "https://img.example/show?id=2&w=600", 2),
        ("https://img.example/p.jpg", "https://img.example/q.jpg", 2),
    ],
)
def test_a_picture_is_shown_once(write_site: Write, feedpub: Callable[..., Result], image: str, shown: str, times: int) -> None:
    site = write_site({"articles/a.md": article("A", body=f"![A loaf]({shown})\n", image=image)})
    assert feedpub("build", site).exit_code == 0
    assert Path(site / "public/rss.xml").read_text().count("img src=") == times


def test_media_of_another_kind_are_no_lead_image(write_site: Write, feedpub: Callable[..., Result]) -> None:
    site = write_site({"articles/a.md": article("A", image="https://img.example/talk.mp3")})
    assert "talk.mp3" in feedpub("check", site).stderr + feedpub("check", site).stdout
    assert feedpub("build", site).exit_code == 0
    assert "talk.mp3" not in (site / "public/rss.xml").read_text()
