"""What the index of the search holds: the grams of each word, pieces so short that any fragment is made of them.

Three letters each; five in words that hold a digit, beside the three: a telephone or a serial of a million has its every three digits in
common with thousands of others, its five digits with few. Index and question are cut by the same rules, and what the index answers is
looked through for the fragment itself, so that grams decide how fast an answer is and never what it is.

The index is told what it forgets by the grams of the text before: whoever changes ``grams`` makes the index anew in a migration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from core.foundation.search.fold import FRAGMENT

#: Letters of a gram in a word that holds a digit.
LONG: Final = 5
#: Before a gram: it is the beginning of its word. And: it is the whole of a number or a code.
BEGINS, WHOLE = "^", "="
_WORD: Final = re.compile(r"( {1,2})([^ |]+)(\|?)")


def grams(text: str) -> list[str]:
    """Return the grams of the text of an entry, each once."""
    found: dict[str, None] = {}
    for blanks, word, bar in _WORD.findall(text):
        sizes = (FRAGMENT, LONG) if _has_digit(word) else (FRAGMENT,)
        for size in sizes:
            found.update(dict.fromkeys(word[at : at + size] for at in range(len(word) - size + 1)))
        if len(blanks) > 1:
            found[BEGINS + word[0]] = None
            found[BEGINS + word[:2]] = None
        if bar:
            found[WHOLE + word] = None
    return list(found)


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _cover(part: str) -> list[str]:
    """Return grams that together hold every letter of a fragment, as few as there are."""
    if part.startswith("  "):
        return [BEGINS + part[2:]]
    if part.endswith("|"):
        return [WHOLE + part[1:-1]]
    size = LONG if len(part) >= LONG and _has_digit(part) else FRAGMENT
    starts = [*range(0, len(part) - size, size), len(part) - size]
    return [part[at : at + size] for at in starts]


def _cover_all(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(gram for part in parts for gram in _cover(part)))


@dataclass(frozen=True, slots=True)
class Shape:
    """What the statement that asks for a pattern depends on; statements are kept by it."""

    parts: int
    has_instead: bool
    #: Few records can fit, however many there are.
    is_rare: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a text must hold to fit a question: all ``fragments`` and all of ``rest``, or else ``instead``."""

    #: Three letters and more, or the beginning of a word: what the index is asked for.
    fragments: tuple[str, ...]
    #: What its answers are looked through for besides.
    rest: tuple[str, ...] = ()
    #: Three letters and more: the question in one piece, where it may be a code that was typed in groups of two.
    instead: str = ""

    @classmethod
    def of(cls, words: Sequence[str]) -> Pattern:
        """Return the pattern of the folded ``words`` of a question."""
        long = tuple(word for word in words if len(word) >= FRAGMENT)
        short = [word for word in words if len(word) < FRAGMENT]
        if not long:
            whole = "".join(short)
            instead = whole if len(short) > 1 and len(whole) >= FRAGMENT else ""
            return cls(tuple(f"  {word}" for word in short), instead=instead)
        return cls(long, tuple(word if len(word) > 1 or word.isdigit() else f" {word}" for word in short))

    @classmethod
    def whole(cls, code: str) -> Pattern:
        """Return the pattern of a whole number or code."""
        return cls((f" {code}|",))

    @property
    def parts(self) -> tuple[str, ...]:
        """All that the text must hold."""
        return self.fragments + self.rest

    @property
    def grams(self) -> tuple[str, ...]:
        """What the index is asked for: all of these, or all of ``instead_grams``."""
        return _cover_all(self.fragments)

    @property
    def instead_grams(self) -> tuple[str, ...]:
        """What the index is asked for in their place."""
        return _cover_all([self.instead]) if self.instead else ()

    @property
    def shape(self) -> Shape:
        """What the statement that asks for it depends on."""
        rare = not self.instead and any(len(gram) >= LONG or gram.startswith(WHOLE) for gram in self.grams)
        return Shape(len(self.parts), bool(self.instead), rare)
