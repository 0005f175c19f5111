"""Cells that a spreadsheet would run as a formula, written so that it doesn't, and read back as they were."""

_RUN = tuple("=+-@\t\r\n'＝＋－＠")


def guarded(cell: str) -> str:
    """`cell` with an apostrophe before it, where a spreadsheet would run it or take the apostrophe for its own."""
    return f"'{cell}" if cell.startswith(_RUN) else cell


def unguarded(cell: str) -> str:
    """`cell` as it was before `guarded()`; other tools write the apostrophe too."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RUN) else cell
