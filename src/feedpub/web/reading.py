"""Letter → what a browser shows of it, and what a feed holds of it. No link in either is a subscriber's own."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import lxml.html
import nh3

from feedpub.digest import Letter, message

# RFC 2606 keeps the name free; whom it is addressed to, and when it was sent, is not shown.
_READER, _EVER = "reader@example.org", datetime(1970, 1, 1, tzinfo=UTC)
_TAGS = {"a", "b", "blockquote", "br", "em", "h1", "h2", "h3", "h4", "hr", "i", "img", "li", "ol", "p", "strong", "ul"}
_ATTRIBUTES = {"*": {"lang", "dir"}, "a": {"href"}, "img": {"src", "alt", "width", "height"}}


def read_letter(letter: Letter, *, unsubscribe: str) -> tuple[str, str]:
    """The letter's HTML ("" if it is plain text only) and its text, with `unsubscribe` as the link to unsubscribe."""
    data = message(letter, to=_READER, unsubscribe=unsubscribe, sent=_EVER)
    parsed = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    parts = {kind: parsed.get_body((kind,)) for kind in ("html", "plain")}
    html, text = (str(part.get_content()) if part else "" for part in parts.values())
    return html, text


def without_layout(html: str) -> str:
    """The letter's HTML for a feed reader, which has a look of its own: headings, paragraphs, lists, links and pictures."""
    page: Any = lxml.html.document_fromstring(html)
    for element in page.xpath("//*[contains(translate(@style, ' ', ''), 'display:none')]"):
        # The preheader, which mail programs show beside the subject.
        element.drop_tree()
    inside = str(lxml.html.tostring(page.body, encoding="unicode"))
    return nh3.clean(inside, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None).strip()
