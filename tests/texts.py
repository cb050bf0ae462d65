"""How texts are read out of templates, pages, Python and catalogues, for the tests of translations."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from jinja2 import Environment

#: Attributes whose value is shown or read aloud.
SPOKEN: Final = ("aria-label", "aria-description", "alt", "content", "placeholder", "title")
#: What begins so is shown too, by a script: data-key-label, data-confirm, data-copied.
SPOKEN_DATA: Final = re.compile(r"data-(?:.*-)?(?:label|title|text|confirm|copied|message|words)")
#: Elements whose text is nobody's words: machines', names of keys, what people have typed.
SILENT: Final = frozenset({"script", "style", "kbd", "svg", "code", "textarea"})
EMPTY: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
TRANSLATES: Final = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
#: A text in an expression is one that begins with a capital and has small letters: no class, key or endpoint does.
_SENTENCE: Final = re.compile(r"[A-ZĂÂÎȘȚ][a-zăâîșț]+")
#: What a macro writes into a tag stands outside one in its own source.
_ATTRIBUTES: Final = re.compile(r"[\w-]+=\"\N{BULLET}\"")
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, order=True)
class Said:
    """A text and the line on which it stands."""

    line: int
    text: str


@dataclass
class _Reader(HTMLParser):
    """Collects what a person sees or hears of HTML."""

    found: list[Said] = field(default_factory=list)
    _silent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the attributes say."""
        if tag in SILENT:
            self._silent.append(tag)
        given = dict(attrs)
        for name, value in attrs:
            spoken = name in SPOKEN and (name != "content" or given.get("name") == "description")
            button = tag == "input" and name == "value" and given.get("type") in {"submit", "button", "reset"}
            if value and (spoken or button or SPOKEN_DATA.fullmatch(name)):
                self._note(value)

    def handle_endtag(self, tag: str) -> None:
        """Leave a silent element."""
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        """Note the text between elements."""
        if not self._silent:
            self._note(data)

    def _note(self, text: str) -> None:
        if text.strip():
            self.found.append(Said(self.getpos()[0], _SPACE.sub(" ", text).strip()))


def said_by(html: str) -> list[Said]:
    """Return the texts of ``html`` that a person sees or hears."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def untranslated(template: str) -> list[Said]:
    """Return the texts of a Jinja template that no translation reaches: between its tags and in its expressions."""
    data, found = [], []
    depth, called, name = 0, 0, ""
    for line, token, value in Environment(extensions=["jinja2.ext.i18n"], autoescape=True).lex(template):
        if token == "data":
            data.append(value)
            continue
        # What stands in place of an expression has no letters; the lines stay where they are.
        data.append("\N{BULLET}" if token == "variable_begin" else "\n" * value.count("\n"))
        if token == "name":
            name = value
            continue
        if token == "operator" and value == "(":
            depth += 1
            called = called or (depth if name in TRANSLATES else 0)
        elif token == "operator" and value == ")":
            called = 0 if called == depth else called
            depth -= 1
        elif token == "string" and not called and _SENTENCE.search(value):
            found.append(Said(line, value[1:-1]))
        if token != "whitespace":
            name = ""
    between = [said for said in said_by("".join(data)) if _WORD.search(_ATTRIBUTES.sub("", said.text))]
    return sorted(found + between)


def strings(source: str) -> Iterator[Said]:
    """Yield the texts in Python source that are no docstrings."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield Said(node.lineno, node.value)


def bare_messages(source: str, names: frozenset[str]) -> list[Said]:
    """Return the calls in Python source that hand a bare literal, itself or by a name, to one of ``names``."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        literals = {
            node.targets[0].id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and _is_literal(node.value)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and node.args and _called(node) in names:
                first = node.args[0]
                if _is_literal(first) or (isinstance(first, ast.Name) and first.id in literals):
                    found.append(Said(node.lineno, ast.unparse(node)))
    return found


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value)
    )


def templates(root: Path) -> list[Path]:
    """Return every template of the core and its plugins."""
    return sorted([*root.glob("templates/**/*.html"), *root.glob("plugins/*/templates/**/*.html")])
