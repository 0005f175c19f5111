"""disk: the edge to the file system."""

from feedpub.disk.files import write_files
from feedpub.disk.reading import SourceFile, Stamp, article_files, decoded, is_there, read_text, stamp
from feedpub.disk.refusal import refusal
from feedpub.disk.tree import MANIFEST, Changes, write_tree

__all__ = [
    "MANIFEST",
    "Changes",
    "SourceFile",
    "Stamp",
    "article_files",
    "decoded",
    "is_there",
    "read_text",
    "refusal",
    "stamp",
    "write_files",
    "write_tree",
]
