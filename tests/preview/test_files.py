"""A preview of files as they come: names in other letters, and some that can't be read."""

import unicodedata

import pytest

from tests.conftest import Write, article
from tests.preview.conftest import Serve, ask


def test_one_file_that_cannot_be_read_leaves_the_others(write_site: Write, serve: Serve) -> None:
    site = write_site({"articles/a.md": article("A loaf")})
    (site / "articles/gone.md").symlink_to("../nowhere.md")
    status, _, page = ask(serve(site), "/")
    assert status == 200
    assert b"A loaf" in page
    assert b"is a link that leads nowhere" in page


@pytest.mark.parametrize(("disk", "text"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_picture_is_shown_however_its_name_is_composed(write_site: Write, serve: Serve, disk: str, text: str) -> None:
    place, written = (unicodedata.normalize(form, "bilder/caf\u00e9 \u00fc.png") for form in (disk, text))  # type: ignore[arg-type]
    site = write_site({"articles/a.md": article(body=f"![A caf\u00e9](<{written}>)\n"), f"articles/{place}": b"12345"})
    address = serve(site)
    shown = ask(address, "/frames/feed/")[2].decode().split('src="/pictures/')[1].split('"')[0]
    assert ask(address, f"/pictures/{shown}")[0::2] == (200, b"12345")
