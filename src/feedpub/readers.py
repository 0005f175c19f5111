"""The text of a setting → its value. Each raises ValueError("what is wrong; how to mend it")."""

import datetime
import ipaddress
import re
import string
import unicodedata
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import idna
import mdurl

from feedpub.errors import quoted
from feedpub.model import Author


def read_author(text: str) -> Author:
    """`Name <mail>` or a bare name, its letters composed."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    found = re.fullmatch(r"(.*?)\s*<([^<>\s@]+@[^<>\s@]+)>", text) if text.endswith(">") else None
    name, email = (found[1].strip('"'), found[2]) if found else (text, None)
    if not (name or email):
        raise ValueError('is empty; write a name, such as "Ada Lovelace"')
    return Author(name or str(email), email)


def read_web_url(text: str) -> str:
    """`text` if it is an absolute http(s) URL, its host in ASCII."""
    try:
        parts = urlsplit(text.strip())
        host = ascii_host(parts.hostname or "")
        host = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        host = ""
    if (
        not host
        or parts.scheme not in ("http", "https")
        or re.search(r"[\s\"<>\\^`{|}\x00-\x1f\x7f]|%(?![0-9A-Fa-f]{2})", text.strip())
    ):
        raise ValueError(f"{quoted(text)} is not a web address; write it whole, such as https://example.org/")
    if parts.username or parts.password:
        raise ValueError("holds a user name or password, and feeds are public; leave it out")
    return parts._replace(netloc=host + port, path=mdurl.encode(parts.path), query=mdurl.encode(parts.query)).geturl()


def ascii_host(host: str) -> str:
    """`host` as the DNS has it (UTS #46, as browsers read it). Raises ValueError if it can be no host."""
    if ".." in host or host.startswith("."):
        raise ValueError("a part of the host is empty")
    return host if host.isascii() else idna.encode(host, uts46=True).decode()


def ascii_address(address: str) -> str:
    """`address` with its domain as the DNS has it, so that servers without SMTPUTF8 take it; as it is if that makes no odds,
    because what stands before the @ is beyond ASCII too.
    """
    local, at, domain = address.rpartition("@")
    if not local.isascii():
        return address
    try:
        return f"{local}{at}{ascii_host(domain)}"
    except ValueError:
        return address


def read_base_url(text: str) -> str:
    """The address of a folder, without the slash at its end."""
    url = read_web_url(text)
    if urlsplit(url).query or urlsplit(url).fragment:
        raise ValueError(f"{quoted(text)} has a query or fragment; write the address of a folder, such as https://example.org/")
    return url.rstrip("/")


def read_origin(text: str) -> str:
    """The origin of a site, of which no path is told."""
    url = read_base_url(text)
    if urlsplit(url).path:
        raise ValueError(f"{quoted(text)} has a path, and browsers tell none; write {origin_of(url)}")
    return origin_of(url)


def origin_of(url: str) -> str:
    """What browsers call the origin of a page at `url`: scheme, host in ASCII, and a port that is not the usual."""
    parts = urlsplit(read_web_url(url))
    return f"{parts.scheme}://{parts.netloc.lower()}".removesuffix(":443" if parts.scheme == "https" else ":80")


def read_network(text: str) -> str:
    """`text` if it is an IP address, or a network of them."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not an IP address; write one such as 127.0.0.1, or a network 10.0.0.0/8") from None
    return text


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
    date = text.partition(",")[2].partition(":")[0]
    try:
        datetime.date(*(*map(int, date.split("-")), 1, 1)[:3])
    except ValueError:
        raise ValueError(f"{quoted(date)} in {quoted(text)} is not a date; write a year in which the domain was yours") from None
    return text


def read_title(text: str) -> str:
    """`text` in one line, not empty."""
    text = " ".join(text.split())
    if not text:
        raise ValueError("is empty; write the site's name")
    if len(text) > 300:
        raise ValueError(f"{quoted(text)} has {len(text):,} characters; write at most 300")
    return text


def read_article_url(pattern: str) -> str:
    """`pattern` if it makes an address of {slug}, {name} or {path} and, if it likes, {lang}, {category} and parts of a date."""
    needed = next((name for name in ("path", "name") if f"{{{name}}}" in pattern), "slug")
    return _pattern(pattern, needed, ("slug", "category", "year", "month", "day", "name", "path", "lang"), "/blog/{slug}/")


def read_issue_url(pattern: str) -> str:
    """`pattern` if it makes an address of {date} or {slot} and, if it likes, {name}."""
    needed = "slot" if "{slot}" in pattern else "date"
    return _pattern(pattern, needed, ("date", "slot", "name"), "/letters/{date}.html")


def _pattern(pattern: str, needed: str, known: tuple[str, ...], example: str) -> str:
    try:
        parts = [part[1:] for part in string.Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        parts = []
    names = ["".join(filter(None, part)) for part in parts]  # {slug!r} and {slug:.1} are no names
    if not set(names) <= set(known) or needed not in names:
        others = ", ".join(f"{{{name}}}" for name in known if name != needed)
        raise ValueError(f'{quoted(pattern)} must hold {{{needed}}} and may hold {others}; write for example "{example}"')
    plain = pattern.format(**dict.fromkeys(known, "x"))  # only now: {slug:>1000000000} would be a gigabyte
    if not plain.startswith("/"):
        read_web_url(plain)
    if re.search(r"[\s\"<>\\^`#]", plain):
        raise ValueError(f'{quoted(pattern)} holds a character that no address has; write for example "{example}"')
    return pattern


def read_picture(text: str) -> str:
    """`text` if it can be a picture's place: a web address, or a path on the site."""
    scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", text)
    if not text.strip() or (scheme and scheme[1].lower() not in ("http", "https")):
        raise ValueError(f"{quoted(text)} is not the place of a picture; write an https address, or a path such as /logo.png")
    return text.strip()


def read_folder(text: str) -> str:
    """`text` if it can be the name of a folder."""
    if not text.strip() or any(ord(c) < 32 for c in text):
        raise ValueError(f'{quoted(text)} is not the name of a folder; write for example "articles"')
    return text


def read_mailbox(text: str) -> Author:
    """`Name <mail>` or a bare address, its domain in ASCII."""
    author = read_author(text)
    local, _, domain = (author.email or author.name).rpartition("@")
    try:
        domain = ascii_host(domain)
    except ValueError:
        domain = ""
    atom, label = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    sound = re.fullmatch(rf"{atom}(\.{atom})*", local) and re.fullmatch(rf"{label}(\.{label})+", domain)
    if not sound or len(local) > 64 or len(domain) > 253:
        raise ValueError(f"{quoted(text)} is not a mail address; write one such as Ada Lovelace <ada@example.org>")
    if "=?" in author.name or len(author.name) > 150 or any(unicodedata.category(c) == "Cc" for c in author.name):
        raise ValueError(f"{quoted(text)} has a name that mail programs would not show; write a plain one, not longer than 150")
    return Author(author.name if author.email else "", f"{local}@{domain}")


def read_mail_url(text: str) -> str:
    """`maildir:FOLDER`, `smtp://host:25` or `smtps://host:465`, with a user before an @ but no password."""
    example = "write maildir:outbox, smtp://user@mail.example.org:587 or smtps://user@mail.example.org"
    if re.fullmatch(r"maildir:.+", text):
        return text
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0 and parts.path in ("", "/")
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"{quoted(re.sub(':[^:@/]*@', ':…@', text))} is not a way to send mail; {example}")
    if parts.password is not None:
        raise ValueError("holds a password; put it into the environment as FEEDPUB_SMTP_PASSWORD, or into a password_file")
    return text


