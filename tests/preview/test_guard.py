"""Who may ask, and what: this machine's own pages, questions only, and no path out of the site."""

from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Write, article
from tests.preview.conftest import Serve, ask

PATHS = ["/", "/feeds", "/frames/feed/", "/articles/two-hundred-and-fourteen", "/raw/rss.xml",
         "/digests/monthly", "/frames/digest/monthly/dark", "/operator",
         "/operator/issues.svg", "/pictures/images/two-lamps.png", "/events", "/preview.js", "/nothing"]  # fmt: skip


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "[::1]:{port}", "0.0.0.0:{port}", ""])
def test_another_host_is_refused_on_every_path(seeds: str, host: str) -> None:
    for path in PATHS:
        status, _, body = ask(seeds, path, Host=host.format(port=urlsplit(seeds).port))
        assert 400 <= status < 500, path
        assert b"Margin" not in body


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost:1"}, {"Sec_Fetch_Site": "cross-site"},
     {"Sec_Fetch_Site": "same-site"}],
)  # fmt: skip
def test_another_site_is_refused_on_every_path(seeds: str, headers: dict[str, str]) -> None:
    for path in PATHS:
        assert ask(seeds, path, **headers)[0] == 403, path


def test_our_own_page_is_answered_by_both_names(seeds: str) -> None:
    port = urlsplit(seeds).port
    for host in (f"127.0.0.1:{port}", f"LOCALHOST:{port}"):
        own = {"Origin": f"http://{host.lower()}", "Sec_Fetch_Site": "same-origin"}
        assert ask(seeds, "/", Host=host, **own)[0] == 200
    assert ask(seeds, "/", Sec_Fetch_Site="none")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_only_questions_are_answered(seeds: str, method: str) -> None:
    for path in PATHS:
        assert ask(seeds, path, method)[0] == 405, path
    assert ask(seeds, "/", "HEAD")[2] == b""


def test_every_answer_is_kept_from_scripts_caches_and_frames(seeds: str) -> None:
    for path in PATHS:
        if path == "/events":
            continue
        _, headers, _ = ask(seeds, path)
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'"), path
        assert "script-src" not in policy or "script-src 'self';" in policy, path
        assert "frame-ancestors 'self'" in policy, path
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff"), path
        assert (headers["referrer-policy"], headers["cross-origin-resource-policy"]) == ("no-referrer", "same-origin"), path
        assert not [name for name in headers if name.startswith("access-control") or name == "set-cookie"], path
    for path in ("/frames/feed/", "/frames/digest/monthly/dark", "/pictures/images/two-lamps.png"):
        policy = ask(seeds, path)[1]["content-security-policy"]
        assert "sandbox" in policy
        assert "allow-scripts" not in policy
        assert "script-src" not in policy


def test_only_images_of_the_site_are_given_away(serve: Serve, write_site: Write) -> None:
    secret = {"../secret.png": b"no", ".hidden/a.png": b"no", "a.txt": b"no", "ok.png": b"yes"}
    folder = write_site({"articles/a.md": article(), **secret})
    (folder / "out.png").symlink_to(folder / "../secret.png")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    address = serve(folder)
    assert ask(address, "/pictures/ok.png")[0::2] == (200, b"yes")
    for path in ("..%2fsecret.png", "../secret.png", ".hidden/a.png", "a.txt", "out.png", "loop.png", "feedpub.toml", "%00.png",
                 "%2fetc%2fpasswd", "x" * 5000 + ".png", "articles"):  # fmt: skip
        status, _, body = ask(address, f"/pictures/{path}")
        assert (path, 400 <= status < 500, body == b"no") == (path, True, False)


PARTS = st.sampled_from(
    ["feeds", "frames", "feed", "article", "articles", "two-hundred-and-fourteen",
     "digest", "digests", "monthly", "dark", "text", "raw", "rss.xml", "operator", "issues.svg",
     "pictures", "images", "..", "%2e%2e", "%2f", "%5c", "%00", "%ff", "%c3%28", "author", "\N{SNOWMAN}", "."]
) | st.text(max_size=12)  # fmt: skip
QUERIES = st.lists(
    st.tuples(
        st.sampled_from(["page", "search", "only", "by", "scheme", "shape", "since", "x"]),
        st.text(max_size=20) | st.integers().map(str),
    ),
    max_size=3,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(PARTS, max_size=6), query=QUERIES)
def test_no_path_is_an_error_of_ours(seeds: str, parts: list[str], query: list[tuple[str, str]]) -> None:
    written = "".join(f"/{part}" for part in parts) or "/"
    written += "?" + "&".join(f"{name}={value}" for name, value in query)
    path = "".join(
        c if c.isascii() and c.isprintable() and c not in " #\\" else "".join(f"%{b:02x}" for b in c.encode()) for c in written
    )
    if not path.startswith("/events"):
        assert ask(seeds, path)[0] < 500
