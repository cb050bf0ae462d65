"""Folded copies of what people type: what is looked up, compared and sorted by."""

from __future__ import annotations

import re
from typing import Final

from flask_babel import gettext as _
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.ro import cf

from core.clients.models import ClientKind
from core.foundation.search.fold import fold_code, fold_text
from core.foundation.ui.fields import phone_prefix
from core.foundation.ui.parsing import parse_email, parse_phone

#: The country whose tax codes are checked digit by digit.
ROMANIA: Final = "RO"
#: Words that say what kind of firm it is; they tell no two firms apart.
LEGAL_FORMS: Final = frozenset(
    {
        "srl", "sa", "sc", "sca", "scs", "snc", "srld", "pfa", "ii", "if", "ong", "asociatia", "fundatia",
        "ltd", "llc", "gmbh", "kft", "inc", "sarl", "sas", "bv",
    }
)  # fmt: skip
#: Spellings that sound alike.
_SOUNDS: Final = (("ph", "f"), ("ck", "c"), ("sz", "s"), ("th", "t"), ("k", "c"), ("q", "c"), ("w", "v"),
                  ("y", "i"), ("h", ""))  # fmt: skip
_VOWELS: Final = frozenset("aeiou")


def name_key(name: str) -> str:
    """Return ``name`` as it is sorted: folded, without marks."""
    return " ".join(re.findall(r"\w+", fold_text(name)))[:200]


def match_key(name: str) -> str:
    """Return what similar names have in common.

    The words stand in one order, without legal forms, vowels (but a first one), doubled letters and marks; letters that sound alike are
    one. ``Popescu Maria`` is ``Maria Popesccu``, and ``S.C. Meteor S.R.L.`` is ``Meteor SRL``.
    """
    words = re.findall(r"\w+", fold_text(name).replace(".", ""))
    telling = [word for word in words if word not in LEGAL_FORMS]
    return " ".join(sorted(_skeleton(word) for word in telling or words))[:200]


def _skeleton(word: str) -> str:
    if not word.isalpha():
        return word
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound) or word
    consonants = word[0] + "".join(letter for letter in word[1:] if letter not in _VOWELS)
    return re.sub(r"(.)\1+", r"\1", consonants)


def read_phone(text: str, *, country: str) -> str:
    """Return a telephone number with its country code, empty where nothing is given.

    :param country: ISO 3166-1 alpha-2: where a number without a country code is.
    :raises ValueError: it is none, with a sentence for the person.
    """
    return parse_phone(text, prefix=phone_prefix(country)) if text.strip() else ""


def phone_key(text: str, *, country: str) -> str:
    """Return the digits of a number, or of the beginning of one, in the national form of ``country``."""
    digits = re.sub(r"[^\d+]", "", text)
    prefix = phone_prefix(country)
    international = re.sub(r"^(?:\+|00)", "", digits)
    if international != digits and international.startswith(prefix):
        return "0" + international.removeprefix(prefix)
    return re.sub(r"\D", "", international)


def read_email(text: str) -> str:
    """Return an e-mail address, empty where nothing is given.

    :raises ValueError: it is none, with a sentence for the person.
    """
    return parse_email(text) if text.strip() else ""


def email_key(email: str) -> str:
    """Return an e-mail address as it is compared."""
    return email.strip().lower()


def read_tax_id(text: str, *, kind: ClientKind, country: str) -> str:
    """Return a tax code without separators, in capitals; empty where nothing is given.

    A Romanian firm's is checked (CUI, or ``RO`` and CUI for payers of VAT); what other countries and people write is taken as it is.

    :raises ValueError: it cannot be one, with a sentence for the person.
    """
    code = re.sub(r"[\s.\-/]", "", text).upper()
    if not code:
        return ""
    if kind is ClientKind.COMPANY and country == ROMANIA:
        return _romanian(code)
    if not re.fullmatch(r"[A-Z0-9]{2,30}", code, re.ASCII):
        raise ValueError(_("Write the tax code with letters and digits only."))
    return code


def _romanian(code: str) -> str:
    try:
        return cf.validate(code)
    except InvalidChecksum:
        raise ValueError(_("Check this tax code: its last digit does not fit the others.")) from None
    except ValidationError:
        raise ValueError(
            _("Write a Romanian tax code: 2 to 10 digits, with RO in front when the firm pays VAT.")
        ) from None


def tax_key(tax_id: str) -> str:
    """Return a tax code as it is compared: with or without ``RO`` it is the same firm."""
    return tax_id.removeprefix(ROMANIA)


def code_key(text: str) -> str:
    """Return a serial, an IMEI or another code without case and separators."""
    return fold_code(text)
