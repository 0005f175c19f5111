"""What a column is about, by its name: the names that mail tools give, whatever their case and signs."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, cast, get_args

from feedpub.errors import quoted

# A name in parts, the address, what a word or a yes says of a person's standing, and since when and whence they are there.
Meaning = Literal[
    "mail", "name", "first", "last", "status", "subscribed", "left", "bounced", "complained", "blocked", "joined", "confirmed",
    "ip", "source",
]  # fmt: skip

NAMES: Mapping[Meaning, tuple[str, ...]] = {
    "mail": (
        "email", "emailaddress", "mail", "mailaddress", "address", "subscriber", "subscriberemail", "contactemail", "useremail",
        "memberemail", "primaryemail", "emailadresse", "mailadresse", "adresse", "adresseemail", "adressemail", "courriel",
        "correo", "correoelectronico", "correoelectrónico", "indirizzoemail", "endereçodeemail", "emailadres", "epost",
        "epostadress", "epostadresse", "eposta", "recipient", "member",
    ),
    "name": ("name", "fullname", "displayname", "subscribername", "contactname", "membername", "vollständigername", "nom"),
    "first": ("firstname", "fname", "first", "givenname", "forename", "vorname", "prénom", "prenom", "nombre"),
    "last": ("lastname", "lname", "last", "surname", "familyname", "nachname", "nomdefamille", "apellido", "apellidos"),
    "status": (
        "status", "state", "subscriptionstatus", "subscriberstatus", "emailstatus", "mailstatus", "marketingstatus",
        "emailmarketing", "emailmarketingstatus", "emailsubscriptionstatus", "memberstatus", "contactstatus", "liststatus",
    ),
    "subscribed": (
        "subscribed", "subscribedtoemails", "issubscribed", "emailsubscribed", "optin", "optedin", "emailoptin", "emailenabled",
        "acceptsmarketing", "acceptsemailmarketing", "marketingconsent", "receivesemails",
    ),
    "left": (
        "unsubscribed", "unsubscribedat", "unsubscribedate", "unsubscribeddate", "unsubscribedon", "unsubscribetime",
        "unsubtime", "unsubscriptiondate", "isunsubscribed", "optedout", "optout", "optoutdate", "optouttime", "emailoptout",
        "hasoptedoutofemail", "globalunsubscribe", "emaildisabled", "disabled", "cancelledat", "canceledat", "deletedat",
        "removedat", "unsubscribereason", "abgemeldet", "ausgetragen", "désinscrit", "désabonné", "debaja", "dadodebaja",
        "disiscritto", "uitgeschreven",
    ),
    "bounced": (
        "bounced", "bouncedat", "hardbounced", "hardbounce", "cleantime", "cleanedat", "cleaned", "undeliverable",
        "undeliverabilitydate", "invalid",
    ),
    "complained": ("complained", "complainedat", "complaint", "complaintdate", "spamcomplaint", "markedasspam", "abuse"),
    "blocked": (
        "blocklisted", "blacklisted", "blocked", "suppressed", "emailblacklisted", "emailblocklisted", "emailsuppressed",
        "donotemail", "donotmail", "banned",
    ),
    "joined": (
        "created", "createdat", "createdon", "createdate", "createddate", "creationdate", "dateadded", "added", "addedat",
        "addedtime", "joined", "joinedat", "joindate", "datejoined", "signupdate", "signupat", "signedupat", "signuptime",
        "subscribedat", "subscribedon", "subscribedate", "subscribeddate", "subscriptiondate", "subscriptioncreatedat",
        "startdate", "optintime", "optindate", "optinat", "optintimestamp", "optedinat", "consentdate", "consenttime",
        "consenttimestamp", "consentat", "registered", "registeredat", "registrationdate",
    ),
    "confirmed": (
        "confirmtime", "confirmedat", "confirmed", "confirmationdate", "confirmationtime", "confirmdate", "doubleoptin",
        "doubleoptindate", "verifiedat",
    ),
    "ip": ("optinip", "confirmip", "confirmationip", "signupip", "ipaddress", "ip", "subscribeip", "consentip"),
    "source": (
        "source", "signupsource", "subscriptionsource", "acquisitionsource", "utmsource", "referrer", "referrerurl", "form",
        "optinform", "consentsource",
    ),
}  # fmt: skip
_MEANINGS = {name: meaning for meaning, names in NAMES.items() for name in names}
# What tools put around the word that says that somebody must not be written to: "Has opted out", "Opted out date".
_AROUND = re.compile(r"(?:(?:is|has|was|date)(?=.))?(.+?)(?:at|on|date|time|timestamp|reason|am|le|el|op)?")
_AGAINST: tuple[Meaning, ...] = ("left", "bounced", "complained", "blocked")


def bare(text: str) -> str:
    """`text` without case, blanks and signs: `E-Mail Address` is `emailaddress`."""
    return re.sub(r"[\W_]+", "", text.casefold())


def meanings(header: Sequence[str], mapped: Mapping[str, str]) -> dict[Meaning, list[int]]:
    """Which columns tell what, by their numbers from 0; `mapped` has those that a user named: meaning → header.

    Where several could be the address, it is the one that is named first in NAMES. Raises ValueError where `mapped` names
    what is not there.
    """
    plain, taken = [bare(cell) for cell in header], {bare(name) for name in mapped.values()}
    found: dict[Meaning, list[int]] = {}
    for number, name in enumerate(plain):
        if (known := _known(name)) and name not in taken:
            found.setdefault(known, []).append(number)
    if len(found.get("mail", [])) > 1:
        found["mail"] = [min(found["mail"], key=lambda number: NAMES["mail"].index(plain[number]))]
    for meaning, name in mapped.items():
        if meaning not in get_args(Meaning):
            raise ValueError(f"--map knows no {quoted(meaning)}; write one of {', '.join(get_args(Meaning))}")
        if bare(name) not in plain:
            raise ValueError(f"there is no column {quoted(name)}; there are {', '.join(map(quoted, header))}"[:400])
        found[cast(Meaning, meaning)] = [plain.index(bare(name))]
    return found


def _known(name: str) -> Meaning | None:
    """What a column is about. A no is understood in more forms than are listed, as to miss one writes to somebody who left."""
    if meaning := _MEANINGS.get(name):
        return meaning
    inner = _AROUND.fullmatch(name)
    meaning = _MEANINGS.get(inner[1]) if inner else None
    return meaning if meaning in _AGAINST else None
