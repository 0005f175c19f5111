"""Front matter in JSON, as Hugo writes it."""

import json
import re

from feedpub.content.frontmatter.raw import DEEPEST, Fault, Handler, as_text

_MARKS = re.compile(r'"(?:\\.|[^"\\])*"|[\[\]{}:\n]')
_MEND = 'write "name": value, with a comma after each value but the last, and no comment'


class JsonHandler(Handler):
    """Reads a JSON object with every scalar as text; it ends where its brace closes. Raises Fault."""

    FM_BOUNDARY = re.compile("(?!)")

    def split(self, text: str) -> tuple[str, str]:
        """The object at the start of `text`, and what is after it."""
        if not text.startswith("{"):
            return super().split(text)
        self.lines, self.twice = {}, []
        try:
            _, end = json.JSONDecoder(strict=False).raw_decode(text)
        except (ValueError, RecursionError) as error:
            raise _fault(error) from error
        self.body = text[end:]
        return text[:end], self.body

    def load(self, fm: str, **kwargs: object) -> dict[str, object]:
        """The fields; their lines are in `lines`."""
        try:
            fields = as_text(json.loads(fm, parse_int=str, parse_float=str, parse_constant=str, strict=False))
        except (ValueError, RecursionError) as error:
            raise _fault(error) from error
        if not isinstance(fields, dict):
            raise Fault(0, "", "front matter is not a list of fields", 'write { "title": "My first article" }')
        self._place(fm)
        return fields

    def _place(self, text: str) -> None:
        """Note the line of each field, at the top and one level below: the decoder keeps no places."""
        path: list[str] = []
        name, line = "", 0
        for mark in _MARKS.findall(text):
            if mark == "\n":
                line += 1
            elif mark in "[{":
                path.append(name)
                name = ""
            elif mark in "]}":
                path.pop()
            elif mark != ":":
                name = str(json.loads(mark, strict=False))
            elif len(path) <= 2:
                field = ".".join((*path[1:], name))
                if field in self.lines and len(path) == 1:
                    self.twice.append((line, field))
                self.lines[field] = line


def _fault(error: Exception) -> Fault:
    if isinstance(error, json.JSONDecodeError):
        return Fault(error.lineno - 1, "", f"front matter is not JSON: {error.msg[:1].lower()}{error.msg[1:]}", _MEND)
    return Fault(0, "", f"front matter is not JSON: values stand more than {DEEPEST} deep", "write the values flat")
