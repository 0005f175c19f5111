"""The message: what Python's own parser reads back, and what no article can do to it."""

import email
import email.policy
import re
from collections.abc import Callable
from datetime import datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feedpub.content import read_article
from feedpub.digest import Letter, letter, message
from feedpub.errors import FeedpubError
from feedpub.mailing.newsletter import Edition
from feedpub.model import UNSUBSCRIBE, Author, Email, Issue
from feedpub.site import read_site
from tests.conftest import SETTINGS
from tests.digest.conftest import DIGEST, featured

Make = Callable[..., Edition]
LINK = "https://news.example.org/unsubscribe/a=b.c_d-" + "x" * 200
SITE = read_site(SETTINGS + DIGEST)
SENT = datetime(2025, 11, 17, 9, 30, 5, tzinfo=ZoneInfo("Europe/Malta"))


def parsed(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, policy=email.policy.default)
    assert [part.defects for part in found.walk() if part.defects] == []
    return found  # type: ignore[return-value]


def of(subject: str = "Subject", html: str = "<p>x</p>", text: str = "x") -> Letter:
    issue = Issue("weekly", datetime(2025, 11, 17, 8, tzinfo=ZoneInfo("Europe/Malta")), ())
    return letter(Email(subject, html, text, 320), issue, SITE.digests[0], SITE)


def test_the_headers_are_those_that_providers_ask_for(make: Make) -> None:
    made = make({"articles/a.md": featured("Zoë & 日本語 🚀")}, 'reply_to = "Ada <ada@news.example.org>"\n')
    mailto = "mailto:leave+t@news.example.org?subject=unsubscribe%20t"
    found = parsed(message(made.letter, to="reader@example.org", unsubscribe=LINK, sent=SENT, mailto=mailto, name="abc"))
    assert {name: found[name] for name in ("To", "From", "Reply-To", "Subject", "Date", "List-Unsubscribe-Post")} == {
        "To": "reader@example.org",
        "From": "The Signal <news@news.example.org>",
        "Reply-To": "Ada <ada@news.example.org>",
        "Subject": "Zoë & 日本語 🚀",
        "Date": "Mon, 17 Nov 2025 09:30:05 +0100",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert found["List-Id"] == '"The Signal" <weekly.news.example.org>'
    assert found["List-Unsubscribe"] == f"<{LINK}>, <{mailto}>"
    assert found["Message-ID"] == "<abc@news.example.org>"
    assert found["Feedback-ID"].count(":") == 3


def test_text_comes_first_then_html_both_utf_8(make: Make) -> None:
    found = parsed(message(make({"articles/a.md": featured("Ä")}).letter, to="r@example.org", unsubscribe=LINK, sent=SENT))
    assert found.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part.get_content_charset()) for part in found.iter_parts()]
    assert parts == [("text/plain", "utf-8"), ("text/html", "utf-8")]


def test_plain_text_only_is_one_text_part(make: Make) -> None:
    made = make({"articles/a.md": featured("A")}, "plain_text_only = true\n")
    found = parsed(message(made.letter, to="r@example.org", unsubscribe=LINK, sent=SENT))
    assert found.get_content_type() == "text/plain"
    assert LINK in found.get_content()


def test_each_subscriber_has_a_link_and_an_id_and_the_same_ones_again() -> None:
    one = message(of(), to="a@example.org", unsubscribe=LINK, sent=SENT)
    assert one == message(of(), to="a@example.org", unsubscribe=LINK, sent=SENT)
    assert parsed(one)["List-Unsubscribe"] == f"<{LINK}>"
    other = message(of(), to="b@example.org", unsubscribe=LINK, sent=SENT)
    assert parsed(one)["Message-ID"] != parsed(other)["Message-ID"]


