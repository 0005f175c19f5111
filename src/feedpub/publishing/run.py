"""The use case: a site's folder becomes its published files."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedpub.cache import Cache
from feedpub.disk import MANIFEST, Changes, read_manifest
from feedpub.errors import FeedpubError, Problem
from feedpub.loading import Progress, load_settings, nothing_read, quietly, shallow_clone, site_files
from feedpub.publishing import lastbuild
from feedpub.publishing.workers import Workers


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: its feeds, the files it changed, and what it has to say about the articles."""

    output: Path
    feeds: tuple[lastbuild.FeedCount, ...]
    changes: Changes
    drafts: int
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    wait: lastbuild.Wait

    @property
    def published(self) -> int:
        """How many articles are in the feeds."""
        return sum(feed.articles for feed in self.feeds if feed.everything)


def build(
    folder: Path, output: Path | None = None, *, drafts: bool = False, keep_going: bool = False, adopt: bool = False,
    allow_removal: bool = False, cached: bool = True, jobs: int | None = None, progress: Progress = quietly,
    now: datetime | None = None, future: bool = False,
) -> Built:  # fmt: skip
    """Publish the site in `folder` into `output` (default: as its settings say).

    With any Problem nothing is written and FeedpubError is raised; `keep_going` leaves the articles at fault out instead,
    and returns their Problems. `adopt` writes beside files that no build wrote; `allow_removal` lets more than half of the
    published articles go. What is dated after `now` (aware) waits, unless `future`; without a clock nothing does. What the
    last build knew is used (unless not `cached`), and at most `jobs` processes (default: one for each core). Reads no clock
    itself: same input, same bytes.
    """
    site, settings = load_settings(folder)
    place = output or folder / site.output
    with Cache(folder if cached else None) as cache, Workers(jobs) as workers:
        listing = site_files(folder, site)
        files = listing.files
        empty = () if files else (nothing_read(listing, site),)
        told = (*empty, *listing.left_out, *shallow_clone(folder, site))
        if empty and "**" in empty[0].mend:  # what is here is read if the settings say so, and an empty feed would be no answer
            raise FeedpubError(empty)
        key = lastbuild.key(settings, files, place, drafts=drafts, future=future)
        if not listing.unreadable and (last := lastbuild.recall(cache, key, folder, place, now)):
            kept = tuple(sorted(last.files.keys() - {MANIFEST}))
            warnings = (*last.warnings, *told, *cache.notices)
            wait = last.wait.shown_in(site.timezone)
            return Built(place, last.feeds, Changes((), kept, (), {}), last.drafts, (), warnings, wait)
        # Not before: to load what reads and renders articles takes as long as to see that there is nothing to do.
        from feedpub.content import released
        from feedpub.feed import published, sound_feeds, variants
        from feedpub.publishing.incremental import Incremental
        from feedpub.publishing.removal import emptied, removed_feeds

        run = Incremental(folder, site, cache, workers, progress)
        articles, found = run.read(files)
        problems = [problem for problem in found if problem.severity == "error"]
        beside = [problem for problem in found if problem.severity == "warning"]
        wanted = [article for article in articles if drafts or not article.draft]
        release = released(wanted, now, future=future)
        first = release.later[0].published if release.later else None
        wait = lastbuild.Wait(len(release.later), first, release.since, release.until, now is not None)
        feeds, collisions = sound_feeds(release.out, site)
        problems += [*listing.unreadable, *collisions]
        before = read_manifest(place)
        lost = () if allow_removal else tuple(emptied(before, len(published(feeds)), place))
        if lost or (problems and not keep_going):
            raise FeedpubError([*problems, *beside, *lost])
        gone = tuple(removed_feeds(before, feeds, place))
        # What was built in a way of the operator's own is not built again by itself.
        until = None if drafts or future else release.until
        changes, warnings, images = run.write(feeds, place, adopt=adopt, until=until)
        warnings = (*warnings, *variants(published(feeds), site))
        counts = tuple(lastbuild.FeedCount(feed.folder, len(feed.articles), feed.group == "all") for feed in feeds)
        left_out = len(articles) - len(wanted)
        if not problems:
            lastbuild.remember(cache, key, place, changes.stamps, images, run.unsettled, (counts, left_out, warnings, wait))
        return Built(
            place,
            counts,
            changes,
            left_out,
            tuple(sorted(problems)),
            (*beside, *warnings, *told, *gone, *_unlocked(changes, place), *cache.notices),
            wait.shown_in(site.timezone),
        )


def _unlocked(changes: Changes, place: Path) -> Iterator[Problem]:
    if not changes.locked and os.name == "posix":  # of Windows the documentation tells
        what = "this file system gives no locks, so two builds at once are not kept apart here"
        yield Problem(str(place.absolute()), 0, "", what, "see to it that one builds at a time", "warning")
