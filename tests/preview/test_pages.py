"""What each page shows, in a real browser."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import etree
from playwright.sync_api import expect

from tests.conftest import Write, article
from tests.digest.conftest import DIGEST, featured
from tests.preview.conftest import Look, Serve, ask, copied
from tests.preview.ledger import add_history

PAGES = [
    "/", "/?only=drafts", "/?search=village", "/articles/notes-on-asking-politely",
    "/feeds", "/feeds/craft", "/digests", "/digests/monthly", "/digests/monthly/dark",
    "/digests/monthly/no-images", "/digests/monthly/text", "/operator", "/operator?by=day",
]  # fmt: skip
FRAMES = ["/frames/feed/", "/frames/digest/monthly/light", "/frames/digest/monthly/dark"]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds with a ledger, an article that can't be read, a warning, and a digest without anything new."""
    folder = copied(tmp_path_factory.mktemp("busy"))
    add_history(folder)
    (folder / "articles/broken.md").write_text(article("Broken", "11 Nov"))
    (folder / "articles/warned.md").write_text(article("Warned", "2026-10-30", "![](/images/nothing.jpg)"))
    more = DIGEST.replace('max_age = "3650d"', 'max_age = "1d"')
    (folder / "feedpub.toml").write_text((folder / "feedpub.toml").read_text() + more)
    return folder


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(serve: Serve, look: Look, busy: Path, width: int, dark: bool) -> None:
    address = serve(busy).rstrip("/")
    page = look(address, width, dark=dark)
    for path in (*PAGES, "/?only=problems", "/digests/weekly", *FRAMES):
        page.goto(address + path)
        assert (path, page.evaluate("document.documentElement.scrollWidth")) <= (path, width)
        if path not in FRAMES:  # the e-mail is judged in tests/digest; a frame is no page of its own
            expect(page.locator("#live")).to_contain_text("Live")
            found = Axe().run(page).response["violations"]
            assert (path, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]) == (path, [])


@pytest.mark.parametrize("dark", [False, True])
def test_the_reader_is_accessible_too(look: Look, seeds: str, dark: bool) -> None:
    page = look(seeds, dark=dark)
    # Where no script runs, axe doesn't either: here alone the frame's document is shown without its policy.
    page.route("**/frames/feed/", lambda route: route.fulfill(body=route.fetch().body(), content_type="text/html"))
    page.goto(f"{seeds}frames/feed/")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_the_articles_of_the_seeds_are_listed_newest_first(look: Look, seeds: str) -> None:
    page = look(seeds)
    expect(page.locator(".verdict")).to_contain_text("17 articles")
    titles = page.locator(".row h2").all_inner_texts()
    assert titles[:2] == ["Notes on Asking Politely: The Charm of 304", "An Archive That Does Not Rot"]
    assert len(titles) == 17
    expect(page.locator(".row", has_text="Notes on Asking Politely").locator(".badge")).to_have_text("Draft")
    page.fill("#search", "village")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?search=village")
    page.click("#only-drafts")
    expect(page.locator(".empty")).to_have_text("No article has that.")


def test_what_is_wrong_stands_beside_its_article_and_the_rest_is_shown(serve: Serve, look: Look, busy: Path) -> None:
    page = look(serve(busy))
    expect(page.locator(".verdict")).to_contain_text("A build refuses this site: 1 problem")
    first = page.locator(".row").first
    expect(first).to_contain_text("articles/broken.md")
    expect(first.locator(".problems")).to_contain_text("line 3")
    expect(first.locator(".problems")).to_contain_text('publishedAt: "11 Nov" is not a date')
    expect(first.locator(".mend").first).to_contain_text("write 2025-11-11")
    expect(page.locator(".row", has_text="Warned")).to_contain_text("has no alt text")
    assert page.locator(".row").count() == 19
    page.click("text=Feeds")
    expect(page.frame_locator("#reader").locator(".title").first).to_have_text("Warned")


