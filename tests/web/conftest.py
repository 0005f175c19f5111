"""A site with two digests, its pages, a database, a clock, and a real SMTP server."""

import email
import email.policy
import itertools
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import Engine, func, select
from starlette.applications import Starlette

from feedpub.loading import load_site
from feedpub.store import find_subscriptions, open_store
from feedpub.store.schema import changes, notes, subscribers
from feedpub.web.asking import LATEST
from feedpub.web.context import Context
from feedpub.web.links import Keys, Purpose, Ticket
from feedpub.web.post import Postman
from feedpub.web.subscriptions import routes
from tests.conftest import Write, in_a_loop
from tests.digest.conftest import DIGEST, featured
from tests.send.conftest import Clock, engine, postgres, smtp_server

__all__ = ["engine", "postgres"]
DAILY = DIGEST.replace("weekly", "daily").replace("* * mon", "* * *") + 'title = "Morning & Noon"\n'
OLD, NEW = "o" * 40, "n" * 40
ADA = "ada@readers.example"


class Mailbox:
    """What the server was given; `answer` is what it says to a recipient ("" to take the mail)."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer: Callable[[str], str] = lambda _: ""
        self._came = threading.Condition()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if refusal := self.answer(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        with self._came:
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            self._came.notify_all()
        return "250 2.0.0 taken"

    def wait(self, count: int) -> EmailMessage:
        """The last mail, once so many have come."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.mails) >= count, timeout=20)
        return self.mails[-1]


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    mailbox = Mailbox()
    with smtp_server(mailbox, enable_SMTPUTF8=True) as port:
        yield mailbox, port


class Client:
    """A client of an app in this process, at the network address `address`."""

    def __init__(self, app: Starlette, address: str) -> None:
        self._transport = httpx.ASGITransport(app=app, client=(address, 50000))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def answer() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="https://news.example.org") as client:
                return await client.request(method, path, **options)

        return in_a_loop(answer())


class House:
    """The pages of a site, and what one does with them. Mails are sent when `post()` is called, unless it is `served`."""

    def __init__(self, folder: Path, engine: Engine, mailbox: Mailbox) -> None:
        self.folder, self.engine, self.mailbox, self.clock = folder, engine, mailbox, Clock()
        self.site = load_site(folder)
        self.keys = Keys((NEW, OLD))
        self.context = Context(folder, self.site, engine, self.keys, self.clock)
        self.asleep = Postman(self.context, engine, self.keys)
        self.asleep.stop()
        self.numbers = itertools.count(1)

    def app(self, postman: Postman | None = None, context: Context | None = None) -> Starlette:
        app = Starlette(routes=routes(context or self.context, postman or self.asleep))
        app.router.redirect_slashes = False
        return app

    def client(self, app: Starlette | None = None) -> "Client":
        """A client of another network each time."""
        number = next(self.numbers)
        address = f"198.{number // 62500}.{number // 250 % 250}.{number % 250 + 1}"
        return Client(app or self.app(), address)

    def post(self) -> list[EmailMessage]:
        """Send what waits, as if the time that each mail is given had passed; the mails that came since the last time."""
        before = len(self.mailbox.mails)
        Postman(self.later, self.engine, self.keys).send_waiting()
        return self.mailbox.mails[before:]

    @property
    def later(self) -> Context:
        """The context by when any mail that was asked for now is due."""
        return replace(self.context, now=lambda: self.clock() + timedelta(seconds=LATEST))

    def subscribe(self, address: str = ADA, *digests: str) -> None:
        """Sign up and confirm."""
        client = self.client()
        assert client.post("/subscribe", data={"email": address, "digests": list(digests) or ["weekly"]}).status_code == 200
        (mail,) = self.post()
        assert client.post(path_in(mail, "confirm"), data={}).status_code == 200

    def states(self, address: str = ADA) -> dict[str, str]:
        with self.engine.begin() as conn:
            return {one.digest: one.state for one in find_subscriptions(conn, address=address)}

    def token(self, address: str = ADA) -> str:
        with self.engine.begin() as conn:
            return str(conn.scalar(select(subscribers.c.token).where(subscribers.c.key == address)))

    def link(self, purpose: Purpose, *digests: str, keys: Keys | None = None, address: str = ADA) -> str:
        return f"/{purpose}/{(keys or self.keys).link(purpose, Ticket(self.token(address), digests), self.clock())}"

    def counts(self) -> tuple[int, int, int]:
        """How many subscribers, changes and notes there are."""
        with self.engine.begin() as conn:
            one, two, three = (conn.scalar(select(func.count()).select_from(t)) or 0 for t in (subscribers, changes, notes))
        return one, two, three


@pytest.fixture
def site_folder(write_site: Write, mailbox: tuple[Mailbox, int]) -> Path:
    mail = f'\n[mail]\nurl = "smtp://127.0.0.1:{mailbox[1]}"\ntimeout = 5\nconnections = 1\n'
    return write_site({"articles/a.md": featured("A story")}, DIGEST + DAILY + mail)


@pytest.fixture
def house(site_folder: Path, mailbox: tuple[Mailbox, int]) -> Iterator[House]:
    engine = open_store("sqlite:///feedpub.db", site_folder)
    yield House(site_folder, engine, mailbox[0])
    engine.dispose()


@pytest.fixture
def house_of_each_kind(site_folder: Path, mailbox: tuple[Mailbox, int], engine: Engine) -> House:
    """The same over SQLite and over PostgreSQL."""
    return House(site_folder, engine, mailbox[0])


class Served:
    """A house behind a real server at `url`, whose postman wakes by itself."""

    def __init__(self, house: House, url: str) -> None:
        self.house, self.url, self.mailbox = house, url, house.mailbox


@pytest.fixture
def served(write_site: Write, mailbox: tuple[Mailbox, int]) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = f'{DIGEST}{DAILY}\n[mail]\nurl = "smtp://127.0.0.1:{mailbox[1]}"\n\n[web]\nurl = "{url}"\n'
    folder = write_site({"articles/a.md": featured("A story")}, settings)
    engine = open_store("sqlite:///feedpub.db", folder)
    house = House(folder, engine, mailbox[0])
    postman = Postman(house.later, engine, house.keys)
    server = uvicorn.Server(uvicorn.Config(house.app(postman), host="127.0.0.1", port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.02)
    yield Served(house, url)
    server.should_exit = True
    thread.join()
    postman.stop()
    engine.dispose()


def path_in(mail: EmailMessage, page: str) -> str:
    """The path of the link to `page` in the text of a mail."""
    body = mail.get_body(("plain",))
    assert body
    found = re.search(rf"https?://[^/\s]+(/{page}/\S+)", body.get_content())
    assert found, body.get_content()
    return found[1]
