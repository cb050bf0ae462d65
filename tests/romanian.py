"""What Romanian is and is not, for the tests of translations: words, letters, and where Romanian is written."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

#: Words that Romanian does not have without their diacritics, whatever stands beside them.
BARE_WORDS: Final = frozenset(
    (Path(__file__).parent / "words" / "romanian_without_marks.txt").read_text().split()
)
#: Words that are right elsewhere and wrong here: ``o`` goes with ``notă``, and ``să`` before a verb is no ``sa``.
BARE_PHRASES: Final = re.compile(
    r"\b(?:o (?:adresa|data|firma|lista|nota|oferta|pagina|parola|persoana|piesa|poza|problema)"
    r"|sa (?:ai|aiba|faca|fie|ii|il|le|nu|o|poata|pot|se|te|va))\b",
    re.IGNORECASE,
)
#: Letters with a cedilla are Turkish.
CEDILLA: Final = re.compile("[\u015e\u015f\u0162\u0163]")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def faults(text: str) -> list[str]:
    """Return what of ``text`` cannot be Romanian: bare words and phrases, Turkish letters."""
    # What is put in, and names of fields and addresses, are no words of the text.
    text = re.sub(r"%\(\w+\)\w|\{[{%].*?[%}]\}|\S+@\S+|https?://\S+", " ", text)
    words = [word for word in _WORD.findall(text) if word.lower() in BARE_WORDS]
    return words + BARE_PHRASES.findall(text) + CEDILLA.findall(text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def written(path: Path) -> Iterator[str]:
    """Yield the texts of a file: those of a Romanian text, of TOML, of Python without its docstrings."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        yield from _strings(tomllib.loads(content))
    elif path.suffix == ".py":
        tree = ast.parse(content)
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield node.value
    else:
        yield content


def files(root: Path) -> list[Path]:
    """Return the files beside the catalogues that may hold Romanian: texts, bundles, and all of the product's Python."""
    patterns = (
        "bundles/*.toml",
        "core/**/*.py",
        "plugins/**/*.py",
        "core/**/*.ro.txt",
        "plugins/**/*.ro.txt",
    )
    return sorted(path for pattern in patterns for path in root.glob(pattern))
