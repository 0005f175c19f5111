"""Front matter in any tool's words → in ours."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from feedpub.content.dialects import shapes
from feedpub.content.dialects.addresses import own_address
from feedpub.content.dialects.dates import in_our_form
from feedpub.content.dialects.held import FOLDERS, held_by
from feedpub.content.dialects.mistakes import meant
from feedpub.content.dialects.names import BEGINNINGS, EXPIRY, THEIRS, at, index, places
from feedpub.content.dialects.paths import Place, day_in
from feedpub.content.fields import INSTANT
from feedpub.content.frontmatter import Raw
from feedpub.errors import Problem
from feedpub.site import Site
from feedpub.tables import FIELDS


@dataclass(slots=True)
class Translated:
    """The fields in our words, the line of each, and what the file calls it (only where that is another name)."""

    fields: dict[str, object]
    lines: dict[str, int]
    written: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    path: str = ""
    url: str | None = None
    own: bool = False


def translated(raw: Raw, source: str, place: Place, site: Site) -> Translated:
    """`raw`, the front matter of the file `source` at `place`, in our words.

    Problems are dates that two people would read as two days; warnings are names that look like a mistake.
    """
    fields = {name: raw.fields[name] for name in FIELDS if name in raw.fields}
    own = "title" in fields and "publishedAt" in fields
    found = Translated(fields, dict(raw.lines), own=own)
    if not own:
        _reshape(found, source, place)
    if len(fields) < len(raw.fields) or site.fields:
        _fill(found, raw, source, place, site)
    author = found.fields.get("author")
    if author and (site.authors or not isinstance(author, str)) and (known := shapes.people(author, site.authors)):
        found.fields["author"] = known
    if isinstance(found.fields.get("image"), dict) and (image := shapes.address(found.fields["image"])):
        found.fields["image"] = image
    if "publishedAt" not in found.fields and (day := place.day or day_in(urlsplit(found.url or "").path)):
        found.fields["publishedAt"] = day
    for name in ("publishedAt", "updatedAt", "expiresAt"):
        _date(found, name, source, place.day)
    return found


def _fill(found: Translated, raw: Raw, source: str, place: Place, site: Site) -> None:
    """Give each absent field of ours the value that a field of another name has."""
    known = index(raw.fields)
    used = set()
    shaped = _shapes(spaced=not found.own and _is_jekylls(source, place))
    for name in FIELDS:
        if name in found.fields or (known.keys().isdisjoint(BEGINNINGS[name]) and name not in site.fields):
            continue
        for path in places((*site.fields.get(name, ()), name, *THEIRS.get(name, ())), raw.fields, known):
            taken = shaped[name](at(raw.fields, path))
            if taken is not None:
                _take(found, name, path, taken)
                used.add(path)
                break
    if "category" in found.written and isinstance(categories := found.fields["category"], list):
        found.fields["category"], *others = categories
        if others:
            tags = found.fields.get("tags", [])
            found.fields["tags"] = [*shapes.names(tags), *others]
    if ("draft" not in raw.fields or not found.own) and (holder := held_by(raw.fields, known)):
        _take(found, "draft", holder, "true")
    if not found.own:
        found.url = own_address(raw.fields, known, site.url)
    for path in places(EXPIRY, raw.fields, known):
        if expiry := _moment(at(raw.fields, path)):
            _take(found, "expiresAt", path, expiry)
            break
    for key in raw.fields:
        if key not in FIELDS and key not in used and (ours := meant(key)):
            mend = f"write {ours}, or leave it if another tool needs it"
            found.warnings.append(Problem(source, raw.lines.get(key, 1), key, f"did you mean {ours}?", mend, "warning"))


def _take(found: Translated, name: str, path: str, value: object) -> None:
    found.fields[name] = value
    found.written[name] = path
    found.lines[name] = found.lines.get(path, found.lines.get(path.partition(".")[0], 1))


def _reshape(found: Translated, source: str, place: Place) -> None:
    """In a file that is not of our own format, our names may have values of other shapes too."""
    fields = found.fields
    if isinstance(fields.get("category"), list | dict):
        names = shapes.names(fields.pop("category"))
        if names:
            fields["category"], *others = names
            if others:
                fields["tags"] = [*shapes.names(fields.get("tags", [])), *others]
    for name in ("tags", "keywords"):
        if name in fields:
            fields[name] = shapes.names(fields[name], spaced=_is_jekylls(source, place))
    if isinstance(fields.get("image"), list) or fields.get("image") in ("true", "false"):
        fields["image"] = shapes.address(fields["image"]) or ""
    if isinstance(featured := fields.get("featured"), str) and (truth := shapes.truth(featured)):
        fields["featured"] = truth
    if isinstance(slug := fields.get("slug"), str) and "/" in slug:
        found.path = slug.strip().strip("/")
        fields["slug"] = found.path.rpartition("/")[2]
    if "draft" not in fields and FOLDERS.intersection(source.split("/")[:-1]):
        fields["draft"] = "true"


def _date(found: Translated, name: str, source: str, hint: str) -> None:
    value = found.fields.get(name)
    if not isinstance(value, str) or INSTANT.fullmatch(value.strip()):
        return
    written = found.written.get(name, name)
    try:
        found.fields[name] = in_our_form(value, written, hint)
    except ValueError as error:
        what, _, mend = str(error).partition("; ")
        found.problems.append(Problem(source, found.lines.get(name, 1), written, what, mend))
        found.fields[name] = "1970-01-01"


def _moment(value: object) -> str | None:
    return value if isinstance(value, str) and any(c.isdecimal() for c in value) else None


def _is_jekylls(source: str, place: Place) -> bool:
    """Whether Jekyll would publish this file. It takes the blanks in `tags: a b` as the ends of names; Hexo does not."""
    dated = bool(place.day) and place.day.replace("-", "") in re.sub(r"\D", "", source.rpartition("/")[2])
    return dated and bool(re.search(r"(?:^|/)_posts/", source)) and not re.search(r"(?:^|/)source/_posts/", source)


def _shapes(*, spaced: bool) -> dict[str, Callable[[object], object]]:
    names = partial(shapes.names, spaced=spaced)
    return {
        "publishedAt": _moment, "updatedAt": _moment, "title": shapes.line, "excerpt": shapes.line, "slug": shapes.line,
        "metaTitle": shapes.line, "metaDescription": shapes.line, "image": shapes.address, "featured": shapes.truth,
        "draft": shapes.truth, "tags": lambda value: names(value) or None, "keywords": lambda value: shapes.names(value) or None,
        "category": lambda value: names(value) or None, "author": lambda value: value if value else None,
    }  # fmt: skip
