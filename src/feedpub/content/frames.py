"""HTML that a feed can't show as it is: frames become links, and pictures that load late get their address at once."""

import re
from html import escape, unescape
from urllib.parse import parse_qs, urlsplit

_INSIDE = r"""((?:[^>"']|"[^"]*"|'[^']*')*+)"""
# The text in a frame is for browsers without frames. One that is not closed before the next has none.
_FRAME = re.compile(rf"<iframe\b{_INSIDE}>(?:(?:(?!</?iframe)[\s\S])*+(?:</iframe\s*>|\Z))?", re.IGNORECASE)
_IMAGE = re.compile(rf"<img\b{_INSIDE}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_LATE = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "data-echo")
_LATE_SET = ("data-srcset", "data-lazy-srcset")
# Players whose address is not that of their page.
_PLAYERS = (
    (re.compile(r"(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+)"), "https://www.youtube.com/watch?v={}"),
    (re.compile(r"player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/{}"),
    (re.compile(r"(?:www\.)?dailymotion\.com/embed/video/(\w+)"), "https://www.dailymotion.com/video/{}"),
    (re.compile(r"open\.spotify\.com/embed/(\w+/\w+)"), "https://open.spotify.com/{}"),
    (re.compile(r"codepen\.io/([\w-]+)/embed/(?:preview/)?(\w+)"), "https://codepen.io/{}/pen/{}"),
)


def showable(markup: str) -> str:
    """`markup` with a link in the place of each frame, and the real address of each picture that a script would load."""
    low = markup.lower() if "<i" in markup or "<I" in markup else ""
    if "<iframe" in low:
        markup = _FRAME.sub(_link, markup)
    if "data-" in low and "<img" in low:
        markup = _IMAGE.sub(_at_once, markup)
    return markup


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape(next((value for value in values if value), "")))
    return found


def _link(frame: re.Match[str]) -> str:
    given = _attributes(frame[1])
    url = given.get("src") or next((given[name] for name in _LATE if given.get(name)), "")
    if url.startswith("//"):
        url = f"https:{url}"
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    if not url or parts.scheme not in ("", "http", "https"):
        return ""
    for pattern, page in _PLAYERS:
        if found := pattern.match(f"{parts.netloc}{parts.path}"):
            url = page.format(*found.groups())
            if "list" in (query := parse_qs(parts.query)) and found[1] == "videoseries":
                url = f"https://www.youtube.com/playlist?list={query['list'][0]}"
    link = f'<a href="{escape(url)}">{escape(given.get("title") or host or url)}</a>'
    return f"<p>{link}</p>" if frame.string[frame.start() - 1 : frame.start()] in ("", "\n") else link


def _at_once(image: re.Match[str]) -> str:
    given = _attributes(image[1])
    real = next((given[name] for name in _LATE if given.get(name)), "")
    real_set = next((given[name] for name in _LATE_SET if given.get(name)), "")
    if not real and not real_set:
        return image[0]
    kept = {name: value for name, value in given.items() if name not in (*_LATE, *_LATE_SET)}
    if real:
        kept["src"] = real
    if real_set:
        kept["srcset"] = real_set
    return "<img" + "".join(f' {name}="{escape(value)}"' for name, value in kept.items()) + ">"
