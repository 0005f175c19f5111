"""disk: the edge to the file system."""

from feedpub.disk.confined import confined, lies_inside, may_be_read
from feedpub.disk.files import write_files
from feedpub.disk.history import history
from feedpub.disk.listing import Listing, SourceFile, article_files
from feedpub.disk.manifest import MANIFEST, Manifest, read_manifest
from feedpub.disk.reading import decoded, is_there, read_bytes, read_text
from feedpub.disk.spelling import as_spelt
from feedpub.disk.stamps import Stamp, hash_of_file, hashed, is_settled, stamp
from feedpub.disk.survey import Survey, survey
from feedpub.disk.tree import Changes, is_sound, write_tree

__all__ = [
    "MANIFEST",
    "Changes",
    "Listing",
    "Manifest",
    "SourceFile",
    "Stamp",
    "Survey",
    "article_files",
    "as_spelt",
    "confined",
    "decoded",
    "hash_of_file",
    "hashed",
    "history",
    "is_settled",
    "is_sound",
    "is_there",
    "lies_inside",
    "may_be_read",
    "read_bytes",
    "read_manifest",
    "read_text",
    "stamp",
    "survey",
    "write_files",
    "write_tree",
]
