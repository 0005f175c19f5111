"""Nobody is written to against their will, whatever a file says; and what is known travels whole."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from feedpub.loading import load_site
from feedpub.mailing.arrivals import Wishes, import_people
from feedpub.mailing.imports import COLUMNS, row_of
from feedpub.mailing.imports.cells import guarded, unguarded
from feedpub.store import (
    add_subscriber,
    end_subscription,
    find_subscriptions,
    forget_subscriber,
    is_suppressed,
    kept,
    kept_suppressions,
    open_store,
    proof,
    suppress_subscriber,
)
from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured
from tests.send.conftest import engine, postgres

__all__ = ["engine", "postgres"]
Run = Callable[..., Result]
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TWO = DIGEST + DIGEST.replace('"weekly"', '"monthly"')


@pytest.fixture
def site(write_site: Write) -> Path:
    return write_site({"articles/a.md": featured("A story")}, DIGEST)


def take(engine: Engine, folder: Path, text: str, name: str = "list.csv", **wishes: object) -> dict[str, int]:
    (folder / name).write_text(text)
    outcome = import_people(engine, load_site(folder), folder / name, Wishes(**wishes), now=NOW)  # type: ignore[arg-type]
    return dict(outcome.tally)


def states(engine: Engine) -> dict[str, str]:
    with engine.begin() as conn:
        return {one.address: one.state for one in find_subscriptions(conn)}


@pytest.fixture
def left(engine: Engine) -> Engine:
    """Ada is active, Bob left, Cyd bounced, Dan complained, Eve asked to be forgotten."""
    with engine.begin() as conn:
        for name in ("ada", "bob", "cyd", "dan", "eve"):
            add_subscriber(conn, f"{name}@example.org", "weekly", now=NOW - timedelta(days=9), how="form")
        end_subscription(conn, "bob@example.org", None, now=NOW - timedelta(days=8), how="page")
        suppress_subscriber(conn, "cyd@example.org", now=NOW, reason="hard bounce 5.1.1", kind="bounce")
        suppress_subscriber(conn, "dan@example.org", now=NOW, reason="complaint abuse", kind="complaint")
        forget_subscriber(conn, "eve@example.org", now=NOW)
    return engine


EVERYBODY = "email\n" + "".join(f"{name}@example.org\n" for name in ("ada", "bob", "cyd", "dan", "eve", "fay"))


def test_who_left_or_is_suppressed_is_not_brought_back(left: Engine, site: Path) -> None:
    before = states(left)
    assert take(left, site, EVERYBODY) == {"there already": 1, "left before": 1, "suppressed": 3, "added": 1}
    assert states(left) == before | {"fay@example.org": "active"}


def test_proof_brings_back_all_but_who_complained(left: Engine, site: Path) -> None:
    assert take(left, site, EVERYBODY, again="asked by phone, 2026-11-02")["suppressed"] == 1
    assert states(left)["dan@example.org"] == "suppressed"
    for name in ("bob", "cyd", "eve"):
        assert states(left)[f"{name}@example.org"] == "active"
    with left.begin() as conn:
        assert proof(conn, "bob@example.org")[-1][3].endswith("again: asked by phone, 2026-11-02")


def test_a_no_of_the_file_ends_what_is_active_here(left: Engine, site: Path) -> None:
    assert take(left, site, "email,status\nada@example.org,unsubscribed\n") == {"left before": 1}
    assert states(left)["ada@example.org"] == "ended"
    take(left, site, "email,status\nfay@example.org,complained\n")
    assert take(left, site, "email\nfay@example.org\n", again="by phone") == {"suppressed": 1}


def test_who_came_here_after_they_left_elsewhere_stays(left: Engine, site: Path) -> None:
    told = (NOW - timedelta(days=400)).isoformat()
    assert take(left, site, f"email,unsubscribed_at\nada@example.org,{told}\n") == {"there already": 1}
    assert states(left)["ada@example.org"] == "active"


def test_a_list_that_says_both_of_somebody_means_the_no(engine: Engine, site: Path) -> None:
    text = "email,status\nada@example.org,active\nada@example.org,unsubscribed\nbob@example.org,bounced\nbob@example.org,active\n"
    take(engine, site, text)
    assert states(engine) == {"ada@example.org": "ended", "bob@example.org": "suppressed"}


def exported(engine: Engine) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    with engine.begin() as conn:
        writer.writerows(map(guarded, row_of(one)) for some in (kept(conn), kept_suppressions(conn)) for one in some)
    return out.getvalue()


def test_an_export_imported_elsewhere_is_the_same_export(left: Engine, write_site: Write, tmp_path: Path) -> None:
    site = write_site({"articles/a.md": featured("A story")}, TWO)
    (site / "people.csv").write_text('email,name,status\n+fay@example.org,=Fay,active\ngus@example.org,"\'Gus, ""Jr""",pending\n')
    import_people(left, load_site(site), site / "people.csv", Wishes("monthly"), now=NOW)
    with left.begin() as conn:
        add_subscriber(conn, "ada@example.org", "monthly", now=NOW, how="form")
    text = exported(left)
    assert "'+fay@example.org" in text
    elsewhere = open_store("sqlite:///elsewhere.db", tmp_path)
    with elsewhere.begin() as conn:
        add_subscriber(conn, "EVE@example.org", "weekly", now=NOW, how="form")
    take(elsewhere, site, text)
    assert states(elsewhere).pop("EVE@example.org") == "suppressed", "who was forgotten there is not written to here"
    elsewhere.dispose()
    third = open_store("sqlite:///third.db", tmp_path)
    take(third, site, text)
    assert exported(third) == text
    take(third, site, text)
    assert exported(third) == text
    with third.begin() as conn:
        assert is_suppressed(conn, "eve@example.org")
    assert take(third, site, "email\neve@example.org\n", name="more.csv", digest="weekly") == {"suppressed": 1}
    third.dispose()


