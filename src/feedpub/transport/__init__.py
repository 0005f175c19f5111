"""transport: the edge to where messages go. Each way answers Accepted, Deferred or Refused."""

from feedpub.transport.answer import Accepted, Answer, Crowded, Deferred, Refused, Transport, Unavailable
from feedpub.transport.blocking import Blocking
from feedpub.transport.dkim import Dkim
from feedpub.transport.headed import Headed
from feedpub.transport.maildir import Maildir
from feedpub.transport.smtp import Smtp, patience

__all__ = [
    "Accepted",
    "Answer",
    "Blocking",
    "Crowded",
    "Deferred",
    "Dkim",
    "Headed",
    "Maildir",
    "Refused",
    "Smtp",
    "Transport",
    "Unavailable",
    "patience",
]
