"""The pages on the newsletter name every setting, block and variable, and their template works."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
from click.testing import Result

from feedpub.site import Digest, Mail
from feedpub.templates import SHIPPED
from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured

DOCS = Path(__file__).parents[2] / "docs"


def test_every_setting_of_a_digest_is_documented() -> None:
    page = (DOCS / "newsletter.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \|", page.partition("## Settings")[2].partition("\n## ")[0], re.MULTILINE))
    assert rows == {field.encode_name for field in msgspec.structs.fields(Digest)} - {"lines"}


def test_every_setting_of_sending_is_documented() -> None:
    page = (DOCS / "sending.md").read_text(encoding="utf-8")
    assert [name for name in Mail.__struct_fields__ if f"`{name}`" not in page and f"`[mail] {name}`" not in page] == []


def test_every_block_of_the_templates_is_documented() -> None:
    page = (DOCS / "templates.md").read_text(encoding="utf-8")
    for path in SHIPPED.glob("*.j2"):
        (row,) = re.findall(rf"^\| `{re.escape(path.name)}` \|.*$", page, re.MULTILINE)
        assert [block for block in re.findall(r"{% block (\w+)", path.read_text()) if f"`{block}`" not in row] == []


def test_every_variable_of_a_template_is_documented() -> None:
    page = (DOCS / "templates.md").read_text(encoding="utf-8")
    source = (Path(__file__).parents[2] / "src/feedpub/digest/render.py").read_text(encoding="utf-8")
    names = re.findall(r'^        "(\w+)": ', source.partition("def _context")[2].partition("\ndef ")[0], re.MULTILINE)
    assert len(names) > 15
    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_template_of_the_page_works(write_site: Write, feedpub: Callable[..., Result]) -> None:
    page = (DOCS / "templates.md").read_text(encoding="utf-8")
    template = page.partition("```jinja\n")[2].partition("```")[0]
    assert len(template.splitlines()) <= 10
    files = {"articles/a.md": featured("A"), "templates/digest.html.j2": template}
    site = write_site(files, DIGEST + 'template = "templates"\n')
    assert feedpub("digest", "--site", site, "--at", "2025-11-17T08:00").exit_code == 0
    assert "No. 47, 17 November 2025" in (site / "issue/issue.html").read_text()
