"""The style sheets of an e-mail, before they are inlined: what would be fetched, lost or spoiled."""

from collections.abc import Iterator
from typing import Any

import lxml.etree
import lxml.html
import tinycss2

_END = ".feedpub-end"
_UNCLOSED = ("a brace, a quote or a comment is not closed in its style sheet, and the rules behind it are lost", "close it")
_IMPORT = ("@import would be fetched from the network", "write the rules into the template")
_LINK = ("a linked style sheet would be fetched from the network", "write the rules into the template")
_IMPORTANT = (
    "an inlined !important would beat every rule for phones and dark mode",
    'move that rule into the <style data-premailer="ignore">',
)
_EMPTY = ("comes out empty", "write the e-mail into it")


def style_faults(html: str) -> list[tuple[str, str]]:
    """What is wrong with the style sheets of `html`, each once, and how to mend it; [] if nothing is.

    CSS is read as CSS Syntax Level 3 says, so an escape (`@i\\mport`) or a comment hides nothing.
    """
    try:
        page: Any = lxml.html.document_fromstring(html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except lxml.etree.ParserError:  # nothing, or a comment alone
        return [_EMPTY]
    if not (page.text_content().strip() or page.xpath("//img")):
        return [_EMPTY]
    return list(dict.fromkeys(_faults(page)))


def _faults(page: Any) -> Iterator[tuple[str, str]]:
    for style in page.iter("style"):
        kept = style.get("data-premailer") == "ignore"
        rules = tinycss2.parse_stylesheet(f"{style.text or ''}\n{_END}{{color:red}}", skip_comments=True, skip_whitespace=True)
        last = rules[-1] if rules else None
        if last is None or last.type != "qualified-rule" or tinycss2.serialize(last.prelude).strip() != _END:
            yield _UNCLOSED
        for rule in rules:
            if rule.type == "error":
                yield f"this style sheet can't be read: {rule.message} (its line {rule.source_line})", "mend the CSS there"
            if rule.type == "at-rule" and rule.lower_at_keyword == "import":
                yield _IMPORT
            if rule.type == "qualified-rule" and not kept:
                yield from _declarations(tinycss2.parse_blocks_contents(rule.content))
    for element in page.iter():
        if element.tag == "link" and "stylesheet" in (element.get("rel") or "").lower().split():
            yield _LINK
        if isinstance(element.tag, str) and element.get("style"):
            yield from _declarations(tinycss2.parse_blocks_contents(element.get("style")))


def _declarations(nodes: list[Any]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if node.type == "declaration" and node.important:
            yield _IMPORTANT
        if node.type == "error":
            yield f"this style sheet can't be read: {node.message} (its line {node.source_line})", "mend the CSS there"
