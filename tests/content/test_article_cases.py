"""Articles as their authors write them. A case is a folder in tests/cases: a file at its place in a site, such as
article.md or blog/2024-05-22-bread/index.md, and expected.json.

expected.json holds "problems" (whole lines), or any of "article" (fields that it does not name are not compared; times
are in UTC), "html", "lead" and "warnings" (whole lines; none where it is not named).
"""

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import asdict, replace

from feedpub.content import read_article, render_body
from feedpub.errors import FeedpubError
from feedpub.site import read_site

CASES = Path(__file__).parents[1] / "cases"
SITE = read_site("""\
[site]
title = "The Signal"
url = "https://news.example.org"
timezone = "Europe/Malta"
author = "Ada Lovelace <ada@news.example.org>"
article_url = "/blog/{slug}/"
strip_params = ["token"]

[fields]
excerpt = "lede"
publishedAt = ["when", "seo.dated"]

[authors]
alex = "Alex Soble <alex@news.example.org>"
""")


@pytest.mark.parametrize("case", sorted(path.parent for path in CASES.glob("*/expected.json")), ids=lambda folder: folder.name)
def test_an_article_reads_as_its_case_says(case: Path) -> None:
    expected = {"problems": [], "warnings": [], **json.loads((case / "expected.json").read_text(encoding="utf-8"))}
    (path,) = (path for path in case.rglob("*.*") if path.is_file() and path.name != "expected.json")
    assert named(described(path, path.relative_to(case).as_posix()), expected) == expected


def described(path: Path, source: str) -> dict[str, Any]:
    """All that is read from a file, as JSON can hold it."""
    text = path.read_bytes().decode("utf-8-sig")
    try:
        article = read_article(text, source, SITE)
    except FeedpubError as error:
        return {"problems": [str(problem) for problem in error.problems], "warnings": []}
    body = render_body(article, SITE)
    in_utc = replace(article, published=article.published.astimezone(UTC), updated=article.updated.astimezone(UTC))
    return {
        "problems": [],
        "article": json.loads(msgspec.json.encode(asdict(in_utc) | {"authors": [*map(asdict, article.authors)]})),
        "html": body.html,
        "lead": body.lead,
        "warnings": [str(problem) for problem in (*article.warnings, *body.problems)],
    }


def named(seen: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """What of `seen` the case names; problems that it does not expect are always among it."""
    some = {key: seen.get(key) for key in expected}
    if "article" in expected and "article" in seen:
        some["article"] = {key: seen["article"][key] for key in expected["article"]}
    return some
