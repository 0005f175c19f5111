"""An Email → what would look or read badly in a main mail program, as warnings."""

import re
from collections.abc import Iterator
from typing import Any

import lxml.html

from feedpub.content import article_url
from feedpub.errors import Problem, quoted
from feedpub.model import UNSUBSCRIBE, Email, Issue
from feedpub.site import Digest, Site

_LONGEST_SUBJECT = 70
# Who ignores a property, by the data of caniemail.com (2025-09): Gmail, Outlook (Windows), Yahoo. Left out: what our own
# template falls back from (max-width has its ghost table), and what is mere finish (border-radius).
_IGNORED_BY = {
    "Gmail, Outlook and Yahoo": "align-items animation aspect-ratio clip-path filter flex-direction flex-wrap grid-template "
    "grid-template-columns grid-template-areas inset justify-content left right top bottom mask-image text-wrap transform",
    "Gmail and Outlook": "position text-shadow transition visibility z-index",
    "Outlook and Yahoo": "box-sizing column-count columns gap object-fit object-position text-overflow writing-mode",
    "Outlook": "background-image background-position background-size clear float opacity white-space",
}
_IGNORED = {name: clients for clients, names in _IGNORED_BY.items() for name in names.split()}
_IGNORED_VALUES = {
    "flex": "Outlook",
    "inline-flex": "Outlook",
    "grid": "Gmail, Outlook and Yahoo",
    "var(": "Gmail, Outlook and Yahoo",
    "calc(": "Outlook and Yahoo",
    "clamp(": "Outlook and Yahoo",
    "rem": "Outlook and Yahoo",
    "url(": "Outlook",
}


def warnings(email: Email, issue: Issue, digest: Digest, site: Site, files: tuple[str, str]) -> Iterator[Problem]:
    """What is worth mending in the rendered `email`; `files` are the templates of its HTML and its text."""
    html_file, text_file = files
    if len(email.subject) > _LONGEST_SUBJECT:
        what = f"comes out {len(email.subject)} characters long, and phones show some 40, most programs at most 70"
        yield digest.problem("subject", what, "shorten it", warning=True)
    if site.url.startswith("http:"):
        what = "is not https, so providers offer no one-click unsubscribing (RFC 8058)"
        yield Problem("feedpub.toml", 1, "site.url", what, "serve the site by https, and write that", "warning")
    if not digest.postal_address:
        mend = 'write postal_address = "Street, town, country"'
        yield digest.problem(
            "postal_address", "is missing, and laws on newsletters ask for one in many countries", mend, warning=True
        )
    if email.left_out or email.excerpt_length < 320:
        what = (
            f"its e-mail was too large: excerpts are cut to {email.excerpt_length} characters, {email.left_out} stories left out"
        )
        yield digest.problem("limit", what, "lower the limit", warning=True)
    for article in issue.articles[: len(issue.articles) - email.left_out]:
        if f"{article_url(article, site)}\n" not in email.text:
            yield _warning(text_file, f"the text part lacks the story {quoted(article.title)}", "name every one of `stories`")
    for part, name in ((email.text, text_file), *(((email.html, html_file),) if email.html else ())):
        if UNSUBSCRIBE not in part:
            mend = "show {{ unsubscribe_url }}: laws and providers ask for a visible link"
            yield _warning(name, "there is no link to unsubscribe", mend)
    if email.html:
        yield from _html_warnings(email.html, html_file)


def _html_warnings(html: str, template: str) -> Iterator[Problem]:
    page: Any = lxml.html.document_fromstring(html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    body = re.sub("[\u2007\u034f\\s]+", " ", page.body.text_content()).strip()
    hidden = page.xpath("//body//*[contains(@style, 'display:none')]")
    if not any(re.sub("[\u2007\u034f\\s]+", "", element.text_content()) for element in hidden):
        what = f"there is no preheader: lists of mail will show {quoted(body[:60])}"
        yield _warning(template, what, "give the lead story an excerpt")
    for image in page.iter("img"):
        if image.get("alt") is None:
            yield _warning(
                template, f"the image {quoted(image.get('src'))} has no alt text", 'write alt="…", or alt="" if it says nothing'
            )
    for element, attribute, url, _ in page.iterlinks():
        if attribute in ("href", "src") and not re.match(r"https?://|mailto:|tel:", url):
            yield _warning(
                template, f"the address {quoted(url)} of <{element.tag}> is not absolute", "mail has no base: write it whole"
            )
    for declaration in sorted({part.strip() for style in page.xpath("//@style") for part in _declarations(style)}):
        name, _, value = (part.strip().lower() for part in declaration.partition(":"))
        clients = _IGNORED.get(name) or next((who for sign, who in _IGNORED_VALUES.items() if _holds(value, sign)), None)
        if clients:
            yield _warning(template, f"{quoted(declaration)} is ignored by {clients}", "use tables, padding and plain values")


def _declarations(style: str) -> list[str]:
    return [part for part in re.split(r";(?![^(]*\))", style) if part.strip()]


def _holds(value: str, sign: str) -> bool:
    return sign in value if sign.endswith("(") else bool(re.search(rf"(?<![\w-])[\d.]*{sign}(?![\w-])", value))


def _warning(source: str, what: str, mend: str) -> Problem:
    return Problem(source, 0, "", what, mend, "warning")
