"""Templates compiled once for each language: texts are written into the code, and nothing is wrapped that is joined a moment later.

A page has some 270 texts and 1,000 values. Looked up and wrapped one by one they were half of its time. Templates are written as for any
other environment of Jinja2: what cannot be settled when a template is compiled is worked out when it is rendered, with the same result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final

from flask import Flask
from flask.templating import Environment
from jinja2 import Template, TemplateNotFound, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]  # its stubs leave one out

from core.foundation.ui.language import current_locale, translations

#: The functions of templates that translate a text.
TRANSLATORS: Final = frozenset({"_", "gettext"})
#: What takes its arguments as they are, unless it is marked otherwise.
_FUNCTIONS: Final = frozenset({FunctionType, MethodType, BuiltinFunctionType})
_PLACE: Final = re.compile(r"%(?:\((\w+)\)s|(%))?")


def plain(value: object) -> str:
    """Return what ``escape()`` returns, without a ``Markup`` around a plain string: it is joined into the page at once."""
    kind = type(value)
    if kind is str:
        text: str = _escape_inner(value)  # type: ignore[arg-type]  # it is a string
        return text
    return value if kind is Markup else escape(value)  # type: ignore[return-value]  # it is a string


class LeanCode(CodeGenerator):
    """Generates code that escapes what is put out by ``plain()``."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja2's
        """Generate a template."""
        self.writeline(f"from {__name__} import plain")
        super().visit_Template(node, frame)

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("plain(")


class LeanContext(Context):
    """Calls functions and macros without asking them twice what they want to be passed."""

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Jinja2's
        """Call what a template calls."""
        kind = type(obj)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind not in _FUNCTIONS or hasattr(obj, "jinja_pass_arg"):
            return super().call(obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        try:
            return obj(*args, **kwargs)
        except StopIteration:
            return self.environment.undefined("a callable raised StopIteration")


class Texts(NodeTransformer):
    """Puts the texts of the language of the context in place of the calls that look them up."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja2's
        """Replace the translation of a text that nothing is put into."""
        self.generic_visit(node)
        pieces = None if node.kwargs else _pieces(node)
        return node if pieces is None else nodes.TemplateData("".join(_words(pieces)), lineno=node.lineno)

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - Jinja2's
        """Put out a text and what is put into it one after the other."""
        self.generic_visit(node)
        node.nodes = [piece for child in node.nodes for piece in _pieces(child) or [child]]
        return node


def _pieces(node: nodes.Node) -> list[nodes.Expr] | None:
    """Return the translation that ``node`` asks for, cut where values are put into it.

    ``None`` for any other node, and for a text that only its formatting at run time can settle.
    """
    if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
        return None
    if node.node.name not in TRANSLATORS or node.dyn_args or node.dyn_kwargs:
        return None
    given = {one.key: one.value for one in node.kwargs}
    match node.args:
        case [nodes.Const(value=str(text))]:
            return _cut(translations().ugettext(text), given, node.lineno)
    return None


def _cut(text: str, given: Mapping[str, nodes.Expr], line: int) -> list[nodes.Expr] | None:
    pieces: list[nodes.Expr] = []
    at = 0
    for place in _PLACE.finditer(text):
        pieces.append(nodes.TemplateData(text[at : place.start()], lineno=line))
        at = place.end()
        if place[2]:
            pieces.append(nodes.TemplateData("%", lineno=line))
        elif place[1] in given:
            pieces.append(given[place[1]])
        else:
            return None
    return [*pieces, nodes.TemplateData(text[at:], lineno=line)]


def _words(pieces: list[nodes.Expr]) -> list[str]:
    return [piece.data for piece in pieces if isinstance(piece, nodes.TemplateData)]


class Templates(Environment):
    """Flask's environment, with one of its kind for each language behind it, which compiles and keeps the templates of that language.

    A template and all that it extends, includes and imports are of the language in which the first of them was asked for.
    """

    code_generator_class = LeanCode
    context_class = LeanContext

    def __init__(self, app: Flask, **options: Any) -> None:  # noqa: ANN401 - Jinja2's
        """Look for templates where ``app`` and its blueprints have them."""
        super().__init__(app, **options)
        self.languages: dict[str, Templates] | None = {}

    def overlay(self, *args: Any, **options: Any) -> Templates:  # noqa: ANN401 - Jinja2's
        """Return an environment that differs from this one by ``options``; it compiles its own templates."""
        made: Templates = super().overlay(*args, **options)
        made.languages = {}
        return made

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002 - Jinja2's
        if self.languages is None:
            # What is given to one template alone makes a template of its own: the kept one is everybody's.
            return self._own(name, globals) if globals else super()._load_template(name, None)
        language = current_locale().language
        found = self.languages.get(language)
        if found is None:
            made = self.overlay()
            made.languages = None
            found = self.languages.setdefault(language, made)
        return found._load_template(name, globals)  # noqa: SLF001 - one of its kind

    def _own(self, name: str, globals: MutableMapping[str, Any]) -> Template:  # noqa: A002 - Jinja2's
        loader = self.loader
        if loader is None:
            raise TemplateNotFound(name)
        return loader.load(self, name, self.make_globals(globals))

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 - Jinja2's
    ) -> str:
        own = any(one.name in TRANSLATORS and one.ctx != "load" for one in source.find_all(nodes.Name))
        if self.languages is None and not own:
            source = Texts().visit(source)
        return super()._generate(source, name, filename, defer_init)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: those of the environment themselves unless it has others besides."""
        return super().make_globals(d) if d else self.globals
