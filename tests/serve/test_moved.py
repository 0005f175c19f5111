"""Old addresses lead to the new ones, by `serve` and by the servers of others."""

from collections.abc import Callable

import pytest
from click.testing import Result

from tests.conftest import Write, article
from tests.serve.conftest import Serve

REDIRECTS = """
[redirects]
"/feed/" = "/rss.xml"
"/index.xml" = "https://elsewhere.example/atom.xml"
"/old/news" = "gone"
"""


def test_serve_leads_on(serve: Serve) -> None:
    server = serve({"articles/one.md": article()}, REDIRECTS)
    answers = {
        path: (answer.status_code, answer.headers.get("location"))
        for path in ("/feed/", "/feed", "/index.xml", "/old/news/", "/rss.xml", "/other")
        for answer in [server.ask.get(path)]
    }
    assert answers == {
        "/feed/": (301, "/rss.xml"),
        "/feed": (301, "/rss.xml"),
        "/index.xml": (301, "https://elsewhere.example/atom.xml"),
        "/old/news/": (410, None),
        "/rss.xml": (200, None),
        "/other": (404, None),
    }


@pytest.mark.parametrize(
    ("server", "lines"),
    [
        ("nginx", ['location = "/feed/" { return 301 /rss.xml; }', 'location = "/old/news" { return 410; }']),
        ("caddy", ["redir /feed /rss.xml 301", "respond /old/news/ 410"]),
        ("netlify", ["/feed/ /rss.xml 301!"]),
        ("cloudflare", ["/feed/ /rss.xml 301", "/index.xml https://elsewhere.example/atom.xml 301"]),
    ],
)
def test_lines_for_other_servers(write_site: Write, feedpub: Callable[..., Result], server: str, lines: list[str]) -> None:
    said = feedpub("redirects", write_site({}, REDIRECTS), "--for", server)
    assert said.exit_code == 0
    assert set(lines) <= set(said.stdout.splitlines())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('"feed" = "/rss.xml"', "is not a path"),
        ('"/feed" = "rss.xml"', "neither a path nor a web address"),
        ('"/feed" = "javascript:alert(1)"', "neither a path nor a web address"),
        ('"/feed" = "//evil.example/"', "neither a path nor a web address"),
        ('"/a b" = "/rss.xml"', "is not a path"),
        ('"/a" = "/b"\n"/b" = "/c"', "is itself an old path"),
    ],
)
def test_redirects_are_checked(write_site: Write, feedpub: Callable[..., Result], line: str, told: str) -> None:
    refused = feedpub("build", write_site({}, f"\n[redirects]\n{line}\n"))
    assert refused.exit_code == 1
    assert told in refused.stderr