def test_a_feed_is_shown_as_a_reader_shows_it(look: Look, seeds: str) -> None:
    page = look(f"{seeds}feeds")
    page.click("text=Field Notes")
    page.wait_for_url("**/feeds/field-notes")
    reader = page.frame_locator("#reader")
    expect(reader.locator(".title")).to_have_text(
        ["A Newsroom in a Folder", "Two Hundred and Fourteen", "Letter to Someone Starting to Write"]
    )
    second = reader.locator("details").nth(1)
    second.locator("summary").click()
    expect(second.locator("article")).to_contain_text("On Fridays, at ten to six")
    expect(second.locator(".meta")).to_contain_text("12 May 2026 · Samira Zammit")
    image = second.locator("article img").first
    assert image.get_attribute("src") == "/pictures/images/paper-village.jpg"
    expect(image).to_have_js_property("naturalWidth", 1200)
    # The frame is as high as what it shows, so there is one scroll bar, not two.
    page.wait_for_function("() => reader.clientHeight >= reader.contentDocument.documentElement.scrollHeight")


def test_a_draft_is_shown_as_a_reader_would_show_it(look: Look, seeds: str) -> None:
    page = look(seeds)
    page.click("text=Notes on Asking Politely")
    page.wait_for_url("**/articles/notes-on-asking-politely")
    expect(page.locator("main")).to_contain_text("No feed has it while it is a draft.")
    expect(page.frame_locator("#reader").locator("details[open] article")).not_to_be_empty()
    page.goto(f"{seeds}articles/two-hundred-and-fourteen")
    expect(page.locator("main")).to_contain_text("Stands in Everything, Field Notes, Samira Zammit.")
    page.click("text=Field Notes")
    page.wait_for_url("**/feeds/field-notes")


@pytest.mark.parametrize(
    ("file", "kind", "start"),
    [("rss.xml", "application/rss+xml", b"<?xml"), ("atom.xml", "application/atom+xml", b"<?xml"),
     ("feed.json", "application/feed+json", b"{")],
)  # fmt: skip
def test_raw_feeds_are_those_that_a_build_writes(seeds: str, file: str, kind: str, start: bytes) -> None:
    golden = Path(__file__).parents[1] / "golden/seeds"
    for folder in ("", "craft/", "author/yuki-tanabe/"):
        status, headers, body = ask(seeds, f"/raw/{folder}{file}")
        assert (status, headers["content-type"].partition(";")[0], body[: len(start)]) == (200, kind, start)
        assert body == (golden / folder / file).read_bytes()


def test_the_next_issue_tells_what_it_carries_and_when(look: Look, seeds: str) -> None:
    page = look(f"{seeds}digests")
    expect(page.locator(".card")).to_contain_text("In 3 weeks")
    page.click("text=The Open Margin, monthly")
    expect(page.locator(".lede")).to_contain_text("Tuesday 1 December 2026, 07:30 Europe/Malta")
    expect(page.locator(".inbox .subject")).to_have_text("An Archive That Does Not Rot, and 4 more to read")
    expect(page.locator(".inbox .preheader")).to_contain_text("A magazine's past is not a cellar.")
    expect(page.locator(".stories li")).to_have_count(5)
    expect(page.locator(".reasons")).to_contain_text("not featured")
    expect(page.locator("meter")).to_have_attribute("max", "102000")
    expect(page.locator("#left + .reasons + p")).to_have_text("There is no ledger yet, so nothing counts as sent.")
    assert page.frame_locator("#mail-600").locator(".card").bounding_box()["width"] > 560  # type: ignore[index]
    assert page.frame_locator("#mail-375").locator(".card").bounding_box()["width"] <= 375  # type: ignore[index]


@pytest.mark.parametrize("dark", [False, True])
def test_the_email_is_light_or_dark_whatever_the_browser_is(look: Look, seeds: str, dark: bool) -> None:
    page = look(f"{seeds}digests/monthly", dark=dark)
    ground = "element => getComputedStyle(element).backgroundColor"
    assert page.frame_locator("#mail-600").locator(".card").evaluate(ground) == "rgb(255, 253, 249)"
    page.click("#view-dark")
    page.wait_for_url("**/dark")
    assert page.frame_locator("#mail-600").locator(".card").evaluate(ground) == "rgb(31, 30, 28)"
    assert page.frame_locator("#mail-375").locator("html").evaluate("page => getComputedStyle(page).colorScheme") == "dark"


def test_images_can_be_off_and_the_text_part_is_shown(look: Look, seeds: str) -> None:
    page = look(f"{seeds}digests/monthly/no-images")
    image = page.frame_locator("#mail-600").locator("img.lead-image")
    assert image.evaluate("image => image.complete && image.naturalWidth") == 0
    assert image.get_attribute("alt") == "An Archive That Does Not Rot"
    page.click("text=Plain text")
    expect(page.locator("pre")).to_contain_text("Unsubscribe with one click")


