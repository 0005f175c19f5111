"""digest: Articles → Issue → Email → message. Pure."""

from feedpub.digest import lint
from feedpub.digest.compose import Reason, check_categories, compose, why_not
from feedpub.digest.message import Letter, letter, message
from feedpub.digest.note import note
from feedpub.digest.render import LARGEST, render
from feedpub.digest.rhythm import rhythm
from feedpub.digest.schedule import last_slot, next_slots, slot_name

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
    "note",
    "render",
    "rhythm",
    "slot_name",
    "why_not",
]