def read_alarm(text: str) -> str:
    """A mail address, an address on the web, or a command: whom to tell, and how."""
    if not text.strip() or not text.isprintable():
        raise ValueError(f"{quoted(text)} tells nobody; write a mail address, an https address, or a command")
    return text.strip()


def read_name(text: str) -> str:
    """`text` if it can name a folder and stand in a mail header."""
    if not re.fullmatch("[a-z0-9][a-z0-9-]{0,39}", text):
        raise ValueError(f"{quoted(text)} is not a name; write small letters, digits and hyphens, such as weekly")
    return text


def read_schedule(text: str) -> str:
    """A cron expression of five fields, its weekdays by name. Whether it ever fires is told by its trigger."""
    fields = text.split()
    if len(fields) != 5:
        raise ValueError(
            f"{quoted(text)} is not five fields: minute hour day month weekday; "
            'write for example "0 8 * * mon" for Mondays at 08:00'
        )
    entry = r"(\*|\d+(-\d+)?|last|[a-z]{3}(-[a-z]{3})?)(/\d+)?"
    if strange := [part for part in fields[:4] if not re.fullmatch(rf"{entry}(,{entry})*", part.lower())]:
        raise ValueError(
            f"{quoted(strange[0])} is not a field of cron; write numbers, *, ranges (1-5), lists (1,15), steps (*/10)"
        )
    if numbers := re.findall(r"(?<![/\d#])[0-7](?!\d)", fields[4]):
        # Cron counts from Sunday, APScheduler from Monday: a number is read as another day than was meant.
        days = {number: _WEEKDAYS[int(number) % 7] for number in numbers}
        named = re.sub(r"(?<![/\d#])[0-7](?!\d)", lambda found: days[found[0]], fields[4])
        raise ValueError(
            f"the weekday {quoted(fields[4])} is a number, and programs disagree on which day that is; write {named}"
        )
    weekdays = [_weekdays(part) for part in fields[4].lower().split(",")]
    if None in weekdays:
        raise ValueError(f"{quoted(fields[4])} is not a weekday; write names, such as mon, mon-fri or tue,thu")
    return " ".join((*fields[:4], ",".join(filter(None, weekdays)))).lower()


def _weekdays(part: str) -> str | None:
    """A weekday, or a range of them as a list: `sat-mon` is `sat,sun,mon`. None if it is neither."""
    first, dash, last = part.partition("-")
    if part == "*":
        return part
    if first not in _WEEKDAYS or (dash and last not in _WEEKDAYS):
        return None
    start = _WEEKDAYS.index(first)
    count = (_WEEKDAYS.index(last) - start) % 7 + 1 if dash else 1
    return ",".join(_WEEKDAYS[(start + n) % 7] for n in range(count))


def read_age(text: str) -> timedelta:
    """A span of time such as 12h, 30d or 4w."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})\s*([hdw])", text.strip(), re.ASCII)
    if not found:
        raise ValueError(f"{quoted(text)} is not a span of time; write hours, days or weeks, such as 12h, 30d or 4w")
    return int(found[1]) * {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[found[2]]


def read_retention(text: str) -> timedelta:
    """A span of time of thirty days at least: reports about a letter come for that long."""
    span = read_age(text)
    if span < timedelta(days=30):
        raise ValueError(f"{quoted(text)} is too short, as reports about a letter still come after weeks; write 30d or more")
    return span


def read_colour(text: str) -> str:
    """A colour as #rrggbb."""
    found = re.fullmatch(r"#([0-9a-f]{6}|[0-9a-f]{3})", text.strip().lower())
    if not found:
        raise ValueError(f"{quoted(text)} is not a colour; write #rrggbb, such as #a3400f")
    return "#" + (found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1]))


_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
