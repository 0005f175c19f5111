"""A build's stages, each doing only what the cache does not know."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec

from feedpub.cache import Cache, Known, Mark
from feedpub.content import Addresses, body_key, joined, reading_key
from feedpub.disk import Changes, SourceFile, Stamp, hash_of_file, hashed, is_settled, write_tree
from feedpub.errors import Problem
from feedpub.feed import Part, Planned, publication, published
from feedpub.loading import Progress, image_lengths, image_path
from feedpub.model import Article, Body, Examined
from feedpub.publishing.stages import READING, RENDERING, WRITING, draw, examine_files, read_files, render_files
from feedpub.publishing.workers import Workers
from feedpub.site import Site

_BATCH = 200


class Written(msgspec.Struct, frozen=True, array_like=True):
    """A file of the output: the fingerprint of its part, the hash of its bytes, and its mark."""

    fingerprint: bytes
    hash: bytes
    mark: Mark


class Incremental:
    """The stages of one build, in their order: read(), then write(); or of a check: read(), then examine()."""

    def __init__(self, folder: Path, site: Site, cache: Cache, workers: Workers, progress: Progress) -> None:
        self._folder, self._site, self._cache, self._workers, self._progress = folder, site, cache, workers, progress
        self._files: dict[str, SourceFile] = {}
        self._known: dict[str, Known] = {}
        self._keys: dict[str, bytes] = {}
        self._mentioned: dict[str, dict[str, str]] = {}
        self.unsettled: dict[str, tuple[Stamp, bytes]] = {}

    def read(self, files: Sequence[SourceFile], *, bodies: bool = False) -> tuple[list[Article], list[Problem]]:
        """The Articles of `files`, without their Markdown, and every Problem in them and between them; of a file at fault its
        warnings too, and with `bodies` those of its body.
        """
        cache = self._cache
        # What an article takes from the settings is in its key: a build with others may save its own at the same time.
        reader = hashed(reading_key(self._site).encode())
        keys = {
            file.source: reader + repr(file.commits or "").encode() + file.source.encode("utf-8", "surrogateescape")
            for file in files
        }
        before = cache.load("articles", Known)
        unread = []
        for file in files:
            known = before.get(keys[file.source])
            if not (known and known.mark.vouches(file.stamp)):
                unread.append((file, known))
        reading = partial(read_files, self._site, cache.clock, bodies)
        outcomes = self._workers.map(reading, unread, count=len(unread), seconds=READING)
        found = dict(zip((file.source for file, _ in unread), self._progress(outcomes, "reading", len(unread)), strict=True))
        problems: dict[str, tuple[Problem, ...]] = {}
        new: dict[bytes, bytes] = {}
        for file in files:
            source, outcome = file.source, found.get(file.source)
            if isinstance(outcome, tuple):
                problems[source] = outcome
                continue
            if isinstance(outcome, bytes):
                new[keys[source]] = outcome
                outcome = msgspec.msgpack.decode(outcome, type=Known)
            self._known[source] = outcome or before[keys[source]]
            self._files[source] = file
            if outcome and not is_settled(file.stamp, cache.clock):
                self.unsettled[file.path] = (file.stamp, outcome.text)
        gone = cache.keys("articles") - set(keys.values())
        if new or gone:
            cache.save(("articles", new, gone))
        return joined((problems.get(file.source) or self._known[file.source].article for file in files), self._site)

    def write(
        self, feeds: Sequence[Planned], output: Path, *, adopt: bool, until: datetime | None
    ) -> tuple[Changes, tuple[Problem, ...], dict[str, int | None]]:
        """Publish `feeds`; what changed, the warnings of their bodies, and the lengths of their lead images."""
        site, folder, cache = self._site, self._folder, self._cache
        shown = {a.slug: a for feed in feeds for document in feed.documents(site) for a in document.articles}
        self._mention(shown.values(), published(feeds))
        self._keys = {slug: body_key(a, self._known[a.source].text, site, self._mentioned.get(slug)) for slug, a in shown.items()}
        places = {slug: str(place) for slug, a in shown.items() if (place := image_path(a))}
        images = image_lengths(folder, {*places.values()})
        lengths = {slug: length for slug, place in places.items() if (length := images[place]) is not None}
        parts = publication(feeds, site, lambda article: self._keys[article.slug], lengths)
        # Taken before anything is written: another build may take out what it doesn't need, and a full disk ends the cache.
        warned = cache.load("warnings", tuple[Problem, ...])
        known = cache.keys("bodies") & warned.keys()
        warned |= self._render([a for slug, a in shown.items() if self._keys[slug] not in known])
        warnings = {problem for key in self._keys.values() for problem in warned.get(key, ())}
        warnings.update(problem for article in shown.values() for problem in article.warnings)
        before = cache.load("files", Written)
        hashes: dict[str, bytes] = {}
        paths = [path for part in parts for path in part.paths]
        making, count = partial(self._made, output, parts, before, hashes), len(published(feeds))
        changes = write_tree(output, paths, making, articles=count, until=until, adopt=adopt)
        written: dict[bytes, bytes] = {}
        for part in parts:
            for path in part.paths:
                old, seen = before.get(path.encode()), changes.stamps[path]
                hash = hashes[path] if path in hashes else before[path.encode()].hash
                if not (old and old.hash == hash and old.fingerprint == part.fingerprint and old.mark.vouches(seen)):
                    written[path.encode()] = msgspec.msgpack.encode(Written(part.fingerprint, hash, Mark(seen, cache.clock)))
                if not is_settled(seen, cache.clock):
                    self.unsettled[str(output / path)] = (seen, hash)
        keys = set(self._keys.values())
        unused = (cache.keys("bodies") | cache.keys("warnings")) - keys
        gone = before.keys() - {path.encode() for path in paths}
        if written or unused or gone:
            cache.save(("files", written, gone), ("bodies", {}, unused), ("warnings", {}, unused))
        return changes, tuple(sorted(warnings)), images

    def _made(
        self, output: Path, parts: Sequence[Part], before: Mapping[bytes, Written], hashes: dict[str, bytes],
        stamps: Mapping[str, Stamp | None],
    ) -> Iterator[tuple[str, bytes | None]]:  # fmt: skip
        """Every file with its bytes, or None where the one that is there may stay; `hashes` gets those of the bytes."""

        def stands(part: Part, path: str) -> bool:
            old, seen = before.get(path.encode()), stamps[path]
            if old is None or seen is None or old.fingerprint != part.fingerprint:
                return False
            return old.mark.vouches(seen) or hash_of_file(output / path) == old.hash

        standing = [all(stands(part, path) for path in part.paths) for part in parts]
        todo = [part for part, stays in zip(parts, standing, strict=True) if not stays]
        jobs = (part.draw(self._body_of) for part in todo)
        drawn = iter(self._progress(self._workers.map(draw, jobs, count=len(todo), seconds=WRITING), "writing", len(todo)))
        for part, stays in zip(parts, standing, strict=True):
            files = None if stays else next(drawn)
            for path in part.paths:
                if files:
                    hashes[path] = hashed(files[path])
                yield path, files[path] if files else None

    def _render(self, articles: Sequence[Article]) -> dict[bytes, tuple[Problem, ...]]:
        """Put the bodies of `articles` into the cache; the warnings of those that have any, by key."""
        warned: dict[bytes, tuple[Problem, ...]] = {}
        items = [self._item(a) for a in articles]
        rendered = self._workers.map(partial(render_files, self._site), items, count=len(items), seconds=RENDERING)
        pairs = iter(zip(articles, self._progress(rendered, "rendering", len(items)), strict=True))
        while some := {self._keys[a.slug]: made for a, made in islice(pairs, _BATCH)}:
            bodies = {key: body for key, (body, _) in some.items()}
            warnings = {key: problems for key, (_, problems) in some.items()}
            self._cache.save(("bodies", bodies, ()), ("warnings", warnings, ()))
            for key, encoded in warnings.items():
                if problems := msgspec.msgpack.decode(encoded, type=tuple[Problem, ...]):
                    warned[key] = problems
        return warned

    def examine(self, articles: Sequence[Article]) -> Iterator[tuple[Article, Examined]]:
        """Each of `articles`, in their order, with what there is to tell of its body."""
        site, cache = self._site, self._cache
        self._mention(articles, articles)
        keys = {a.slug: body_key(a, self._known[a.source].text, site, self._mentioned.get(a.slug)) for a in articles}
        before = cache.load("examined", Examined)
        todo = [article for article in articles if keys[article.slug] not in before]
        items = [self._item(article) for article in todo]
        found = self._workers.map(partial(examine_files, site), items, count=len(items), seconds=RENDERING)
        pairs = iter(zip(todo, self._progress(found, "checking", len(items)), strict=True))
        new: dict[bytes, Examined] = {}
        while some := {keys[article.slug]: encoded for article, encoded in islice(pairs, _BATCH)}:
            cache.save(("examined", some, ()))
            new |= {key: msgspec.msgpack.decode(encoded, type=Examined) for key, encoded in some.items()}
        if unused := cache.keys("examined") - set(keys.values()):
            cache.save(("examined", {}, unused))
        return ((article, new.get(key) or before[key]) for article in articles for key in [keys[article.slug]])

    def body(self, article: Article) -> Body:
        """The Body of an article that was read; it is rendered for this."""
        ((body, _),) = render_files(self._site, [self._item(article)])
        return msgspec.msgpack.decode(body, type=Body)

    def _mention(self, articles: Iterable[Article], among: Iterable[Article]) -> None:
        """Find the addresses of what `articles` mention, of those that are `among` the published."""
        mentioning = [article for article in articles if article.mentions]
        if mentioning:
            addresses = Addresses(among, self._site)
            self._mentioned = {article.slug: addresses.of(article) for article in mentioning}

    def _item(self, article: Article) -> tuple[SourceFile, bytes, dict[str, str]]:
        return self._files[article.source], self._known[article.source].text, self._mentioned.get(article.slug, {})

    def _body_of(self, article: Article) -> Body:
        found = self._cache.get("bodies", self._keys[article.slug], Body)
        if found is None:  # the cache was damaged, or another build's hand was in it
            found = self.body(article)
        return found
