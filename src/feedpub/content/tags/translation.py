"""A text with tags → Markdown without."""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from feedpub.content.code import Code
from feedpub.content.tags import kinds
from feedpub.content.tags.builtin import CODE, RAW, SILENT
from feedpub.content.tags.scan import Tag, may_hold_tags, tags
from feedpub.content.tags.values import Page, value

# A place in the Markdown for HTML that Markdown is not to read; these characters have no meaning of their own.
OPEN, CLOSE = "\ue000", "\ue001"
PLACE = re.compile(f"{OPEN}([0-9]+){CLOSE}")
_ALONE = re.compile(f"<p>{PLACE.pattern}</p>")
_MARKS = re.compile(f"[{OPEN}{CLOSE}]")
_KEPT_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_KEPT_TAG = re.compile(r"\{\{([<%])/\*\s*([^\n]*?)\s*\*/([>%])\}\}")
_INCLUDES = {"include", "include_cached", "include_relative", "partial"}
_END = re.compile(r"end_?(\w*)")
_CALL = re.compile(r"([A-Za-z_]\w*)\((.*)\)", re.DOTALL)
# What a template would fill in; anything else between braces may be a text about them.
_EXPRESSION = re.compile(r"^[.$]?\w+(?:\.\w+)+|\||^[\w.]+\(|^[\"']|^(?:if|end|range|with|else|define|template|partial)\b")
_NEARLY_OURS = re.compile(r"(?i:image|img)\s*:\s*(.*)")
# What they enclose is no text, or none yet.
_SKIPPED = {"for", "tablerow", "paginate", "capture", "macro", "set"}
_ELSE = {"else", "elsif", "elseif", "elif"}
_FAR = 500
# Fills in the template of a tag: its name, its source, and what it may use.
Fill = Callable[[str, str, Mapping[str, object]], str]


@dataclass(frozen=True, slots=True)
class Unread:
    """A tag that nobody here knows: its line (from 0), how it begins, and its name; `shown` tells that it stays as typed."""

    line: int
    tag: str
    name: str
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Tagged:
    """Markdown without tags, the HTML for the places in it, and what was not known. `starts` and `origins` tell of lines."""

    text: str
    inserts: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    starts: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    def line(self, line: int) -> int:
        """The line of the original that stands at `line` of the text; both from 0."""
        at = bisect_right(self.starts, line) - 1
        return self.origins[at] + line - self.starts[at]

    def inserted(self, markup: str) -> str:
        """`markup`, HTML of the text, with the inserts in their places. What stands alone needs no paragraph."""
        if not self.inserts:
            return markup

        def insert(found: re.Match[str]) -> str:
            number = int(found[1])
            return self.inserts[number] if number < len(self.inserts) else ""

        return PLACE.sub(insert, _ALONE.sub(insert, markup))


def untagged(text: str, page: Page, *, own: Mapping[str, str], fill: Fill) -> Tagged:
    """`text` with every tag translated. `own` has the templates of the site's own tags, by name; `fill` fills one in.

    What is code stays as it is, but for marks by which its author kept a tag from being read.
    """
    if not may_hold_tags(text):
        return Tagged(text)
    text = _MARKS.sub("", text)
    return _Translation(text, list(tags(text)), page, own, fill).result()


