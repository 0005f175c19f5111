"""Note → the bytes of its mail: what it says is decided when it is sent, by where the person's subscriptions stand then."""

from collections.abc import Mapping
from dataclasses import replace

from feedpub.digest import note
from feedpub.site import Digest
from feedpub.store import Note, State
from feedpub.templates import environment
from feedpub.web.context import Context
from feedpub.web.links import Keys, Ticket

# RFC 2606 keeps the name free.
_NOBODY, _NO_TOKEN = "nobody@example.org", "x" * 24


def written(one: Note, states: Mapping[str, State], context: Context, keys: Keys) -> tuple[bytes, Digest] | None:
    """The message, and the digest it comes from; None if there is nothing left to say.

    Whoever asks for what they get already is sent the way to their preferences: an answer on the page would tell everybody.
    One to nobody is made as for somebody who asked for the first time. Raises FeedpubError where a template is at fault.
    """
    if not one.address:
        asked_for = one.digests or (context.site.digests[0].name,)
        one, states = replace(one, address=_NOBODY, token=_NO_TOKEN), dict.fromkeys(asked_for, "pending")
    site, now = context.site, context.now()
    about = {
        state: [digest for digest in site.digests if states.get(digest.name) == state] for state in ("pending", "active", "ended")
    }
    asked = {state: [digest for digest in some if digest.name in one.digests] for state, some in about.items()}
    match one.kind:
        case "confirm" if asked["pending"]:
            kind, digests = "confirm", asked["pending"]
        case "farewell":
            # Where somebody asked for it anew, it ended all the same.
            kind, digests = "farewell", asked["ended"] + asked["pending"]
        case _:
            kind, digests = "preferences", about["active"] or about["pending"] or about["ended"]
    if not digests:
        return None
    names = tuple(digest.name for digest in digests)
    links = {
        "confirm_url": f"{site.web_url}/confirm/{keys.link('confirm', Ticket(one.token, names), now)}",
        "undo_url": f"{site.web_url}/undo/{keys.link('undo', Ticket(one.token, names), now)}",
        "preferences_url": f"{site.web_url}/preferences/{keys.link('preferences', Ticket(one.token), now)}",
    }
    folder = digests[0].template
    templates = environment((context.folder / folder).absolute() if folder else None)
    name = f"{one.kind}/{one.id}/{one.asked}"
    data = note(kind, digests, site, templates, links, to=one.address, asked=one.asked, sent=now, name=name)
    return data, digests[0]
