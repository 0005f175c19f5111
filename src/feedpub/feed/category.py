"""Articles in groups: by category, tag or author, newest first."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from feedpub.content import category_slug, name_slug, plain_slug, spelling
from feedpub.errors import Problem, quoted
from feedpub.model import Article
from feedpub.site import Group, Site


@dataclass(frozen=True, slots=True)
class Category:
    """A name, its slug, and the articles that bear it (newest first). Tags and authors make categories too."""

    name: str
    slug: str
    articles: tuple[Article, ...]


def newest_first(articles: Iterable[Article]) -> tuple[Article, ...]:
    """`articles` by publishedAt as an instant, the newest first; ties by slug."""
    return tuple(sorted(articles, key=lambda article: (-article.published.timestamp(), article.slug)))


def grouped(articles: Iterable[Article], by: Group, site: Site) -> tuple[tuple[Category, ...], tuple[Problem, ...]]:
    """The categories (or tags, or authors) of `articles`, by name; and a Problem for each name whose slug is taken.

    Spellings that differ in case or white space are one category, named as most articles name it. Tags of one slug are
    one tag, since they are typed freely: `open-source` and `Open Source`; and so are authors of the same words in other
    letters, `Tomáš` and `Tomas`. variants() tells of them. Articles of a refused name are in no group.
    """
    slug_of = category_slug if by == "category" else name_slug
    spellings: dict[str, dict[str, list[Article]]] = {}
    for article in articles:
        for name in _NAMES[by](article):
            spellings.setdefault(slug_of(name, site).lower(), {}).setdefault(name, []).append(article)
    categories, problems = [], []
    taken = {*spellings, *(slug.lower() for slug in site.categories.values())}
    for names in spellings.values():
        # The category with the most articles keeps the slug: the fewest readers are moved.
        bearers = Counter({name: len(some) for name, some in names.items()})
        together = Counter[str]()
        for name, articles_of_it in bearers.items():
            together[spelling(name)] += articles_of_it
        owner = min(together, key=lambda one: (-together[one], one))
        chosen = min((name for name in bearers if spelling(name) == owner), key=lambda name: (-bearers[name], name))
        joined: dict[str, Article] = {}
        free: dict[str, str] = {}
        for name in sorted(names):
            if by == "tag" or spelling(name) == owner or (by == "author" and _words(name) == _words(chosen)):
                joined |= {article.slug: article for article in names[name]}
            else:
                slug = slug_of(name, site)
                other = free.get(spelling(name)) or free.setdefault(spelling(name), _free_slug(slug, taken))
                problems += [_collision(article, name, chosen, (slug, other), by) for article in names[name]]
        categories.append(Category(chosen, slug_of(chosen, site), newest_first(joined.values())))
    return tuple(sorted(categories, key=lambda c: (c.name.casefold(), c.name))), tuple(problems)


def variants(articles: Iterable[Article], site: Site) -> Iterator[Problem]:
    """A warning for each tag and author of the site's feeds that is spelt with other letters than most spell it.

    They are one feed all the same; what differs in case, white space or punctuation alone is not told.
    """
    articles = tuple(articles)
    for by in dict.fromkeys(site.feeds.by):
        if by == "category":
            continue
        bearers: dict[str, dict[str, list[Article]]] = {}
        for article in articles:
            for name in _NAMES[by](article):
                bearers.setdefault(name_slug(name, site).lower(), {}).setdefault(name, []).append(article)
        for names in bearers.values():
            usual = min(names, key=lambda name: (-len(names[name]), name))
            for name, some in sorted(names.items()):
                if _letters(name) != _letters(usual):
                    first = min(some, key=lambda article: article.source)
                    field = "tags" if by == "tag" else by
                    what = f"{quoted(name)} is {quoted(usual)} elsewhere; both are one feed"
                    line = first.lines.get(field, 1)
                    yield Problem(first.source, line, field, what, "spell it one way", "warning")


def _words(name: str) -> list[str]:
    return [plain_slug(word) for word in name.split()]


def _letters(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _free_slug(slug: str, taken: set[str]) -> str:
    """The first of `slug`-2, `slug`-3, … that is not taken; it is taken from now on."""
    free = next(f"{slug}-{number}" for number in count(2) if f"{slug}-{number}".lower() not in taken)
    taken.add(free.lower())
    return free


def _collision(article: Article, name: str, owner: str, slugs: tuple[str, str], by: Group) -> Problem:
    what = f'{quoted(name)} has the slug "{slugs[0]}", which is that of {quoted(owner)}'
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    key = "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped)
    mend = f'write under [categories] in feedpub.toml: "{key}" = "{slugs[1]}"'
    field = "tags" if by == "tag" else by
    return Problem(article.source, article.lines.get(field, 1), field, what, mend)


_NAMES: dict[Group, Callable[[Article], tuple[str, ...]]] = {
    "category": lambda article: (article.category,),
    "tag": lambda article: article.tags,
    "author": lambda article: tuple(dict.fromkeys(author.name for author in article.authors)),
}
