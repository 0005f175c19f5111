"""Jinja's environment for a template of anybody."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from functools import lru_cache
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, cast

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Macro, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from feedpub.sandbox import bounds
from feedpub.sandbox.filters import FILTERS

_LONGEST_SOURCE = 20_000
# Methods that make a value of a value, and nothing else.
_METHODS: tuple[tuple[type | tuple[type, ...], set[str]], ...] = (
    (str, set(
        "capitalize casefold count endswith find isalnum isalpha isascii isdecimal isdigit islower isnumeric isspace istitle "
        "isupper join lower lstrip partition removeprefix removesuffix replace rfind rpartition rsplit rstrip split splitlines "
        "startswith strip swapcase title upper".split()
    )),
    ((date, time, timedelta), set(
        "astimezone ctime date dst isocalendar isoformat isoweekday replace strftime time timestamp timetuple timetz toordinal "
        "total_seconds tzname utcoffset weekday".split()
    )),
    (Mapping, {"get", "items", "keys", "values"}),
    ((list, tuple), {"count", "index"}),
)  # fmt: skip


@lru_cache(64)
def compiled(source: str, markup: bool) -> tuple[jinja2.Template, int]:
    """The template, and what it costs to go through all of it once. Raises jinja2.TemplateSyntaxError."""
    if len(source) > _LONGEST_SOURCE:
        raise jinja2.TemplateSyntaxError(f"it has {len(source):,} characters, and {_LONGEST_SOURCE:,} are the most", 1)
    environment = _environment(markup)
    tree = environment.parse(source)
    weight = _weight(tree)
    return environment.from_string(_Weighing(environment).visit(tree)), weight


@lru_cache
def _environment(markup: bool) -> "Sandbox":
    return Sandbox(autoescape=markup, undefined=jinja2.StrictUndefined, finalize=_shown, optimized=False)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which whatever makes a value is paid for, and only what is named above can be called."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.globals = {"range": bounds.numbers, "namespace": Namespace}
        self.filters = FILTERS

    def is_safe_callable(self, obj: object) -> bool:
        """Whether a template may call `obj`: its own macros, our functions, and methods that change and reach nothing."""
        if obj is Namespace or isinstance(obj, Macro | Undefined):  # one that is undefined says so itself
            return True
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, LoopContext) or (
            isinstance(obj, FunctionType | MethodType) and str(obj.__module__).startswith("feedpub.")
        ):
            return True
        name = getattr(obj, "__name__", "")
        return isinstance(obj, MethodType | BuiltinFunctionType) and any(
            isinstance(owner, kind) and name in names for kind, names in _METHODS
        )

    def call(self, context: Context, obj: Any, *arguments: Any, **named: Any) -> Any:
        """What `obj` returns for these arguments."""
        if not self.is_safe_callable(obj):
            raise SecurityError(f"{getattr(obj, '__name__', type(obj).__name__)}() can't be called here")
        owner = getattr(obj, "__self__", None)
        bounds.pay(bounds.budget.get().call if isinstance(obj, Macro) else 1)
        if isinstance(owner, str):
            bounds.bounded(owner, bounds.LONGEST_GIVEN)
            if obj.__name__ == "replace":
                bounds.replacing(owner, *arguments[:2])
            elif obj.__name__ == "join":
                bounds.joining(owner, *arguments)
        return bounds.bounded(super().call(context, obj, *arguments, **named))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """`left operator right`, if that is no number or text too large to make."""
        bounds.pay(1)
        if operator == "**":
            raise SecurityError("it has no **")
        if operator == "%" and isinstance(left, str):
            bounds.formatting(left, right)
        if operator == "*":
            for many, times in ((left, right), (right, left)):
                if isinstance(many, Sequence) and isinstance(times, int) and len(many) * times > bounds.MOST_ITEMS:
                    raise SecurityError(f"it repeats something more than {bounds.MOST_ITEMS:,} times")
        return bounds.bounded(super().call_binop(context, operator, left, right))


class _Weighing(NodeTransformer):
    """Puts the bounds where Jinja asks nobody: loops, `~`, and lists in lists. And refuses what leads to other templates."""

    def __init__(self, environment: jinja2.Environment) -> None:
        self._environment = environment

    def visit_For(self, node: nodes.For) -> nodes.Node:
        if node.recursive:
            raise jinja2.TemplateSyntaxError("a loop that is recursive is not possible here", node.lineno)
        weight = nodes.Const(_weight(node), lineno=node.lineno)
        self.generic_visit(node)
        node.iter = self._through("_each", node.iter, weight)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:
        self.generic_visit(node)
        node.nodes = [self._through("_text", one) for one in node.nodes]
        return self._through("_bounded", node)

    def _literal(self, node: nodes.Literal) -> nodes.Node:
        self.generic_visit(node)
        return self._through("_flat", node)

    visit_List = visit_Dict = _literal

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:
        return self._literal(node) if node.ctx == "load" else node

    def _refused(self, node: nodes.Node) -> nodes.Node:
        raise jinja2.TemplateSyntaxError("blocks and other templates are not possible here", node.lineno)

    visit_Include = visit_Import = visit_FromImport = visit_Extends = visit_Block = _refused

    def _through(self, name: str, node: nodes.Node, *arguments: nodes.Expr) -> nodes.Filter:
        made = nodes.Filter(cast(nodes.Expr, node), name, [*arguments], [], None, None, lineno=node.lineno)
        made.set_environment(self._environment)
        return made


def _weight(node: nodes.Node) -> int:
    """What it costs to do `node` once: a unit for each expression in it, and for 16 letters of text."""
    own = len(node.data) // 16 if isinstance(node, nodes.TemplateData) else 0
    return 1 + own + sum(_weight(child) for child in node.iter_child_nodes())


@jinja2.pass_context  # so Jinja writes nothing out when it reads a template
def _shown(context: Context, value: Any) -> Any:
    return bounds.text(value)
