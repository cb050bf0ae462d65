"""Values as a person would type them, and back: for defaults, and for fields that become another kind.

Strict where ``parsing`` is kind: what is read must say all that was written. ``0012`` is no number here, because ``12`` is not what stands
there; a day needs its year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from babel.numbers import get_decimal_symbol
from flask_babel import gettext as _

from core.foundation.custom.fields import Choice, Field
from core.foundation.custom.kinds import KINDS, Value, parse_link, plain_value, tell
from core.foundation.custom.models import FieldKind
from core.foundation.search.fold import fold_text
from core.foundation.tenants.context import find_tenant
from core.foundation.ui import parsing
from core.foundation.ui.formats import local_today
from core.foundation.ui.language import current_locale

#: Answers in both languages, folded.
ANSWERS: Final = {"da": True, "yes": True, "nu": False, "no": False}


def as_text(field: Field, value: Value) -> str:
    """Return ``value`` as one would type it, which ``of_text`` reads back."""
    if field.kind in {FieldKind.MONEY, FieldKind.NUMBER}:
        plain = plain_value(field, value)
        text = str(plain["amount"] if field.kind is FieldKind.MONEY else plain)
        return text.replace(".", get_decimal_symbol(_shop_language()))
    if field.kind is FieldKind.DATE:
        return f"{value:%d.%m.%Y}"
    return tell(field, value)


def of_text(field: Field, text: str) -> Value:
    """Return the value that ``text`` says.

    :raises ValueError: it says none that the field may have, with a sentence for the person.
    """
    return KINDS[field.kind].check(field, _READERS[field.kind](field, text))


def _number(field: Field, text: str) -> Any:  # noqa: ANN401 - a number
    body = text.strip()
    if not re.fullmatch(r"-?(?!0\d)[\d.,\u00a0\u202f ]+", body, re.ASCII):
        raise ValueError(_("Write a number, for example %(example)s.", example="12"))
    decimals = KINDS[field.kind].decimals(field)  # type: ignore[attr-defined]  # kinds of numbers have them
    return parsing.parse_decimal(body, decimals=decimals, locale=_shop_language())


def _shop_language() -> str:
    """Return the language by whose marks numbers are written in texts: the shop's, whoever reads them."""
    tenant = find_tenant()
    return current_locale().language if tenant is None else tenant.language


def _day(field: Field, text: str) -> Any:  # noqa: ANN401 - a day
    del field
    if not re.search(r"\d{4}", text, re.ASCII):
        raise ValueError(_("Write the day with its year."))
    return parsing.parse_date(text, today=local_today())


def _answer(field: Field, text: str) -> Any:  # noqa: ANN401 - yes or no
    del field
    answer = ANSWERS.get(fold_text(text))
    if answer is None:
        raise ValueError(_("Choose yes or no."))
    return answer


def _choice(field: Field, text: str) -> str:
    found = find_choice(field.choices, text)
    if found is None:
        raise ValueError(_("“%(text)s” is not in the list.", text=text))
    return found.key


def _choices(field: Field, text: str) -> tuple[str, ...]:
    if (whole := find_choice(field.choices, text)) is not None:
        return (whole.key,)
    return tuple(dict.fromkeys(_choice(field, part) for part in text.split(",") if part.strip()))


def find_choice(choices: tuple[Choice, ...], text: str) -> Choice | None:
    """Return the choice that is called ``text`` in any language and spelling, offered ones first."""
    wanted = fold_text(text)
    for choice in sorted(choices, key=lambda one: not one.offered):
        if wanted == choice.key or wanted in map(fold_text, choice.names.values()):
            return choice
    return None


_READERS: Final[Mapping[FieldKind, Callable[[Field, str], Any]]] = {
    FieldKind.TEXT: lambda field, text: text if "\n" not in text else _one_line(field),
    FieldKind.LONG_TEXT: lambda field, text: text,  # noqa: ARG005 - one shape for all readers
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _number,
    FieldKind.DATE: _day,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.YES_NO: _answer,
    FieldKind.LINK: lambda field, text: parse_link(text),  # noqa: ARG005 - one shape for all readers
}


def _one_line(field: Field) -> str:
    del field
    raise ValueError(_("This has several lines."))


def convert(before: Field, after: Field, value: Value) -> Value:
    """Return ``value`` of the field ``before`` as the field ``after`` keeps it; nothing of it is lost.

    :raises ValueError: the field ``after`` has no value that says the same, with a sentence for the person.
    """
    if before.kind is after.kind and before.currency == after.currency and not before.kind.has_choices:
        return value
    if {before.kind, after.kind} == {FieldKind.NUMBER, FieldKind.MONEY}:
        return KINDS[after.kind].check(after, value)
    if before.kind.has_choices and after.kind.has_choices:
        return _between_choices(after, value)
    if before.kind is FieldKind.MONEY and after.kind is FieldKind.MONEY:
        raise ValueError(_("The amounts of this field are in %(currency)s.", currency=before.currency))
    return of_text(after, as_text(before, value))


def _between_choices(after: Field, value: Value) -> Value:
    keys = value if isinstance(value, tuple) else (str(value),)
    if after.kind is FieldKind.CHOICES:
        return KINDS[after.kind].check(after, keys)
    if len(keys) > 1:
        raise ValueError(_("Several are chosen here."))
    return KINDS[after.kind].check(after, keys[0])
