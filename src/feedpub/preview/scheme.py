"""An e-mail as a program in light or in dark mode shows it, whatever the mode of the browser that looks at it."""

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Any, Literal

import tinycss2

Scheme = Literal["light", "dark"]
_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style\s*>)", re.IGNORECASE | re.DOTALL)
_MEDIA = re.compile(r"""(<(?:style|source|link)\b[^>]*?\smedia=)(["'])(.*?)\2""", re.IGNORECASE | re.DOTALL)
_SOURCE = re.compile(r"""(<img\b[^>]*?\ssrc=)(["'])(.*?)\2""", re.IGNORECASE | re.DOTALL)
_ALWAYS, _NEVER = (tinycss2.parse_component_value_list(text) for text in ("(min-width: 0)", "(max-width: -1px)"))


def in_scheme(html: str, scheme: Scheme) -> str:
    """`html` with every `prefers-color-scheme` answered as a reader in `scheme` would, and the page's own ground so too."""
    html = _STYLE.sub(lambda found: found[1] + _answered(found[2], scheme) + found[3], html)
    html = _MEDIA.sub(lambda found: _attribute(found, lambda media: _answered(media, scheme)), html)
    # Behind the e-mail's own rules: the browser's ground and form controls follow it.
    return _into_head(html, f"<style>:root {{ color-scheme: {scheme} !important; }}</style>")


def with_images(html: str, address: Callable[[str], str]) -> str:
    """`html` with the address of every image replaced by what `address` makes of it."""
    return _SOURCE.sub(lambda found: _attribute(found, address), html)


def without_images(html: str) -> str:
    """`html` as programs show it that load no image: their words stand in their place."""
    return with_images(html, lambda _: "data:,")


def beside(html: str) -> str:
    """`html` whose links open in a page of their own."""
    return _into_head(html, '<base target="_blank">')


def _into_head(html: str, text: str) -> str:
    before, end, after = html.partition("</head>")
    return f"{before}{text}{end}{after}" if end else text + html


def _attribute(found: re.Match[str], change: Callable[[str], str]) -> str:
    return f"{found[1]}{found[2]}{escape(change(unescape(found[3])))}{found[2]}"


def _answered(css: str, scheme: Scheme) -> str:
    return "".join(tinycss2.serialize(_walked(tinycss2.parse_component_value_list(css), scheme)))


def _walked(nodes: list[Any], scheme: Scheme) -> list[Any]:
    walked: list[Any] = []
    for node in nodes:
        if node.type == "() block" and (asked := _asked(node.content)):
            walked += _ALWAYS if asked == scheme else _NEVER
            continue
        if hasattr(node, "content"):
            node.content = _walked(node.content, scheme)
        walked.append(node)
    return walked


def _asked(content: list[Any]) -> str | None:
    """The scheme that a media feature asks for; None if it is another feature."""
    words = [node for node in content if node.type not in ("whitespace", "comment")]
    if len(words) == 3 and words[0].type == "ident" and words[0].lower_value == "prefers-color-scheme":
        return str(words[2].lower_value) if words[2].type == "ident" else None
    return None
