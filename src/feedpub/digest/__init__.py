"""digest: Articles → Issue → Email → message. Pure."""

from feedpub.digest import lint
from feedpub.digest.compose import Reason, check_categories, compose, why_not
from feedpub.digest.message import Letter, letter, message
from feedpub.digest.render import LARGEST, render
from feedpub.digest.schedule import last_slot, next_slots

__all__ = [
    "LARGEST",
    "Letter",
    "Reason",
    "check_categories",
    "compose",
    "last_slot",
    "letter",
    "lint",
    "message",
    "next_slots",
    "render",
    "why_not",
]
