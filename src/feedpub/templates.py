"""The edge to the templates: the user's folder first, then those that are shipped."""

from pathlib import Path

import jinja2
import wcwidth

from feedpub.errors import FeedpubError, Problem

# Inside the wheel, or beside src/ in a checkout.
_PLACES = (Path(__file__).parent / "email_templates", Path(__file__).parents[2] / "email_templates")
SHIPPED = next(place for place in _PLACES if place.is_dir())
_WIDTH = 72


def environment(folder: Path | None = None) -> jinja2.Environment:
    """The Jinja environment: a template of `folder` takes the place of the shipped one of its name, and may extend it as
    `feedpub/<name>`. Unknown variables are errors, and every template but `*.txt.j2` and `*.css.j2` escapes
    what it shows.

    Templates are trusted code: they can run any expression. Raises FeedpubError when `folder` isn't there.
    """
    if folder is not None and not folder.is_dir():
        mend = "make it with: feedpub templates copy, or leave template out of the digest"
        raise FeedpubError([Problem(str(folder.absolute()), 0, "", "there is no such folder of templates", mend)])
    shipped = jinja2.FileSystemLoader(SHIPPED)
    users = [jinja2.FileSystemLoader(folder)] if folder else []
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([*users, shipped, jinja2.PrefixLoader({"feedpub": shipped})]),
        undefined=jinja2.StrictUndefined,
        autoescape=_is_markup,  # noqa: S701 mail's text parts are text
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrap"] = _wrapped
    return environment


def _is_markup(name: str | None) -> bool:
    """Whether what a template shows is escaped: in all but the subject (which has no name), text parts and style sheets."""
    return name is not None and not name.endswith((".txt.j2", ".css.j2"))


def _wrapped(text: str) -> str:
    """`text` in lines of at most 72 columns; an address is never broken."""
    lines = wcwidth.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(part for line in lines for part in ([line] if "://" in line else _broken(line)))


def _broken(line: str) -> list[str]:
    """`line`, which may be one word, in lines of at most 72 columns. A word of a whole page is cut first: to wrap it takes
    the square of its length."""
    pieces = [line[start : start + 10 * _WIDTH] for start in range(0, len(line), 10 * _WIDTH)]
    return [part for piece in pieces for part in wcwidth.wrap(piece, _WIDTH, break_on_hyphens=False) or [piece]]
