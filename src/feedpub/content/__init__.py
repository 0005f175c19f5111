"""content: Markdown text → Article → Body. Pure."""

from feedpub.content.address import article_url, category_slug, name_slug, plain_slug, spelling, unaccented
from feedpub.content.article import body_key, examine_body, lead_image_url, read_article, reading_key, render_body
from feedpub.content.corpus import joined, read, read_articles
from feedpub.content.fields import read_instant
from feedpub.content.mentions import Addresses
from feedpub.content.release import Release, released
from feedpub.content.text import clean
from feedpub.content.urls import absolute, credentials

__all__ = [
    "Addresses",
    "Release",
    "absolute",
    "article_url",
    "body_key",
    "category_slug",
    "clean",
    "credentials",
    "examine_body",
    "joined",
    "lead_image_url",
    "name_slug",
    "plain_slug",
    "read",
    "read_article",
    "read_articles",
    "read_instant",
    "reading_key",
    "released",
    "render_body",
    "spelling",
    "unaccented",
]
