"""Lists of people, as they come: which file holds which list, which column tells what, and what a word means. Writes nothing."""

from feedpub.mailing.imports.cells import guarded
from feedpub.mailing.imports.opening import Sheet, sheets
from feedpub.mailing.imports.own import COLUMNS, digests_in, row_of
from feedpub.mailing.imports.people import Bad, People, people
from feedpub.mailing.imports.rows import Row, rows

__all__ = ["COLUMNS", "Bad", "People", "Row", "Sheet", "digests_in", "guarded", "people", "row_of", "rows", "sheets"]
