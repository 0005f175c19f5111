"""The languages of a site beside its own: the table [languages], and which tags name a language."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from feedpub import readers
from feedpub.errors import quoted
from feedpub.settings import Reader, Settings
from feedpub.tables import RESERVED, SLUG

# The two-letter codes of ISO 639-1: with other letters `post.v2.md` and `notes.io.md` would be translations.
_CODES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu "
    "fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl "
    "km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj "
    "om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to "
    "tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
_TAG = re.compile(r"([a-z]{2,3})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?", re.IGNORECASE)


class Language(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A language of [languages]. `folder` is that of its feeds, below the output; what is "" is as in [site]."""

    title: str = ""
    description: str = ""
    folder: str = ""
    article_url: str = ""


def is_language(tag: str) -> bool:
    """Whether `tag` is that of a language: two letters of ISO 639-1, or three, with a script and a region if it likes."""
    found = _TAG.fullmatch(tag)
    return found is not None and (len(found[1]) == 3 or found[1].lower() in _CODES)


def plain_tag(tag: str) -> str:
    """A language tag as it is compared: files and folders write `pt-BR`, `pt-br` and `pt_BR`."""
    return tag.replace("_", "-").casefold()


def read_languages(settings: Settings, table: object, own: str, slugs: Collection[str]) -> dict[str, Language]:
    """The table [languages]: a tag, and its title or a table. `own` is the site's language, `slugs` those of categories."""
    found: dict[str, Language] = {}
    if not isinstance(table, dict):
        settings.problem("languages", None, "must be a table", "write [languages] on a line of its own")
        return {}
    for tag, value in table.items():
        if not is_language(tag):
            settings.problem("languages", tag, "is no language tag", "write one of RFC 5646, such as fr or pt-BR")
            continue
        if plain_tag(tag) == plain_tag(own) or plain_tag(tag) in map(plain_tag, found):
            settings.problem("languages", tag, "is the language of the site itself, or stands here twice", "take it out")
            continue
        values = {"title": value} if isinstance(value, str) else value
        language = settings.read(Language, values, path=f"languages.{tag}", readers=_READERS)
        if language is None:
            continue
        folder = language.folder or plain_tag(tag)
        taken = {folder_of.folder.lower() for folder_of in found.values()} | {slug.lower() for slug in slugs} | RESERVED
        if not SLUG.fullmatch(folder) or folder.lower() in taken:
            what = f"{quoted(folder)} can't be the folder of its feeds: it is no plain name, or taken"
            settings.problem("languages", tag, what, f'write {tag} = {{ folder = "{plain_tag(tag)}-feeds" }}')
        found[tag] = msgspec.structs.replace(language, folder=folder)
    return found


def translations(sources: Iterable[str], known: Mapping[str, object], own: str) -> dict[str, list[str]]:
    """The `sources` that are translations of others of them, by the tag of a language that is neither `known` nor the site's
    `own`: `post.fr.md` beside `post.md`, `fr/post.md` beside `post.md` or `en/post.md`.
    """
    bare = {source: _bare(source) for source in sources}
    there = {*bare.values()}
    settled = {plain_tag(tag) for tag in (*known, own)}
    found: dict[str, list[str]] = {}
    for source, path in bare.items():
        for tag, originals in _marks(path, own.casefold()):
            if is_language(tag) and tag not in settled and there.intersection(originals):
                found.setdefault(tag, []).append(source)
                break
    return found


def language_in(source: str, settled: Iterable[str]) -> str:
    """The tag of the language that the name or a folder of the file `source` may stand for, if it is not `settled`; or ""."""
    known = {*map(plain_tag, settled)}
    return next((tag for tag, _ in _marks(_bare(source), "") if is_language(tag) and tag not in known), "")


def _marks(path: str, own: str) -> Iterator[tuple[str, set[str]]]:
    """What in `path` may be a language, and where the original would lie then."""
    *folders, stem = path.split("/")
    ours = (own, own.partition("-")[0])
    name, dot, end = stem.rpartition(".")
    if dot and name:
        yield plain_tag(end), {"/".join([*folders, one]) for one in (name, *(f"{name}.{tag}" for tag in ours))}
    for number, folder in enumerate(folders):
        before, behind = folders[:number], [*folders[number + 1 :], stem]
        yield plain_tag(folder), {"/".join([*before, *between, *behind]) for between in ((), *((tag,) for tag in ours))}


def _bare(source: str) -> str:
    """A path without its ending, in small letters."""
    folder, slash, name = source.casefold().rpartition("/")
    return f"{folder}{slash}{name.rpartition('.')[0] or name}"


_READERS: dict[str, Reader] = {"title": readers.read_title, "article_url": readers.read_article_url}
