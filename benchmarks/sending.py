"""How many messages a second leave, beside postfix's own smtp-source, both into smtp-sink on this machine.

It needs Debian's package postfix, of which it runs smtp-source and smtp-sink alone. The figures are of one process, with
the ledger in SQLite; creating the deliveries, and memory, are measured too.
"""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import insert

from corpus import NEWSLETTER
from feedpub.store import open_store
from feedpub.store.schema import subscribers, subscriptions
from feedpub.transport import Dkim
from measure import Row, median

NOW = datetime(2025, 11, 17, 8, tzinfo=UTC)
PROGRAM = """
    import json, resource, ssl, sys, threading, time
    from datetime import UTC, datetime
    from pathlib import Path
    from feedpub.loading import load_articles, load_site
    from feedpub.mailing.delivery import deliver
    from feedpub.mailing.newsletter import choose, publish
    from feedpub.mailing.outlet import signer
    from feedpub.store import open_store
    from feedpub.transport import Smtp
    folder, port, now = Path(sys.argv[1]), sys.argv[2], datetime(2025, 11, 17, 8, tzinfo=UTC)
    site, engine = load_site(folder), open_store("sqlite:///feedpub.db", folder)
    articles, _ = load_articles(folder, site)
    start = time.perf_counter()
    _, queued = publish(engine, folder, site, choose(site, None), articles, slot=now, now=now, rehearsal=False)
    made = time.perf_counter() - start
    start = time.perf_counter()
    if port != "0":
        trust = ssl.create_default_context()
        connect = lambda: Smtp(f"smtp://127.0.0.1:{port}", trust=trust)
        report = deliver(engine, site, connect, sign=signer(folder, site), clock=lambda: now, stop=threading.Event())
        assert report.answers["sent"] == queued, report
    sent = time.perf_counter() - start
    print(json.dumps([queued, made, sent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def site(folder: Path, people: int, connections: int, key: str) -> None:
    """A site of ten stories with so many active subscribers."""
    (folder / "articles").mkdir(parents=True)
    signing = f'[mail.dkim]\nselector = "s1"\ndomain = "bench.example"\nkey_file = "{key}"\n' if key else ""
    (folder / "feedpub.toml").write_text(f"{NEWSLETTER}\n[mail]\nrehearsal = false\nconnections = {connections}\n{signing}")
    for n in range(10):
        excerpt = "A sentence of words. " * 8
        text = f"---\ntitle: Story {n}\npublishedAt: 2025-11-{n + 1:02}\nfeatured: true\nexcerpt: {excerpt}\n---\n"
        (folder / f"articles/{n}.md").write_text(text)
    engine = open_store("sqlite:///feedpub.db", folder)
    stamp = NOW.timestamp()
    for start in range(0, people, 10_000):
        numbers = range(start + 1, min(start + 10_000, people) + 1)
        with engine.begin() as conn:
            conn.execute(
                insert(subscribers),
                [
                    {"id": n, "address": f"reader{n}@d{n % 97}.example", "key": f"reader{n}@d{n % 97}.example",
                     "domain": f"d{n % 97}.example", "token": f"{n:024}", "added": stamp}
                    for n in numbers
                ],
            )  # fmt: skip
            rows = [{"subscriber_id": n, "digest": "weekly", "state": "active", "since": stamp} for n in numbers]
            conn.execute(insert(subscriptions), rows)
    engine.dispose()


def ours(people: int, connections: int, port: int, key: str = "") -> list[float]:
    """Deliveries, seconds to create them, seconds to send them, and MB of peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        site(Path(folder, "site"), people, connections, key)
        command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(Path(folder, "site")), str(port)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: list[float] = json.loads(done.stdout)
    return figures


def theirs(messages: int, connections: int, port: int, size: int) -> float:
    """Seconds that smtp-source takes for so many messages of so many bytes."""
    source = shutil.which("smtp-source") or "/usr/sbin/smtp-source"
    command = [source, "-s", str(connections), "-m", str(messages), "-l", str(size), "-d", f"inet:127.0.0.1:{port}"]
    start = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - start


def rows(messages: int, runs: int, people: int, connections: int = 16) -> Iterator[Row]:
    """Messages a second with ledger and retries, with DKIM too, and creating the deliveries of a large issue."""
    _, made, _, memory = ours(people, connections, 0)
    yield Row(f"creating {people:,} deliveries", made, "s")
    yield Row("its memory", memory, "MB")
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        key = rsa.generate_private_key(65537, 2048)
        data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write(data)
        file.flush()
        signing = Dkim(domain="bench.example", selector="s1", key_file=Path(file.name))
        start = time.perf_counter()
        for _ in range(messages // 10):
            signing.signed(b"From: a@bench.example\r\nSubject: x\r\n\r\n" + b"A line of text.\r\n" * 1600)
        yield Row("signing (RSA, 2,048 bits)", messages // 10 / (time.perf_counter() - start), "/s")
        sink = shutil.which("smtp-sink", path="/usr/bin:/usr/sbin")
        if sink is None:
            return
        port = free_port()
        server = subprocess.Popen([sink, "-u", "nobody", f"127.0.0.1:{port}", "100"])
        time.sleep(0.5)
        try:
            for number, least in ((4, "≥ 0.65"), (16, "≥ 0.8")):
                pairs = []
                for _ in range(runs):
                    queued, _, sent, _ = ours(messages, number, port)
                    pairs.append((queued / sent, messages / theirs(messages, number, port, 26_000)))
                mine, other = (median(figures) for figures in zip(*pairs, strict=True))
                yield Row(f"sending with the ledger, {number} connections", mine, "/s", "smtp-source", other, least)
            queued, _, sent, _ = ours(messages, connections, port, file.name)
            yield Row("sending, signed", queued / sent, "/s", "smtp-source", other)
        finally:
            server.terminate()
            server.wait()
