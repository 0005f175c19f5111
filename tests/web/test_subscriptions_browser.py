"""The journey of a subscriber in a real browser, and how its pages look and behave there."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from feedpub.store import add_subscriber
from tests.web.conftest import ADA, Served, path_in

Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, served: Served) -> Iterator[Open]:
    """Opens a path; without JavaScript, as all has to work without it. What the console says fails the test."""
    said: list[str] = []
    pages = []

    def run(path: str = "", width: int = 1280, *, dark: bool = False, script: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=script)
        # That a page answers with 4xx is what it is to do; the browser notes it as an error.
        page.on("console", lambda line: said.append(line.text) if "Failed to load resource" not in line.text else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(served.url + path)
        pages.append(page)
        return page

    yield run
    for page in pages:
        page.close()
    assert said == []


def press(page: Page, button: str) -> None:
    """Use a button, and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def sent(served: Served) -> str:
    """What `feedpub send` says, in a process of its own: the browser's client has a loop in this one."""
    command = [sys.executable, "-m", "feedpub", "send", "weekly", "--site", str(served.house.folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_whole_journey(open_page: Open, served: Served) -> None:
    page = open_page("/subscribe")
    page.get_by_label("Your mail address").fill(ADA)
    page.get_by_label("The Signal").check()
    press(page, "Subscribe")
    assert page.get_by_role("heading").inner_text() == "Look into your mailbox"
    mail = served.mailbox.wait(1)

    page.goto(served.url + path_in(mail, "confirm"))
    assert served.house.states() == {"weekly": "pending"}
    press(page, "Yes, subscribe me")
    assert page.get_by_role("heading").inner_text() == "Welcome"

    assert "1 sent" in sent(served)
    issue = served.mailbox.wait(2)
    assert issue["Subject"] == "A story"

    page.goto(served.url + path_in(issue, "unsubscribe"))
    assert served.house.states() == {"weekly": "active"}
    press(page, "Unsubscribe")
    assert page.get_by_role("heading").inner_text() == "You have unsubscribed"
    assert served.house.states() == {"weekly": "ended"}

    page.goto(served.url + path_in(served.mailbox.wait(3), "undo"))
    press(page, "Subscribe me again")
    assert served.house.states() == {"weekly": "active"}

    page.goto(served.url + "/unsubscribe")
    page.get_by_label("Your mail address").fill(ADA)
    press(page, "Send me the link")
    page.goto(served.url + path_in(served.mailbox.wait(4), "preferences"))
    page.get_by_label("Morning & Noon").check()
    press(page, "Save")
    assert served.house.states() == {"daily": "active", "weekly": "active"}
    press(page, "Forget me …")
    press(page, "Yes, forget me")
    assert served.house.states() == {}


def test_a_mail_program_unsubscribes_by_what_the_headers_say(served: Served) -> None:
    with served.house.engine.begin() as conn:
        add_subscriber(conn, ADA, "weekly", now=served.house.clock(), how="a form")
    assert "1 sent" in sent(served)
    issue = served.mailbox.wait(1)
    url = issue["List-Unsubscribe"].partition("<")[2].partition(">")[0]
    answer = httpx.post(url, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert served.house.states() == {"weekly": "ended"}
    assert served.mailbox.wait(2)["Subject"] == "You have unsubscribed from The Signal"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_scrolls_sideways_and_axe_finds_nothing(open_page: Open, served: Served, width: int, dark: bool) -> None:
    house = served.house
    with house.engine.begin() as conn:
        add_subscriber(conn, ADA, "weekly", now=house.clock(), how="a form", state="pending")
    page = open_page("/web.css", width, dark=dark, script=True)

    def check() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(25, 24, 23)" if dark else "rgb(251, 250, 247)")

    token = house.token()
    for path, buttons in {
        "/subscribe": ["Subscribe"],
        house.link("confirm", "weekly"): ["Yes, subscribe me"],
        f"/unsubscribe/{token}/weekly": ["Unsubscribe"],
        house.link("undo", "weekly"): ["Subscribe me again"],
        "/unsubscribe": ["Send me the link"],
        house.link("preferences"): ["Save", "Leave all", "Forget me …", "Yes, forget me"],
        "/undo/no-link-of-ours": [],
    }.items():
        page.goto(served.url + path)
        check()
        for button in buttons:
            if page.locator("input[type=email]").count():
                page.fill("input[type=email]", "a@localhost" if button == "Subscribe" else ADA)
            press(page, button)
            check()
    over = house.link("confirm", "weekly")
    house.clock.now += timedelta(days=8)
    answer = page.goto(served.url + over)
    assert answer
    assert answer.status == 410
    check()


def test_the_trap_is_reached_by_no_eye_and_no_key(open_page: Open) -> None:
    page = open_page("/subscribe", script=True)
    seen = "getComputedStyle(document.querySelector('.trap')).clipPath"
    assert page.evaluate(seen) == "inset(50%)"
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.value || document.activeElement.tagName")
        )
    assert "email" in reached
    assert "website" not in reached
