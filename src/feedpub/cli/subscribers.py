"""feedpub subscribers."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from feedpub.cli.desk import address_of, site_of, site_option, store_of
from feedpub.cli.report import counted, progress, table
from feedpub.cli.terminal import behind
from feedpub.errors import FeedpubError, Problem, quoted


@click.group("subscribers")
def subscribers_command() -> None:
    """The people who get a digest."""


@subscribers_command.command("add")
@click.argument("address")
@click.option("--digest", "name", help="The digest (default: the only one).")
@site_option
def add_command(address: str, name: str | None, folder: Path) -> None:
    """Subscribe ADDRESS, who has agreed to it."""
    from feedpub.mailing.newsletter import choose
    from feedpub.store import add_subscriber

    site = site_of(folder)
    digest = choose(site, name)
    with store_of(folder, site).begin() as conn:
        done = add_subscriber(conn, address_of(address), digest.name, now=_now(), how="added by hand")
    if done == "suppressed":
        raise FeedpubError([Problem(address, 0, "", "this address is suppressed, and is not written to again")])
    click.echo(f"{address}: {done}")


@subscribers_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--digest", "name", help="The digest (default: the only one).")
@click.option("--dry-run", is_flag=True, help="Check the file, and change nothing.")
@site_option
def import_command(file: Path, name: str | None, dry_run: bool, folder: Path) -> None:
    """Subscribe the addresses in FILE, a CSV: its column `email` or `address`, else its first.

    All of it or nothing. Bad, double and suppressed addresses are reported with their lines, and left out.
    """
    from feedpub.mailing.newsletter import choose
    from feedpub.store import add_subscriber, read_address

    site = site_of(folder)
    digest = choose(site, name)
    rows = _rows(file)
    tally = {"added": 0, "there already": 0, "suppressed": 0, "double": 0, "bad": 0}
    seen: set[str] = set()
    with store_of(folder, site).connect() as conn, conn.begin() as transaction:
        for line, text in progress(rows, "importing", len(rows)):
            try:
                address = read_address(text)
            except ValueError as error:
                tally["bad"] += 1
                click.echo(str(Problem(str(file), line, "", f"{quoted(text)} is not a mail address: {error}")), err=True)
                continue
            if address.casefold() in seen:
                tally["double"] += 1
                click.echo(str(Problem(str(file), line, "", f"{quoted(address)} stands twice")), err=True)
                continue
            seen.add(address.casefold())
            done = add_subscriber(conn, address, digest.name, now=_now(), how=f"imported from {file.name}:{line}")
            tally[done] += 1
            if done == "suppressed":
                click.echo(str(Problem(str(file), line, "", f"{quoted(address)} is suppressed")), err=True)
        if dry_run:
            transaction.rollback()
    click.echo(", ".join(f"{count:,} {what}" for what, count in tally.items()) + ("; nothing was changed." if dry_run else "."))
    if tally["bad"]:
        sys.exit(1)


@subscribers_command.command("list")
@click.option("--digest", "name", help="Of this digest only.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a line.")
@site_option
def list_command(name: str | None, as_json: bool, folder: Path) -> None:
    """Every subscription, its state, and since when."""
    import json

    from feedpub.store import find_subscriptions

    with store_of(folder, site_of(folder)).begin() as conn:
        found = find_subscriptions(conn, digest=name)
        if as_json:
            for one in found:
                row = {"address": one.address, "digest": one.digest, "state": one.state, "since": one.since.isoformat()}
                click.echo(json.dumps(row, ensure_ascii=False))
        else:
            rows = [(one.address, one.digest, one.state, f"{one.since:%Y-%m-%d}") for one in found]
            click.echo(table(rows, ("address", "digest", "state", "since"), left=True))
            click.echo(f"\n{counted(len(rows), 'subscription')}.")


@subscribers_command.command("export")
@site_option
def export_command(folder: Path) -> None:
    """Every subscription as CSV, for another program."""
    import csv

    from feedpub.store import find_subscriptions

    with store_of(folder, site_of(folder)).begin() as conn:
        writer = csv.writer(sys.stdout if sys.stdout.isatty() else behind(sys.stdout), lineterminator="\n")
        writer.writerow(("address", "digest", "state", "since"))
        writer.writerows((one.address, one.digest, one.state, one.since.isoformat()) for one in find_subscriptions(conn))


@subscribers_command.command("show")
@click.argument("address")
@site_option
def show_command(address: str, folder: Path) -> None:
    """All that is known of ADDRESS, with the proof: when, how and to what they agreed."""
    from feedpub.store import find_subscriptions, is_suppressed, proof

    with store_of(folder, site_of(folder)).begin() as conn:
        address = address_of(address)
        for one in find_subscriptions(conn, address=address):
            click.echo(f"{one.digest}: {one.state} since {one.since:%Y-%m-%d %H:%M} UTC")
        for when, digest, state, how in proof(conn, address):
            click.echo(f"{when:%Y-%m-%d %H:%M:%S} UTC  {digest}  {state}  {how}")
        if is_suppressed(conn, address):
            click.echo("suppressed: never written to again")


subscribers_command.add_command(show_command, "proof")


@subscribers_command.command("remove")
@click.argument("address")
@site_option
def remove_command(address: str, folder: Path) -> None:
    """Forget ADDRESS: all but a salted hash, so that no import brings it back."""
    from feedpub.store import erase_traces, forget_subscriber

    engine = store_of(folder, site_of(folder))
    with engine.begin() as conn:
        known = forget_subscriber(conn, address_of(address), now=_now())
    erase_traces(engine)
    click.echo(f"{address}: {'forgotten' if known else 'was not known; it is suppressed now'}")


@subscribers_command.command("suppress")
@click.argument("address")
@click.option("--reason", default="by hand", help="Why; kept with the hash.", show_default=True)
@site_option
def suppress_command(address: str, reason: str, folder: Path) -> None:
    """Never write to ADDRESS again."""
    from feedpub.store import suppress_subscriber

    with store_of(folder, site_of(folder)).begin() as conn:
        suppress_subscriber(conn, address_of(address), now=_now(), reason=reason)
    click.echo(f"{address}: suppressed")


def _rows(file: Path) -> list[tuple[int, str]]:
    """Line and address of each row of a CSV."""
    import csv

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        what = f"this file can't be read: {getattr(error, 'strerror', None) or error}"
        raise FeedpubError([Problem(str(file), 0, "", what, "save it as CSV, in UTF-8")]) from error
    names = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    column = next((names.index(name) for name in ("email", "address", "e-mail", "mail") if name in names), None)
    body = rows[1:] if column is not None else rows
    return [(line, row[column or 0] if len(row) > (column or 0) else "") for line, row in body]


def _now() -> datetime:
    return datetime.now(UTC)
