"""Bounds for what Markdown makes of a text written to be slow: brackets that close nothing, and tables of empty cells."""

from collections.abc import Iterator
from typing import cast

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

# Steps that the search for the ends of links may take: an honest text needs less than one for each of its characters.
_STEPS, _SPARE = 4, 2_000
# Cells of all tables of an article, and those of them that its rows leave out; each takes some 1.4 kB while it is rendered.
_MOST_CELLS, _MOST_EMPTY = 200_000, 20_000


def bounded_inline(md: MarkdownIt, state_env: EnvType, token: Token) -> None:
    """Parse the inline content of `token`; what stands behind too many open brackets stays text, and is noted in the env."""
    env = cast(dict[str, object], state_env)
    env["steps"] = _SPARE + _STEPS * len(token.content)
    token.children = token.children or []
    md.inline.parse(token.content, md, state_env, token.children)
    if cast(int, env["steps"]) < 0:
        note(
            state_env,
            token.map[0] if token.map else 0,
            "it has too many brackets that close nothing; some links are left as text",
        )


def count_steps(md: MarkdownIt) -> None:
    """Make the search for the end of a link stop, as if there were none, once `bounded_inline` allows no more steps."""
    skip = md.inline.skipToken

    def counted(state: StateInline) -> None:
        env = cast(dict[str, int], state.env)
        env["steps"] -= 1
        if env["steps"] < 0:
            state.pos = state.posMax
        else:
            skip(state)

    md.inline.skipToken = counted  # type: ignore[method-assign]


def bound_tables(md: MarkdownIt) -> None:
    """A table past the bounds, and all after it in the same text, are shown as text, and noted in the env."""
    ((original, alternatives),) = ((rule.fn, rule.alt) for rule in md.block.ruler.__rules__ if rule.name == "table")

    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        env = cast(dict[str, int], state.env)
        if ("tables" in env and env["tables"] < 0) or not original(state, start, end, True):
            return False
        if silent:
            return True
        columns = state.getLines(start + 1, start + 2, 0, False).count("|") + 1
        cells, empty = env.get("cells", 0), env.get("empty", 0)
        for line in range(start, end):
            text = state.src[state.bMarks[line] : state.eMarks[line]]
            if not text or text.isspace():
                break
            cells += columns
            empty += max(columns - text.count("|") - 1, 0)
            if cells > _MOST_CELLS or empty > _MOST_EMPTY:
                env["tables"] = -1
                note(state.env, start, "this table has too many cells, or too many that are empty; it is left as text")
                return False
        env["cells"], env["empty"] = cells, empty
        return original(state, start, end, False)

    md.block.ruler.at("table", bounded, {"alt": alternatives})


def note(env: EnvType, line: int, what: str) -> None:
    """Keep for notes() what was left out of the text, and on which line (from 0)."""
    cast(dict[str, list[tuple[int, str]]], env).setdefault("notes", []).append((line, what))


def notes(env: EnvType) -> Iterator[Token]:
    """What was noted, as tokens that show nothing."""
    for line, what in cast(dict[str, list[tuple[int, str]]], env).get("notes", ()):
        yield Token("left_out", "", 0, map=[line, line + 1], content=what, hidden=True)
