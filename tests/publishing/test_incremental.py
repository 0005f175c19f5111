"""A build that uses what the last one knew writes the bytes of one that knows nothing."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from feedpub.disk import stamps
from feedpub.errors import FeedpubError
from feedpub.publishing import Built, build
from tests.conftest import SETTINGS, article, tree

NAMES = st.sampled_from(["a", "b", "c", "sub/d", "sub/e", "f"])
TITLES = st.sampled_from(["One", "Two", "Ten"])
CATEGORIES = st.sampled_from(["Craft", "craft", "C++", "Maps"])
DAYS = st.sampled_from(["2025-01-01", "2025-06-01", "2025-06-01T12:00", "2026-01-01"])
BODIES = st.sampled_from(
    ["Text.", "Else.", "![a](a.png)", "{{image: x}} {{image: y, q}}", "[up](../x?x=1&y=2) <script>x</script>"]
)
IMAGES = st.sampled_from(["", "a.png", "https://i.example/a.png"])
SITES = st.sampled_from([
    "", 'hub = "https://hub.example/"\n', "limit = 2\narchive = true\n", "limit = 1\n", 'content = "summary"\n',
    'by = ["category", "tag", "author"]\n', 'formats = ["json"]\n', 'compress = ["gz", "br"]\n', 'url = "https://f.example"\n',
])  # fmt: skip
MORE = st.sampled_from(["", '[categories]\n"C++" = "cpp"\n', '[categories]\nMaps = "charts"\n'])
HEADS = st.sampled_from([
    SETTINGS, SETTINGS.replace("Ada", "Zoe"), SETTINGS.replace("Europe/Malta", "Asia/Tokyo"), SETTINGS.replace("Signal", "Noise"),
    SETTINGS + 'article_url = "/{category}/{day}/{slug}"\n', SETTINGS + 'description = "New"\nstrip_params = ["x"]\n',
])  # fmt: skip


class Incremental(RuleBasedStateMachine):
    """Edits of a site's folder in any order, each followed by a build; beside it the same folder built without a cache."""

    @initialize()
    def begin(self) -> None:
        self.tick, stamps.TICK = stamps.TICK, 20_000_000  # of the disk that tests run on
        self.folder = Path(tempfile.mkdtemp())
        self.clean = Path(tempfile.mkdtemp())
        self.site = self.folder / "site"
        (self.site / "articles/sub").mkdir(parents=True)
        self.write_settings(SETTINGS, "", "")
        self.options: dict[str, bool] = {"drafts": False}

    def teardown(self) -> None:
        stamps.TICK = self.tick
        shutil.rmtree(self.folder)
        shutil.rmtree(self.clean, ignore_errors=True)

    @rule(head=HEADS, feeds=SITES, more=MORE)
    def write_settings(self, head: str, feeds: str, more: str) -> None:
        (self.site / "feedpub.toml").write_text(f"{head}[feeds]\n{feeds}{more}")

    @rule(
        name=NAMES,
        title=TITLES,
        category=CATEGORIES,
        day=DAYS,
        body=BODIES,
        image=IMAGES,
        draft=st.sampled_from(["true", "false"]),
    )
    def write_article(self, name: str, title: str, category: str, day: str, body: str, image: str, draft: str) -> None:
        text = article(title, day, category=category, tags="[t, u]", image=image, draft=draft, body=body)
        (self.site / f"articles/{name}.md").write_text(text)

    @rule(name=NAMES, titles=st.permutations(["One", "Two", "Ten"]))
    def change_without_trace(self, name: str, titles: list[str]) -> None:
        """Other bytes of the same length, under the old time."""
        path = self.site / f"articles/{name}.md"
        if path.exists():
            before = path.stat()
            path.write_text(path.read_text().replace(titles[0], titles[1]))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    @rule(name=NAMES, other=NAMES)
    def rename(self, name: str, other: str) -> None:
        if (self.site / f"articles/{name}.md").exists():
            os.replace(self.site / f"articles/{name}.md", self.site / f"articles/{other}.md")

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        (self.site / f"articles/{name}.md").unlink(missing_ok=True)

    @rule(size=st.integers(0, 3))
    def draw_image(self, size: int) -> None:
        image = self.site / "articles/a.png"
        image.write_bytes(b"p" * size) if size else image.unlink(missing_ok=True)

    @rule()
    def wait(self) -> None:
        """Let the clock of the file system tick past all that is there, and a build see it."""
        time.sleep(2.5 * stamps.TICK / 1e9)

    @rule(path=st.sampled_from(["atom.xml", "index.html", "craft/feed.json"]))
    def meddle(self, path: str) -> None:
        """Someone's hand in the output."""
        if (self.site / "public" / path).exists():
            (self.site / "public" / path).write_bytes(b"not ours")

    @rule(drafts=st.booleans())
    def choose(self, drafts: bool) -> None:
        self.options = {"drafts": drafts}

    @rule(at=st.floats(0, 1), data=st.binary(min_size=1, max_size=40))
    def damage(self, at: float, data: bytes) -> None:
        cache = self.site / ".feedpub/cache.db"
        if cache.exists():
            with cache.open("r+b") as file:
                file.seek(int(at * cache.stat().st_size))
                file.write(data)

    @precondition(lambda self: (self.site / ".feedpub").exists())
    @rule()
    def move(self) -> None:
        """The cache and the output come from another folder, as where a CI restores them."""
        copy = self.folder / "copy"
        shutil.copytree(self.site, copy)
        shutil.rmtree(self.site)
        copy.rename(self.site)

    @invariant()
    def builds_as_from_nothing(self) -> None:
        if not hasattr(self, "options"):
            return
        shutil.rmtree(self.clean, ignore_errors=True)
        expected = outcome(self.site, self.clean, cached=False, jobs=1, **self.options)
        found = outcome(self.site, self.site / "public", jobs=1, **self.options)
        assert found == expected
        if not isinstance(expected, tuple) or not expected[1]:
            return
        assert outcome(self.site, self.site / "public", jobs=1, **self.options) == expected


def outcome(site: Path, output: Path, **options: object) -> tuple[object, ...]:
    """What a build says, and the files that are there after it."""
    try:
        built = build(site, output, allow_removal=True, **options)  # type: ignore[arg-type]
    except FeedpubError as error:
        return (error.problems, None)
    return (said(built), tree(output))


def said(built: Built) -> tuple[object, ...]:
    # What tells of the cache, or of what stood in the output before, is no part of what is compared.
    warnings = [warning for warning in built.warnings if not warning.source.startswith((".feedpub", "/"))]
    return (built.feeds, built.drafts, built.problems, warnings)


Incremental.TestCase.settings = settings(
    max_examples=25, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
test_any_series_of_edits_builds_as_from_nothing = Incremental.TestCase
