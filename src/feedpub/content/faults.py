"""What else is wrong with a file that can't be read as an article: all of it in one run, not one fault after the other."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from feedpub.content.article import Commits, read_article, render_body
from feedpub.content.text import normal
from feedpub.errors import FeedpubError, Problem
from feedpub.model import Article
from feedpub.site import Site

_FIELD = re.compile(r"[\"']?([\w.-]+)[\"']?\s*([:=])")
_EPOCH = datetime.fromtimestamp(0, UTC)


def others(
    text: str, source: str, site: Site, commits: Commits, found: Iterable[Problem], *, bodies: bool
) -> tuple[Problem, ...]:
    """The Problems of a file beside those that read_article() `found`, as far as it can be read without the values at fault.

    With `bodies`, also what there is to tell of its body, which takes as long as to render it.
    """
    from feedpub.content.frontmatter import read_front_matter

    text, more = normal(text), list[Problem]()
    try:
        raw = read_front_matter(text, source)
    except FeedpubError as fault:
        text, names = _without(text, fault.problems)
        try:
            raw = read_front_matter(text, source)
        except FeedpubError:
            return ()
        try:
            more += read_article(text, source, site, commits).warnings
        except FeedpubError as error:
            # That a field is missing which stands in a line at fault is no news.
            more += (one for one in error.problems if one.field not in names and "front matter" not in one.what)
    if bodies and source.lower().endswith((".md", ".markdown")):
        body = Article(source, "", "", _EPOCH, _EPOCH, (), "", raw.body, raw.body_line)
        more += render_body(body, site).problems
    return tuple(set(more) - set(found))


def _without(text: str, faults: Iterable[Problem]) -> tuple[str, set[str]]:
    """`text` with some value for each field at fault, so that what it is otherwise stays; and the names of those fields."""
    lines, names = text.split("\n"), set[str]()
    for fault in faults:
        at = fault.line - 1
        if not 0 <= at < len(lines) or lines[at][:3] in ("---", "+++"):
            continue
        while at and lines[at][:1] in (" ", "\t"):  # a line that belongs to a field above
            at -= 1
        named = _FIELD.match(lines[at])
        names.update([named[1]] if named else [])
        lines[at], at = (f'{named[1]}{named[2]} "x"' if named else ""), at + 1
        while at < len(lines) and lines[at][:1] in (" ", "\t"):
            lines[at], at = "", at + 1
    return "\n".join(lines), names
