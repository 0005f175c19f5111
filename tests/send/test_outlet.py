"""What [mail] says of the way out: headers of the site's own, whom to trust, and addresses of other scripts."""

import email
from collections.abc import Callable

import pytest

from feedpub.digest import message
from feedpub.errors import FeedpubError
from feedpub.loading import load_articles, load_site
from feedpub.mailing.newsletter import edition
from feedpub.mailing.outlet import way_out
from feedpub.transport import Accepted, Blocking, Smtp
from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured
from tests.send.conftest import SLOT
from tests.send.scripted import FINE, GO, GREETING, MESSAGE, Scripted


def test_headers_of_the_sites_own_stand_on_every_message(write_site: Write) -> None:
    headers = 'headers = { "X-SES-CONFIGURATION-SET" = "news letters", "X-PM-Message-Stream" = "broadcast" }'
    folder = write_site({}, f"{DIGEST}\n[mail]\n{headers}\n")
    transport = Blocking(way_out(folder, load_site(folder))())
    assert transport.send(MESSAGE, sender="n@e.org", to="r@e.org") == Accepted()
    transport.close()
    (path,) = (folder / "outbox" / "new").iterdir()
    kept = email.message_from_bytes(path.read_bytes())
    assert kept.items() == [("X-SES-CONFIGURATION-SET", "news letters"), ("X-PM-Message-Stream", "broadcast"), ("Subject", "x")]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ('headers = { "From" = "a@b.example" }', '"From" is a header that feedpub or the servers write; leave it out'),
        ('headers = { "list-unsubscribe-POST" = "x" }', '"list-unsubscribe-POST" is a header that feedpub or the servers write'),
        ('headers = { "X Y" = "x" }', '"X Y" is no name of a header'),
        ('headers = { "X-A:" = "x" }', '"X-A:" is no name of a header'),
        ('headers = { "" = "x" }', '"" is no name of a header'),
        ('headers = { "X-A" = "x\\r\\nBcc: all@e.org" }', '"X-A" has a value that is not one line of ASCII'),
        ('headers = { "X-A" = "é" }', '"X-A" has a value that is not one line of ASCII'),
        ('headers = { "X-A" = "x", "x-a" = "y" }', '"x-a" stands twice'),
        ("headers = { X-A = 7 }", "headers"),
        ('url = "smtps://a.example"\ntls = "none"', '"none" contradicts url: smtps:// is encrypted from the start'),
        ('tls = "maybe"', "mail.tls"),
    ],
)
def test_a_setting_that_would_spoil_a_message_is_told(write_site: Write, setting: str, told: str) -> None:
    folder = write_site({}, f"[mail]\n{setting}\n")
    with pytest.raises(FeedpubError) as problems:
        load_site(folder)
    assert told in str(problems.value)


@pytest.mark.parametrize(("text", "told"), [(None, "No such file"), ("no certificate", "it holds no certificate")])
def test_a_ca_file_that_cannot_be_used_is_told(write_site: Write, text: str | None, told: str) -> None:
    files: dict[str, str | bytes] = {"ca.pem": text} if text else {}
    folder = write_site(files, '[mail]\nurl = "smtp://a.example"\nca_file = "ca.pem"\n')
    with pytest.raises(FeedpubError, match=rf"mail\.ca_file: ca\.pem can't be used: {told}"):
        way_out(folder, load_site(folder))


def test_a_domain_of_another_script_goes_out_in_ascii(write_site: Write, scripted: Callable[..., Scripted]) -> None:
    folder = write_site({"articles/a.md": featured("A story")}, DIGEST)
    site = load_site(folder)
    articles, _ = load_articles(folder, site)
    made = edition(folder, site, site.digests[0], articles, slot=SLOT, issued=())
    assert made
    data = message(made.letter, to="ada@bücher.example", unsubscribe="https://e.org/u", sent=SLOT)
    assert email.message_from_bytes(data)["To"] == "ada@xn--bcher-kva.example"
    server = scripted(GREETING, FINE, FINE, GO, FINE)
    smtp = Blocking(Smtp(f"smtp://127.0.0.1:{server.port}", timeout=5))
    assert smtp.send(data, sender="n@e.org", to="ada@bücher.example") == Accepted()
    smtp.close()
    assert server.reads[2] == b"RCPT TO:<ada@xn--bcher-kva.example>\r\n"
