"""What each kind of field holds: a value of Python, the columns that keep it, plain JSON, and words for people.

A kind is asked with its field, because choices and currency are the field's. Every reader refuses with a ``ValueError`` that holds a
sentence for the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from babel.numbers import get_currency_precision
from flask_babel import gettext as _, ngettext

from core.foundation.custom.fields import Field
from core.foundation.custom.models import FOLDED_LENGTH, FieldKind
from core.foundation.search.fold import fold_text
from core.foundation.ui import parsing
from core.foundation.ui.fields import LINE, PAGE
from core.foundation.ui.formats import format_date, format_money, format_number
from core.foundation.ui.language import current_locale, current_zone
from core.types import LARGEST_INTEGER, Money

#: What a field may hold: a text, a number or an amount, a day, yes or no, the key of a choice, several keys.
Value = str | Decimal | date | bool | tuple[str, ...]

#: Decimals of a number.
DECIMALS: Final = 3
#: What a link may begin with.
SCHEMES: Final = frozenset({"http", "https"})
LONGEST_LINK: Final = 1000
#: What stands around and between the keys of several choices.
BAR: Final = "|"


class Kind:
    """What every kind can do; ``columns`` and ``load`` are each other's reverse, so are ``plain`` and ``read``."""

    #: The column by which lists compare the values.
    column: ClassVar[str] = "folded"

    def check(self, field: Field, value: Value) -> Value:
        """Return ``value`` when it is one of this kind and not empty, corrected where that is safe."""
        raise TypeError(type(self), field, value)

    def read(self, field: Field, plain: object) -> Value:
        """Return the value of plain JSON."""
        if not isinstance(plain, str):
            raise ValueError(_("Write a text."))  # noqa: TRY004 - a sentence beside the field
        return self.check(field, plain)

    def plain(self, field: Field, value: Any) -> Any:  # noqa: ANN401 - a value of this kind, JSON
        """Return ``value`` as plain JSON."""
        del field
        return value

    def columns(self, field: Field, value: Any) -> dict[str, Any]:  # noqa: ANN401 - a value of this kind
        """Return the columns that keep ``value``, without those that stay empty."""
        del field
        return {"text": value, "folded": fold_text(value)[:FOLDED_LENGTH]}

    def load(self, field: Field, kept: Mapping[str, Any]) -> Value | None:
        """Return the value that columns keep, ``None`` where they keep none of this kind."""
        del field
        found: str | None = kept["text"]
        return found

    def tell(self, field: Field, value: Any, language: str | None = None) -> str:  # noqa: ANN401 - a value of this kind
        """Return ``value`` as people read it, in ``language``, by default the reader's."""
        del field, language
        return str(value)


class TextKind(Kind):
    """One line of text."""

    most: ClassVar[int] = LINE
    multiline: ClassVar[bool] = False

    def check(self, field: Field, value: Value) -> Value:
        """Return the text without what cannot be kept."""
        del field
        if not isinstance(value, str):
            raise ValueError(_("Write a text."))  # noqa: TRY004 - a sentence beside the field
        text = parsing.check_length(parsing.clean_text(value, multiline=self.multiline), self.most)
        if not text:
            raise ValueError(_("Fill this in."))
        return text


class LongTextKind(TextKind):
    """Several lines of text."""

    most: ClassVar[int] = PAGE
    multiline: ClassVar[bool] = True


class LinkKind(Kind):
    """An address of the web."""

    def check(self, field: Field, value: Value) -> Value:
        """Return the address, with ``https://`` in front where nothing says how to reach it."""
        del field
        return parse_link(value) if isinstance(value, str) else parse_link("")


class NumberKind(Kind):
    """An exact number of at most three decimals, negative ones too."""

    column: ClassVar[str] = "number"

    def decimals(self, field: Field) -> int:
        """Return how many decimals a value may have."""
        del field
        return DECIMALS

    def check(self, field: Field, value: Value) -> Value:
        """Return the number."""
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ValueError(_("Write a number, for example %(example)s.", example="12"))
        places = self.decimals(field)
        if abs(value.adjusted()) > len(str(LARGEST_INTEGER)) or abs(value.scaleb(places)) > LARGEST_INTEGER:
            raise ValueError(_("This number is too large."))
        exact = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)
        if exact != value:
            raise ValueError(
                ngettext("Write at most %(num)s decimal.", "Write at most %(num)s decimals.", places)
            )
        return exact

    def read(self, field: Field, plain: object) -> Value:
        """Return the number of a text such as ``"12.5"`` or of a number of JSON."""
        return self.check(field, _decimal(plain))

    def plain(self, field: Field, value: Any) -> Any:  # noqa: ANN401 - see Kind
        """Return the number as a text, without zeros behind its decimals."""
        del field
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"

    def columns(self, field: Field, value: Any) -> dict[str, Any]:  # noqa: ANN401 - see Kind
        """Return the whole number of smallest parts."""
        return {"number": int(value.scaleb(self.decimals(field)))}

    def load(self, field: Field, kept: Mapping[str, Any]) -> Value | None:
        """Return the exact number."""
        number = kept["number"]
        return None if number is None else Decimal(number).scaleb(-self.decimals(field))

    def tell(self, field: Field, value: Any, language: str | None = None) -> str:  # noqa: ANN401 - see Kind
        """Return the number with the marks of the language."""
        del field
        return format_number(value, locale=language or current_locale())


