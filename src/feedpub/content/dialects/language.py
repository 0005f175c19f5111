"""In which language of the site an article is: by its file's name, a folder, or a field."""

from collections.abc import Mapping
from functools import lru_cache

from feedpub.languages import plain_tag
from feedpub.site import Site

_FIELDS = ("lang", "language", "locale")
# Docusaurus keeps the translations of a blog in it, and its other plugins' beside it.
_TOOLS_OWN = "docusaurus-plugin-content-blog"


def tags_of(site: Site) -> dict[str, str]:
    """The languages of `site` by how files write them, its own as ""; none where it has one language."""
    return _tags(site.language, tuple(site.languages)) if site.languages else {}


def language_of(source: str, fields: Mapping[str, object], site: Site) -> str:
    """The language of the file `source` with those `fields`, as [languages] names it; "" is the site's own.

    A field that names one of them outweighs `post.fr.md`, and that a folder `fr`.
    """
    tags = tags_of(site)
    if not tags:
        return ""
    *folders, name = source.split("/")
    stem = name.rpartition(".")[0]
    written = [value for field in _FIELDS if isinstance(value := fields.get(field), str)]
    marks = (*written, stem.rpartition(".")[2] if "." in stem else "", *folders)
    return next((tags[plain_tag(mark)] for mark in marks if plain_tag(mark) in tags), "")


def without_language(path: str, tags: Mapping[str, str]) -> str:
    """`path`, that of a file without its ending, without what tells its language: a translation is called as its original."""
    *folders, name = path.split("/")
    stem, dot, end = name.rpartition(".")
    if dot and stem and plain_tag(end) in tags:
        name = stem
    marked = next((number for number, folder in enumerate(folders) if plain_tag(folder) in tags), None)
    if marked is not None:
        del folders[marked]
        folders = [folder for folder in folders if folder != _TOOLS_OWN]
    return "/".join([*folders, name])


@lru_cache(maxsize=16)
def _tags(own: str, others: tuple[str, ...]) -> dict[str, str]:
    known = {plain_tag(tag): tag for tag in others}
    return {plain_tag(own).partition("-")[0]: "", plain_tag(own): ""} | known
