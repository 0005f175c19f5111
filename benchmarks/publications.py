"""How much of public publications feedpub reads as it stands: `python benchmarks/publications.py FOLDER`.

FOLDER holds checked-out repositories. Each is read with the settings that `feedpub init` would write; nothing is written into
any. Prints one table, and what most often stands raw in bodies with `--raw`, what is not accepted with `--refused`, and which
images are missing with `--images`. Articles in several languages, and those without a date, are no part of a share.
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

from feedpub.adoption import proposal
from feedpub.cli.init import starter_settings
from feedpub.content import Addresses, render_body
from feedpub.errors import FeedpubError
from feedpub.loading import load_articles, site_of
from feedpub.model import Article
from feedpub.site import Site

_CODE = re.compile(r"<pre\b.*?</pre>|<code\b.*?</code>", re.DOTALL)
# What a reader should never see: template code, containers of Markdown, components, statements of a module.
_RAW = re.compile(
    r"\{\{[<%]?.{0,60}|\{%.{0,60}|^\s*(?:<[^>]*>)*:::.{0,40}|&lt;/?[A-Z][A-Za-z.]*(?:\s[^&]*?)?/?&gt;|"
    r"^\s*(?:<p>)?(?:import\s+[\w{*\"'].{0,60}from\s|export\s+(?:const|default)\s.{0,40})",
    re.MULTILINE,
)
_FENCED = re.compile(r"^([ \t>]*)(`{3,}|~{3,})[^\n]*\n.*?^[ \t>]*\2[`~]*[ \t]*$|`[^`\n]+`|<!--.*?-->", re.DOTALL | re.MULTILINE)
_IMAGES = re.compile(
    r"!\[[^\]\n]*\]\(\s*[^)\s]+|!\[[^\]\n]*\]\[[^\]]*\]|<img\b[^>]*?\bsrc\s*=|<(?:Image|Img|Figure)\b[^>]*?\bsrc\s*=|"
    r"\{\{[<%]\s*(?:img|image|figure)\b|\{%-?\s*(?:img|image|figure|asset_img)\b|!\[\[[^\]]+\.(?:png|jpe?g|gif|svg|webp)",
    re.IGNORECASE,
)


class Publication(NamedTuple):
    """A row: articles with a date, those that were accepted, bodies with something raw, images named and kept, seconds."""

    name: str
    tool: str
    folder: str
    dated: int
    accepted: int
    bodies: int
    raw: int
    named: int
    kept: int
    seconds: float


def publication(root: Path, seen: dict[str, Counter[str]]) -> Publication:
    """The row of the repository `root`; what is raw, refused or missing is counted in `seen`."""
    start = time.perf_counter()
    found = proposal(root, starter_settings)
    if found is None:
        return Publication(root.name, "", "none", 0, 0, 0, 0, 0, 0, time.perf_counter() - start)
    site, _ = site_of(root, found.text)
    articles, _ = load_articles(root, site)
    # Where git gives the dates, no article has one of its own: its body is looked at, and it is in no share of what is accepted.
    dated = set() if found.trial.by_git else set(found.articles.files)
    shown = articles if found.trial.by_git else [article for article in articles if article.source in dated]
    accepted = 0 if found.trial.by_git else len(shown)
    for problem in found.trial.faulty:
        seen["refused"][f"{root.name}: {problem}"] += 1
    for source in dated & set(found.trial.undated):
        seen["refused"][f"{root.name}: {source}: no date is read"] += 1
    raw, named, kept = _bodies(root, site, shown, seen)
    seconds = time.perf_counter() - start
    return Publication(
        root.name, found.facts.tool, found.articles.folder, len(dated), accepted, len(shown), raw, named, kept, seconds
    )


def _bodies(root: Path, site: Site, articles: list[Article], seen: dict[str, Counter[str]]) -> tuple[int, int, int]:
    """How many bodies show something raw, and how many images are named and kept."""
    addresses = Addresses(articles, site)
    raw = named = kept = 0
    for article in articles:
        html = render_body(article, site, addresses.of(article)).html
        shown = _CODE.sub("", html)
        left = [re.sub(r"\s+", " ", one)[:60] for one in _RAW.findall(shown)]
        raw += bool(left)
        for one in left[:1]:
            seen["raw"][f"{root.name}: {one}"] += 1
        wanted, got = len(_IMAGES.findall(_FENCED.sub("", article.markdown))), html.count("<img")
        named += wanted
        kept += min(wanted, got)
        if got < wanted:
            seen["images"][f"{root.name}: {article.source}: {got} of {wanted}"] += wanted - got
    return raw, named, kept


def share(part: int, whole: int) -> str:
    """A percentage, or nothing where there is nothing to share."""
    return f"{100 * part / whole:.1f}" if whole else ""


def table(rows: list[Publication]) -> Iterator[list[object]]:
    """The rows as they are printed, and a last one for all together."""
    for row in rows:
        yield [
            row.name, row.tool, row.folder, row.dated, share(row.accepted, row.dated), share(row.bodies - row.raw, row.bodies),
            row.named, share(row.kept, row.named), f"{row.seconds:.1f}",
        ]  # fmt: skip
    dated, accepted, bodies, raw, named, kept = (sum(column) for column in zip(*(row[3:9] for row in rows), strict=True))
    yield [
        "all", "", "", dated, share(accepted, dated), share(bodies - raw, bodies), named, share(kept, named),
        f"{sum(row.seconds for row in rows):.1f}",
    ]  # fmt: skip


def main() -> None:
    """Measure every repository in the folder."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--only", default="", help="only repositories whose name holds this")
    for name in ("raw", "refused", "images"):
        arguments.add_argument(f"--{name}", action="store_true")
    given = arguments.parse_args()
    seen: dict[str, Counter[str]] = {name: Counter() for name in ("raw", "refused", "images")}
    rows = []
    for root in sorted(given.folder.iterdir()):
        if root.is_dir() and given.only in root.name:
            try:
                rows.append(publication(root, seen))
            except FeedpubError as error:
                print(f"{root.name}: {error}")
    headers = ["publication", "tool", "articles in", "dated", "accepted %", "clean %", "images", "kept %", "seconds"]
    print(tabulate(table(rows), headers, disable_numparse=True))
    good = [row for row in rows if row.dated and row.accepted >= 0.95 * row.dated]
    whole = sum(bool(row.dated) for row in rows)
    print(f"\n{len(good)} of {whole} publications: at least 95 % of the dated articles are accepted.")
    for name, what in seen.items():
        if getattr(given, name):
            print(f"\n{name}:", *(f"{count:6} {one}" for one, count in what.most_common(80)), sep="\n")


if __name__ == "__main__":
    main()
