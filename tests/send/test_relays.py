"""Through Postfix, Exim and OpenSMTPD as Debian ships them, and what they write when somebody behind them refuses."""

import email

import pytest

from feedpub.transport import Blocking, Refused, Smtp
from tests.send.relays.world import MESSAGE, REFUSALS, SENDER, World

pytestmark = pytest.mark.xdist_group("relays")


def test_who_is_refused_behind_a_relay_is_told_in_its_own_report(reports: dict[str, bytes]) -> None:
    assert reports.keys() == REFUSALS.keys()
    for to, data in reports.items():
        parts = email.message_from_bytes(data).walk()
        (status,) = [part.as_string() for part in parts if part.get_content_type() == "message/delivery-status"]
        assert "Action: failed" in status
        assert to in status
        assert REFUSALS[to].rpartition(" ")[2] in status or REFUSALS[to].rpartition(" ")[2] in data.decode()


@pytest.mark.parametrize("relayed", ["postfix"], indirect=True)
def test_a_message_longer_than_it_takes_is_refused_before_it_is_sent(relayed: tuple[int, World]) -> None:
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{relayed[0]}", timeout=30))
    long = MESSAGE.format(to="fine@a.example") + "A line of text.\r\n" * 4_000
    answer = smtp.send(long.encode(), sender=SENDER, to="fine@a.example")
    smtp.close()
    assert isinstance(answer, Refused)
    assert (answer.reason.split(" the ")[0], answer.of) == ("552 5.3.4", "sender")
