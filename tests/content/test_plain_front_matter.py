"""Front matter of plain lines is read without YAML's parser, and the parser would say the same of it."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedpub.content.frontmatter import Raw, read_front_matter
from feedpub.errors import FeedpubError

MARKS = [
    ": ",
    ":",
    " #",
    "#",
    "'",
    "''",
    '"',
    "\\",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",",
    "!",
    "&",
    "*",
    "?",
    "|",
    ">",
    "%",
    "@",
    "`",
    "-",
]
TEXTS = ["a", "b c", "é", "😀", "1", "12:30", "~", "null", "=", "<<", "_", "http://x/y#z", " ", "  ", "...", "---", "- "]
ODD = ["\t", "\x7f", "\x85", "\xa0", "\u2028", "\ufeff", "\u3000"]
VALUES = st.lists(st.sampled_from(MARKS + TEXTS + ODD), max_size=4).map("".join) | st.text(max_size=10)
LINES = st.one_of(
    st.builds("{}: {}".format, st.sampled_from(["title", "slug", "a b", "x-1", "é", "<<"]), VALUES),
    st.builds("{}: '{}'".format, st.sampled_from(["title", "image"]), VALUES),
    st.builds('{}: "{}" '.format, st.sampled_from(["author", "image"]), VALUES),
    st.builds("tags: [{}, {}]".format, VALUES, VALUES),
    st.builds("{}:".format, st.sampled_from(["tags", "keywords", "draft"])),
    st.builds("{}- {}".format, st.sampled_from(["", "  ", "    "]), VALUES),
    st.builds("  {}".format, VALUES),
)


def read(front_matter: str) -> Raw | None:
    try:
        return read_front_matter(f"---\n{front_matter}---\nBody\n", "a.md")
    except FeedpubError:
        return None


@settings(deadline=None, max_examples=400)
@given(st.lists(LINES, min_size=1, max_size=5))
@example(["title: It's", "tags:", "- a", "  - b"])
@example(["title: 'It''s'", "tags:", "  - one", "  - 'two'", "draft:"])
@example(["title: a: b"])
@example(["title: a", "  b"])
@example(["title: a", "title: b"])
@example(["title: [a, b c,d]", "author:   Ada #1  "])
def test_a_comment_changes_nothing(lines: list[str]) -> None:
    """A comment is for the parser, so text that has one below it goes through the parser whatever it holds."""
    text = "".join(f"{line}\n" for line in lines)
    plain, parsed = read(text), read(f"{text}# a comment\n")
    assert (plain is None) == (parsed is None)
    if plain and parsed:
        assert (plain.fields, plain.lines, plain.warnings) == (parsed.fields, parsed.lines, parsed.warnings)
        assert plain.body == parsed.body
