"""How often a digest comes, in words."""

from datetime import UTC, datetime

import msgspec
import pytest

from feedpub.digest import rhythm
from feedpub.site import read_site
from tests.conftest import SETTINGS
from tests.digest.conftest import DIGEST


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("0 8 * * mon", "Every Monday"),
        ("0 8 * * tue,fri", "Every Tuesday and Friday"),
        ("0 8,20 * * sun", "Every Sunday"),
        ("30 6 * * mon-fri", "Every weekday"),
        ("30 2 * * *", "Every day"),
        ("30 7 1 * *", "On day 1 of each month"),
        ("0 18 last * *", "Next on 30 November 2025"),
        ("0 8 1-7 * sun", "Next on 7 December 2025"),
        ("0 9 1 jan,apr,jul,oct *", "Next on 1 January 2026"),
        ("0 9 30 * *", "Next on 30 November 2025"),
        ("* * * * *", "Every day"),
        ("0 9 29 feb *", "Next on 29 February 2028"),
        ("0 9 17 * *", "On day 17 of each month"),
    ],
)
def test_words_say_what_the_slots_are(schedule: str, words: str) -> None:
    (digest,) = read_site(SETTINGS + DIGEST).digests
    assert rhythm(msgspec.structs.replace(digest, schedule=schedule), datetime(2025, 11, 17, 8, tzinfo=UTC)) == words
