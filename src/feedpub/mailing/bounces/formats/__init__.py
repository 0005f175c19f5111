"""What reports look like: a file for each kind, from its parts to Findings or a word of complaint."""

from feedpub.mailing.bounces.formats.feedback import complaint
from feedpub.mailing.bounces.formats.notification import notified
from feedpub.mailing.bounces.formats.prose import told
from feedpub.mailing.bounces.formats.status import stated

__all__ = ["complaint", "notified", "stated", "told"]
