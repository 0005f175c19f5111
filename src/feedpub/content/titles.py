"""Titles and excerpts as text: entities are the characters they stand for, and the marks of Markdown are none."""

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# What may be a mark: pairs of stars, of backticks, of low lines at the ends of words; and links.
_MARKED = re.compile(r"\*\S.*\S?\*|`[^`]+`|(?<!\w)_\S.*\S?_(?!\w)|\]\(|~~")


def plain_title(text: str) -> str:
    """`text` as a reader is to see it. HTML in it is text, and so are stars and lines that mark nothing."""
    text = decoded(text)
    if not _MARKED.search(text):
        return text
    tokens = _parser().parseInline(text)[0].children or []
    return "".join(token.content for token in tokens if token.type in ("text", "code_inline", "text_special"))


def decoded(text: str) -> str:
    """`text` with the characters that its entities stand for, `What’s` for `What&#8217;s`."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # No entities, which are read already, and no HTML, which is text.
    return MarkdownIt("zero").enable(
        ["escape", "emphasis", "strikethrough", "backticks", "link", "balance_pairs", "fragments_join"]
    )
