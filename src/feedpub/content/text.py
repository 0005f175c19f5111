"""Characters that XML forbids, and plain text out of HTML."""

import html
import re

# XML 1.0, section 2.2: the characters that no document may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHITE = re.compile(r"[ \t\r\n\f\v\x85\u2028\u2029]+")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
# Elements of which nothing is shown, neither the tags nor the text between them.
SILENT = set("iframe noembed noframes noscript object script select style template textarea title".split())


def clean(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids: controls, lone surrogates, U+FFFE and U+FFFF."""
    # Most texts hold none of them, and this tells so of a long one five times faster than the expression.
    if text.isprintable():
        return text
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return _FORBIDDEN.sub("", text)
    plain = len(data.translate(None, _CONTROLS)) == len(data) and "\ufffe" not in text and "\uffff" not in text
    return text if plain else _FORBIDDEN.sub("", text)


def normal(text: str) -> str:
    """The text of a file: line ends as \\n, no mark of the byte order, no characters that XML forbids."""
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return clean(text.removeprefix("\ufeff"))


def plain(markup: str) -> str:
    """The text that `markup`, a piece of HTML, shows, in one line."""
    import nh3

    from feedpub.content.shallow import shallow

    return one_line(html.unescape(nh3.clean(shallow(markup)[0], tags=set(), clean_content_tags=SILENT)))


def one_line(text: str) -> str:
    """`text` with every run of white space, line ends included, as one space. Non-breaking spaces stay."""
    # Of white space only the space is printable.
    return (text if "  " not in text and text.isprintable() else _WHITE.sub(" ", text)).strip(" ")
