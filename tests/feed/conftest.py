"""A site with everything that an article can be, built in several ways."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from lxml import etree

from tests.conftest import SETTINGS, Write, article

TITLES = {
    "markup": "<b>A</b> & B",
    "quotes": "It's \"quoted\" & 'so'",
    "emoji": "Launch 🚀👩‍🚀",
    "arabic": "عنوان بالعربية",
    "japanese": "日本語のタイトル",
    "end": "]]> & <![CDATA[",
    "yes": "Yes",
}
VARIANTS = {
    "plain": "",
    "summary": 'content = "summary"\n',
    "everything": 'by = ["category", "tag", "author"]\nhub = "https://hub.example/"\nimage = "/logo.png"\n',
    "archive": "archive = true\nlimit = 2\n",
    "complete": "archive = true\nlimit = 500\n",
    "elsewhere": 'url = "https://cdn.example.net/feeds"\n',
    "json": 'formats = ["json"]\n',
    "rss": 'formats = ["rss"]\n',
}


def articles() -> dict[str, str | bytes]:
    """Files of a site: odd titles, dates, authors, bodies and images."""
    quoted = {name: json.dumps(title, ensure_ascii=False) for name, title in TITLES.items()}
    files: dict[str, str | bytes] = {
        f"articles/{name}.md": article(title, f"2025-11-{n + 10}", category="Cloud & Infrastructure", tags=f"[Tag {n % 2}, t]")
        for n, (name, title) in enumerate(quoted.items())
    }
    files |= {
        "articles/late.md": article("Late", "2025-11-20T23:30:00-05:00", author="[Ada <a@b.example>, Bob <b@b.example>, Zoë]"),
        "articles/early.md": article("Early", "2025-11-21T01:00:00+02:00", author="Only A Name", updatedAt="2025-12-24 12:00"),
        "articles/tie-b.md": article("Tie", "2025-10-01T00:00:00+02:00", category="C++"),
        "articles/tie-a.md": article("Tie", "2025-09-30T22:00:00Z", category="C#"),
        "articles/empty.md": article("Empty", "2025-09-01", body=""),
        "articles/picture.md": article("Picture", "2025-09-02", body="{{image: pic.png, width: 8, height: 4, alt: \"It\"}}\n"),
        "articles/lead.md": article("Lead", "2025-09-03", image="/images/a.png", excerpt="With & without <tags>"),
        "articles/remote.md": article("Remote", "2025-09-04", image="https://i.example/p/Cloud%20%26%20X%2C%20y?width=1&token=x"),
        "articles/raw.md": article("Raw", "2025-09-05", body="<script>x</script><a href='b' onclick='x'>b</a> &#8; [c](../c)\n"),
        "articles/control.md": article('"A\\u0007B\\x1bC\\uFFFED"', "2025-09-06", body="x\x01y\x0bz\n"),
        "articles/table.md": article("Table", "2025-09-07", body="| a | b |\n|:--|--:|\n| 1 | ~~2~~ |\n\n```xml\n<a/>\n```\n"),
        "articles/old.md": article("Old", "1899-12-31 23:00", body="Older than every zone's rules.\n"),
        "images/a.png": b"x" * 321,
    }  # fmt: skip
    return files


@pytest.fixture
def built(write_site: Write, feedpub: Callable[..., Result]) -> Callable[..., Path]:
    """Builds a site of these files and [feeds], and returns its output."""

    def run(feeds: str = "", files: dict[str, str | bytes] | None = None, *, base: str = SETTINGS, name: str = "site") -> Path:
        settings = 'strip_params = ["token"]\n[feeds]\n' + feeds
        site = write_site(articles() if files is None else files, settings, name=name, base=base)
        result = feedpub("build", site)
        assert result.exit_code == 0, result.output
        return site / "public"

    return run


def xml(path: Path) -> Any:
    """The document element of an XML file."""
    return etree.fromstring(path.read_bytes())