def test_an_export_with_a_digest_that_is_not_here_is_refused_whole(left: Engine, site: Path, feedpub: Run) -> None:
    (site / "x.csv").write_text(exported(left).replace(",weekly,", ",daily,"))
    result = feedpub("subscribers", "import", site / "x.csv", "--site", site)
    assert result.exit_code == 1
    assert 'this site has no digest "daily"; write a [[digest]] with name = "daily"' in result.stderr
    assert "0 subscriptions." in feedpub("subscribers", "list", "--site", site).stdout


@given(st.text())
def test_a_cell_comes_back_as_it_was_and_is_never_run(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_one_person_by_hand(feedpub: Run, site: Path) -> None:
    run = lambda *arguments: feedpub("subscribers", *arguments, "--site", site)  # noqa: E731
    for command in ("show", "leave"):
        assert run(command, "nobody@example.org").exit_code == 1
        assert "nobody of this address is known here" in run(command, "nobody@example.org").stderr
    assert run("list", "--digest", "nonsense").exit_code == 1
    run("add", "ada@example.org")
    assert run("leave", "ada@example.org").stdout == "ada@example.org: left\n"
    assert "left on" in run("add", "ada@example.org").stderr
    assert run("add", "ada@example.org", "--again", "by phone").stdout == "ada@example.org: added\n"
    assert "again: by phone" in run("show", "ada@example.org").stdout
    run("suppress", "ada@example.org", "--reason", "asked for it")
    assert "suppressed: never written to again (hand: asked for it)" in run("show", "ada@example.org").stdout
    assert "weekly: ended" in run("unsuppress", "ada@example.org", "--reason", "a mistake").stdout
    assert run("unsuppress", "ada@example.org", "--reason", "twice").exit_code == 1


def test_reading_waits_for_nobody_who_writes(feedpub: Run, site: Path) -> None:
    feedpub("subscribers", "add", "ada@example.org", "--site", site)
    engine = open_store("sqlite:///feedpub.db", site)
    with engine.begin() as conn:
        add_subscriber(conn, "bob@example.org", "weekly", now=NOW, how="form")
        for command in (
            ("subscribers", "list"),
            ("subscribers", "export"),
            ("subscribers", "show", "ada@example.org"),
            ("status",),
        ):
            assert feedpub(*command, "--site", site).exit_code == 0
        people = [json.loads(line) for line in feedpub("subscribers", "list", "--json", "--site", site).stdout.splitlines()]
    assert [one["address"] for one in people] == ["ada@example.org"]
    engine.dispose()