@dataclass
class _Translation:
    text: str
    found: list[Tag]
    page: Page
    own: Mapping[str, str]
    fill: Fill
    out: list[str] = field(default_factory=list)
    inserts: list[str] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    origins: list[int] = field(default_factory=lambda: [0])
    closing: dict[int, str] = field(default_factory=dict)
    position: int = 0
    origin: int = 0
    line: int = 0

    def result(self) -> Tagged:
        partners, otherwise = _partners(self.found)
        index = 0
        while index < len(self.found):
            tag = self.found[index]
            if tag.start < self.position:  # it stands in what was passed over
                index += 1
                continue
            self._copy(tag.start)
            close = partners.get(index)
            if index in otherwise:  # of two ways the first is shown
                close = partners.get(otherwise[index])
                self._pass_over(self.found[close].start if close is not None else tag.end)
            elif index in self.closing:
                self._write(self.closing.pop(index), tag.end)
            elif _ended(tag) is not None:
                self._pass_over(tag.end)  # of a tag that shows nothing of its own
            else:
                self._open(tag, close)
            index += 1
        self._copy(len(self.text))
        text = _plain_code("".join(self.out))
        return Tagged(text, tuple(self.inserts), tuple(self.unread), tuple(self.starts), tuple(self.origins))

    def _open(self, tag: Tag, close: int | None) -> None:
        if tag.literal:
            self._write(f"`` {tag.rest} ``", tag.end)
            return
        name, rest = tag.name, tag.rest
        if tag.style == "value":
            call = _CALL.fullmatch(rest)
            if call is None:
                self._write(self._valued(tag), tag.end)
                return
            name, rest = call[1], call[2]
        if name in _INCLUDES:
            name, rest = kinds.included(rest)
        low = name.lower()
        inside = self.text[tag.end : self.found[close].start] if close is not None else ""
        behind = self.found[close].end if close is not None else tag.end
        if name in self.own:
            self._of_the_site(tag, name, rest, close)
        elif close is not None and low in CODE | RAW:
            self._write(kinds.code(low, rest, inside, alone=self._is_alone(tag.start, behind)), behind)
        elif low in SILENT or (close is not None and low in _SKIPPED):
            self._pass_over(behind)
        elif (meant := kinds.meant(low, rest, self.page)) is None:
            self.unread.append(Unread(self.origin, f"{self.text[tag.start : tag.start + 3].strip()} {name}", name))
            self._pass_over(tag.end)
        elif isinstance(meant, str):
            self._write(meant, tag.end)
        else:
            self._write(self._block(meant[0]), tag.end)
            if close is not None:
                self.closing[close] = self._block(meant[1])

    def _of_the_site(self, tag: Tag, name: str, rest: str, close: int | None) -> None:
        """A tag of the site's own: its template's HTML, around what the tag encloses where the template says `inner`."""
        made = self.fill(name, self.own[name], kinds.context(rest, self.page, inner=OPEN))
        before, mark, behind = made.partition(OPEN)
        self._write(self._place(before), tag.end)
        if close is not None and mark:
            self.closing[close] = self._place(behind.replace(OPEN, ""))
        elif close is not None:
            self._pass_over(self.found[close].end)

    def _valued(self, tag: Tag) -> str:
        if image := _NEARLY_OURS.fullmatch(tag.rest):
            self.unread.append(Unread(self.origin, self.text[tag.start : tag.end], "image", shown=True))
            return f"{{{{image: {image[1]}}}}}"
        said = value(tag.rest, self.page)
        if said is None:
            shown = not _EXPRESSION.search(tag.rest)
            self.unread.append(Unread(self.origin, f"{{{{ {tag.rest}", tag.rest, shown))
            return self.text[tag.start : tag.end] if shown else ""
        return said

    def _block(self, markup: str) -> str:
        return f"\n\n{self._place(markup)}\n\n" if markup else ""

    def _place(self, markup: str) -> str:
        self.inserts.append(markup)
        return f"{OPEN}{len(self.inserts) - 1}{CLOSE}"

    def _is_alone(self, start: int, end: int) -> bool:
        """Whether nothing else stands on the lines from `start` to `end`."""
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        stop = self.text.find("\n", end)
        return not before.strip() and not self.text[end : stop if stop >= 0 else len(self.text)].strip()

    def _copy(self, end: int) -> None:
        self._write(self.text[self.position : end], end)

    def _pass_over(self, end: int) -> None:
        self._write("", end)

    def _write(self, text: str, end: int) -> None:
        """Put `text` in the place of what stands up to `end` of the original."""
        before, after = self.text.count("\n", self.position, end), text.count("\n")
        self.out.append(text)
        self.origin += before
        self.line += after
        self.position = end
        if before != after:
            self.starts.append(self.line)
            self.origins.append(self.origin)


def _partners(found: list[Tag]) -> tuple[dict[int, int], dict[int, int]]:
    """Which tag each is closed by (a bare `end` closes what was opened last), and in which each `else` stands."""
    stack: list[tuple[str, int]] = []
    partners: dict[int, int] = {}
    otherwise: dict[int, int] = {}
    for index, tag in enumerate(found):
        ended = _ended(tag)
        if ended is None:
            if tag.name in _ELSE and stack:
                otherwise[index] = stack[-1][1]
            elif tag.name and tag.name not in _ELSE and not tag.closed:
                stack.append((tag.name, index))
            continue
        # An honest text closes what was opened a little before; tags that need no end stand between.
        recent = range(len(stack) - 1, max(len(stack) - _FAR, 0) - 1, -1)
        place = next((at for at in recent if ended in ("", stack[at][0])), None)
        if place is not None:
            partners[stack[place][1]] = index
            del stack[place:]
    return partners, otherwise


def _ended(tag: Tag) -> str | None:
    """The name of the tag that this one closes, "" for any; None if it closes none."""
    if tag.closes:
        return tag.name
    found = _END.fullmatch(tag.name) if tag.style == "liquid" else None
    return found[1] if found else None


def _plain_code(text: str) -> str:
    """In code, without the marks by which an author kept a tag from being read."""
    if "raw" not in text and "/*" not in text:
        return text
    out, position = [], 0
    for start, end in Code(text).places:
        if start >= position:
            inside = _KEPT_RAW.sub("", text[start:end])
            out += [text[position:start], _KEPT_TAG.sub(r"{{\1 \2 \3}}", inside)]
            position = end
    return "".join((*out, text[position:]))
