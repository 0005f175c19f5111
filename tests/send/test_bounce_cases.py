"""What comes back by mail, in the shapes that servers write. A case is NAME.eml in tests/cases/bounces, and NAME.json.

The letter was sent to {reader}; {bounce}, {message} and {leave} stand for the tokens of its delivery ({bounce:upper},
{bounce:half} and {bounce:rest} for parts of them), {person} for the reader's own. What stands between `[[base64` or
`[[quoted-printable` and `]]` is encoded so. The JSON says what it was counted as, and what became of the subscription.
"""

import base64
import json
import quopri
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from feedpub.content import read_article
from feedpub.digest import Letter
from feedpub.mail import Mail
from feedpub.mailing.bounces import judge, read_bounces, read_report
from feedpub.mailing.seal import Seal
from feedpub.model import Author, Issue
from feedpub.site import Site
from feedpub.store import add_issue, add_subscriber, find_subscriptions, open_store, sealing_key
from feedpub.store.schema import deliveries, subscribers
from tests.conftest import article
from tests.send.conftest import SLOT

CASES = Path(__file__).parents[1] / "cases" / "bounces"
READER = "ada@example.org"
NOW = SLOT + timedelta(days=1)
SITE = Site(title="Slow Bread", url="https://news.example.org", mail=Mail(bounce=Author("", "bounces@news.example.org")))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A database in which one letter was sent, and what the cases have placeholders for."""
    folder = tmp_path_factory.mktemp("ledger")
    engine = open_store("sqlite:///feedpub.db", folder)
    with engine.begin() as conn:
        add_subscriber(conn, READER, "weekly", now=SLOT, how="a form")
        story = read_article(article("A story"), "articles/a.md", SITE)
        letter = Letter("news.example.org", "weekly", b"Subject: x\r\n\r\n", (b"Hello",))
        add_issue(conn, "weekly", SLOT, (Issue("weekly", SLOT, (story,)), "x", letter), now=SLOT)
        conn.execute(update(deliveries).values(state="sent", settled=SLOT.timestamp()))
        number = conn.scalars(select(deliveries.c.id)).one()
        seal = Seal(sealing_key(conn))
        tokens = {purpose: seal.token(purpose, number) for purpose in ("bounce", "message", "leave")}
        tokens |= {"person": conn.scalars(select(subscribers.c.token)).one(), "reader": READER}
    engine.dispose()
    tokens |= {f"{name}:upper": token.upper() for name, token in tokens.items()}
    return folder / "feedpub.db", tokens | {"bounce:half": tokens["bounce"][:10], "bounce:rest": tokens["bounce"][10:]}


@pytest.mark.parametrize("case", sorted(CASES.glob("*.eml")), ids=lambda path: path.stem)
def test_a_message_counts_as_its_case_says(case: Path, ledger: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    database, tokens = ledger
    shutil.copy(database, tmp_path)
    box = tmp_path / "box"
    for name in ("cur", "new", "tmp"):
        (box / name).mkdir(parents=True)
    (box / "new" / "1").write_bytes(filled(case, tokens))
    engine = open_store("sqlite:///feedpub.db", tmp_path)
    outcome = read_bounces(engine, SITE, box, now=NOW)
    with engine.begin() as conn:
        (state,) = (one.state for one in find_subscriptions(conn))
    again = read_bounces(engine, SITE, box, now=NOW + timedelta(hours=1))
    engine.dispose()
    want = json.loads(case.with_suffix(".json").read_text())
    assert outcome.kinds == {want["kind"]: 1}
    assert state == want["state"]
    assert again.kinds.keys() <= {"known", want["kind"]}
    for provider, status, kind in outcome.refusals:
        assert kind == want["kind"]
        assert status == want.get("status", status)
        assert provider == want.get("provider", provider)


def filled(case: Path, tokens: dict[str, str]) -> bytes:
    with case.open(newline="") as file:
        text = file.read()
    text = re.sub(r"\{([a-z]+(?::[a-z]+)?)\}", lambda found: tokens.get(found[1], found[0]), text)
    encode = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}
    block = re.compile(rb"\[\[(base64|quoted-printable)\n(.*?)\n\]\]", re.DOTALL)
    return block.sub(lambda found: encode[found[1].decode()](found[2]), text.encode())


@pytest.mark.parametrize("report", sorted((CASES / "relays").glob("*.eml")), ids=lambda path: path.stem)
def test_what_real_relays_wrote_is_read_and_only_who_is_gone_is_lost(report: Path) -> None:
    (found,) = read_report(report.read_bytes()).findings
    assert found.action == "failed"
    assert judge(found.status, found.reason).kind == ("hard" if report.stem.endswith("-gone") else "trouble")
