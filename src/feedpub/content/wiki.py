"""`[[Name]]` and `![[picture.png]]`, as Obsidian and other wikis write links and images, as Markdown."""

import re
from collections.abc import Mapping

from feedpub.content.code import Code
from feedpub.content.mentions import looked_up

_WIKI = re.compile(r"(!?)\[\[([^\[\]|#\n]{1,200})(#[^\[\]|\n]*)?(?:\|([^\[\]\n]*))?\]\]")
_IMAGE = re.compile(r"\.(?:avif|gif|jpe?g|png|svg|webp)$", re.IGNORECASE)
_SIZE = re.compile(r"\d+(?:x\d+)?")


def without_wiki(text: str, addresses: Mapping[str, str]) -> str:
    """`text` with links to articles that `addresses` knows, and with images, in Markdown; all else stays as it was typed."""
    if "[[" not in text:
        return text
    code = Code(text)

    def markdown(found: re.Match[str]) -> str:
        target, label = found[2].strip(), (found[4] or "").strip()
        if code.holds(found.start()):
            return found[0]
        if found[1] and _IMAGE.search(target):
            alt = "" if _SIZE.fullmatch(label) else label
            return f"![{alt or target.rpartition('/')[2].rpartition('.')[0]}](<{target.replace('<', '%3C').replace('>', '%3E')}>)"
        url = looked_up(target, addresses)
        return f"[{label or target}](<{url}>)" if url else found[0]

    return _WIKI.sub(markdown, text)
