"""The page follows the files of the site, without a key being pressed."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.conftest import Write, article
from tests.digest.conftest import DIGEST, featured
from tests.preview.conftest import Look, Serve, Servers, copied


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def settled(page: Page) -> None:
    """Wait until the page listens: what changes from then on, it hears of."""
    expect(page.locator("#live")).to_contain_text("Live")


def test_an_edit_shows_up_and_the_page_stays_where_it_is(serve: Serve, look: Look, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    page = look(serve(folder))
    settled(page)
    page.fill("#search", "half-typed")
    page.evaluate("scrollTo(0, 500)")
    replaced(folder / "articles/few-shelves-and-good-light.md", "title: Few Shelves", "title: Fewer Shelves")
    expect(page.locator(".rows")).to_contain_text("Fewer Shelves")
    assert page.evaluate("scrollY") == 500
    assert page.input_value("#search") == "half-typed"
    expect(page.locator("#search")).to_be_focused()


def test_a_problem_appears_and_goes_when_it_is_mended(serve: Serve, look: Look, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    page = look(serve(folder))
    settled(page)
    file = folder / "articles/few-shelves-and-good-light.md"
    replaced(file, "publishedAt:", "noted:")
    expect(page.locator(".row.bad")).to_contain_text("publishedAt")
    expect(page.locator("#tab-articles .count")).to_contain_text("1")
    replaced(file, "noted:", "publishedAt:")
    expect(page.locator(".row.bad")).to_have_count(0)


def test_settings_that_cannot_be_read_are_a_panel_above_what_was(serve: Serve, look: Look, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    page = look(f"{serve(folder)}feeds")
    settled(page)
    good = (folder / "feedpub.toml").read_text()
    (folder / "feedpub.toml").write_text(good.replace("[feeds]", "[feeds"))
    expect(page.locator("#panel")).to_contain_text("feedpub.toml")
    expect(page.locator("h1")).to_have_text("The Open Margin")
    (folder / "feedpub.toml").write_text(good.replace('title = "The Open Margin"\nurl', 'title = "The Wide Margin"\nurl'))
    expect(page.locator("#panel")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("The Wide Margin")


def test_a_site_that_was_never_readable_fills_itself(serve: Serve, look: Look, write_site: Write) -> None:
    folder = write_site({"articles/a.md": article("One")}, base="[site\n")
    page = look(serve(folder))
    settled(page)
    expect(page.locator("#panel")).to_contain_text("feedpub.toml")
    (folder / "feedpub.toml").write_text('[site]\ntitle = "T"\nurl = "https://a.example"\n')
    expect(page.locator(".row h2")).to_have_text("One")


def test_the_feeds_and_the_email_follow_too(serve: Serve, look: Look, write_site: Write) -> None:
    folder = write_site({"articles/a.md": featured("One", "2026-10-30"), "articles/b.md": article("Two")}, DIGEST)
    address = serve(folder)
    feeds, digest = look(f"{address}feeds"), look(f"{address}digests/weekly")
    settled(feeds)
    settled(digest)
    reader = feeds.frame_locator("#reader")
    reader.locator("summary", has_text="Two").click()
    (folder / "articles/c.md").write_text(featured("Three", "2026-11-01", "Brand new.\n"))
    expect(reader.locator(".title")).to_have_text(["Three", "One", "Two"])
    expect(reader.locator("details[open] .title")).to_have_text("Two")  # what was open stays open
    expect(digest.locator(".inbox .subject")).to_have_text("Three")
    expect(digest.frame_locator("#mail-600").locator("body")).to_contain_text("Brand new.")
    (folder / "articles/c.md").unlink()
    expect(reader.locator(".title")).to_have_text(["One", "Two"])


def test_a_feed_that_is_gone_is_not_found_and_comes_back(
    serve: Serve, look: Look, complaints: list[str], write_site: Write
) -> None:
    folder = write_site({"articles/a.md": article("One", category="Art"), "articles/b.md": article("Two")})
    page = look(f"{serve(folder)}feeds/art")
    settled(page)
    replaced(folder / "articles/a.md", "category: Art", "category: Music")
    expect(page.locator("h1")).to_have_text("Not found")
    complaints.clear()
    replaced(folder / "articles/a.md", "category: Music", "category: Art")
    expect(page.locator("h1")).to_have_text("Art")


def test_articles_elsewhere_and_folders_that_come_and_go_are_followed(serve: Serve, look: Look, write_site: Write) -> None:
    folder = write_site({"../posts/a.md": article("One")}, 'articles = "../posts"\n')
    page = look(serve(folder))
    settled(page)
    (folder / "../posts/new").mkdir()
    (folder / "../posts/new/b.md").write_text(article("Two"))
    expect(page.locator(".rows")).to_contain_text("Two")
    (folder / "../posts").rename(folder / "../away")
    expect(page.locator("#panel")).to_contain_text("there is no such folder")
    (folder / "../away").rename(folder / "../posts")
    expect(page.locator("#panel")).to_have_count(0)
    expect(page.locator(".rows")).to_contain_text("Two")


def test_a_server_that_ended_is_told(look: Look, complaints: list[str], tmp_path: Path) -> None:
    servers = Servers()
    page = look(servers(copied(tmp_path)))
    settled(page)
    servers.stop()
    expect(page.locator("#live")).to_contain_text("Not connected")
    page.close()
    complaints.clear()  # the browser tells of every attempt
