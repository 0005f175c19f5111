"""preview: an author's and operator's page on this machine, which follows the files of a site."""

from feedpub.preview.server import listening, serve

__all__ = ["listening", "serve"]
