"""How a record is written down for search: one text of folded words, and one number for its place.

The text is made so that one index of trigrams answers every question: a fragment of three letters or more is looked for as it is; one or
two letters are looked for behind two blanks, which only numbers, names and telephones have before them; a whole code is looked for
between a blank and a ``|``. Questions hold letters and digits alone, so nobody can type these marks.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.foundation.search.fold import FRAGMENT, fold_code, fold_text, fold_words, phone_forms

#: Longest text of one record; what stands behind is not found by.
LONGEST: Final = 4000
#: Bits of a position, from the right: a tie-breaker, seconds since 1970, the kind.
TIE_BITS: Final = 21
SECOND_BITS: Final = 33
KIND_BITS: Final = 9
#: The highest bits of the kind: its group. PostgreSQL has an index for each, so that a word common in one kind costs others nothing.
GROUP_BITS: Final = 3

Texts = Iterable[str | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one record is found by."""

    kind: str
    record_id: int
    position: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that was found."""

    kind: str
    record_id: int
    position: int


@dataclass(frozen=True, slots=True)
class Shape:
    """How many parts a pattern has; statements are kept by it."""

    parts: int
    has_instead: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a text must hold to fit a question: all ``fragments`` and all of ``rest``, or else ``instead``."""

    #: Three letters and more: what the index of trigrams is asked for.
    fragments: tuple[str, ...]
    #: What its answers are looked through for.
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
    def shape(self) -> Shape:
        """What the statement that asks for it depends on."""
        return Shape(len(self.parts), bool(self.instead))

    @property
    def named(self) -> dict[str, str]:
        """The values of such a statement."""
        parts = {f"part_{number}": part for number, part in enumerate(self.parts)}
        return {**parts, "instead": self.instead} if self.instead else parts


def compose(
    *, numbers: Texts = (), names: Texts = (), phones: Texts = (), codes: Texts = (), words: Texts = ()
) -> str:
    """Return the text that a record is found by; see ``put_entry``."""
    tokens: dict[str, None] = {}
    for number in filter(None, numbers):
        tokens[f"  {fold_code(number)}|"] = None
        if tail := re.search(r"0*([1-9]\d*)$", fold_code(number), re.ASCII):
            tokens[f"  {tail[1]}"] = None
    for name in filter(None, names):
        for word in fold_text(name).split():
            parts = [part for part in re.split(r"[\W_]+", word) if part]
            tokens.update(dict.fromkeys(f"  {token}" for token in ["".join(parts), *parts[1:]] if token))
    for phone in filter(None, phones):
        tokens.update(dict.fromkeys(f"  {form}" for form in phone_forms(phone)))
    for code in filter(None, codes):
        if folded := fold_code(code):
            tokens[f" {folded}|"] = None
    for text in filter(None, words):
        tokens.update(dict.fromkeys(f" {word}" for word in fold_words(text[:LONGEST])))
    return "".join(tokens)[:LONGEST]


def group_of(kind: str) -> int:
    """Return the group of ``kind``; several kinds may share one."""
    return sum(kind.encode()) % (1 << GROUP_BITS)


def kind_range(kind: str) -> tuple[int, int]:
    """Return the lowest and the highest position of ``kind``; two kinds may share a range."""
    rest = KIND_BITS - GROUP_BITS
    low = (group_of(kind) << rest | zlib.crc32(kind.encode()) % (1 << rest)) << (SECOND_BITS + TIE_BITS)
    return low, low + (1 << (SECOND_BITS + TIE_BITS)) - 1


def place(kind: str, record_id: int, at: datetime) -> int:
    """Return the position of a record: the newer ``at``, the larger; on a tie the larger id."""
    seconds = min(max(int(at.timestamp()), 0), (1 << SECOND_BITS) - 1)
    return kind_range(kind)[0] | seconds << TIE_BITS | record_id & ((1 << TIE_BITS) - 1)
