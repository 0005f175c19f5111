"""dialects: the conventions of other tools, as tables; what they say is put into our words before content/fields.py reads it.

Each only fills in what is absent. A file in our own format, with `title` and `publishedAt`, keeps its slug and address.
"""

from feedpub.content.dialects.components import plain_attributes, plain_markdown
from feedpub.content.dialects.heading import leading_heading
from feedpub.content.dialects.language import language_of, tags_of
from feedpub.content.dialects.paths import Place, place, title_of
from feedpub.content.dialects.translation import Translated, translated

__all__ = [
    "Place",
    "Translated",
    "language_of",
    "leading_heading",
    "place",
    "plain_attributes",
    "plain_markdown",
    "tags_of",
    "title_of",
    "translated",
]
