"""A site of awkward articles, and beside each what a reader of any feed is to be told of it."""

import json
from dataclasses import dataclass
from urllib.parse import quote

from tests.conftest import article

ADA = ("Ada Lovelace",)
SERVICE = f"https://img.example.org/_next/image?url={quote('https://cdn.example.org/' + 'ü ' * 120 + '.png', safe='')}&w=1200"
HERE = "https://news.example.org/blog"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60


@dataclass(frozen=True, slots=True)
class Told:
    """One article: the file, and what a reader reads. `updated` is `published` where it is ""; both are in UTC."""

    file: str
    title: str
    published: str
    summary: str
    html: str
    authors: tuple[str, ...] = ADA
    categories: tuple[str, ...] = ("Uncategorized",)
    updated: str = ""


def yaml(text: str) -> str:
    """`text` between double quotes, as YAML reads it; YAML takes no raw U+007F, JSON does."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f")


TOLD = {
    "markup": Told(
        article(
            yaml("<b>A</b> & B, \"quoted\" 'so' ]]>"), "2025-11-01T23:30:00-05:00", "One ]]> two & <b>three</b>.\n",
            excerpt=yaml("AT&T says 1 < 2, and <b>so</b> &amp; on"), category=yaml("Cloud & Infrastructure"),
            tags='["C++", "R&D", "cloud & infrastructure"]', updatedAt="2025-12-01T10:00:00+01:00",
            author="[Ada Lovelace <ada@news.example.org>, Grace Hopper <grace@navy.example>, Zoë]",
        ),
        "<b>A</b> & B, \"quoted\" 'so' ]]>", "2025-11-02T04:30:00", "AT&T says 1 < 2, and <b>so</b> & on",
        "<p>One ]]&gt; two &amp; <b>three</b>.</p>", ("Ada Lovelace", "Grace Hopper", "Zoë"),
        ("Cloud & Infrastructure", "C++", "R&D"), "2025-12-01T09:00:00",
    ),
    "later-by-text": Told(
        article("Later by its text", "2025-11-02T01:00:00+02:00", author="Only A Name"),
        "Later by its text", "2025-11-01T23:00:00", "Some text.", "<p>Some text.</p>", ("Only A Name",),
    ),
    "tie-b": Told(article("Tie B", "2025-10-01T12:00:00Z"), "Tie B", "2025-10-01T12:00:00", "Some text.", "<p>Some text.</p>"),
    "tie-a": Told(
        article("Tie A", "2025-10-01T14:00:00+02:00"), "Tie A", "2025-10-01T12:00:00", "Some text.", "<p>Some text.</p>"
    ),
    "日本語": Told(
        article("日本語の記事 👩‍🚀", "2025-09-30", "本文です。\n", category="日本語"),
        "日本語の記事 👩‍🚀", "2025-09-29T22:00:00", "本文です。", "<p>本文です。</p>", categories=("日本語",),
    ),
    "arabic": Told(
        article("مقالة عن الخبز", "2025-09-29T00:00", "نص <قصير>.\n"),
        "مقالة عن الخبز", "2025-09-28T22:00:00", "نص <قصير>.", "<p>نص &lt;قصير&gt;.</p>",
    ),
    "controls": Told(
        article('"Con\\u0001tr\\uFFFEol"', "2025-09-28", "a\x02b\x0bc\x7f\ufffe d &#1; e\n"),
        "Control", "2025-09-27T22:00:00", "abc\x7f d � e", "<p>abc\x7f d � e</p>",
    ),
    "lead-image": Told(
        article("Lead", "2025-09-27", image="cover.png"), "Lead", "2025-09-26T22:00:00", "Some text.",
        f'<p><img src="{HERE}/lead-image/cover.png" alt="Lead"></p>\n<p>Some text.</p>',
    ),
    "remote-image": Told(
        article("Remote", "2025-09-26", image=SERVICE), "Remote", "2025-09-25T22:00:00", "Some text.",
        f'<p><img src="{SERVICE.replace("&", "&amp;")}" alt="Remote"></p>\n<p>Some text.</p>',
    ),
    "no-excerpt": Told(
        article("No excerpt", "2025-09-25", "# Head\n\nThe *first* one\nof two.\n\nThe second.\n", tags="bread"),
        "No excerpt", "2025-09-24T22:00:00", "The first one of two.",
        "<h1>Head</h1>\n<p>The <em>first</em> one\nof two.</p>\n<p>The second.</p>", categories=("Uncategorized", "bread"),
    ),
    "empty": Told(article("Nothing in it", "2025-09-24", ""), "Nothing in it", "2025-09-23T22:00:00", "Nothing in it", ""),
    "image-only": Told(
        article("A picture", "2025-09-23", "![A loaf](pic.jpg)\n"), "A picture", "2025-09-22T22:00:00", "A picture",
        f'<p><img src="{HERE}/image-only/pic.jpg" alt="A loaf"></p>',
    ),
    "raw-html": Told(
        article(
            "Raw", "2025-09-21",
            'Be <span onclick="x()">still</span> <a href="../b?c=1&d=2#e">there</a><script>x()</script>.\n',
        ),
        "Raw", "2025-09-20T22:00:00", "Be still there.",
        f'<p>Be <span>still</span> <a href="{HERE}/b?c=1&amp;d=2#e">there</a>.</p>',
    ),
    "code": Told(
        article("Code", "2025-09-20T22:00:00.75Z", "```xml\n<a b=\"c\">&amp;</a>\n```\n\n| a | b |\n|--|:-:|\n| 1 | `<` |\n"),
        "Code", "2025-09-20T22:00:00", '<a b="c">&amp;</a>',
        '<pre><code class="language-xml">&lt;a b="c"&gt;&amp;amp;&lt;/a&gt;\n</code></pre>\n'
        '<table>\n<thead>\n<tr>\n<th>a</th>\n<th align="center">b</th>\n</tr>\n</thead>\n'
        '<tbody>\n<tr>\n<td>1</td>\n<td align="center"><code>&lt;</code></td>\n</tr>\n</tbody>\n</table>',
    ),
    "shortcode": Told(
        article("Shortcode", "2025-03-30T03:30", '{{image: /i/a,b.png, width: 8, height: 4, alt: "An <i>"}}\n\nText.\n'),
        "Shortcode", "2025-03-30T01:30:00", "Text.",
        '<figure><img src="https://news.example.org/i/a,b.png" alt="An &lt;i&gt;" width="8" height="4"></figure>\n<p>Text.</p>',
    ),
}  # fmt: skip
# By instant, then by slug: `code` is three quarters of a second later than `raw-html`.
ORDER = [
    "markup", "later-by-text", "tie-a", "tie-b", "日本語", "arabic", "controls", "lead-image", "remote-image", "no-excerpt",
    "empty", "image-only", "code", "raw-html", "shortcode",
]  # fmt: skip


def told_files() -> dict[str, str | bytes]:
    """The site's files: the articles, and the picture that lies beside one of them."""
    return {f"articles/{slug}.md": told.file for slug, told in TOLD.items()} | {"articles/cover.png": PNG}
