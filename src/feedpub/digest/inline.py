"""HTML with a style sheet → HTML with styles inlined. The only file that knows premailer, and its traps."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cssutils
from premailer import Premailer

from feedpub.digest.stylesheet import style_faults
from feedpub.errors import FeedpubError, Problem


def inlined(html: str, source: str) -> str:
    """`html` with the rules of its style sheets as `style` attributes. No network is touched.

    What stands in a `<style data-premailer="ignore">` is copied as it is: premailer would drop what it does not know
    ([data-ogsc]), and take the !important from media rules. Raises FeedpubError, naming `source` (the template's file), for
    what would be lost or spoiled: `stylesheet.py` has the list.
    """
    faults = style_faults(html)
    if not faults:
        with _logged() as logged:
            try:
                done: str = _Offline(html, **_OPTIONS).transform()
            except Exception as error:
                logged.append(f"{type(error).__name__}: {error}")
        faults = [(f"this style sheet can't be inlined: {logged[0]}", "write plain class selectors")] if logged else []
    if faults:
        raise FeedpubError([Problem(source, 0, "", what, mend) for what, mend in faults])
    return done if done[:9].lower() == "<!doctype" else f"<!DOCTYPE html>\n{done}"


_OPTIONS: dict[str, Any] = {
    "strip_important": False,
    "allow_network": False,
    "disable_validation": True,
    # Attributes are the template's, for Outlook; `width:100%` would become one.
    "disable_basic_attributes": ["width", "height"],
    "align_floating_images": False,
    "cache_css_parsing": False,  # a cached sheet would log its faults once, and not pass the parser below
}


# The logger is the process's: two threads that inline at once would read each other's faults.
_TURN = threading.Lock()


class _Offline(Premailer):  # type: ignore[misc]
    """premailer, with a parser that fetches nothing: `allow_network=False` does not reach an `@import`."""

    def _parse_css_string(self, css_body: str, validate: bool = True) -> Any:
        return cssutils.CSSParser(fetcher=lambda _: None).parseString(css_body, validate=validate)


@contextmanager
def _logged() -> Iterator[list[str]]:
    """What cssutils finds wrong: it neither raises nor returns its errors, but logs them, by default to standard error."""
    faults: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: faults.append(" ".join(record.getMessage().split()))  # type: ignore[method-assign]
    logger = logging.getLogger("CSSUTILS")
    with _TURN:
        before = logger.handlers, logger.propagate
        logger.handlers, logger.propagate = [handler], False
        try:
            yield faults
        finally:
            logger.handlers, logger.propagate = before
