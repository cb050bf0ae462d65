"""Unique IDs of devices: generated where a device has none, and doubted where one looks misread (R24)."""

from __future__ import annotations

import re
import secrets
from typing import Final

from flask_babel import gettext as _
from stdnum import luhn

#: 31 letters and digits that nobody takes for one another: no I, L, O, 0 nor 1. A prime number of them.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PREFIX: Final = "WM"
#: Random characters; a check character follows. 31 to the 7th are 27 thousand million IDs.
RANDOM: Final = 7
GROUP: Final = 4
#: What a generated ID looks like once separators are gone.
GENERATED: Final = re.compile(rf"{PREFIX}([{ALPHABET}]{{{RANDOM + 1}}})")
#: Digits of an IMEI, the check digit included (3GPP TS 23.003).
IMEI_LENGTH: Final = 15


def new_unique_id() -> str:
    """Return a fresh unique ID such as ``WM-7K2M-94QD``: 35 random bits and a check character."""
    body = "".join(secrets.choice(ALPHABET) for _place in range(RANDOM))
    code = body + check_character(body)
    groups = (code[start : start + GROUP] for start in range(0, len(code), GROUP))
    return "-".join((PREFIX, *groups))


def check_character(body: str) -> str:
    """Return the character that makes one misread letter, or two that are swapped, stand out.

    The weights differ and the alphabet has a prime number of characters: every such slip changes the sum.
    """
    total = sum(place * ALPHABET.index(letter) for place, letter in enumerate(body, 2))
    return ALPHABET[-total % len(ALPHABET)]


def identifier_warning(text: str) -> str | None:
    """Return what is doubtful about a unique ID that was typed or scanned, ``None`` where nothing is.

    A doubt, not a refusal: there are devices whose 15 digits are no IMEI.
    """
    code = re.sub(r"[\W_]", "", text).upper()
    if re.fullmatch(rf"\d{{{IMEI_LENGTH}}}", code, re.ASCII) and not luhn.is_valid(code):
        return str(
            _("This has the length of an IMEI, and the check digit does not fit. Look at the last digit.")
        )
    found = GENERATED.fullmatch(code)
    if found and check_character(found[1][:-1]) != found[1][-1]:
        return str(
            _("This looks like one of our labels, and the check character does not fit. Read it again.")
        )
    return None


def is_imei(text: str) -> bool:
    """Tell whether a unique ID is an IMEI: 15 digits with the right check digit."""
    code = re.sub(r"[\W_]", "", text)
    return bool(re.fullmatch(rf"\d{{{IMEI_LENGTH}}}", code, re.ASCII)) and luhn.is_valid(code)


def is_generated(text: str) -> bool:
    """Tell whether a unique ID has the form of those that the shop generates."""
    return GENERATED.fullmatch(re.sub(r"[\W_]", "", text).upper()) is not None


def code_label(text: str) -> str:
    """Return what a unique ID is: an IMEI, one that the shop generated, or a serial number."""
    if is_imei(text):
        return "IMEI"
    return "ID" if is_generated(text) else "S/N"


def shown_code(text: str) -> str:
    """Return a unique ID as people read it: an IMEI in its groups (``356789 10 482915 3``), all else as it is."""
    if not is_imei(text):
        return text
    code = re.sub(r"\W", "", text)
    return f"{code[:6]} {code[6:8]} {code[8:14]} {code[14]}"
