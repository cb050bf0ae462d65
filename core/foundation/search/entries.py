"""How a record is written down for search: one text of folded words, and one number for its place.

The text says of each word how it may be found: two blanks stand before what its first one or two letters find (numbers, names,
telephones), a ``|`` behind a number or code that opens its record when it is typed whole. Questions hold letters and digits alone, so
nobody can type these marks.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.foundation.search.fold import fold_code, fold_text, fold_words, phone_forms

#: Longest text of one record; what stands behind is not found by.
LONGEST: Final = 4000
#: Bits of a position, from the right: a tie-breaker, seconds since 1970, the kind.
TIE_BITS: Final = 21
SECOND_BITS: Final = 33
KIND_BITS: Final = 9

Texts = Iterable[str | None]
#: What a record is known by: kind and id.
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one record is found by; without a text it is not found any more."""

    kind: str
    record_id: int
    position: int
    text: str | None

    @property
    def key(self) -> Key:
        """What the record is known by."""
        return self.kind, self.record_id


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that was found."""

    kind: str
    record_id: int
    position: int


def compose(
    *,
    numbers: Texts = (),
    names: Texts = (),
    phones: Texts = (),
    codes: Texts = (),
    parts: Texts = (),
    words: Texts = (),
) -> str:
    """Return the text that a record is found by; see ``put_entry``."""
    tokens: dict[str, None] = {}
    for number in filter(None, numbers):
        tokens[f"  {fold_code(number)}|"] = None
        if tail := re.search(r"0*([1-9]\d*)$", fold_code(number), re.ASCII):
            tokens[f"  {tail[1]}"] = None
    for name in filter(None, names):
        for word in fold_text(name).split():
            pieces = [piece for piece in re.split(r"[\W_]+", word) if piece]
            tokens.update(dict.fromkeys(f"  {token}" for token in ["".join(pieces), *pieces[1:]] if token))
    for phone in filter(None, phones):
        tokens.update(dict.fromkeys(f"  {form}" for form in phone_forms(phone)))
    for texts, end in ((codes, "|"), (parts, "")):
        for code in filter(None, texts):
            if folded := fold_code(code):
                tokens[f" {folded}{end}"] = None
    for text in filter(None, words):
        tokens.update(dict.fromkeys(f" {word}" for word in fold_words(text[:LONGEST])))
    return "".join(tokens)[:LONGEST]


def kind_range(kind: str) -> tuple[int, int]:
    """Return the lowest and the highest position of ``kind``; two kinds may share a range."""
    number = (sum(kind.encode()) % 8) << (KIND_BITS - 3) | zlib.crc32(kind.encode()) % (1 << (KIND_BITS - 3))
    low = number << (SECOND_BITS + TIE_BITS)
    return low, low + (1 << (SECOND_BITS + TIE_BITS)) - 1


def place(kind: str, record_id: int, at: datetime) -> int:
    """Return the position of a record: the newer ``at``, the larger; on a tie the larger id."""
    seconds = min(max(int(at.timestamp()), 0), (1 << SECOND_BITS) - 1)
    return kind_range(kind)[0] | seconds << TIE_BITS | record_id & ((1 << TIE_BITS) - 1)
