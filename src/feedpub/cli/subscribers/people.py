"""One person: in, out, and what is known of them."""

from datetime import UTC, datetime
from pathlib import Path

import click

from feedpub.cli.desk import address_of, reading_store, site_of, site_option, store_of
from feedpub.errors import FeedpubError, Problem


@click.command("add")
@click.argument("address")
@click.option("--digest", "name", help="The digest (default: the only one).")
@click.option("--again", default="", metavar="PROOF", help="Though they left: how they asked to come back.")
@site_option
def add_command(address: str, name: str | None, again: str, folder: Path) -> None:
    """Subscribe ADDRESS, who has agreed to it."""
    from feedpub.mailing.newsletter import choose
    from feedpub.store import Arrival, take_in

    site = site_of(folder)
    one = Arrival(0, address_of(address), choose(site, name).name, "active", "added by hand")
    with store_of(folder, site).begin() as conn:
        (verdict,) = take_in(conn, [one], now=_now(), again=again)
    if verdict.done == "suppressed":
        mend = "feedpub subscribers unsuppress ends that"
        raise FeedpubError([Problem(address, 0, "", "this address is suppressed, and is not written to again", mend)])
    if verdict.done == "left before":
        mend = 'if they asked to come back, tell how: --again "by phone, 2 November"'
        raise FeedpubError([Problem(address, 0, "", verdict.why.partition(";")[0], mend)])
    click.echo(f"{address}: {verdict.done}")


@click.command("leave")
@click.argument("address")
@click.option("--digest", "name", help="This digest only (default: all).")
@site_option
def leave_command(address: str, name: str | None, folder: Path) -> None:
    """End the subscriptions of ADDRESS, who asked for it."""
    from feedpub.mailing.newsletter import choose
    from feedpub.store import end_subscription, find_subscriptions

    site = site_of(folder)
    digest = choose(site, name).name if name else None
    with store_of(folder, site).begin() as conn:
        known = [one for one in find_subscriptions(conn, address=address_of(address)) if digest in (None, one.digest)]
        ended = end_subscription(conn, address_of(address), digest, now=_now(), how="ended by hand")
    if not known:
        raise _unknown(address)
    click.echo(f"{address}: {'left' if ended else 'had left already'}")


@click.command("show")
@click.argument("address")
@site_option
def show_command(address: str, folder: Path) -> None:
    """All that is known of ADDRESS, with the proof: when, how and to what they agreed, and where they came from."""
    from feedpub.store import find_subscriptions, find_suppression, proof

    with reading_store(folder, site_of(folder)).begin() as conn:
        key = address_of(address)
        found, suppression = list(find_subscriptions(conn, address=key)), find_suppression(conn, key)
        if not found and not suppression:
            raise _unknown(address)
        if name := next((one.name for one in found if one.name), ""):
            click.echo(name)
        for one in found:
            click.echo(f"{one.digest}: {one.state} since {one.since:%Y-%m-%d %H:%M} UTC")
        for when, digest, state, how in proof(conn, key):
            click.echo(f"{when:%Y-%m-%d %H:%M:%S} UTC  {digest}  {state}  {how}")
        if suppression:
            click.echo(f"suppressed: never written to again ({suppression.kind}: {suppression.reason})")


@click.command("remove")
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


@click.command("suppress")
@click.argument("address")
@click.option("--reason", default="by hand", help="Why; kept with the hash.", show_default=True)
@site_option
def suppress_command(address: str, reason: str, folder: Path) -> None:
    """Never write to ADDRESS again."""
    from feedpub.store import suppress_subscriber

    with store_of(folder, site_of(folder)).begin() as conn:
        suppress_subscriber(conn, address_of(address), now=_now(), reason=reason)
    click.echo(f"{address}: suppressed")


@click.command("unsuppress")
@click.argument("address")
@click.option("--reason", required=True, help="Why ADDRESS may be written to again; kept as proof.")
@site_option
def unsuppress_command(address: str, reason: str, folder: Path) -> None:
    """Let ADDRESS be written to again. After a bounce what it got is back; else it may sign up, or be added."""
    from feedpub.store import find_subscriptions, restore_subscriber

    with store_of(folder, site_of(folder)).begin() as conn:
        if not restore_subscriber(conn, address_of(address), now=_now(), how=f"unsuppressed by hand: {reason}"):
            raise FeedpubError([Problem(address, 0, "", "this address is not suppressed")])
        found = list(find_subscriptions(conn, address=address_of(address)))
    click.echo(f"{address}: no longer suppressed" + "".join(f"; {one.digest}: {one.state}" for one in found))


def _unknown(address: str) -> FeedpubError:
    return FeedpubError([Problem(address, 0, "", "nobody of this address is known here")])


def _now() -> datetime:
    return datetime.now(UTC)
