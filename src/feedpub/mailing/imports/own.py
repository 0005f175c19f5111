"""feedpub's own export, which loses nothing: a row for each subscription, then one for each suppression."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import cast, get_args

from feedpub.errors import quoted
from feedpub.mailing.imports.cells import unguarded
from feedpub.mailing.imports.rows import Row
from feedpub.mailing.imports.states import Standing
from feedpub.store import Arrival, Kept, Kind, State, Suppression, read_address

COLUMNS = ("address", "digest", "state", "since", "name", "added", "token", "proof", "hash", "salt", "kind", "reason")
_LEAST = set(COLUMNS[:4])


def is_own(header: list[str]) -> bool:
    """Whether a list was written by `feedpub subscribers export`, of this version or an earlier one."""
    return set(header) >= _LEAST


def row_of(one: Kept | Suppression) -> list[str]:
    """The cells of a subscription or a suppression, for COLUMNS; in a CSV each is to be `guarded()`."""
    if isinstance(one, Suppression):
        cells = ["", "", "suppressed", _stamp(one.at), "", "", "", "", one.hash, one.salt, one.kind, one.reason]
    else:
        proof = [[_stamp(at), state, how] for at, state, how in one.history]
        text = json.dumps(proof, ensure_ascii=False, separators=(",", ":"))
        person = [one.name, _stamp(one.added), one.token]
        cells = [one.address, one.digest, one.state, _stamp(one.since), *person, text, "", "", "", ""]
    return cells


def reader_of_own(header: list[str]) -> Callable[[Row], Arrival | Suppression]:
    """What makes a subscription, or a suppression, of a row. It raises ValueError with what is wrong with one."""
    numbers = {name: header.index(name) for name in COLUMNS if name in header}

    def read(row: Row) -> Arrival | Suppression:
        cells = defaultdict(str, {name: unguarded(row.cells[n]) for name, n in numbers.items() if n < len(row.cells)})
        at = _read_stamp(cells["since"])
        if cells["hash"]:
            if len(cells["hash"]) != 64 or cells["kind"] not in get_args(Kind) or len(cells["salt"]) > 64:
                raise ValueError("this is not the row of a suppression, as feedpub writes it")
            return Suppression(cells["hash"], cells["salt"], cast(Kind, cells["kind"]), cells["reason"], at)
        if cells["state"] not in get_args(State):
            raise ValueError(f"{quoted(cells['state'])} is no state; write one of {', '.join(get_args(State))}")
        if not cells["digest"]:
            raise ValueError("there is no digest")
        return Arrival(
            row.line,
            read_address(cells["address"]),
            cells["digest"],
            "hand" if cells["state"] == "suppressed" else cast(Standing, cells["state"]),
            "from an export of feedpub",
            name=cells["name"][:200],
            at=at,
            history=_history(cells["proof"]),
            token=cells["token"],
            added=_read_stamp(cells["added"]) if cells["added"] else None,
        )

    return read


def digests_in(header: list[str], rows: Iterable[Row]) -> set[str]:
    """The digests that the rows of such an export name."""
    number = header.index("digest")
    return {row.cells[number] for row in rows if number < len(row.cells)} - {""}


def _history(text: str) -> tuple[tuple[float, State, str], ...]:
    try:
        proof = [(_read_stamp(at), str(state), str(how)) for at, state, how in json.loads(text or "[]")]
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"its proof is no list of changes: {quoted(text)}") from error
    if not {state for _, state, _ in proof} <= set(get_args(State)):
        raise ValueError(f"its proof names a state that is none: {quoted(text)}")
    return cast(tuple[tuple[float, State, str], ...], tuple(proof))


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def _read_stamp(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"{quoted(text)} is no time; write 2026-11-02T09:00:00+00:00") from error
