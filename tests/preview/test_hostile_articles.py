"""What an article holds is shown, and does nothing."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import expect

from tests.conftest import Write, article
from tests.digest.conftest import DIGEST, featured
from tests.preview.conftest import Look, Serve, ask

SCRIPT = "<script>top.document.title = 'stolen'; alert(1)</script><img src=x onerror=\"alert(2)\"><svg onload=alert(3)>"
HIDING = "<iframe src='/'></iframe><style>body { display: none }</style>"
BODY = f"{SCRIPT}\n\n[link](javascript:alert(4))\n\n{HIDING}\n\nStill here.\n"


def test_scripts_of_an_article_do_not_run(serve: Serve, look: Look, write_site: Write) -> None:
    title = '"</title><script>alert(5)</script><img src=x onerror=alert(6)>"'
    named = {"category": '"<script>alert(7)</script>"', "excerpt": '"</div><script>alert(8)</script>"'}
    files = {
        "articles/a.md": featured(title.replace('"', "'"), "2026-11-01", BODY, **named),
        "articles/b.md": featured("<b>", "11 Nov<script>alert(9)</script>"),
    }
    address = serve(write_site(files, DIGEST))
    page = look(address)
    expect(page.locator(".row h2").last).to_have_text("</title><script>alert(5)</script><img src=x onerror=alert(6)>")
    expect(page.locator(".row.bad")).to_contain_text("<script>alert(9)</script>")
    for path in ("feeds", "articles/a", "digests", "digests/weekly", "digests/weekly/dark", "operator"):
        page.goto(address + path)
        expect(page.locator("#live")).to_contain_text("Live")
        for frame in page.locator("iframe").all():
            expect(frame.content_frame.locator("body")).to_contain_text(
                "alert(8)" if path.startswith("digests") else "Still here"
            )
            assert frame.content_frame.locator("script, iframe, [onerror], [onload]").count() == 0
    # Also by itself, beside the preview, such a document runs nothing.
    page.goto(f"{address}frames/feed/")
    expect(page.locator("body")).to_contain_text("Still here.")
    assert "stolen" not in page.title()


def test_a_huge_article_and_thousands_of_small_ones_are_shown_in_pages(serve: Serve, look: Look, write_site: Write) -> None:
    small = {f"articles/{number:04}.md": article(f"Title {number}", f"2025-01-{number % 28 + 1:02}") for number in range(2000)}
    huge = {"articles/huge.md": article("Huge", "2026-01-01", "A long story, and a *long* one. " * 6_000)}
    address = serve(write_site({**small, **huge, "articles/bad.md": article("Bad", "never")}))
    page = look(address)
    assert page.locator(".row").count() == 50
    expect(page.locator(".row").first).to_contain_text("articles/bad.md")
    expect(page.locator(".row").nth(1)).to_contain_text("Huge")
    page.click("text=Older")
    page.wait_for_url("**page=2")
    expect(page.locator(".pages")).to_contain_text("Page 2 of 41")
    page.goto(f"{address}?search=title+1999")
    assert page.locator(".row h2").all_inner_texts() == ["Title 1999"]
    assert ask(address, "/?page=999999999")[0] == 200
    page.goto(f"{address}feeds")
    expect(page.frame_locator("#reader").locator(".title")).to_have_count(50, timeout=60_000)


def test_a_file_whose_name_or_text_is_not_utf8_is_listed(serve: Serve, look: Look, write_site: Write) -> None:
    folder = write_site({"articles/text.md": b"---\ntitle: \xff\n---\n"}, DIGEST)
    try:
        Path(os.fsdecode(os.fsencode(folder / "articles") + b"/caf\xe9.md")).write_text(featured("Coffee"))
    except OSError:
        pytest.skip("this file system takes no such name")
    address = serve(folder)
    for path in ("/", "/feeds", "/frames/feed/", "/raw/atom.xml", "/digests", "/digests/weekly", "/?search=caf"):
        assert (path, ask(address, path)[0]) == (path, 200)
    body = ask(address, "/")[2].decode()
    assert "byte 0xff is not UTF-8" in body
    assert "articles/caf?.md" in body
    page = look(address)
    expect(page.locator("#live")).to_contain_text("Live")
    Path(os.fsdecode(os.fsencode(folder / "articles") + b"/caf\xe9.md")).write_text(featured("Tea", slug="tea"))
    expect(page.locator(".rows")).to_contain_text("Tea")


def test_audio_and_video_of_an_article_are_played(serve: Serve, look: Look, write_site: Write) -> None:
    wave = b"RIFF\x2c\x00\x00\x00WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x08\0\0\0" + b"\x80" * 8
    served: list[str] = []

    class Media(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "audio/wav")
            self.send_header("Content-Length", str(len(wave)))
            self.end_headers()
            self.wfile.write(wave)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Media) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_port}"
        body = f'<audio controls src="{place}/a.wav"></audio>\n\n<video controls src="{place}/v.wav"></video>\n'
        page = look(serve(write_site({"articles/a.md": article(body=body)})) + "articles/a")
        frame = page.locator("iframe").first.content_frame
        for kind in ("audio", "video"):
            media = frame.locator(kind)
            expect(media).to_have_count(1)
            media.evaluate("async one => { while (one.readyState < 1 && !one.error) await new Promise(r => setTimeout(r, 20)) }")
            assert media.evaluate("one => one.error && one.error.message") is None
        server.shutdown()
    assert {"/a.wav", "/v.wav"} <= set(served)
