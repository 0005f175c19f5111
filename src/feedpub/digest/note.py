"""A mail to one person that a page was asked for: to confirm, to reach the preferences, to say farewell."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import jinja2

from feedpub.content import clean
from feedpub.digest.inline import inlined
from feedpub.digest.message import note_message
from feedpub.digest.render import look, page_of
from feedpub.digest.story import day_in_words, shortened
from feedpub.model import Email
from feedpub.site import Digest, Site

_LONGEST_SUBJECT = 200


def note(
    kind: str,
    digests: Sequence[Digest],
    site: Site,
    templates: jinja2.Environment,
    links: Mapping[str, str],
    *,
    to: str,
    asked: datetime,
    sent: datetime,
    name: str,
) -> bytes:
    """The bytes of the mail that the templates `{kind}.html.j2` and `{kind}.txt.j2` make; the text one sets its subject.

    It is about `digests` (one at least) and comes from the first of them. `asked` (aware) is when a page was asked for it,
    `sent` when it is sent. `links` has the addresses it shows, `name` is the same for a copy that goes out twice. Raises
    FeedpubError with the template, line and variable at fault.
    """
    digest, moment = digests[0], asked.astimezone(digests[0].timezone)
    context = look(digest, site) | dict(links)
    context |= {
        "digests": tuple(digests),
        "titles": _listed(list(dict.fromkeys(one.title for one in digests))),
        "asked": f"{day_in_words(moment, 'en')} at {moment:%H:%M} ({moment.tzname()})",
        "subject": "",
    }
    text, _ = page_of(templates, f"{kind}.txt.j2", context, digest)
    context["subject"] = shortened(_subject(templates, f"{kind}.txt.j2", context, digest), _LONGEST_SUBJECT)
    html = "" if digest.plain_text_only else inlined(*page_of(templates, f"{kind}.html.j2", context, digest))
    return note_message(Email(str(context["subject"]), html, text, 0), digest, to=to, sent=sent, name=name)


def _subject(templates: jinja2.Environment, name: str, context: Mapping[str, object], digest: Digest) -> str:
    """What the template has set `subject` to. It was filled in once already, so no fault of it is found here."""
    module = templates.get_template(name).make_module(dict(context))
    return " ".join(clean(str(getattr(module, "subject", ""))).split()) or digest.title


def _listed(words: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
