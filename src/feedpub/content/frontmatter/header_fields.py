"""Front matter without a fence: `Title: …`, `Date: …` and the like above the first blank line, as Pelican writes it."""

import re

from feedpub.content.frontmatter.raw import Handler

_LINE = re.compile(r"([A-Za-z][\w-]{0,30}):(?:[ \t]+(.*))?")
_NEEDED = {"title", "date"}


class HeaderHandler(Handler):
    """Reads each line as a field, and one that is indented as more of the field above; values are text alone."""

    FM_BOUNDARY = re.compile(r"\n[ \t]*(?:\n|\Z)")

    def split(self, text: str) -> tuple[str, str]:
        """The lines above the first blank one, and what is below."""
        self.lines, self.twice = {}, []
        fm, _, _ = self.FM_BOUNDARY.split(f"{text}\n\n", 2)
        self.body = text[len(fm) :]
        return fm, self.body

    def load(self, fm: str, **kwargs: object) -> dict[str, object]:
        """The fields; their lines are in `lines`."""
        fields: dict[str, object] = {}
        last = ""
        for number, line in enumerate(fm.split("\n")):
            found = _LINE.fullmatch(line.rstrip())
            if not found:
                fields[last] = f"{fields[last]} {line.strip()}"
                continue
            last = found[1]
            if last in fields:
                self.twice.append((number, last))
            fields[last] = (found[2] or "").strip()
            self.lines[last] = number
        return fields


def is_header(text: str) -> bool:
    """Whether `text` begins with such fields, a title and a date among them, and with nothing else."""
    if not _LINE.match(text):
        return False
    lines = re.split(r"\n[ \t]*\n", text, maxsplit=1)[0].rstrip("\n").split("\n")
    if len(lines) > 100 or not all(_LINE.fullmatch(line.rstrip()) or line[:1] in " \t" for line in lines):
        return False
    return {line.partition(":")[0].lower() for line in lines} >= _NEEDED
