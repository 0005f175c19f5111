"""Whatever is sent to the pages of subscribers, the answer is a page, never a traceback; and it ends in time."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedpub.store import add_subscriber, open_store
from tests.conftest import SETTINGS, in_a_loop
from tests.digest.conftest import DIGEST
from tests.web.conftest import ADA, DAILY, House, Mailbox

URLENCODED = "application/x-www-form-urlencoded"
PATHS = ["/subscribe", "/unsubscribe", f"/unsubscribe/{'x' * 24}/weekly", "CONFIRM", "UNDO", "PREFERENCES"]
A_FILE = b'--b\r\nContent-Disposition: form-data; name="email"; filename="x"\r\n\r\nada\r\n--b--\r\n'
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
TYPES = st.sampled_from(
    [URLENCODED, "multipart/form-data", "multipart/form-data; boundary=b", 'multipart/form-data; boundary="', "application/json",
     "application/json; charset=utf-16", "text/plain", "application/xml", "multipart/form-data; boundary=b; charset=nonsense",
     f"{URLENCODED}; charset=utf-7", "\x7f", "a/b/c;;;=", "image/png"]
)  # fmt: skip
FIELDS = st.sampled_from(["email", "digests", "website", "do", "List-Unsubscribe", "from", "", "\0", "ü"])
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from([ADA, "weekly", "daily", "save", "forget", "leave", "One-Click", "a@b.example\r\nBcc: c@d.example"]),
)
# The client itself takes . and .. for steps between folders, and would ask for another page.
SEGMENT = st.text(max_size=80).filter(lambda text: text not in (".", ".."))
PARTS = st.lists(st.tuples(FIELDS, VALUES), max_size=6)


@pytest.fixture(scope="module")
def old_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all examples; no mail leaves it."""
    folder: Path = tmp_path_factory.mktemp("site")
    (folder / "feedpub.toml").write_text(SETTINGS + DIGEST + DAILY)
    engine = open_store("sqlite:///feedpub.db", folder)
    house = House(folder, engine, Mailbox())
    yield house
    engine.dispose()


def place(house: House, path: str) -> str:
    """The path; of a signed link, one that is good for somebody who is there, and has not been forgotten yet."""
    if not path.isupper():
        return path
    address = f"p{next(house.numbers)}@readers.example"
    with house.engine.begin() as conn:
        add_subscriber(conn, address, "weekly", now=house.clock(), how="form", state="pending")
    return house.link(path.lower(), "weekly", address=address)  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PATHS), TYPES, st.one_of(st.binary(max_size=200), PARTS))
def test_any_body_has_an_answer(old_house: House, path: str, kind: str, body: bytes | list[tuple[str, str]]) -> None:
    client = old_house.client()
    if isinstance(body, bytes):
        answer = client.post(place(old_house, path), content=body, headers={"content-type": kind.encode()})
    elif kind.startswith("multipart"):
        answer = client.post(place(old_house, path), files=[(name, (None, value)) for name, value in body])
    else:
        answer = client.post(place(old_house, path), data=dict(body))
    assert answer.status_code in (200, 400, 404, 410, 413, 415), answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "Traceback" not in answer.text


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["confirm", "undo", "preferences", "unsubscribe"]), SEGMENT, SEGMENT)
def test_any_address_of_a_page_has_an_answer(old_house: House, page: str, one: str, two: str) -> None:
    path = f"/{page}/{quote(one, safe='')}" + (f"/{quote(two, safe='')}" if page == "unsubscribe" else "")
    for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
        answer = old_house.client().request(method, path, **({"data": ONE_CLICK} if method == "POST" else {}))
        assert answer.status_code in (404, 405), (method, path, answer.status_code)


@pytest.mark.parametrize("kind", [URLENCODED, "multipart/form-data; boundary=b", "application/json"])
@pytest.mark.parametrize("told", [True, False])
def test_a_huge_body_is_refused_long_before_its_end(house: House, kind: str, told: bool) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        if kind.startswith("multipart"):
            yield b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n'
        for _ in range(10_000):
            sent += 1_000
            yield b"a" * 1_000

    async def post() -> httpx.Response:
        headers = {"content-type": kind} | ({"content-length": "10000000"} if told else {})
        transport = httpx.ASGITransport(app=house.app(), client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url="https://news.example.org") as client:
            return await client.post("/subscribe", content=body(), headers=headers)

    assert in_a_loop(post()).status_code == 413
    assert sent < 50_000


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"email=ada%40readers.example&digests=weekly", "text/plain", 415),
        (b"<a/>", "application/xml", 415),
        (b"{", "application/json", 400),
        (b'{"email": "ada@readers.example", "digests": ["weekly"], "more": 1}', "application/json", 400),
        (b"\xff\xfe{", "application/json", 400),
        (b"--x", "multipart/form-data", 400),
        (A_FILE, "multipart/form-data; boundary=b", 400),
        (b"&" * 1000 + b"a=b" + b"&c=d" * 500, URLENCODED, 400),
        (b"email=ada%40readers.example%0d%0aBcc:%20eve%40readers.example&digests=weekly", URLENCODED, 400),
        (b"email=ada%40readers.example&digests=weekly%0d%0aX:%20y", URLENCODED, 400),
        (b"", URLENCODED, 400),
    ],
)  # fmt: skip
def test_the_wrong_kind_of_body_gets_the_right_answer(house: House, content: bytes, kind: str, status: int) -> None:
    answer = house.client().post("/subscribe", content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert house.counts() == (0, 0, 0)


def test_one_click_needs_its_words(house: House) -> None:
    house.subscribe()
    path = f"/unsubscribe/{house.token()}/weekly"
    for content, kind, status in [
        (b"", URLENCODED, 400),
        (b"List-Unsubscribe=No", URLENCODED, 400),
        (b'{"List-Unsubscribe": "One-Click"}', "application/json", 400),
        (b"List-Unsubscribe=No", "text/plain", 400),
        (b"\xff" * 20, "", 400),
        (b"a&" * 500, "", 400),
        (b"List-Unsubscribe=One-Click&" + b"x" * 20_000, "", 413),
    ]:
        assert house.client().post(path, content=content, headers={"content-type": kind}).status_code == status
    for wrong in (f"/unsubscribe/{house.token()}x/weekly", f"/unsubscribe/{house.token()}/We%20ekly", "/unsubscribe/a/b/c"):
        assert house.client().post(wrong, data=ONE_CLICK).status_code == 404
    assert house.states() == {"weekly": "active"}
