"""Characters that XML forbids, and plain text out of HTML."""

import html
import re

import nh3

# XML 1.0, section 2.2: the characters that no document may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Elements of which nothing is shown, neither the tags nor the text between them.
SILENT = set("iframe noembed noframes noscript object script select style template textarea title".split())


def clean(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids: controls, lone surrogates, U+FFFE and U+FFFF."""
    return _FORBIDDEN.sub("", text)


def plain(markup: str) -> str:
    """The text that `markup`, a piece of HTML, shows, in one line."""
    return one_line(html.unescape(nh3.clean(markup, tags=set(), clean_content_tags=SILENT)))


def one_line(text: str) -> str:
    """`text` with every run of white space, line ends included, as one space. Non-breaking spaces stay."""
    return re.sub(r"[ \t\r\n\f\v\x85\u2028\u2029]+", " ", text).strip(" ")