class MoneyKind(NumberKind):
    """An amount in the currency of the field."""

    def decimals(self, field: Field) -> int:
        """Return the decimals of the currency."""
        return int(get_currency_precision(field.currency))

    def read(self, field: Field, plain: object) -> Value:
        """Return the amount of ``{"amount": "12.50", "currency": "RON"}``, or of the amount alone."""
        if isinstance(plain, Mapping):
            if plain.get("currency") != field.currency:
                raise ValueError(_("The amounts of this field are in %(currency)s.", currency=field.currency))
            plain = plain.get("amount")
        return self.check(field, _decimal(plain))

    def plain(self, field: Field, value: Any) -> Any:  # noqa: ANN401 - see Kind
        """Return amount and currency."""
        return {"amount": f"{value:.{self.decimals(field)}f}", "currency": field.currency}

    def tell(self, field: Field, value: Any, language: str | None = None) -> str:  # noqa: ANN401 - see Kind
        """Return the amount with its currency."""
        return format_money(Money(value, field.currency), locale=language or current_locale())


class DateKind(Kind):
    """A day."""

    column: ClassVar[str] = "day"

    def check(self, field: Field, value: Value) -> Value:
        """Return the day."""
        del field
        if not isinstance(value, date) or value.year not in parsing.YEARS:
            raise ValueError(_("Write a day, for example %(example)s.", example="27.11.2026"))
        return value

    def read(self, field: Field, plain: object) -> Value:
        """Return the day of ``2026-11-27``."""
        try:
            return self.check(field, date.fromisoformat(str(plain)))
        except ValueError:
            raise ValueError(_("Write a day, for example %(example)s.", example="2026-11-27")) from None

    def plain(self, field: Field, value: Any) -> Any:  # noqa: ANN401 - see Kind
        """Return the day in ISO 8601."""
        del field
        return value.isoformat()

    def columns(self, field: Field, value: Any) -> dict[str, Any]:  # noqa: ANN401 - see Kind
        """Return the day."""
        del field
        return {"day": value}

    def load(self, field: Field, kept: Mapping[str, Any]) -> Value | None:
        """Return the day."""
        del field
        found: date | None = kept["day"]
        return found

    def tell(self, field: Field, value: Any, language: str | None = None) -> str:  # noqa: ANN401 - see Kind
        """Return the day as the language writes it."""
        del field
        return format_date(value, locale=language or current_locale(), zone=current_zone())


class YesNoKind(Kind):
    """Yes or no; nothing said is neither."""

    column: ClassVar[str] = "number"

    def check(self, field: Field, value: Value) -> Value:
        """Return the answer."""
        del field
        if not isinstance(value, bool):
            raise ValueError(_("Choose yes or no."))  # noqa: TRY004 - a sentence beside the field
        return value

    def read(self, field: Field, plain: object) -> Value:
        """Return the answer."""
        return self.check(field, plain)  # type: ignore[arg-type]  # check refuses what is none

    def columns(self, field: Field, value: Any) -> dict[str, Any]:  # noqa: ANN401 - see Kind
        """Return 1 or 0."""
        del field
        return {"number": int(value)}

    def load(self, field: Field, kept: Mapping[str, Any]) -> Value | None:
        """Return the answer."""
        del field
        return None if kept["number"] is None else bool(kept["number"])

    def tell(self, field: Field, value: Any, language: str | None = None) -> str:  # noqa: ANN401 - see Kind
        """Return yes or no."""
        del field, language
        return _("yes") if value else _("no")


