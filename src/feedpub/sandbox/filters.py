"""The filters that a template of anybody has: those of Jinja that need no more than they are given."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import jinja2
from jinja2 import filters, nodes
from jinja2.exceptions import SecurityError
from jinja2.utils import Namespace

from feedpub.sandbox import bounds

_GREATEST_ARGUMENT = 10_000
_NAMES = set(
    "abs capitalize count d default dictsort e escape filesizeformat first float forceescape format int items join last length "
    "list lower map max min reject rejectattr replace reverse round safe select selectattr sort string sum title trim truncate "
    "unique upper urlencode wordcount".split()
)
# Those that make little of much.
_SHORTEN = {"count", "d", "default", "first", "length", "truncate"}


def _paid(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter `function`, given nothing too large and making nothing too large."""

    @wraps(function)
    def paid(*arguments: Any, **named: Any) -> Any:
        for argument in (*arguments, *named.values()):
            if isinstance(argument, Namespace):
                raise SecurityError("a namespace is no text")
            if isinstance(argument, str) and name not in _SHORTEN:
                bounds.bounded(argument, bounds.LONGEST_GIVEN)
        for argument in (*arguments[1:], *named.values()):
            if isinstance(argument, int) and abs(argument) > _GREATEST_ARGUMENT:
                raise SecurityError(f"the filter {name} takes no number above {_GREATEST_ARGUMENT:,}")
        bounds.pay(1)
        return bounds.bounded(function(*arguments, **named))

    return paid


@jinja2.pass_eval_context
def _replaced(eval_ctx: nodes.EvalContext, text: Any, old: Any, new: Any, count: int | None = None) -> Any:
    bounds.replacing(text, old, new)
    return filters.do_replace(eval_ctx, text, old, new, count)


@jinja2.pass_eval_context
def _joined(eval_ctx: nodes.EvalContext, items: Iterable[Any], d: Any = "", attribute: str | int | None = None) -> Any:
    some = bounds.each(items, 1)
    if attribute is not None:
        some = [*map(filters.make_attrgetter(eval_ctx.environment, attribute), some)]
    bounds.joining(d, some)
    return filters.sync_do_join(eval_ctx, some, d)


def _formatted(pattern: str, *values: Any, **named: Any) -> str:
    bounds.formatting(pattern, named or values)
    return filters.do_format(pattern, *values, **named)


_OWN: dict[str, Callable[..., Any]] = {"replace": _replaced, "join": _joined, "format": _formatted}
FILTERS = {name: _paid(name, _OWN.get(name, filters.FILTERS[name])) for name in _NAMES} | {
    "_each": bounds.each, "_flat": bounds.flat, "_text": bounds.text, "_bounded": bounds.bounded,
}  # fmt: skip
