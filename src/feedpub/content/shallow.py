"""HTML no deeper, and of no more work for a parser, than grows with its length."""

import re

# How deep elements may stand in each other: a parser walks up through all of them, for each tag.
_DEEPEST = 1_024
# A text with fewer tags is fine as it is. Elements to be opened again and again cost that many for each tag, and these at least.
_FEW, _COPIES, _SPARE = 512, 16, 10_000
_SPACE = r"[ \t\n\f\r]"
# As the HTML standard reads it (section 13.2.5), each alternative in one way only, so that none is tried twice.
_TOKEN = re.compile(
    rf"""<!--(?:-?>|(?s:.*?)(?:--!?>|\Z))
    | <(?=[!?]|/[^a-zA-Z])[^>]*+>?
    | <(?P<end>/?)(?P<name>[a-zA-Z][^ \t\n\f\r/>]*+)
      (?:{_SPACE}|/|[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+(?:{_SPACE}*+={_SPACE}*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^ \t\n\f\r>]*+))?+)*+
      (?P<whole>>|\Z)?+""",
    re.VERBOSE,
)
_VOID = set("area base br col embed hr img input link meta source track wbr".split())
_RAW = set("iframe noembed noframes script style textarea title xmp".split())
_FOREIGN = {"svg", "math"}
_FORMATTING = set("a b big code em font i nobr s small strike strong tt u".split())
# Elements that the next of their group closes, and those that close a paragraph.
_GROUPS = {
    name: group[0]
    for group in map(
        str.split, ("li", "p", "dt dd", "tr td th tbody thead tfoot caption colgroup", "option optgroup", "rp rt rb rtc")
    )
    for name in group
}
_AFTER_P = set(
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hgroup hr li listing main menu nav ol p pre search section summary table ul".split()
)
# Names that mean in a picture or formula what they mean outside: these end it, or their content is not shown.
_KEPT = _RAW | _FORMATTING | _AFTER_P | _VOID | {"span", "sub", "sup"}


def shallow(markup: str) -> tuple[str, bool]:
    """`markup` without the tags that stand deeper than 1,024 in others, and whether any was left out. Text stays.

    To parse HTML takes a time that grows with depth, and to open again what was closed in a wrong order one that grows with
    its square. Takes the nesting as it is written, so of HTML whose end tags are missing it may leave out too many. What is
    left out makes nothing unsafe: this is for before the sanitiser.
    """
    if markup.count("<") < _FEW:
        return markup, False
    out: list[str] = []
    open_: list[str] = []  # names of elements, or of their groups
    position, tags, formatting, copies, foreign, cut, over = 0, 0, 0, 0, 0, False, False
    while found := _TOKEN.search(markup, position):
        out.append(markup[position : found.start()])
        position = found.end()
        name, ends = (found["name"] or "").lower(), bool(found["end"])
        if name in _FOREIGN:
            foreign = max(foreign + (-1 if ends else 1), 0)
        if not name or name in _FOREIGN or (foreign and name not in _KEPT):
            continue  # comments, and what a parser would read by other rules, of which nothing is kept
        tags += 1
        copies += formatting
        over = over or copies > _SPARE + _COPIES * tags
        if ends:
            depth = _closed(open_, name)
            formatting -= bool(depth) and name in _FORMATTING
        else:
            depth = _opened(open_, name)
            formatting += name in _FORMATTING
        if over or depth > _DEEPEST:
            cut = True
        else:
            out.append(found[0])
        if name in _RAW and not ends:
            closing = re.compile(f"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE).search(markup, position)
            position, before = closing.start() if closing else len(markup), position
            out.append(markup[before:position])
    out.append(markup[position:])
    return "".join(out), cut


def _opened(open_: list[str], name: str) -> int:
    """Open the element `name`, closing what it closes; how deep it stands."""
    group = _GROUPS.get(name, name)
    if open_ and open_[-1] == "p" and name in _AFTER_P:
        open_.pop()
    if name not in _VOID and not (name in _GROUPS and open_ and open_[-1] == group):
        open_.append(group)
    return len(open_)


def _closed(open_: list[str], name: str) -> int:
    """Close the element `name`, with those in it that need no end tag; how deep it stood, 0 if it isn't the innermost."""
    wanted, place = _GROUPS.get(name, name), len(open_)
    while place and open_[place - 1] != wanted and open_[place - 1] in _GROUPS:
        place -= 1
    if not place or open_[place - 1] != wanted:
        return 0
    del open_[place - 1 :]
    return place
