"""Evaluate the syntax tree of an editable text: a small language over plain data, with a budget.

Jinja2 parses; this walks. No code is generated and no Python attribute is ever read: a dot is a look-up in a dict. Each node costs
a step and each text its length, so a text ends, whatever it says.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, DecimalException, localcontext
from typing import Any, Final, TypeAlias, TypeGuard

from flask_babel import gettext as _
from jinja2 import nodes
from markupsafe import escape

from core.foundation.documents.data import MOST_DIGITS, Plain
from core.foundation.documents.errors import TemplateError

#: A filter takes the value and its arguments and returns a plain value.
Filter: TypeAlias = Callable[..., Plain]
_LARGEST: Final = Decimal(10) ** MOST_DIGITS

_ARITHMETIC: Final[Mapping[type[nodes.BinExpr], Callable[[Decimal, Decimal], Decimal]]] = {
    nodes.Add: operator.add,
    nodes.Sub: operator.sub,
    nodes.Mul: operator.mul,
    nodes.Div: operator.truediv,
    nodes.FloorDiv: operator.floordiv,
    nodes.Mod: operator.mod,
}
_ORDER: Final[Mapping[str, Callable[[Any, Any], object]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}


@dataclass
class Budget:
    """What one rendering may still spend."""

    #: Nodes evaluated.
    steps: int = 50_000
    #: Characters of intermediate texts.
    text: int = 1_000_000
    #: Characters of the result.
    output: int = 200_000


class MissingNameError(TemplateError):
    """A name or a field is not in the data; ``default`` and ``is defined`` catch it."""


class Interpreter:
    """One rendering of one syntax tree that :mod:`core.foundation.documents.sandbox` has checked."""

    def __init__(self, data: dict[str, Plain], filters: Mapping[str, Filter], budget: Budget) -> None:
        """Start with ``data`` as the only names there are."""
        self._scopes: list[dict[str, Plain]] = [data, {}]
        self._filters = filters
        self._budget = budget
        self._output: list[str] = []
        self._statements: Mapping[type[nodes.Node], Callable[..., None]] = {
            nodes.Output: self._write,
            nodes.If: self._if,
            nodes.For: self._for,
            nodes.Assign: self._assign,
        }
        self._expressions: Mapping[type[nodes.Node], Callable[..., Plain]] = {
            nodes.Const: self._const,
            nodes.Name: self._name,
            nodes.Getattr: lambda node: self._item(node, node.attr),
            nodes.Getitem: lambda node: self._item(node, self.value(node.arg)),
            nodes.List: lambda node: [self.value(item) for item in node.items],
            nodes.Tuple: lambda node: [self.value(item) for item in node.items],
            nodes.Filter: self._filter,
            nodes.Test: self._test,
            nodes.Compare: self._compare,
            nodes.And: lambda node: self.value(node.left) and self.value(node.right),
            nodes.Or: lambda node: self.value(node.left) or self.value(node.right),
            nodes.Not: lambda node: not self.value(node.node),
            nodes.CondExpr: self._choose,
            nodes.Concat: lambda node: self._join([self._text(item) for item in node.nodes], node),
            nodes.Neg: lambda node: self._number(-self._operand(node.node), node),
            nodes.Pos: lambda node: self._number(self._operand(node.node), node),
        }

    def run(self, tree: nodes.Template) -> str:
        """Return the text of ``tree``: its literal parts as they are, every value escaped.

        :raises TemplateError: a name is missing, an operation does not fit its values, or the budget is spent.
        """
        with localcontext(prec=MOST_DIGITS):
            self._body(tree.body)
        return "".join(self._output)

    # Statements

    def _body(self, body: list[nodes.Node]) -> None:
        for node in body:
            self._step(node)
            self._statements[type(node)](node)

    def _write(self, node: nodes.Output) -> None:
        for part in node.nodes:
            self._step(part)
            text = part.data if isinstance(part, nodes.TemplateData) else str(escape(self._text(part)))
            self._budget.output -= len(text)
            if self._budget.output < 0:
                raise TemplateError(_("The text becomes too long."), line=part.lineno)
            self._output.append(text)

    def _if(self, node: nodes.If) -> None:
        for branch in (node, *node.elif_):
            if self.value(branch.test):
                self._body(branch.body)
                return
        self._body(node.else_)

    def _for(self, node: nodes.For) -> None:
        items = self.value(node.iter)
        if isinstance(items, dict):
            items = list(items)
        if not isinstance(items, list):
            raise TemplateError(_("“for” needs a list."), line=node.lineno)
        chosen = [item for item in items if self._wanted(node, item)]
        for number, item in enumerate(chosen):
            with self._scope(node, item) as scope:
                scope["loop"] = {
                    "index": number + 1,
                    "index0": number,
                    "first": number == 0,
                    "last": number == len(chosen) - 1,
                    "length": len(chosen),
                }
                self._body(node.body)
        if not chosen:
            self._body(node.else_)

    def _wanted(self, node: nodes.For, item: Plain) -> bool:
        self._step(node)
        if node.test is None:
            return True
        with self._scope(node, item):
            return bool(self.value(node.test))

    def _scope(self, node: nodes.For, item: Plain) -> _Scope:
        names: dict[str, Plain] = {}
        self._bind(node.target, item, names)
        return _Scope(self._scopes, names)

    def _assign(self, node: nodes.Assign) -> None:
        self._bind(node.target, self.value(node.node), self._scopes[-1])

    def _bind(self, target: nodes.Node, value: Plain, scope: dict[str, Plain]) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = value
            return
        names = target.items if isinstance(target, nodes.Tuple) else []
        if not isinstance(value, list) or len(value) != len(names):
            raise TemplateError(
                _("The value does not have as many parts as there are names."),
                line=target.lineno,
            )
        for name, part in zip(names, value, strict=True):
            self._bind(name, part, scope)

    # Expressions

    def value(self, node: nodes.Node) -> Plain:
        """Evaluate an expression."""
        self._step(node)
        handle = self._expressions.get(type(node))
        if handle is not None:
            return handle(node)
        if isinstance(node, nodes.BinExpr):
            return self._arithmetic(node)
        raise TemplateError(_("This is not allowed here."), line=node.lineno)

    def _step(self, node: nodes.Node, cost: int = 1) -> None:
        self._budget.steps -= cost
        if self._budget.steps < 0:
            raise TemplateError(_("The text asks for too much work."), line=node.lineno)

    def _const(self, node: nodes.Const) -> Plain:
        value: object = node.value
        if isinstance(value, float):
            return self._number(Decimal(repr(value)), node)
        if type(value) is int:
            return self._number(Decimal(value), node)
        if value is None or type(value) is bool or type(value) is str:
            return value
        raise TemplateError(_("This is not allowed here."), line=node.lineno)

    def _name(self, node: nodes.Name) -> Plain:
        for scope in reversed(self._scopes):
            if node.name in scope:
                return scope[node.name]
        raise MissingNameError(_("There is no “%(name)s”.", name=node.name), line=node.lineno)

    def _item(self, node: nodes.Getattr | nodes.Getitem, key: Plain) -> Plain:
        holder = self.value(node.node)
        if isinstance(holder, dict) and isinstance(key, str) and key in holder:
            return holder[key]
        if isinstance(holder, list) and _is_number(key):
            index = int(key)
            if key == index and -len(holder) <= index < len(holder):
                return holder[index]
        raise MissingNameError(_("There is no “%(name)s”.", name=str(key)[:80]), line=node.lineno)

    def _filter(self, node: nodes.Filter) -> Plain:
        arguments = [self.value(argument) for argument in node.args]
        if node.node is None:
            raise TemplateError(_("This is not allowed here."), line=node.lineno)
        if node.name == "default":
            return self._default(node.node, arguments, node)
        value = self.value(node.node)
        self._step(node, _cost(value))
        try:
            result = self._filters[node.name](value, *arguments)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise TemplateError(
                _("“%(name)s” cannot be used on this value.", name=node.name),
                line=node.lineno,
            ) from error
        return self._join([result], node) if isinstance(result, str) else result

    def _default(self, inner: nodes.Expr, arguments: list[Plain], node: nodes.Filter) -> Plain:
        value = self._value_or_none(inner)
        if value not in (None, ""):
            return value
        if len(arguments) > 1:
            raise TemplateError(
                _("“%(name)s” cannot be used on this value.", name="default"),
                line=node.lineno,
            )
        return arguments[0] if arguments else ""

    def _value_or_none(self, node: nodes.Node) -> Plain:
        try:
            return self.value(node)
        except MissingNameError:
            return None

    def _test(self, node: nodes.Test) -> Plain:
        if node.name in {"defined", "undefined"}:
            try:
                self.value(node.node)
            except MissingNameError:
                return node.name == "undefined"
            return node.name == "defined"
        value = self.value(node.node)
        if node.name == "none":
            return value is None
        if node.name == "string":
            return isinstance(value, str)
        if node.name == "number":
            return _is_number(value)
        return bool(self._operand_of(value, node) % 2 == (1 if node.name == "odd" else 0))

    def _compare(self, node: nodes.Compare) -> Plain:
        left = self.value(node.expr)
        for operand in node.ops:
            right = self.value(operand.expr)
            if not self._holds(operand, left, right):
                return False
            left = right
        return True

    def _holds(self, operand: nodes.Operand, left: Plain, right: Plain) -> bool:
        try:
            # Lists that hold each other compare in exponential time: none is ever compared.
            contains = operand.op in {"in", "notin"}
            if isinstance(left, list | dict) or (isinstance(right, list | dict) and not contains):
                raise TemplateError(_("A list cannot be compared."), line=operand.lineno)
            self._step(operand, _cost(right))
            if contains:
                found = left in right  # type: ignore[operator]  # anything else is the TypeError below
                return found == (operand.op == "in")
            return bool(_ORDER[operand.op](left, right))
        except TypeError as error:
            raise TemplateError(_("These two values cannot be compared."), line=operand.lineno) from error

    def _choose(self, node: nodes.CondExpr) -> Plain:
        if self.value(node.test):
            return self.value(node.expr1)
        return self.value(node.expr2) if node.expr2 is not None else ""

    def _arithmetic(self, node: nodes.BinExpr) -> Plain:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node, nodes.Add) and isinstance(left, str) and isinstance(right, str):
            return self._join([left, right], node)
        try:
            result = _ARITHMETIC[type(node)](self._operand_of(left, node), self._operand_of(right, node))
        except DecimalException as error:
            raise TemplateError(_("This cannot be calculated."), line=node.lineno) from error
        return self._number(result, node)

    def _operand(self, node: nodes.Node) -> Decimal:
        return self._operand_of(self.value(node), node)

    def _operand_of(self, value: Plain, node: nodes.Node) -> Decimal:
        if not _is_number(value):
            raise TemplateError(_("A number is needed here."), line=node.lineno)
        return Decimal(value)

    def _number(self, value: Decimal, node: nodes.Node) -> Plain:
        if not value.is_finite() or abs(value) >= _LARGEST or (value and abs(value.adjusted()) > MOST_DIGITS):
            raise TemplateError(_("This number is too large."), line=node.lineno)
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else value

    # Texts

    def _text(self, node: nodes.Node) -> str:
        value = self.value(node)
        if isinstance(value, list | dict):
            raise TemplateError(_("A list cannot be printed; use “for”."), line=node.lineno)
        return written(value)

    def _join(self, parts: list[str], node: nodes.Node) -> str:
        self._budget.text -= sum(len(part) for part in parts)
        if self._budget.text < 0:
            raise TemplateError(_("The text becomes too long."), line=node.lineno)
        return "".join(parts)


class _Scope:
    """Names that exist for one turn of a loop."""

    def __init__(self, scopes: list[dict[str, Plain]], names: dict[str, Plain]) -> None:
        self._scopes = scopes
        self._names = names

    def __enter__(self) -> dict[str, Plain]:
        self._scopes.append(self._names)
        return self._names

    def __exit__(self, *exc: object) -> None:
        self._scopes.pop()


def written(value: Plain) -> str:
    """Return a single value as text: nothing for ``None``, numbers without an exponent, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime | time):
        return value.isoformat(" ", "minutes") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def _cost(value: Plain) -> int:
    """Return the steps that one look at every part of ``value`` costs."""
    if isinstance(value, list | dict):
        return len(value) + 1
    return len(value) // 100 + 1 if isinstance(value, str) else 1


def _is_number(value: Plain) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
