"""The text of a setting → its value. Each raises ValueError("what is wrong; how to mend it")."""

import re
import string
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedpub.errors import quoted
from feedpub.model import Author


def read_author(text: str) -> Author:
    """`Name <mail>` or a bare name."""
    text = " ".join(text.split())
    found = re.fullmatch(r"(.*?)\s*<([^<>\s@]+@[^<>\s@]+)>", text)
    name, email = (found[1].strip('"'), found[2]) if found else (text, None)
    if not (name or email):
        raise ValueError('is empty; write a name, such as "Ada Lovelace"')
    return Author(name or str(email), email)


def read_web_url(text: str) -> str:
    """`text` if it is an absolute http(s) URL, its host in ASCII (RFC 3490)."""
    try:
        parts = urlsplit(text.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or re.search(r"[\s\"<>\\^`{|}]", text.strip()):
        raise ValueError(f"{quoted(text)} is not a web address; write it whole, such as https://example.org/")
    if parts.username or parts.password:
        raise ValueError("holds a user name or password, and feeds are public; leave it out")
    return parts._replace(netloc=host + port).geturl()


def read_base_url(text: str) -> str:
    """The address of a folder, without the slash at its end."""
    url = read_web_url(text)
    if urlsplit(url).query or urlsplit(url).fragment:
        raise ValueError(f"{quoted(text)} has a query or fragment; write the address of a folder, such as https://example.org/")
    return url.rstrip("/")


def read_zone(name: str) -> ZoneInfo:
    """The time zone of that name (IANA)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{quoted(name)} is not a time zone; write a name such as Europe/Malta or UTC") from None


def read_language(tag: str) -> str:
    """`tag` if it has the form of a language tag (RFC 5646)."""
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag):
        raise ValueError(f"{quoted(tag)} is not a language tag; write one of RFC 5646, such as en or pt-BR")
    return tag


def read_tag_authority(text: str) -> str:
    """`text` if it is the start of a tag URI: authority, date, colon (RFC 4151, section 2.1)."""
    if not re.fullmatch(r"tag:[A-Za-z0-9.-]+(@[A-Za-z0-9.-]+)?,\d{4}(-\d\d(-\d\d)?)?:[\w.:/-]*", text, re.ASCII):
        raise ValueError(
            f"{quoted(text)} is not the start of a tag URI (RFC 4151); "
            "write a domain and a year in which it was yours, such as tag:example.org,2025:"
        )
    return text


def read_title(text: str) -> str:
    """`text` in one line, not empty."""
    text = " ".join(text.split())
    if not text:
        raise ValueError("is empty; write the site's name")
    return text


def read_article_url(pattern: str) -> str:
    """`pattern` if it makes an address of {slug} and, if it likes, {category}, {year}, {month}, {day}."""
    known = ("slug", "category", "year", "month", "day")
    try:
        names = [name for _, name, spec, conversion in string.Formatter().parse(pattern) if name is not None]
        plain = pattern.format(**dict.fromkeys(known, "x"))
    except (ValueError, KeyError, IndexError, AttributeError):
        names, plain = [], ""
    if not set(names) <= set(known) or "slug" not in names:
        raise ValueError(
            f"{quoted(pattern)} must hold {{slug}} and may hold {{category}}, {{year}}, {{month}}, {{day}}; "
            'write for example "/blog/{slug}/"'
        )
    if not plain.startswith("/"):
        read_web_url(plain)
    if re.search(r"[\s\"<>\\^`#]", plain):
        raise ValueError(f'{quoted(pattern)} holds a character that no address has; write for example "/blog/{{slug}}/"')
    return pattern


def read_folder(text: str) -> str:
    """`text` if it can be the name of a folder."""
    if not text.strip() or any(ord(c) < 32 for c in text):
        raise ValueError(f'{quoted(text)} is not the name of a folder; write for example "articles"')
    return text
