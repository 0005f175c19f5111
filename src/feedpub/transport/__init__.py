"""transport: the edge to where messages go. Each way answers Accepted, Deferred or Refused."""

from feedpub.transport.answer import Accepted, Answer, Deferred, Refused, Transport, Unavailable
from feedpub.transport.dkim import Dkim
from feedpub.transport.maildir import Maildir
from feedpub.transport.smtp import Smtp

__all__ = ["Accepted", "Answer", "Deferred", "Dkim", "Maildir", "Refused", "Smtp", "Transport", "Unavailable"]
