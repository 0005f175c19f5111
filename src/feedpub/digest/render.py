"""Issue → Email, once for all subscribers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from traceback import extract_tb

import jinja2
from markupsafe import Markup

from feedpub.content import absolute, clean
from feedpub.digest.colour import NIGHT, PAPER, readable
from feedpub.digest.inline import inlined
from feedpub.digest.schedule import slot_name
from feedpub.digest.story import Story, day_in_words, shortened, story
from feedpub.errors import FeedpubError, Problem, quoted
from feedpub.model import UNSUBSCRIBE, Article, Body, Email, Issue
from feedpub.sandbox import fill
from feedpub.site import Digest, Site

HTML, TEXT, SUBJECT = "digest.html.j2", "digest.txt.j2", "subject"
# Gmail clips at 102 kB, and the unsubscribe link with it; encoding and a relay's changes come on top.
LARGEST = 90_000
_EXCERPTS = (320, 160, 80)
_LONGEST_SUBJECT = 300
# From right to left: Arabic, Hebrew, Persian, Urdu, and others that share their scripts.
_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "khw", "ks", "ps", "sd", "ug", "ur", "yi"}


def render(
    issue: Issue,
    digest: Digest,
    site: Site,
    templates: jinja2.Environment,
    body_of: Callable[[Article], Body],
    shapes: Mapping[str, tuple[int, int]],
) -> Email:
    """The Email of `issue`. Its HTML is at most 90 kB: excerpts are cut, then stories left out, until it is.

    `body_of` renders the body of an article without an excerpt; `shapes` has width and height of lead images, by slug.
    Raises FeedpubError with the template, line and variable at fault, for CSS that can't be inlined, and for an e-mail
    that is too large with a single story.
    """
    excerpts = {a.slug: a.excerpt or body_of(a).lead for a in issue.articles}

    def attempt(length: int, count: int) -> Email:
        stories = [
            story(a, shortened(excerpts[a.slug], length), site, language=site.language, shapes=shapes)
            for a in issue.articles[:count]
        ]
        left_out = len(issue.articles) - count
        context = _context(issue, digest, site, stories, left_out)
        subject = " ".join(_subject(context, digest).split())
        if not subject:
            raise FeedpubError([digest.problem("subject", "comes out empty", "write for example {{ lead.title }}")])
        subject = shortened(subject, _LONGEST_SUBJECT)
        context["subject"] = subject
        html = "" if digest.plain_text_only else inlined(*page_of(templates, HTML, context, digest))
        return Email(subject, html, page_of(templates, TEXT, context, digest)[0], length, left_out)

    for length in _EXCERPTS:
        email = attempt(length, len(issue.articles))
        if _size(email) <= LARGEST:
            return email
    fits, too_many = 0, len(issue.articles)
    best = email
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        email = attempt(_EXCERPTS[-1], middle)
        if _size(email) <= LARGEST:
            fits, best = middle, email
        else:
            too_many = middle
    if not fits:
        size = f"{_size(email) / 1000:.0f} kB with one story, and {LARGEST / 1000:.0f} kB is the most"
        raise FeedpubError(
            [digest.problem("name", f"its e-mail has {size}", "shorten the template, the title or the postal address")]
        )
    return best


def _size(email: Email) -> int:
    """Octets of the HTML as it is sent: lines end in CRLF, and each subscriber's link is longer than its placeholder."""
    return len(email.html.encode()) + email.html.count("\n") + 200 * email.html.count(UNSUBSCRIBE)


def rendered(template: jinja2.Template, context: Mapping[str, object], digest: Digest) -> str:
    """`template` filled in. Raises FeedpubError with the template, its line, and what is wrong there."""
    try:
        return clean(template.render(context))  # an expression can make characters that no message may hold
    except Exception as error:  # a template runs any expression, and may raise anything
        raise template_fault(error, digest) from error


def template_fault(error: Exception, digest: Digest) -> FeedpubError:
    """What Jinja raised, as a Problem with the template and its line; of the subject, with the setting."""
    what, mend = str(error) or type(error).__name__, "feedpub templates copy shows what a template can use"
    if isinstance(error, RecursionError):
        what, mend = "it extends or includes itself", 'extend a shipped template as "feedpub/digest.html.j2"'
    if isinstance(error, UnicodeDecodeError):
        return FeedpubError([digest.problem("template", "a template in this folder is not UTF-8", "save it as UTF-8")])
    if isinstance(error, jinja2.TemplateNotFound):
        return FeedpubError([digest.problem("template", f"there is no template {quoted(error.name)}", mend)])
    name, line = getattr(error, "name", None), getattr(error, "lineno", None)
    if name is None or line is None:
        frames = [
            frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(".j2") or frame.filename == "<template>"
        ]
        name, line = (frames[-1].filename, frames[-1].lineno) if frames else (None, None)
    if name is None or name == "<template>":
        return FeedpubError([digest.problem("subject", f"this template can't be filled in: {what}", mend)])
    return FeedpubError(
        [Problem(getattr(error, "filename", None) or name, line or 0, "", f"this template can't be filled in: {what}", mend)]
    )


def _subject(context: Mapping[str, object], digest: Digest) -> str:
    try:
        return clean(fill(digest.subject, context))
    except jinja2.TemplateSyntaxError as error:
        what, mend = f"this template can't be read: {error.message}", "write for example {{ lead.title }}"
        raise FeedpubError([digest.problem("subject", what, mend)]) from error
    except Exception as error:
        raise template_fault(error, digest) from error


def page_of(templates: jinja2.Environment, name: str, context: Mapping[str, object], digest: Digest) -> tuple[str, str]:
    """The filled-in template of that name, and its file."""
    try:
        template = templates.get_template(name)
    except Exception as error:
        raise template_fault(error, digest) from error
    return rendered(template, context, digest).strip() + "\n", template.filename or name


def look(digest: Digest, site: Site) -> dict[str, object]:
    """What every e-mail's template can use: whose it is, its language, its colours."""
    return {
        "digest": digest,
        "site": site,
        "logo": absolute(digest.logo, f"{site.url}/", site.strip_params) if digest.logo else None,
        "language": site.language,
        "direction": "rtl" if _language(site) in _RIGHT_TO_LEFT else "ltr",
        "english": "" if _language(site) == "en" else Markup(' lang="en" dir="ltr"'),
        "paper": PAPER,
        "night": NIGHT,
        "accent": readable(digest.accent, PAPER),
        "accent_dark": readable(digest.accent, NIGHT),
    }


def _context(issue: Issue, digest: Digest, site: Site, stories: list[Story], left_out: int) -> dict[str, object]:
    """What a template can use; docs/templates.md explains it."""
    return look(digest, site) | {
        "issue": issue,
        "date": day_in_words(issue.slot, site.language),
        "lead": stories[0],
        "stories": stories,
        "others": stories[1:],
        "left_out": left_out,
        "more_url": f"{site.feeds_url}/{site.root_of(digest.language)}",
        "unsubscribe_url": UNSUBSCRIBE,
        "browser_url": _browser_url(digest, site, issue.slot),
        "subject": "",
    }


def _language(site: Site) -> str:
    return site.language.lower().split("-")[0]


def _browser_url(digest: Digest, site: Site, slot: datetime) -> str | None:
    served = f"{site.web.url}/archive/{{name}}/{{slot}}/" if site.web.url and site.web.archive else None
    pattern = digest.archive_url or served
    if not pattern:
        return None
    path = pattern.format(name=digest.name, date=f"{slot:%Y-%m-%d}", slot=slot_name(slot))
    return absolute(f"{site.url}{path}" if path.startswith("/") else path, f"{site.url}/")
