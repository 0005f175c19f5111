"""A tool, as far as its exports differ from what is common."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedpub.mailing.imports.columns import Meaning
from feedpub.mailing.imports.states import Standing


@dataclass(frozen=True, slots=True)
class Tool:
    """`marks`: sets of columns, without case and signs, each of which tells the tool; `columns`: what it names in its own way
    (None: says nothing of a person's standing, whatever its name); `words`: what its statuses mean.
    """

    name: str
    marks: tuple[tuple[str, ...], ...]
    columns: Mapping[str, Meaning | None] = field(default_factory=dict)
    words: Mapping[str, Standing] = field(default_factory=dict)