class ChoiceKind(Kind):
    """One of the field's choices, by its key; one that is no longer offered stays where it is."""

    def check(self, field: Field, value: Value) -> Value:
        """Return the key."""
        if not isinstance(value, str) or field.choice(value) is None:
            raise ValueError(_("Choose from the list."))
        return value

    def columns(self, field: Field, value: Any) -> dict[str, Any]:  # noqa: ANN401 - see Kind
        """Return the key, as it is."""
        del field
        return {"text": value, "folded": value}

    def tell(self, field: Field, value: Any, language: str | None = None) -> str:  # noqa: ANN401 - see Kind
        """Return the name of the choice."""
        choice = field.choice(value)
        return str(value) if choice is None else choice.title(language)


class ChoicesKind(Kind):
    """Several of the field's choices, in the order of the field."""

    def check(self, field: Field, value: Value) -> Value:
        """Return the keys, each once."""
        if not isinstance(value, tuple) or not value or any(field.choice(key) is None for key in value):
            raise ValueError(_("Choose from the list."))
        return tuple(choice.key for choice in field.choices if choice.key in value)

    def read(self, field: Field, plain: object) -> Value:
        """Return the keys of a list."""
        if not isinstance(plain, list) or not all(isinstance(one, str) for one in plain):
            raise ValueError(_("Choose from the list."))
        return self.check(field, tuple(plain))

    def plain(self, field: Field, value: Any) -> Any:  # noqa: ANN401 - see Kind
        """Return the keys as a list."""
        del field
        return list(value)

    def columns(self, field: Field, value: Any) -> dict[str, Any]:  # noqa: ANN401 - see Kind
        """Return the keys between bars."""
        del field
        text = BAR + BAR.join(value) + BAR
        return {"text": text, "folded": text}

    def load(self, field: Field, kept: Mapping[str, Any]) -> Value | None:
        """Return the keys."""
        del field
        text = kept["text"]
        return tuple(text.strip(BAR).split(BAR)) if text else None

    def tell(self, field: Field, value: Any, language: str | None = None) -> str:  # noqa: ANN401 - see Kind
        """Return the names of the choices."""
        return ", ".join(ChoiceKind.tell(_CHOICE, field, key, language) for key in value)


_CHOICE: Final = ChoiceKind()
KINDS: Final[Mapping[FieldKind, Kind]] = {
    FieldKind.TEXT: TextKind(),
    FieldKind.LONG_TEXT: LongTextKind(),
    FieldKind.NUMBER: NumberKind(),
    FieldKind.MONEY: MoneyKind(),
    FieldKind.DATE: DateKind(),
    FieldKind.CHOICE: _CHOICE,
    FieldKind.CHOICES: ChoicesKind(),
    FieldKind.YES_NO: YesNoKind(),
    FieldKind.LINK: LinkKind(),
}
#: The columns of a value that has none.
EMPTY: Final[Mapping[str, None]] = {"text": None, "folded": None, "number": None, "day": None}


def parse_link(text: str) -> str:
    """Return an address of the web, with ``https://`` in front where nothing says how to reach it.

    :raises ValueError: it is none, with a sentence for the person.
    """
    address = parsing.clean_text(text)
    if address and "://" not in address:
        address = f"https://{address}"
    wrong = _("Write an address of the web, for example %(example)s.", example="https://exemplu.ro")
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError(wrong) from None
    is_plain = len(address) <= LONGEST_LINK and address.isprintable() and " " not in address
    if not is_plain or parts.scheme.lower() not in SCHEMES or "." not in host.strip("."):
        raise ValueError(wrong)
    return address


def tell(field: Field, value: Value | None, language: str | None = None) -> str:
    """Return ``value`` as people read it, empty where there is none."""
    return "" if value is None else KINDS[field.kind].tell(field, value, language)


def plain_value(field: Field, value: Value | None) -> Any:  # noqa: ANN401 - JSON
    """Return ``value`` as plain JSON."""
    return None if value is None else KINDS[field.kind].plain(field, value)


def read_plain(field: Field, plain: object) -> Value | None:
    """Return the value of plain JSON, ``None`` where it is empty.

    :raises ValueError: it is none that the field may have, with a sentence for the person.
    """
    if plain in (None, "", []):
        return None
    return KINDS[field.kind].read(field, plain)


def tell_plain(field: Field, plain: object) -> str:
    """Return plain JSON as people read it; what the field, as it is now, cannot read is shown as it is."""
    try:
        return tell(field, read_plain(field, plain))
    except ValueError:
        return ", ".join(map(str, plain)) if isinstance(plain, list) else str(plain)


def _decimal(plain: object) -> Decimal:
    try:
        return Decimal(str(plain)) if not isinstance(plain, bool) else Decimal("NaN")
    except InvalidOperation:
        return Decimal("NaN")
