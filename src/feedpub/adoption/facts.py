"""What a tool's settings tell of a site, and how plain data is read out of them. Nothing is ever executed."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from feedpub import readers
from feedpub.errors import printable


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a site; "" for what is not. `static` is a folder whose files the tool publishes as they are.

    `sources` are the files that told it.
    """

    tool: str = ""
    title: str = ""
    url: str = ""
    description: str = ""
    language: str = ""
    timezone: str = ""
    author: str = ""
    article_url: str = ""
    authors_file: str = ""
    static: str = ""
    sources: tuple[str, ...] = ()

    def filled(self, other: "Facts") -> "Facts":
        """These facts, with those of `other` where there is none."""
        new = {name: getattr(self, name) or getattr(other, name) for name in _TEXTS}
        told = any(new[name] != getattr(self, name) for name in _TEXTS)
        sources = tuple(dict.fromkeys((*self.sources, *other.sources))) if told else self.sources
        return Facts(**new, sources=sources)


_TEXTS = ("tool", "title", "url", "description", "language", "timezone", "author", "article_url", "authors_file", "static")


def sound(facts: Facts) -> Facts:
    """`facts` without what feedpub.toml would not take."""
    checks = {
        "title": readers.read_title, "url": readers.read_base_url, "language": readers.read_language,
        "timezone": readers.read_zone, "author": readers.read_author, "article_url": readers.read_article_url,
    }  # fmt: skip
    plain = {name: " ".join(printable(getattr(facts, name)).split()) for name in _TEXTS}
    facts = Facts(**plain, sources=facts.sources)
    url = facts.url.rstrip("/")
    if url and "//" not in url and re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", url):
        url = f"https://{url}"
    facts = replace(facts, url=url, language=facts.language.replace("_", "-"), description=facts.description[:300])
    bad = {"url"} if (urlsplit(url).hostname or "").endswith("localhost") else set()
    for name, check in checks.items():
        try:
            if value := getattr(facts, name):
                check(value)
        except ValueError:
            bad.add(name)
    return Facts(**{name: getattr(facts, name) for name in _TEXTS if name not in bad}, sources=facts.sources)


def yaml_data(text: str | None) -> dict[str, object]:
    """The mapping that a YAML text holds, every scalar as text; {} if it holds none. Tags of other programs are passed over."""
    import yaml

    class Loader(yaml.BaseLoader):
        pass

    try:
        # An alias may stand for a million things; settings of a site need none.
        events = sum(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text or "", Loader))
        data = yaml.load(text or "", Loader) if events < 100 else {}  # noqa: S506  builds nothing but text, lists, mappings
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def toml_data(text: str | None) -> dict[str, object]:
    """The tables of a TOML text; {} if it is none."""
    try:
        return tomllib.loads(text or "")
    except (ValueError, RecursionError):
        return {}


def json_data(text: str | None) -> dict[str, object]:
    """The object that a JSON text holds, comments or not; {} if it holds none."""
    try:
        data = json.loads(re.sub(r"^\s*//.*$", "", text or "", flags=re.MULTILINE) or "{}")
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def said(data: Mapping[str, object], *names: str) -> str:
    """The first of `names` that stands in `data` as text. A dot leads into a mapping; case makes no difference."""
    for name in names:
        value: object = data
        for part in name.split("."):
            found = {str(key).lower(): inner for key, inner in value.items()} if isinstance(value, dict) else {}
            value = found.get(part.lower())
        if isinstance(value, list) and value and isinstance(value[0], str | dict):
            value = value[0]
        if isinstance(value, dict):
            value = value.get("name")
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def scripted(text: str | None, *names: str) -> str:
    """The first of `names` that a script or a Python file gives a plain text: `title: "…"`, `SITENAME = '…'`."""
    plain = re.sub(r"^\s*(?://|#|\*).*$", "", text or "", flags=re.MULTILINE)
    for name in names:
        key = rf"(?<![\w.-])[\"']?{re.escape(name)}[\"']?\s*(?::\s*(?:string\s*=\s*)?|=\s*)"
        found = re.search(rf"{key}(?:\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`([^`$\\]*)`)", plain)
        value = next((group for group in found.groups() if group), "") if found else ""
        if value:
            return re.sub(r"\\(.)", r"\1", value).strip()
    return ""


def below(path: str, folder: str) -> str | None:
    """`path` as seen from `folder` ("" for the root); None if it lies elsewhere. The folder itself is ""."""
    path = "" if path == "." else path
    if not folder or path == folder:
        return path if path != folder else ""
    return path[len(folder) + 1 :] if path.startswith(f"{folder}/") else None


def joined(*parts: str) -> str:
    """The parts as one path, without empty ones."""
    return "/".join(part.strip("/") for part in parts if part.strip("/"))
