"""What was found → the lines of feedpub.toml."""

import json
import re
from collections.abc import Iterable, Mapping

from feedpub.adoption.facts import Facts


def with_values(text: str, values: Mapping[str, object]) -> str:
    """The starter's `text` in which each setting of [site] in `values` stands, in place of the line that shows its default."""
    head, feeds, rest = text.partition("\n[feeds]")
    for name, value in values.items():
        line = f"{name} = {_written(value)}"
        place = re.search(rf"^(?:# )?{name} = .*$", head, re.MULTILINE)
        if not place:
            raise ValueError(f"the starter has no line for {name}")
        head = head[: place.start()] + line + head[place.end() :]
    return head + feeds + rest


def with_feeds_url(text: str, url: str) -> str:
    """The starter's `text` with a `url` in [feeds]."""
    head, feeds, rest = text.partition("\n[feeds]")
    return head + feeds + re.sub(r"^# url = .*$", lambda _: f"url = {_written(url)}", rest, count=1, flags=re.MULTILINE)


def of_facts(facts: Facts) -> dict[str, object]:
    """The settings of [site] that `facts` tell, but for title and url, which every site has."""
    names = ("description", "language", "timezone", "author", "article_url", "authors_file")
    return {name: value for name in names if (value := getattr(facts, name))}


def of_articles(patterns: Iterable[str]) -> str | list[str]:
    """The value of `articles`: a text where one pattern says it all."""
    several = list(patterns)
    return several[0] if len(several) == 1 else several


def _written(value: object) -> str:
    """`value` as TOML writes it; a list of several stands on lines of its own."""
    if isinstance(value, list):
        one_line = f"[{', '.join(map(_written, value))}]"
        return one_line if len(one_line) < 110 else "".join(("[\n", *(f"    {_written(one)},\n" for one in value), "]"))
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
