"""What the next issue of a digest will carry, and when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import lxml.html

from feedpub.digest import Reason, in_words, next_slots
from feedpub.errors import FeedpubError, Problem
from feedpub.mailing.newsletter import Edition, preview
from feedpub.mailing.outlook import outlook, remember
from feedpub.preview.pictures import Pictures
from feedpub.preview.reading import Reading
from feedpub.preview.scheme import beside, in_scheme, with_images, without_images
from feedpub.site import Digest, Site

# Gmail clips a message whose HTML is longer.
CLIPPED = 102_000
View = Literal["light", "dark", "no-images", "text"]
VIEWS: dict[View, str] = {"light": "Light", "dark": "Dark", "no-images": "Images off", "text": "Plain text"}


@dataclass(frozen=True, slots=True)
class Coming:
    """The issue that comes next, or why there is none.

    `slots` are the next five, aware. `left` counts the articles that are not in it by reason, `reasons` says it.
    `ledger` says whether the issues of the site's database were taken into account, `unread` why they could not be.
    """

    digest: Digest
    slots: tuple[datetime, ...]
    made: Edition | None
    left: Mapping[Reason, int]
    problems: tuple[Problem, ...]
    ledger: bool
    unread: tuple[Problem, ...]

    @property
    def reasons(self) -> list[str]:
        """Why articles are not in it: `17 not featured`."""
        return in_words(self.left, self.digest)

    @property
    def size(self) -> int:
        """Octets of its HTML."""
        return len(self.made.email.html.encode()) if self.made else 0

    @property
    def views(self) -> tuple[View, ...]:
        """The ways to look at it."""
        if not self.made:
            return ()
        return tuple(VIEWS) if self.made.email.html else ("text",)


def coming(folder: Path, reading: Reading, digest: Digest, *, now: datetime) -> Coming:
    """What the next issue of `digest` after `now` (aware) would be if it were made of the articles as they are."""
    assert reading.site
    slots: tuple[datetime, ...] = ()
    made, left = None, dict[Reason, int]()
    problems: tuple[Problem, ...] = ()
    memory = remember(folder, reading.site, digest, now=now)
    try:
        slots = next_slots(digest, now, 5)
        if slots:
            seen = outlook(folder, reading.site, digest, reading.articles, memory, slot=slots[0])
            made, left = seen.edition, dict(seen.left)
    except FeedpubError as error:
        problems = error.problems
    return Coming(digest, slots, made, left, problems, memory.known, memory.unread)


def frame(folder: Path, reading: Reading, made: Edition, view: View) -> str:
    """The e-mail as a page of its own, as that view shows it."""
    assert reading.site
    html = beside(preview(made, reading.site)["issue.html"].decode())
    if view == "no-images":
        return in_scheme(without_images(html), "light")
    pictures = Pictures(folder, reading.site, made.issue.articles)
    return in_scheme(with_images(html, pictures.address), "dark" if view == "dark" else "light")


def text(made: Edition, site: Site) -> str:
    """Its text part."""
    return preview(made, site)["issue.txt"].decode()


def preheader(made: Edition) -> str:
    """What lists of mail show behind the subject: the first words, shown or hidden. "" for plain text."""
    if not made.email.html:
        return ""
    page: Any = lxml.html.document_fromstring(made.email.html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    # The blanks behind a preheader keep what follows out of the list.
    return " ".join(re.split("\u034f", page.body.text_content())[0].split())[:140]
