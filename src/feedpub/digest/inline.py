"""HTML with a style sheet → HTML with styles inlined. The only file that knows premailer, and its traps."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from premailer import Premailer

from feedpub.errors import FeedpubError, Problem

# Copied as it is: premailer would drop what it does not know ([data-ogsc]) and take the !important from media rules.
IGNORED = re.compile(r"<style[^>]*\bdata-premailer=[\"']?ignore[^>]*>.*?</style>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


def inlined(html: str, source: str) -> str:
    """`html` with the rules of its style sheets as `style` attributes. No network is touched.

    Raises FeedpubError, naming `source` (the template's file), for CSS that can't be parsed, for `@import` and linked sheets,
    which would be fetched, and for `!important` outside a `<style data-premailer="ignore">`, which inlining would spoil.
    """
    _refuse(html, source)
    premailer = Premailer(
        html,
        strip_important=False,
        allow_network=False,
        disable_validation=True,
        # Attributes are the template's, for Outlook; `width:100%` would become one.
        disable_basic_attributes=["width", "height"],
        align_floating_images=False,
        cache_css_parsing=False,  # a cached sheet would log its faults once
    )
    with _faults() as faults:
        done: str = premailer.transform()
    if faults:
        mend = "mend the CSS between <style> and </style>"
        raise FeedpubError([Problem(source, 0, "", f"this style sheet can't be read: {fault}", mend) for fault in faults])
    return done if done[:9].lower() == "<!doctype" else f"<!DOCTYPE html>\n{done}"


def _refuse(html: str, source: str) -> None:
    faults = []
    if not re.sub(r"<!--.*?-->|<(?!img\b)[^>]*>|\s", "", IGNORED.sub("", html), flags=re.DOTALL):
        faults.append(("comes out empty", "write the e-mail into it"))
    if re.search(r"@\s*import|@\\", "".join(_STYLE.findall(html)), re.IGNORECASE):
        faults.append(("@import would be fetched from the network", "write the rules into the template"))
    if re.search(r"<link\b[^>]*stylesheet", html, re.IGNORECASE):
        faults.append(("a linked style sheet would be fetched from the network", "write the rules into the template"))
    if re.search(r"!\s*important", "".join(_STYLE.findall(IGNORED.sub("", html))), re.IGNORECASE):
        mend = 'move that rule into the <style data-premailer="ignore">'
        faults.append(("an inlined !important would beat every rule for phones and dark mode", mend))
    if faults:
        raise FeedpubError([Problem(source, 0, "", what, mend) for what, mend in faults])


@contextmanager
def _faults() -> Iterator[list[str]]:
    """What cssutils finds wrong: it neither raises nor returns its errors, but logs them, by default to standard error."""
    faults: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: faults.append(" ".join(record.getMessage().split()))  # type: ignore[method-assign]
    logger = logging.getLogger("CSSUTILS")
    before = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [handler], False
    try:
        yield faults
    finally:
        logger.handlers, logger.propagate = before
