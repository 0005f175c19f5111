"""What other tools call our fields. The first name that a file has counts; case, `_` and `-` make no difference."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from feedpub.tables import FIELDS

# A dot leads into a mapping.
THEIRS: dict[str, tuple[str, ...]] = {
    "publishedAt": (
        "date", "pubDate", "publishDate", "pubDatetime", "published_at", "datePublished", "published",
        "published_date", "published_on", "publication_date", "post_date", "date.created", "date_published", "created_at",
        "created", "date_created", "createdDate",
    ),
    "updatedAt": (
        "updated", "updated_at", "lastmod", "last_modified_at", "last_modified", "modified", "modified_at", "dateModified",
        "date_modified", "updated_date", "modDatetime", "last_updated", "date_updated", "last_update.date", "date.updated",
    ),
    "author": ("authors", "byline", "writer", "creator", "last_update.author"),
    "category": ("categories", "primary_tag", "section"),
    "excerpt": ("description", "summary", "custom_excerpt", "abstract", "subtitle", "seo.description"),
    "image": (
        "cover", "cover_image", "cover_img", "thumbnail", "thumb", "banner", "banner_image", "hero", "heroImage", "feature_image",
        "featured_image", "featureImg", "featured_img", "header.image", "header.overlay_image", "header.teaser", "teaser",
        "images", "preview_image", "post_image", "main_image", "lead_image", "og_image", "social_image", "share_img", "index_img",
        "top_img", "img", "photo",
    ),
    "featured": ("pinned", "pin", "sticky", "feature", "is_featured"),
    "metaTitle": ("meta_title", "seo_title", "seo.title", "og_title"),
    "metaDescription": ("meta_description", "seo_description", "og_description"),
}  # fmt: skip
# Where tools keep the fields that they do not know themselves.
CONTAINERS = ("params", "extra", "taxonomies", "frontmatter", "metadata")
EXPIRY = ("expiryDate", "unpublishDate", "expires")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """What the spellings of one name share: `published_at`, `publishedAt` and `Published-At`."""
    return name.casefold().replace("_", "").replace("-", "")


# By field, how the names begin that it can have, plain.
BEGINNINGS = {
    ours: {plain(word) for name in (ours, *THEIRS.get(ours, ())) for word in (name, name.partition(".")[0])} for ours in FIELDS
}


def index(fields: Mapping[str, object]) -> dict[str, str]:
    """Where each field stands, by its plain name: a key of `fields`, or `extra.key`. What stands at the top comes first."""
    found: dict[str, str] = {}
    for key in fields:
        found.setdefault(plain(key), key)
    for container in CONTAINERS:
        inner = fields.get(found.get(container, ""))
        if isinstance(inner, dict):
            for key in inner:
                found.setdefault(plain(key), f"{found[container]}.{key}")
    return found


def at(fields: Mapping[str, object], path: str) -> object:
    """The value at `path`, a key of `fields` or `mapping.key`; None where there is none."""
    if path in fields:
        return fields[path]
    name, _, rest = path.partition(".")
    inner = fields.get(name)
    return at(inner, rest) if rest and isinstance(inner, dict) else None


def places(names: tuple[str, ...], fields: Mapping[str, object], known: Mapping[str, str]) -> Iterator[str]:
    """The paths of those of `names` that stand in `fields`, in their order; `known` is their index()."""
    for name in names:
        first, _, rest = name.partition(".")
        place = known.get(plain(name)) or known.get(plain(first))
        if place is None:
            continue
        if not rest or plain(name) in known:
            yield place
        elif isinstance(inner := at(fields, place), dict):
            yield from (f"{place}.{key}" for key in inner if plain(key) == plain(rest))
