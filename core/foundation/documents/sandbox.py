"""Render the texts that a tenant edits: conditions, notes, footers. Data in, text out, nothing else within reach.

Jinja2's own sandbox fences off Python objects; here there are none. The text is parsed by Jinja2, its syntax tree is held against an
allow list, and :mod:`core.foundation.documents.interpreter` walks it over plain data. No call, no attribute, no macro, no include,
no file, no power, no repetition of texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from flask_babel import gettext as _
from jinja2 import Environment, TemplateSyntaxError, nodes

from core.foundation.documents.data import plain_data
from core.foundation.documents.errors import TemplateError
from core.foundation.documents.filters import FILTERS
from core.foundation.documents.interpreter import Budget, Filter, Interpreter

#: Characters of one editable text.
LONGEST_TEMPLATE: Final = 50_000
MOST_NODES: Final = 5_000
#: Each level of the tree costs a few levels of Python's stack.
DEEPEST_TREE: Final = 40

_TESTS: Final = frozenset({"defined", "undefined", "none", "string", "number", "even", "odd"})
_ALLOWED: Final = frozenset(
    {
        nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign,
        nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.List, nodes.Tuple, nodes.Filter, nodes.Test,
        nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat,
        nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos,
    }
)  # fmt: skip

#: Parses only: it has no loader, no global, no filter, and its code generator is never called.
_PARSER: Final = Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
)


class DocumentSandbox:
    """Renders editable texts with one set of filters.

    Beside :data:`~core.foundation.documents.filters.FILTERS` and ``default`` a caller may allow filters of its own, such as
    ``money``: functions from a plain value to a text.
    """

    def __init__(self, filters: Mapping[str, Filter] | None = None, *, budget: Budget | None = None) -> None:
        """Allow ``filters`` too; ``budget`` is what each rendering may spend."""
        self._filters: dict[str, Filter] = {**FILTERS, **(filters or {})}
        self._budget = budget or Budget()

    def check(self, template: str) -> None:
        """Refuse a text that will not render, when it is saved; names are looked up only when it is rendered.

        :raises TemplateError: names the line.
        """
        self._parse(template)

    def render(self, template: str, data: Mapping[str, object]) -> str:
        """Return ``template`` filled with ``data``: its own markup as the tenant wrote it, every value escaped.

        :raises TemplateError: names the line.
        :raises TypeError: ``data`` holds something else than plain values.
        """
        tree = self._parse(template)
        return Interpreter(plain_data(data), self._filters, replace(self._budget)).run(tree)

    def _parse(self, template: str) -> nodes.Template:
        tree = _parse(template)
        for node in tree.find_all(nodes.Filter):
            if node.name not in self._filters and node.name != "default":
                raise TemplateError(
                    _("There is no filter “%(name)s”.", name=node.name[:80]), line=node.lineno
                )
        return tree


def render_text(template: str, data: Mapping[str, object]) -> str:
    """Render an editable text with the plain filters; see :meth:`DocumentSandbox.render`."""
    return DocumentSandbox().render(template, data)


@lru_cache(maxsize=256)
def _parse(template: str) -> nodes.Template:
    """Return the checked syntax tree; it is never changed, so tenants may share it."""
    if len(template) > LONGEST_TEMPLATE:
        raise TemplateError(_("The text is longer than %(count)s characters.", count=LONGEST_TEMPLATE))
    try:
        tree = _PARSER.parse(template)
    except TemplateSyntaxError as error:
        raise TemplateError(
            _(
                "Line %(line)s cannot be understood: %(reason)s",
                line=error.lineno,
                reason=error.message or "",
            ),
            line=error.lineno,
        ) from error
    except (RecursionError, ValueError, ArithmeticError) as error:
        # Thousands of brackets, or a number of thousands of digits.
        raise TemplateError(_("The text cannot be understood.")) from error
    _check_tree(tree)
    return tree


def _check_tree(tree: nodes.Template) -> None:
    """Hold every node against the allow list, level by level, and bound their number and depth."""
    level: list[nodes.Node] = [tree]
    seen = depth = 0
    while level:
        seen += len(level)
        depth += 1
        if seen > MOST_NODES or depth > DEEPEST_TREE:
            raise TemplateError(_("The text is too complicated."), line=level[0].lineno)
        for node in level:
            _check_node(node)
        level = [child for node in level for child in node.iter_child_nodes()]


def _check_node(node: nodes.Node) -> None:
    if type(node) not in _ALLOWED:
        raise TemplateError(
            _("“%(name)s” is not allowed here.", name=type(node).__name__.lower()), line=node.lineno
        )
    if isinstance(node, nodes.For) and node.recursive:
        raise TemplateError(_("“%(name)s” is not allowed here.", name="recursive"), line=node.lineno)
    if isinstance(node, nodes.Filter | nodes.Test) and (node.kwargs or node.dyn_args or node.dyn_kwargs):
        raise TemplateError(_("A filter takes plain values only."), line=node.lineno)
    if isinstance(node, nodes.Test) and (node.name not in _TESTS or node.args):
        raise TemplateError(_("There is no test “%(name)s”.", name=node.name[:80]), line=node.lineno)
