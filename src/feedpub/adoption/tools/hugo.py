"""Hugo: hugo.toml, config.yaml and their like, also in config/_default."""

import re
from collections.abc import Mapping

from feedpub.adoption.facts import Facts, below, joined, json_data, said, toml_data, yaml_data
from feedpub.adoption.permalinks import mirrored, with_words
from feedpub.adoption.tree import Tree

_READERS = {"toml": toml_data, "yaml": yaml_data, "yml": yaml_data, "json": json_data}
_NAMES = [f"{folder}{name}.{ending}" for folder in ("", "config/_default/") for name in ("hugo", "config") for ending in _READERS]
_MARKS = {"baseurl", "languagecode", "defaultcontentlanguage", "permalinks", "contentdir", "module", "markup", "outputs", "theme"}
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Za-z]{2,4})?")


def read(tree: Tree, root: str, articles: str) -> Facts | None:
    """What Hugo's settings tell."""
    path, data = next(
        ((path, data) for name in _NAMES if (data := _READERS[name.rpartition(".")[2]](tree.text(path := joined(root, name))))),
        ("", {}),
    )
    if not path or not _MARKS & {key.lower() for key in data}:
        return None
    content = below(articles, joined(root, said(data, "contentDir") or "content"))
    if content is None:
        return None
    data, sources = _with_languages(tree, root, dict(data), path)
    parts = content.split("/") if content else []
    main = parts and _LANGUAGE.fullmatch(parts[0]) and said(data, "defaultContentLanguage") in ("", parts[0])
    if main and _by_folder(data) and str(data.get("defaultContentLanguageInSubdir", "")).lower() != "true":
        parts = parts[1:]
    section = parts[0] if parts else ""
    pattern = said(data, f"permalinks.{section}", f"permalinks.page.{section}") if section else ""
    words = {
        **dict.fromkeys(("slug", "title", "slugorfilename", "slugorcontentbasename"), "{slug}"),
        **dict.fromkeys(("filename", "contentbasename"), "{name}"), "section": section, "sections": "/".join(parts),
    }  # fmt: skip
    ugly = str(data.get("uglyURLs", data.get("uglyurls", ""))).lower() == "true"
    return Facts(
        tool="Hugo",
        title=said(data, "title"),
        url=said(data, "baseURL"),
        description=said(data, "params.description", "params.subtitle"),
        language=said(data, "locale", "languageCode", "defaultContentLanguage"),
        timezone=said(data, "timeZone"),
        author=said(data, "params.author.name", "params.author", "author.name", "author"),
        article_url=with_words(pattern, words) or mirrored(*parts, ending=".html" if ugly else "/"),
        static=joined(root, "static", "feeds"),
        sources=sources,
    )


def _by_folder(data: Mapping[str, object]) -> bool:
    """Whether the languages of the site have a folder each, as mounts or contentDir say, or its settings name languages."""
    return bool(data.get("languages")) or "mounts" in str(data.get("module", "")) or "contentdir" in str(data).lower()


def _with_languages(tree: Tree, root: str, data: dict[str, object], path: str) -> tuple[dict[str, object], tuple[str, ...]]:
    """The settings with those of the main language, and of files beside them, where they say nothing themselves."""
    sources = [path]
    folder = joined(root, "config/_default")
    main = said(data, "defaultContentLanguage") or "en"
    for name in ("languages", f"languages.{main}", "params", f"params.{main}", "permalinks"):
        for ending, reader in _READERS.items():
            if more := reader(tree.text(joined(folder, f"{name}.{ending}"))):
                sources.append(joined(folder, f"{name}.{ending}"))
                data = {**more, **data} if name == f"languages.{main}" else {name.partition(".")[0]: more, **data}
                data.setdefault("languages", {main: {}})
    languages = data.get("languages")
    if isinstance(languages, dict) and isinstance(own := languages.get(main), dict):
        data = {**own, **data}
    return data, tuple(sources)
