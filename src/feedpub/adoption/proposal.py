"""Settings for a folder that holds articles already: they are tried before they are proposed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from feedpub.adoption.candidates import Candidate, candidates, is_article_file, is_dated, pattern
from feedpub.adoption.facts import Facts
from feedpub.adoption.settings import of_articles, of_facts, with_feeds_url, with_values
from feedpub.adoption.tools import facts
from feedpub.adoption.tree import Tree
from feedpub.adoption.trial import Trial, left_out, trial
from feedpub.disk import MANIFEST
from feedpub.errors import FeedpubError
from feedpub.loading import site_of

_HEAD = 4096
_OUTPUT = "public"
_LEFT_OUT = "# What starts with ! is left out: it has no date, or a problem that feedpub check tells once it is taken in again."


@dataclass(frozen=True, slots=True)
class Proposal:
    """A feedpub.toml for a folder, the folder of articles that it names and the others, and what came of its trial.

    `facts` were read from the settings of the site's tool; `left_out` are patterns of what does not build.
    """

    text: str
    articles: Candidate
    others: tuple[Candidate, ...]
    facts: Facts
    trial: Trial
    left_out: tuple[str, ...]


def proposal(
    root: Path, starter: Callable[[str, str], str], *, title: str | None = None, url: str | None = None
) -> Proposal | None:
    """Settings for the site in `root`; None where nothing lies that may be an article.

    `starter` makes the text of a feedpub.toml of a title and an address: those that are given, else those that the tool's
    settings tell. Where no file has a date, articles are what lies in the folder with the most files.
    """
    tree = Tree(root)
    files = [path for path in tree.paths if is_article_file(path)]
    dated = [path for path in files if is_dated(path, tree.head(path, _HEAD))]
    ranked = candidates(dated) or candidates(path for path in files if tree.head(path, 8).lstrip().startswith(("---", "+++")))
    if not ranked:
        return None
    first, *others = ranked
    known = facts(tree, first.folder)
    title = title or known.title or _name_of(root, url or known.url)
    url = url or known.url or "https://example.org"
    output = _output(root, known.static)
    text = starter(title, url)
    if output != _OUTPUT:
        text = with_values(text, {"output": output})
    if known.static:
        text = with_feeds_url(text, f"{url}/{output.rpartition('/')[2]}")
    patterns = pattern(first, files)
    text, found, known = _tried(root, with_values(text, {"articles": of_articles(patterns)}), known, git=tree.is_repository)
    without = left_out(found, [path for path in files if path.startswith("" if first.folder == "." else f"{first.folder}/")])
    if without:
        text = with_values(text, {"articles": of_articles((*patterns, *without))})
        text = text.replace("\narticles = ", f"\n{_LEFT_OUT}\narticles = ", 1)
    return Proposal(text, first, tuple(others), known, found, without)


def _tried(root: Path, text: str, known: Facts, *, git: bool) -> tuple[str, Trial, Facts]:
    """The text with all settings that a site can have of `known`, and the trial of it."""
    made = with_values(text, of_facts(known))
    try:
        site, _ = site_of(root, made)
    except FeedpubError:
        if not known.authors_file:
            raise
        return _tried(root, text, replace(known, authors_file=""), git=git)
    found = trial(root, site, git=git)
    if found.by_git:
        made = with_values(made, {"date_from": "git"})
    namesakes = any(problem.field == "slug" for problem in found.faulty)
    if namesakes and not re.search(r"\{(?:path|year)\}", site.article_url):
        # Two folders have a file of one name, so the tool's address can't be of the name alone.
        return _tried(root, text, replace(known, article_url=re.sub(r"\{(?:slug|name)\}", "{path}", site.article_url)), git=git)
    return made, found, known


def _output(root: Path, static: str) -> str:
    """Where feeds go: a new folder that the tool publishes as it is; without a tool a folder of their own."""
    parent, slash, name = static.rpartition("/")
    for place in (static, f"{parent}{slash}feedpub-{name}") if static else (_OUTPUT, "feeds"):
        folder = root / place
        if not folder.exists() or (folder / MANIFEST).exists() or (folder.is_dir() and not any(folder.iterdir())):
            return place
    return "feedpub-output"


def _name_of(root: Path, url: str | None) -> str:
    """A title where no settings tell one: the site's host, or the name of its folder."""
    host = re.sub(r"^https?://(?:www\.)?|[:/].*$", "", url or "")
    return host or root.absolute().name or "My site"
