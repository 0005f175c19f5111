"""The e-mail in a real browser: narrow, dark, without its style sheet, without images, and with axe."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import Result
from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]


@pytest.fixture
def issue(feedpub: Run, tmp_path: Path) -> Path:
    """The seeds' issue as a page, and their feeds' page beside it."""
    assert feedpub("digest", "--site", ROOT / "seeds", "--at", "2026-11-01T08:00", "-o", tmp_path).exit_code == 0
    assert feedpub("build", ROOT / "seeds", "-o", tmp_path / "feeds").exit_code == 0
    return tmp_path


@pytest.fixture
def show(browser: Browser, issue: Path) -> Iterator[Callable[..., Page]]:
    """Opens a page of so many pixels in width, light or dark."""
    pages = []

    def run(width: int = 600, *, dark: bool = False, images: bool = True, file: str = "issue.html") -> Page:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light")

        def answer(route: Route) -> None:
            name = re.match(r"https://openmargin\.example/images/([\w-]+\.\w+)$", route.request.url)
            if route.request.url.startswith("file:"):
                route.continue_()
            elif name and images:
                route.fulfill(path=ROOT / "seeds/images" / name[1])
            else:
                route.abort()

        page.route("**/*", answer)
        page.goto((issue / file).as_uri())
        pages.append(page)
        return page

    yield run
    for page in pages:
        page.close()


@pytest.mark.parametrize("file", ["issue.html", "feeds/index.html"])
@pytest.mark.parametrize("width", [320, 600])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_scrolls_sideways_and_axe_finds_nothing(show: Callable[..., Page], file: str, width: int, dark: bool) -> None:
    page = show(width, dark=dark, file=file)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []


@pytest.mark.parametrize("dark", [False, True])
def test_contrast_is_checked_and_enough_in_both_schemes(show: Callable[..., Page], dark: bool) -> None:
    found = Axe().run(show(dark=dark), options={"runOnly": ["color-contrast"]}).response
    assert found["violations"] == []
    assert len(found["passes"][0]["nodes"]) > 20


@pytest.mark.parametrize("width", [320, 600])
def test_a_word_longer_than_the_line_is_broken(show: Callable[..., Page], issue: Path, width: int) -> None:
    html = (issue / "issue.html").read_text()
    long = html.replace("Two Hundred and Fourteen", "W" * 190).replace("Samira", "S" * 80).replace("Every Friday", "e" * 300)
    (issue / "long.html").write_text(long.replace("The Open Margin, monthly", "T" * 120).replace("Mdina", "m" * 200))
    page = show(width, file="long.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_mode_has_its_own_colours(show: Callable[..., Page]) -> None:
    colour = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    assert show(dark=False).evaluate(colour) == "rgb(255, 253, 249)"
    assert show(dark=True).evaluate(colour) == "rgb(31, 30, 28)"


def test_without_its_style_sheet_it_tells_the_same_stories(show: Callable[..., Page]) -> None:
    page = show(320)
    before = page.inner_text("body")
    page.evaluate("document.querySelectorAll('style').forEach(style => style.remove())")
    assert page.inner_text("body") == before
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("getComputedStyle(document.querySelector('.lead-title')).fontSize") == "30px"
    assert not page.is_visible(".preheader")


def test_without_images_their_place_is_told_by_words(show: Callable[..., Page]) -> None:
    page = show(images=False)
    image = page.locator("img.lead-image")
    assert image.get_attribute("alt") == "An Archive That Does Not Rot"
    assert page.evaluate("document.documentElement.scrollWidth") <= 600
    assert page.is_visible("text=Two Hundred and Fourteen")


def test_the_lead_image_fills_its_column_in_its_own_shape(show: Callable[..., Page]) -> None:
    for width in (600, 320):
        box = show(width).locator("img.lead-image").bounding_box()
        assert box
        assert box["width"] / box["height"] == pytest.approx(2, abs=0.02)
        assert box["width"] <= width
