"""The server's pages in a real browser: nothing for axe to find, no error in the console, no sideways scrolling."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.serve.conftest import Server

PAGES = ["/", "/nothing", "/archive/", "/archive/weekly/", "/archive/weekly/2025-11-17T0700/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound(public: Server, browser: Browser, path: str, scheme: str) -> None:
    url = f"http://127.0.0.1:{public.port}{path}"
    # axe itself is a script, which the pages' policy does not let in.
    for strict in (True, False):
        context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 640}, bypass_csp=not strict)  # type: ignore[arg-type]
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))  # type: ignore[misc]
        page.goto(url)
        assert [line for line in said if "404" not in line] == []
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        if strict:
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert ("25, 24, 23" in paper) == (scheme == "dark") or "archive/weekly/2" in path
        else:
            assert Axe().run(page).response["violations"] == []
        context.close()
