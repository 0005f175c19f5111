"""What other tools add to CommonMark, each as rules for markdown-it, and only in a text that has need of it."""

import re
from collections.abc import Callable
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# What a text holds that has need of each. First come marks of which it then holds one, and no marks where the expression
# begins with a letter: to look for those takes a hundredth of the time of an expression that is tried at every letter.
_NEEDED: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    ("footnotes", (), re.compile(r"\[\^[^\]\s]+\]")),
    ("definitions", (), re.compile(r"\n[ \t]*\n?[ ]{0,3}[:~][ \t]+\S")),
    ("addresses", (), re.compile(r"http(?<![(<\"'=\[\]:/.\w@]http)s?://\w")),
    ("addresses", (), re.compile(r"www\.(?<![(<\"'=\[\]:/.\w@]www\.)\w")),
    ("addresses", ("@",), re.compile(r"(?<![(<\"'=\[\]:/\w.+-])[\w.+-]+@[\w-]+\.\w")),
    ("containers", (":::",), re.compile(r"^[ \t>]*:::", re.MULTILINE)),
    ("admonitions", ("!!!", "???"), re.compile(r"^[ \t]*(?:!!!|\?\?\?\+?)[ \t]+\w", re.MULTILINE)),
    ("alerts", ("[!",), re.compile(r"^[ \t>]*>[ \t]*\[!\w+\]", re.MULTILINE)),
    ("tasks", ("[ ]", "[x]", "[X]"), re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]\][ \t]", re.MULTILINE)),
    ("attributes", (), re.compile(r"\{(?:[#:.]|(?<=[)`\]]\{)[\w-]+=)[^{}\n]*\}")),
    ("formulas", (), re.compile(r"\$\$|\$[^$\n]*[\\^_{][^$\n]*\$")),
)
# Those whose tokens need rules of their own to be drawn.
DRAWN = frozenset({"footnotes", "admonitions", "containers"})
_ALERT = re.compile(r"\[!(\w+)\][+-]?[ \t]*(.*)")
_TASK = re.compile(r"\[([ xX])\][ \t]+")
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*(?:[#.:][^{}\n]*|[\w-]+=[^{}\n]*)\}")
_LINE_OF_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}")
_FORMULA = re.compile(r"\$(?![\s$])([^$\n]*[\\^_{][^$\n]*)(?<!\s)\$(?!\d)")
_LABEL = re.compile(r"[{ ]*\.?(?:callout-)?([A-Za-z][\w-]*)[^\]\[\n]*?(?:title=\"([^\"]*)\"|\[([^\]]*)\])?\s*\}?\s*$|\s*$")
_NOTES = {
    "note", "tip", "info", "important", "warning", "caution", "danger", "success", "question", "example", "quote", "hint",
    "abstract", "summary", "todo", "bug", "failure", "error", "attention", "seealso", "details", "faq", "tldr",
}  # fmt: skip


def needed(text: str) -> frozenset[str]:
    """The extensions that `text` has need of, as far as a quick look tells."""
    return frozenset(
        name for name, marks, pattern in _NEEDED if (not marks or any(mark in text for mark in marks)) and pattern.search(text)
    )


def extend(md: MarkdownIt, names: frozenset[str]) -> None:
    """Teach `md` the extensions `names`."""
    for name in sorted(names):
        _TEACH[name](md)


def _footnotes(md: MarkdownIt) -> None:
    from mdit_py_plugins.footnote import footnote_plugin

    md.use(footnote_plugin, inline=False)


def _definitions(md: MarkdownIt) -> None:
    from mdit_py_plugins.deflist import deflist_plugin

    md.use(deflist_plugin)


def _addresses(md: MarkdownIt) -> None:
    from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

    md.use(gfm_autolink_plugin)


def _containers(md: MarkdownIt) -> None:
    """`::: note Title`, as Docusaurus, VuePress and Quarto write it: a quote with a bold first line; others leave their text."""
    from mdit_py_plugins.container import container_plugin

    md.use(container_plugin, "box", validate=lambda params, _: bool(params.strip()), render=_box)
    md.core.ruler.push("stray ends", _stray_ends)


def _box(_: object, tokens: list[Token], index: int, *__: object) -> str:
    opening = next(
        (t for t in reversed(tokens[:index]) if t.type == "container_box_open" and t.level == tokens[index].level), tokens[index]
    )
    is_note, label = _box_label((tokens[index] if tokens[index].nesting == 1 else opening).info)
    if tokens[index].nesting == -1:
        return "</blockquote>\n" if is_note else "</div>\n"
    return f"<blockquote>\n<p><strong>{_escaped(label)}</strong></p>\n" if is_note else "<div>\n"


def _box_label(info: str) -> tuple[bool, str]:
    """Whether what `info` names is a note, and what its first line says."""
    found = _LABEL.match(info)
    kind = (found[1] or "") if found else ""
    plain = kind.lower().removeprefix("callout-")
    title = (found[2] or found[3] or "") if found else ""
    if not title and kind and "{" not in info:
        title = info.strip()[len(kind) :].strip().strip('"')
    return plain in _NOTES, title or plain.capitalize()


def _stray_ends(state: StateCore) -> None:
    """The end of a container inside of another with as many colons is left over: it is no text."""
    for token in state.tokens:
        if token.type == "inline" and token.content.strip(":") == "" and len(token.content) >= 3:
            token.content, token.children = "", []


def _admonitions(md: MarkdownIt) -> None:
    """`!!! note "Title"`, as MkDocs writes it."""
    from mdit_py_plugins.admon import admon_plugin

    md.use(admon_plugin)
    md.add_render_rule("admonition_open", lambda *_: "<blockquote>\n")
    md.add_render_rule("admonition_close", lambda *_: "</blockquote>\n")
    md.add_render_rule("admonition_title_open", lambda *_: "<p><strong>")
    md.add_render_rule("admonition_title_close", lambda *_: "</strong></p>\n")


def _alerts(md: MarkdownIt) -> None:
    """`> [!NOTE]`, as GitHub and Obsidian write it."""
    md.core.ruler.push("alerts", _mark_alerts)


def _mark_alerts(state: StateCore) -> None:
    for (quote, opening), inline in zip(pairwise(state.tokens), state.tokens[2:], strict=False):
        if quote.type != "blockquote_open" or opening.type != "paragraph_open" or not inline.children:
            continue
        first = inline.children[0]
        found = _ALERT.match(first.content) if first.type == "text" else None
        if found is None:
            continue
        rest = inline.children[1:]
        line_end = next((at for at, child in enumerate(rest) if child.type in ("softbreak", "hardbreak")), len(rest))
        label = Token("text", "", 0, content=found[2] or ("" if line_end else found[1].capitalize()))
        bold = [Token("strong_open", "strong", 1), label, *rest[:line_end], Token("strong_close", "strong", -1)]
        inline.children = [*bold, *([Token("hardbreak", "br", 0)] if line_end < len(rest) else []), *rest[line_end + 1 :]]


def _tasks(md: MarkdownIt) -> None:
    md.core.ruler.push("tasks", _mark_tasks)


def _mark_tasks(state: StateCore) -> None:
    """No form stands in a feed: a box that is drawn says as much."""
    for (item, opening), inline in zip(pairwise(state.tokens), state.tokens[2:], strict=False):
        if item.type == "list_item_open" and opening.type == "paragraph_open" and inline.children:
            first = inline.children[0]
            if first.type == "text" and (found := _TASK.match(first.content)):
                first.content = f"{'☐' if found[1] == ' ' else '☑'} {first.content[found.end() :]}"


def _attributes(md: MarkdownIt) -> None:
    """`{#id}` behind a heading, `{: .class}` and `{width=50%}` behind what they are about: nothing that is shown."""
    md.core.ruler.push("attributes", _drop_attributes)


def _drop_attributes(state: StateCore) -> None:
    for (opening, inline), closing in zip(pairwise(state.tokens), state.tokens[2:], strict=False):
        if inline.type != "inline" or not inline.children:
            continue
        children = inline.children
        for at, child in enumerate(children):
            if child.type != "text":
                continue
            last = at == len(children) - 1 or children[at + 1].type in ("softbreak", "hardbreak")
            begins_line = at == 0 or children[at - 1].type in ("softbreak", "hardbreak")
            if begins_line and last and _LINE_OF_ATTRIBUTES.fullmatch(child.content.strip()):
                child.content = ""
            elif at and not begins_line and (found := _ATTRIBUTES.match(child.content)) and not found[0].startswith((" ", "\t")):
                child.content = child.content[found.end() :]
            elif last and opening.type == "heading_open" and (found := _last_attributes(child.content)):
                child.content = child.content[: found.start()].rstrip()
        while children and children[-1].type == "text" and not children[-1].content:
            children.pop()
            if children and children[-1].type in ("softbreak", "hardbreak"):
                children.pop()
        if not children and opening.type == "paragraph_open":
            opening.hidden = closing.hidden = True


def _last_attributes(text: str) -> re.Match[str] | None:
    start = text.rfind("{")
    found = _ATTRIBUTES.fullmatch(text, start) if start >= 0 and text.endswith("}") else None
    return found if found and text[start + 1 : start + 2] in ("#", ".", ":") else None


def _formulas(md: MarkdownIt) -> None:
    md.inline.ruler.before("escape", "formula", _formula)


def _formula(state: StateInline, silent: bool) -> bool:
    """A formula between dollars is shown as its source; amounts of money are none."""
    if state.src[state.pos] != "$":
        return False
    if state.src.startswith("$$", state.pos):
        end = state.src.find("$$", state.pos + 2)
        inside, after = (state.src[state.pos + 2 : end], end + 2) if end >= 0 else ("", 0)
    else:
        found = _FORMULA.match(state.src, state.pos)
        inside, after = (found[1], found.end()) if found else ("", 0)
    if not inside.strip():
        return False
    if not silent:
        token = state.push("code_inline", "code", 0)
        token.content = " ".join(inside.split())
    state.pos = after
    return True


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_TEACH: dict[str, Callable[[MarkdownIt], None]] = {
    "footnotes": _footnotes,
    "definitions": _definitions,
    "addresses": _addresses,
    "containers": _containers,
    "admonitions": _admonitions,
    "alerts": _alerts,
    "tasks": _tasks,
    "attributes": _attributes,
    "formulas": _formulas,
}
