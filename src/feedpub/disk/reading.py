"""Files → their texts, or why there is none."""

from pathlib import Path

from feedpub.disk.refusal import refusal
from feedpub.errors import Problem


def is_there(path: Path, *, file: bool = False) -> bool:
    """Whether `path` exists (or, with `file`, is a file), as far as can be seen: a name too long for a disk is not there."""
    try:
        return path.is_file() if file else path.exists()
    except OSError:
        return False


def read_text(path: str | Path, *, source: str) -> str | Problem:
    """The text of a UTF-8 file, or why there is none."""
    data = read_bytes(path, source=source)
    return data if isinstance(data, Problem) else decoded(data, source=source)


def read_bytes(path: str | Path, *, source: str) -> bytes | Problem:
    """The bytes of a file, or why there are none."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a Path, and a buffer, take as long as to read the file
            return file.readall()
    except OSError as error:
        return refusal(error, source)


def decoded(data: bytes, *, source: str) -> str | Problem:
    """`data` as UTF-8 text, or where it is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Problem(source, line, "", f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8")