@given(st.integers(0, 160), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
@settings(deadline=None)
def test_the_sentinel_is_filled_in_wherever_a_line_breaks(before: int, after: str) -> None:
    body = f"{'é' * (before % 7)}{'x' * before}{UNSUBSCRIBE}{after}"
    data = message(of(html=f"<p>{body}</p>", text=body), to="r@example.org", unsubscribe=LINK, sent=SENT)
    assert max(map(len, data.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    found = parsed(data)
    wanted = body.replace(UNSUBSCRIBE, LINK)
    for part in found.iter_parts():
        assert wanted in part.get_content()  # type: ignore[attr-defined]


@given(st.text(max_size=300))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("000000000ࠀࠀࠀࠀࠀࠀࠀࠀࠀࠀ \x80 \x80")
@example("=?utf-8?q?=0D=0ABcc=3A_x=40y.z?=")
def test_no_title_breaks_out_of_its_header(title: str) -> None:
    quoted = "".join(f"\\U{ord(c):08X}" for c in title if not 0xD800 <= ord(c) <= 0xDFFF)
    try:
        one = read_article(f'---\ntitle: "{quoted}"\npublishedAt: 2025-11-11\n---\n', "a.md", SITE)
    except FeedpubError:
        return
    data = message(of(subject=one.title), to="r@example.org", unsubscribe=LINK, sent=SENT)
    head = data.partition(b"\r\n\r\n")[0]
    found = parsed(data)
    assert found["Subject"] == one.title
    assert len(found.keys()) == len(set(found.keys())) == 11
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert b"\n" not in head.replace(b"\r\n", b"")


@pytest.mark.parametrize("to", ["a@b.c\r\nBcc: x@y.z", "a@b.c, d@e.f", "", "nobody", "a b@c.d", "<a@b.c>", "a@b.c\0"])
def test_no_address_breaks_out_of_its_header(to: str) -> None:
    with pytest.raises(FeedpubError, match="is not a mail address"):
        message(of(), to=to, unsubscribe=LINK, sent=SENT)


@pytest.mark.parametrize("link", ["https://e.org/>\r\nBcc: x@y.z", "javascript:x", "", "https://e.org/a b", "https://e.org/é"])
def test_no_link_breaks_out_of_its_header(link: str) -> None:
    with pytest.raises(FeedpubError, match="is not a web address"):
        message(of(), to="r@example.org", unsubscribe=link, sent=SENT)


def test_one_click_is_for_https_alone() -> None:
    found = parsed(message(of(), to="r@example.org", unsubscribe="http://news.example.org/u", sent=SENT))
    assert found["List-Unsubscribe"].startswith("<http://")
    assert found["List-Unsubscribe-Post"] is None


def test_an_address_in_another_script_is_written_as_it_is() -> None:
    data = message(of(), to="用户@例え.jp", unsubscribe=LINK, sent=SENT)
    assert "To: 用户@例え.jp".encode() in data


def test_the_date_is_when_it_is_sent_and_the_rest_stays() -> None:
    """In any zone (RFC 5322, 3.3): the letter in the ledger holds no date, so a late one is not taken for an old one."""
    one = letter(Email("S", "<p>x</p>", "x", 320), Issue("weekly", SENT, ()), SITE.digests[0], SITE)
    assert b"Date:" not in one.head
    dates = {}
    for sent in (SENT, datetime(2025, 11, 20, 23, 5, 9, tzinfo=ZoneInfo("UTC"))):
        data = message(one, to="r@example.org", unsubscribe=LINK, sent=sent)
        assert parsed(data)["Date"].datetime == sent
        dates[sent] = re.sub(rb"Date: [^\r]*", b"", data)
    assert len(set(dates.values())) == 1
    assert b"\r\nDate: Thu, 20 Nov 2025 23:05:09 +0000\r\n" in data


@given(
    st.lists(st.sampled_from(["From ", "From x", "Fromage", ">From ", "é" * 9, "w" * 30, " ", "\n", UNSUBSCRIBE]), max_size=30)
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(["From ", "w" * 69])
@example(["\n", "From ", "w" * 30, "w" * 30, "é", UNSUBSCRIBE, "From "])
def test_no_line_of_a_body_starts_as_a_mailbox_parts_its_messages(words: list[str]) -> None:
    text = "".join(words)
    data = message(of(html=f"<p>{text}</p>", text=text), to="r@example.org", unsubscribe=LINK, sent=SENT)
    lines = data.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert not [line for line in lines if line.startswith(b"From ")]
    assert max(map(len, lines)) <= 76
    (plain, _) = parsed(data).iter_parts()
    content = plain.get_content().replace("\r\n", "\n")  # type: ignore[attr-defined]
    assert content.rstrip("\n") == text.replace(UNSUBSCRIBE, LINK).rstrip("\n")


@pytest.mark.parametrize(
    "subject",
    [
        "A" * 300,
        "x" * 68,
        f"A word {'y' * 80} and more",
        "日本語の件名" * 40,
        "🚀👩‍👩‍👧‍👦🏳️‍🌈" * 25,
        f"Zoë {'x' * 120} und über  zwei Blanks",
        "é " * 100 + "e",
        "word " * 59 + "end",
        "https://a.example/" + "path/" * 50,
        "=?utf-8?q?no?= " + "z" * 90,
        "ᄀ" * 150 + "\N{COMBINING ACUTE ACCENT}" * 20,
    ],
)
def test_a_subject_folds_into_lines_that_every_server_takes_and_reads_back(subject: str) -> None:
    """Lines of at most 78 (RFC 5322, 2.1.1), encoded words of at most 75 (RFC 2047, 2), and no line of blanks alone."""
    data = message(of(subject=subject), to="r@example.org", unsubscribe=LINK, sent=SENT)
    head = data.partition(b"\r\n\r\n")[0]
    found = re.search(rb"^Subject:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*", head, re.MULTILINE)
    assert found
    lines = found[0].split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert all(line.strip(b" \t") not in (b"", b"Subject:") for line in lines)
    words = re.findall(rb"=\?[^?]+\?[bq]\?[^?]*\?=", found[0])
    assert all(len(word) <= 75 for word in words)
    for word in words:  # each stands for whole characters (RFC 2047, 5)
        str(make_header(decode_header(word.decode())))
    assert parsed(data)["Subject"] == subject
    unfolded = re.sub(r"\r\n(?=[ \t])", "", email.message_from_bytes(data)["Subject"])
    assert str(make_header(decode_header(unfolded))) == subject


@pytest.mark.parametrize(
    "name", ["日本語 の 件名 " * 9 + "x", "Zoë " * 30 + "x", "🚀 x " * 20 + "x", "é" * 150, "x" * 70 + " é", "Ab " * 49 + "c"]
)
def test_a_senders_name_folds_and_reads_back(name: str) -> None:
    digest = msgspec.structs.replace(
        SITE.digests[0], sender=Author(name, "news@news.example.org"), reply_to=Author(name, "r@b.example")
    )
    one = letter(Email("S", "", "x", 320), Issue("weekly", SENT, ()), digest, SITE)
    data = message(one, to="r@example.org", unsubscribe="https://a.example/x", sent=SENT)
    assert max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78
    found = email.message_from_bytes(data)
    for header, address in (("From", "news@news.example.org"), ("Reply-To", "r@b.example")):
        shown, where = parseaddr(re.sub(r"\r\n(?=[ \t])", "", found[header]))
        assert (str(make_header(decode_header(shown))), where) == (name, address)
        assert parsed(data)[header].addresses[0].addr_spec == address
