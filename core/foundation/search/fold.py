"""Fold text once for writing and for asking, so that spelling makes no difference.

Marks are dropped (ș, ş and s are one letter), ligatures are written out, capitals are small; codes lose what separates their parts;
telephone numbers are digits in the form of the country and in that of the world.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Letters that no decomposition leads to plain ones.
PLAIN: Final = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ħ": "h",
        "ŋ": "ng",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
#: Shortest part of a word that the index of fragments answers.
FRAGMENT: Final = 3
#: How Romania is called from abroad.
ROMANIA: Final = "40"
#: Digits of a Romanian number without its leading zero.
NATIONAL: Final = 9
#: A question that is a telephone or a code in groups: digits, blanks, and the marks that people put between them.
_DIGITS: Final = re.compile(r"[\s+]*[\d\s().,\-/\u00a0\u2010-\u2015]+", re.ASCII)
#: A number dialled from abroad: ``+40 …`` or ``0040 …``, and nothing but digits and marks behind it.
_ABROAD: Final = re.compile(r"\s*(?:\+|00(?=[1-9]))[\d\s().\-/\u00a0\u2010-\u2015]*", re.ASCII)
_TRUNK: Final = re.compile(r"\(\s*0\s*\)")


def fold_text(text: str) -> str:
    """Return ``text`` in small plain letters, one blank between words; what is neither letter nor digit stays."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    # Dropping marks may leave letters that only now are what the table knows; folding twice changes nothing more.
    return " ".join(unicodedata.normalize("NFKC", bare).casefold().translate(PLAIN).split())


def fold_code(text: str) -> str:
    """Return the letters and digits of ``text`` alone: ``SN-12 34/b`` and ``sn1234B`` are one code."""
    return "".join(letter for letter in fold_text(text) if letter.isalnum())


def fold_words(text: str) -> list[str]:
    """Return the words of ``text``, each without the marks inside it: ``Pop-Ionescu`` is ``popionescu``."""
    words = (fold_code(word) for word in fold_text(text).split())
    return [word for word in words if word]


def phone_forms(text: str) -> tuple[str, ...]:
    """Return the digits of a telephone number in the form of the country and of the world, where both are known."""
    digits = fold_code(_TRUNK.sub("", text))
    if not digits.isascii() or not digits.isdigit():
        return (digits,) if digits else ()
    if _ABROAD.fullmatch(text):
        digits = digits.removeprefix("00") if not text.lstrip().startswith("+") else digits
        if digits.startswith(ROMANIA) and len(digits) == len(ROMANIA) + NATIONAL:
            return ("0" + digits.removeprefix(ROMANIA), digits)
        return (digits,)
    if digits.startswith("0") and len(digits) == 1 + NATIONAL:
        return (digits, ROMANIA + digits[1:])
    return (digits,)


def asked_words(text: str) -> list[str]:
    """Return the words of a question, folded like what was written.

    Digits alone are one word, however they are grouped: a telephone, a serial, a number; typed as from abroad without their ``00``.
    """
    if not _DIGITS.fullmatch(text):
        return list(dict.fromkeys(fold_words(text)))
    digits = fold_code(_TRUNK.sub("", text))
    if re.match(r"00[1-9]", digits, re.ASCII) and len(digits) >= len("00") + FRAGMENT:
        # What is left is a part of what was typed: whatever holds the one holds the other, a ticket number too.
        digits = digits.removeprefix("00")
    return [digits] if digits else []
