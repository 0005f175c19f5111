"""sandbox: templates that anybody may write. They choose and arrange what they are given, and reach and use up nothing else.

Jinja's own sandbox keeps a template from Python's insides. It lets it count to a billion and make a text of as many
letters, so here every value is bounded, and every step is paid for out of a budget.
"""

from collections.abc import Mapping

from jinja2.exceptions import SecurityError

from feedpub.sandbox.bounds import LONGEST, Budget, budget
from feedpub.sandbox.environment import compiled

__all__ = ["fill"]


def fill(source: str, context: Mapping[str, object], *, markup: bool = False) -> str:
    """The template `source` filled in with `context`, at most 20,000 characters; with `markup`, what it shows is escaped.

    It has Jinja's expressions, tests and most of its filters, loops and macros, and of its values their fields and plain
    methods. It has no other template, no clock and no chance. Raises jinja2.TemplateSyntaxError for one that can't be
    read, and may raise anything else: a SecurityError for what it may not do, or does too much of.
    """
    token = budget.set(Budget(1))
    try:
        template, budget.get().call = compiled(source, markup)
        pieces, length = [], 0
        for piece in template.generate(context):
            length += len(piece)
            if length > LONGEST:
                raise SecurityError(f"it makes more than {LONGEST:,} characters")
            pieces.append(piece)
        return "".join(pieces)
    except RecursionError as error:
        raise SecurityError("it stands too deep in itself") from error
    finally:
        budget.reset(token)
