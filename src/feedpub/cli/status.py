"""feedpub status."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.desk import reading_store, site_of, site_option
from feedpub.cli.report import table, write_json

if TYPE_CHECKING:
    from feedpub.store import Standing


@click.command("status")
@site_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--watch", is_flag=True, help="Show it anew every two seconds, until Ctrl-C.")
def status_command(folder: Path, as_json: bool, watch: bool) -> None:
    """Every issue, and where its deliveries stand: queued, sending, sent, failed."""
    from feedpub.store import sending_rate, standings

    engine = reading_store(folder, site_of(folder))
    while True:
        with engine.begin() as conn:
            found, rate = standings(conn), sending_rate(conn, now=datetime.now(UTC))
        if as_json:
            write_json([_record(one) for one in found])
        else:
            rows = [
                (one.digest, f"{one.slot:%Y-%m-%d %H:%M} UTC", *_states(one.states).values(), one.deferred, _subject(one))
                for one in found
            ]
            click.echo(table(rows, ("digest", "slot", "queued", "sending", "sent", "failed", "deferred", "subject"), left=True))
            click.echo(f"\n{rate:.1f} messages a second in the last minute.")
            for one in found:
                for reason, count in one.reasons:
                    click.echo(f"{one.digest} {one.slot:%Y-%m-%d}: {count:,} × {reason}")
        if not watch:
            return
        time.sleep(2)


def _subject(one: "Standing") -> str:
    return f"{'a rehearsal: ' if one.rehearsal else ''}{one.subject[:50]}"


def _record(one: "Standing") -> dict[str, object]:
    about = {"digest": one.digest, "slot": one.slot, "subject": one.subject, "rehearsal": one.rehearsal}
    return about | _states(one.states) | {"deferred": one.deferred, "reasons": dict(one.reasons)}


def _states(states: dict[str, int]) -> dict[str, int]:
    return {state: states.get(state, 0) for state in ("queued", "sending", "sent", "failed")}
