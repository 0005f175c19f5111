"""Whether a site's letters could go out: those that one person gets, the schedule, and what sending needs on this machine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from feedpub.digest import note, span_in_words, widest_gap
from feedpub.errors import FeedpubError, Problem
from feedpub.mailing.outlet import signer, way_out
from feedpub.site import Digest, Site
from feedpub.store import check_driver
from feedpub.templates import environment

_KINDS = ("confirm", "farewell", "preferences")
# RFC 2606 keeps the name free.
_READER = "reader@example.org"


def note_problems(folder: Path, site: Site, digest: Digest, *, now: datetime) -> Iterator[Problem]:
    """What is wrong with the templates of each letter that one person may get in the name of `digest`: with no other digest
    in it, and with all.
    """
    links = {f"{name}_url": f"{site.web_url}/{name}/x" for name in ("confirm", "undo", "preferences")}
    others = [one for one in site.digests if one is not digest]
    for kind in _KINDS:
        for digests in ([digest], [digest, *others]):
            try:
                templates = environment((folder / digest.template).absolute() if digest.template else None)
                note(kind, digests, site, templates, links, to=_READER, asked=now, sent=now, name=kind)
            except FeedpubError as error:
                yield from error.problems


def gap_warnings(digest: Digest) -> Iterator[Problem]:
    """That `max_age` lets articles fall between two issues. Raises FeedpubError for a bad cron."""
    gap = widest_gap(digest)
    if digest.max_age and digest.max_age < gap:
        what = f"{span_in_words(digest.max_age)} is shorter than the longest time between two issues, {span_in_words(gap)}"
        mend = f'articles would fall between them: write "{span_in_words(gap + timedelta(days=7))}", or leave it out'
        yield digest.problem("max_age", what, mend, warning=True)


def missing(folder: Path, site: Site) -> Iterator[Problem]:
    """What sending needs and this machine lacks: what speaks to the database, the library and the key for DKIM. A file with a
    password is a warning: whoever only checks the site need not have it.
    """
    for needed in (lambda: check_driver(site.store.url), lambda: signer(folder, site)):
        try:
            needed()
        except FeedpubError as error:
            yield from error.problems
    try:
        way_out(folder, site)
    except FeedpubError as error:
        yield from (replace(problem, severity="warning") for problem in error.problems)