def test_what_went_out_is_not_new_and_why_is_told(serve: Serve, look: Look, busy: Path) -> None:
    address = serve(busy)
    page = look(f"{address}digests/monthly")
    expect(page.locator(".reasons")).to_contain_text("in an earlier issue")
    expect(page.locator(".inbox .subject")).to_contain_text("An Archive That Does Not Rot")
    page.goto(f"{address}digests/weekly")
    expect(page.locator(".empty")).to_have_text("Nothing to send. No article is new to it.")
    expect(page.locator(".reasons")).to_contain_text("older than 1d (max_age)")


def test_too_little_that_is_new_is_told(serve: Serve, look: Look, write_site: Write) -> None:
    folder = write_site({"articles/a.md": featured("One", "2026-10-30")}, DIGEST + "min_articles = 3\n")
    page = look(f"{serve(folder)}digests/weekly")
    expect(page.locator(".empty")).to_have_text("Nothing to send. 1 article is new, and min_articles asks for 3.")


def test_the_operator_sees_plots_and_their_figures(serve: Serve, look: Look, busy: Path) -> None:
    page = look(f"{serve(busy)}operator")
    expect(page.locator("figure")).to_have_count(3)
    for plot in page.locator("img.plot").all():
        assert plot.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    row = page.locator("figure", has_text="Issues and their deliveries").locator("tbody tr")
    assert row.locator("td.n").all_inner_texts() == ["32", "3", "4"]
    expect(page.locator("figure", has_text="Failures by cause")).to_contain_text("550 5.1.1 …: user unknown")
    page.click("text=The figures, per week")
    table = page.locator("#movements tbody tr", has_text="28 September 2026")
    assert table.locator("td").all_inner_texts() == ["0", "1"]
    page.click("#by-day")
    page.wait_for_url("**by=day")
    expect(page.locator("#movements summary")).to_have_text("The figures, per day")


def test_without_the_extra_there_are_tables_and_no_plots(serve: Serve, look: Look, busy: Path) -> None:
    address = serve(busy, before="import sys; sys.modules['vl_convert'] = None")
    page = look(f"{address}operator")
    expect(page.locator(".empty")).to_contain_text("Plots come with feedpub[preview]")
    expect(page.locator("img.plot")).to_have_count(0)
    expect(page.locator("figure", has_text="Failures by cause")).to_contain_text("550 5.1.1 …: user unknown")
    assert ask(address, "/operator/issues.svg")[0] == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shape", ["wide", "narrow"])
def test_a_plot_is_an_image_that_runs_and_fetches_nothing(serve: Serve, busy: Path, scheme: str, shape: str) -> None:
    address = serve(busy)
    for plot in ("issues", "subscribers", "failures"):
        status, headers, body = ask(address, f"/operator/{plot}.svg?by=day&scheme={scheme}&shape={shape}")
        assert (status, headers["content-type"]) == (200, "image/svg+xml")
        root = etree.fromstring(body)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not [element.tag for element in root.iter() if str(element.tag).endswith(("script", "image", "foreignObject"))]
    assert ask(address, "/operator/issues.svg?scheme=red")[0] == 404


def test_an_empty_ledger_is_told_in_a_sentence_and_looking_makes_none(serve: Serve, look: Look, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    address = serve(folder)
    page = look(f"{address}operator")
    expect(page.locator(".empty")).to_contain_text("There is no ledger yet.")
    page.close()  # or it would ask again while the ledger can't be read
    assert not (folder / "feedpub.db").exists()
    (folder / "feedpub.db").write_text("this is no database, however long one looks at it. " * 40)
    status, _, body = ask(address, "/operator")
    assert (status, b"file is not a database" in body) == (503, True)
    page = look(f"{address}digests/monthly")  # an author sees the issue all the same
    expect(page.locator(".facts")).to_contain_text("The ledger can’t be read, so nothing counts as sent")
    expect(page.locator(".stories li")).to_have_count(5)
    (folder / "feedpub.db").unlink()
    add_history(folder, subscribers=5)
    expect(look(f"{address}operator").locator(".tiles")).to_contain_text("subscribers")


def test_everything_works_with_the_keyboard(look: Look, seeds: str) -> None:
    page = look(seeds)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator("#tab-feeds").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/feeds")
    assert page.locator("#tab-feeds").get_attribute("aria-current") == "page"
