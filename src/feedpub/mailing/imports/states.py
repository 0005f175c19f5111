"""What a word says of a person: whether they are subscribed, wait for their confirmation, left, or must not be written to."""

import re
from collections.abc import Mapping
from typing import Literal

from feedpub.mailing.imports.columns import bare

# The last three are suppressions, named for their kind.
Standing = Literal["active", "pending", "ended", "bounce", "complaint", "hand"]

WORDS: Mapping[str, Standing] = {
    **dict.fromkeys(("", "active", "subscribed", "enabled", "confirmed", "regular", "ok", "valid", "optin", "optedin"), "active"),
    **dict.fromkeys(("aktiv", "abonniert", "angemeldet", "actif", "inscrit", "abonné", "activo", "suscrito", "attivo"), "active"),
    **dict.fromkeys(("unconfirmed", "pending", "unactivated", "validating", "waiting", "requiresverification"), "pending"),
    **dict.fromkeys(("unsubscribed", "left", "ended", "inactive", "disabled", "cancelled", "canceled", "removed"), "ended"),
    **dict.fromkeys(("deleted", "archived", "optout", "optedout", "notsubscribed", "nonsubscribed", "unsub", "paused"), "ended"),
    **dict.fromkeys(("deactivated", "expired", "transactional"), "ended"),
    **dict.fromkeys(("abgemeldet", "inaktiv", "ausgetragen", "désinscrit", "désabonné", "dadodebaja", "disiscritto"), "ended"),
    **dict.fromkeys(("cleaned", "bounced", "bounce", "hardbounced", "hardbounce", "undeliverable", "invalid"), "bounce"),
    **dict.fromkeys(("malformed", "dead", "invalidemail"), "bounce"),
    **dict.fromkeys(("complained", "complaint", "complaints", "spam", "junk", "abuse", "spamcomplaint", "spammed"), "complaint"),
    **dict.fromkeys(("blocklisted", "blacklisted", "blocked", "suppressed", "banned", "donotmail", "donotemail"), "hand"),
    "donotcontact": "hand",
}
_YES = frozenset(("true", "yes", "y", "1", "t", "on", "ja", "oui", "sí", "si", "x", "subscribed", "active", "enabled"))
_NO = frozenset(("false", "no", "n", "0", "f", "off", "nein", "non", "na", "none", "null", "never", "unsubscribed", "inactive"))
# The graver stands: whoever complained and left has complained.
_GRAVITY: tuple[Standing, ...] = ("active", "pending", "ended", "bounce", "hand", "complaint")


def standing_of(word: str, words: Mapping[str, Standing]) -> Standing | None:
    """What a status says; `words` are those to which the tool gives a meaning of its own. None where nobody knows."""
    plain = bare(word)
    return words.get(plain) or WORDS.get(plain)


def says_no(cell: str) -> bool:
    """Whether a cell under "subscribed" says that they are not."""
    return bare(cell) in _NO


def says_yes(cell: str) -> bool:
    """Whether a cell under "unsubscribed", "bounced" or the like says that it is so: by a yes, a time or a reason."""
    plain = bare(cell)
    return plain not in _NO and (plain in _YES or any(sign.isalnum() for sign in plain))


def gravest(standings: list[Standing]) -> Standing:
    """The one that outweighs the others."""
    return max(standings, key=_GRAVITY.index, default="active")


def of_file(name: str) -> Standing | None:
    """What a file's name says of everybody in it, such as `unsubscribed_members_export.csv` of Mailchimp."""
    return _FILES.get(bare(re.split(r"[\W_]", name, maxsplit=1)[0]))


_FILES: Mapping[str, Standing] = {
    **dict.fromkeys(("unsubscribed", "unsubscribes", "unsubscribers", "nonsubscribed"), "ended"),
    **dict.fromkeys(("cleaned", "bounced", "bounces"), "bounce"),
    **dict.fromkeys(("complained", "complaints"), "complaint"),
    **dict.fromkeys(("suppressed", "suppressions", "blocklisted", "blocklist", "blacklist"), "hand"),
}
