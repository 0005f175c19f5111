"""A site of another tool, as it is: `feedpub init` finds its way, and its feeds are what its author meant."""

import re
from pathlib import Path

import pytest

from tests.conftest import tree
from tests.publications import SITES, published

# What no reader should see of a template, a container of Markdown or a component.
RAW = re.compile(r"\{%|\{\{[<%]|\{\{ ?\w+\(|^:::|^import .* from|&lt;[A-Z]\w+[ /]", re.MULTILINE)


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_a_publication_builds_as_it_is(site: Path, tmp_path: Path) -> None:
    said, files = published(site / "site", tmp_path / site.name)
    assert "found " in said
    assert files == tree(site / "expected")


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_no_reader_sees_what_was_meant_for_the_tool(site: Path) -> None:
    feed = (site / "expected/atom.xml").read_text("utf-8")
    shown = re.sub(r"&lt;pre.*?&lt;/pre&gt;|&lt;code.*?&lt;/code&gt;", "", feed, flags=re.DOTALL)
    assert not RAW.findall(shown.replace("&amp;", "&"))
