"""digest: Articles → Issue → Email → message. Pure."""

from feedpub.digest import lint
from feedpub.digest.age import age_limit, span_in_words
from feedpub.digest.compose import check_categories, compose
from feedpub.digest.message import Letter, letter, message
from feedpub.digest.note import note
from feedpub.digest.reasons import Reason, in_words, left_out, why_not
from feedpub.digest.render import LARGEST, render
from feedpub.digest.rhythm import rhythm
from feedpub.digest.schedule import last_slot, next_slots, slot_name, widest_gap

__all__ = [
    "LARGEST",
    "Letter",
    "Reason",
    "age_limit",
    "check_categories",
    "compose",
    "in_words",
    "last_slot",
    "left_out",
    "letter",
    "lint",
    "message",
    "next_slots",
    "note",
    "render",
    "rhythm",
    "slot_name",
    "span_in_words",
    "why_not",
    "widest_gap",
]
