"""Form fields that read what people type, keep it when it is wrong, and say why next to it.

Each takes ``required`` and its own limits; a limit is an error beside the field, never a failure of the page.
``kind`` tells the macros how to draw it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypedDict, TypeVar, Unpack

from babel.numbers import get_currency_precision
from flask import g, has_app_context
from flask_babel import gettext as _
from wtforms import Field
from wtforms.form import BaseForm as WTForm
from wtforms.validators import StopValidation

from core.foundation.ui import parsing
from core.foundation.ui.formats import (
    HOME_CURRENCY,
    NBSP,
    format_date,
    format_datetime,
    format_number,
    format_phone,
    local_today,
)
from core.foundation.ui.language import current_locale, current_zone
from core.foundation.ui.widgets import PasswordInput, TextArea, TextInput
from core.types import LARGEST_INTEGER

Value = TypeVar("Value")

#: The longest text of one line, unless the field says otherwise.
LINE = 200
#: The longest text of several lines, unless the field says otherwise.
PAGE = 10_000
#: The country of those who say none.
HOME = "RO"
#: Telephone prefixes of the countries that the product speaks for; others write their ``+``.
PREFIXES: Mapping[str, str] = {"RO": "40", "MD": "373", "HU": "36", "BG": "359", "DE": "49", "IT": "39"}


def phone_prefix(country: str | None = None) -> str:
    """Return the telephone prefix of ``country`` (ISO 3166), by default of the tenant's; Romania's where we know none."""
    tenant = g.get("tenant") if has_app_context() else None
    return PREFIXES.get(country or str(getattr(tenant, "country", HOME)), PREFIXES[HOME])


class Required:
    """Refuse an empty field; a field that could not be read keeps its own error."""

    field_flags: ClassVar[Mapping[str, bool]] = {"required": True}

    def __call__(self, form: WTForm, field: Field) -> None:
        """Stop with a message when nothing was given."""
        del form
        if field.process_errors:
            raise StopValidation
        if field.data is None or field.data in ("", [], False):
            raise StopValidation(_("Fill this in."))


class FieldOptions(TypedDict, total=False):
    """What every field takes by name."""

    #: Refuse an empty value.
    required: bool
    #: A few words at the right of the label.
    hint: object
    #: What stands inside the control at its right: lei, %, h.
    unit: object
    #: Most characters.
    max_length: int | None
    validators: Sequence[Any]
    #: HTML attributes of the control.
    render_kw: Mapping[str, object]
    default: object
    description: str
    id: str
    name: str
    _form: Any
    _prefix: str
    _translations: Any
    _meta: Any


class TypedField(Field, Generic[Value]):
    """A field of one value that is typed as text, read by ``parse`` and shown by ``present``."""

    kind = "text"
    widget = TextInput()
    multiline = False
    #: HTML attributes that help the keyboard of a phone and the memory of a browser.
    hints: ClassVar[Mapping[str, str]] = {}
    #: What ``data`` is when nothing is typed.
    empty: Any = None

    def __init__(self, label: object = None, **options: Unpack[FieldOptions]) -> None:
        """Bind the field."""
        self.hint, self.unit = options.pop("hint", ""), options.pop("unit", "")
        self.max_length = options.pop("max_length", None)
        attributes = {"autocomplete": "off", **self.hints, **options.pop("render_kw", {})}
        rules = rules_of(options)
        super().__init__(label, rules, render_kw=attributes, **options)  # type: ignore[arg-type, misc]
        #: What was typed, less what cannot be shown; ``None`` until something is sent.
        self.typed: str | None = None
        #: What is stored, where somebody else changed it meanwhile (set by ``BaseForm.conflict``).
        self.stored: str | None = None
        if self.max_length:
            self.flags.maxlength = self.max_length

    def parse(self, text: str) -> Value:
        """Return the value of ``text``, which is clean and not empty.

        :raises ValueError: with a sentence for the person.
        """
        value: Value = text  # type: ignore[assignment]  # fields of text are the ones that keep this method
        return value

    def present(self, value: Value) -> str:
        """Return ``value`` as the person would type it."""
        return str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was sent; what was typed stays in ``typed`` whatever comes of it."""
        self.data = self.empty
        raw = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""
        self.typed = parsing.without_forbidden(raw)
        text = parsing.clean_text(raw, multiline=self.multiline)
        if self.max_length:
            parsing.check_length(text, self.max_length)
        if text:
            self.data = self.parse(text)

    def _value(self) -> str:
        """Return what the control shows: what was typed, else the value."""
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else self.present(self.data)


def rules_of(options: FieldOptions) -> list[Any]:
    """Take ``required`` and ``validators`` out of ``options`` and return the validators of the field."""
    required = options.pop("required", False)
    return [*([Required()] if required else []), *options.pop("validators", ())]


class TextField(TypedField[str]):
    """One line of text; empty is ``""``."""

    empty = ""

    def __init__(self, label: object = None, **options: Unpack[FieldOptions]) -> None:
        """Bind the field."""
        options.setdefault("max_length", LINE)
        super().__init__(label, **options)


class TextAreaField(TypedField[str]):
    """Several lines of text; empty is ``""``."""

    kind = "area"
    widget = TextArea()  # type: ignore[assignment]
    multiline = True
    empty = ""

    def __init__(self, label: object = None, *, rows: int = 3, **options: Unpack[FieldOptions]) -> None:
        """Bind the field; ``rows`` lines are seen at first."""
        options.setdefault("max_length", PAGE)
        options["render_kw"] = {"rows": rows, **options.get("render_kw", {})}
        super().__init__(label, **options)


class EmailField(TextField):
    """An e-mail address."""

    hints: ClassVar[Mapping[str, str]] = {"type": "email", "inputmode": "email", "autocapitalize": "none"}

    def __init__(self, label: object = None, **options: Unpack[FieldOptions]) -> None:
        """Bind the field."""
        options.setdefault("max_length", parsing.LONGEST_EMAIL)
        super().__init__(label, **options)

    def parse(self, text: str) -> str:
        """Return the address."""
        return parsing.parse_email(text)


class PasswordField(TypedField[str]):
    """A password: taken as it is, never shown again."""

    kind = "password"
    widget = PasswordInput()  # type: ignore[assignment]
    hints: ClassVar[Mapping[str, str]] = {"autocomplete": "current-password", "autocapitalize": "none"}
    empty = ""

    def __init__(self, label: object = None, **options: Unpack[FieldOptions]) -> None:
        """Bind the field."""
        options.setdefault("max_length", 1024)
        super().__init__(label, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the password with its spaces."""
        try:
            super().process_formdata(valuelist)
            self.data = valuelist[0] if self.data else self.empty
        finally:
            self.typed = ""

    def present(self, value: str) -> str:
        """Return nothing, whatever the password is."""
        del value
        return ""


class PhoneField(TypedField[str]):
    """A telephone number, kept as ``+40744555207``; without a country it is one of the tenant's."""

    hints: ClassVar[Mapping[str, str]] = {"type": "tel", "inputmode": "tel"}

    def __init__(
        self, label: object = None, *, country: str | None = None, **options: Unpack[FieldOptions]
    ) -> None:
        """Bind the field; ``country`` (ISO 3166) defaults to the tenant's."""
        options.setdefault("max_length", parsing.LONGEST_WORD)
        super().__init__(label, **options)
        self.country = country

    def parse(self, text: str) -> str:
        """Return the number with its ``+``."""
        return parsing.parse_phone(text, prefix=phone_prefix(self.country))

    def present(self, value: str) -> str:
        """Return the number in groups."""
        return format_phone(value).replace(NBSP, " ") if value else ""


class DecimalField(TypedField[Decimal]):
    """An exact number with at most ``decimals`` decimals."""

    kind = "number"
    hints: ClassVar[Mapping[str, str]] = {"inputmode": "decimal"}

    def __init__(
        self,
        label: object = None,
        *,
        decimals: int = 2,
        least: Decimal | int | None = 0,
        most: Decimal | int | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        """Bind the field; ``least`` and ``most`` are included, ``None`` leaves that side open."""
        super().__init__(label, **options)
        self.decimals, self.least, self.most = decimals, least, most

    def parse(self, text: str) -> Decimal:
        """Return the number."""
        value = parsing.parse_decimal(text, decimals=self.decimals, locale=current_locale())
        if self.least is not None and value < self.least:
            raise ValueError(_("Write %(least)s or more.", least=self.present(Decimal(self.least))))
        if self.most is not None and value > self.most:
            raise ValueError(_("Write %(most)s or less.", most=self.present(Decimal(self.most))))
        return value

    def present(self, value: Decimal) -> str:
        """Return the number with the locale's decimal mark and as many decimals as it has."""
        return format_number(value, locale=current_locale())


class QuantityField(DecimalField):
    """A quantity: thousandths, as the database keeps it."""

    def __init__(
        self,
        label: object = None,
        *,
        least: Decimal | int | None = 0,
        most: Decimal | int | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        """Bind the field."""
        super().__init__(label, decimals=3, least=least, most=most, **options)


class MoneyField(DecimalField):
    """An amount in ``currency``, to its smallest unit; ``data`` is a ``Decimal``."""

    kind = "money"

    def __init__(
        self,
        label: object = None,
        *,
        currency: str = HOME_CURRENCY,
        least: Decimal | int | None = 0,
        most: Decimal | int | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        """Bind the field."""
        options.setdefault("unit", "lei" if currency == HOME_CURRENCY else currency)
        decimals = get_currency_precision(currency)
        super().__init__(label, decimals=decimals, least=least, most=most, **options)
        self.currency = currency

    def process_data(self, value: Any) -> None:  # noqa: ANN401 - an amount or money, of any class
        """Take an amount or money."""
        self.data = getattr(value, "amount", value)

    def present(self, value: Decimal) -> str:
        """Return the amount with all the currency's decimals."""
        return format_number(value, locale=current_locale(), decimals=self.decimals)


class IntegerField(TypedField[int]):
    """A whole number from ``least`` to ``most``, at most 2^63 - 1."""

    kind = "number"
    hints: ClassVar[Mapping[str, str]] = {"inputmode": "numeric"}

    def __init__(
        self,
        label: object = None,
        *,
        least: int = 0,
        most: int = LARGEST_INTEGER,
        **options: Unpack[FieldOptions],
    ) -> None:
        """Bind the field."""
        super().__init__(label, **options)
        self.least, self.most = least, most

    def parse(self, text: str) -> int:
        """Return the number."""
        return parsing.parse_integer(text, least=self.least, most=self.most)


class DateField(TypedField[date]):
    """A day."""

    kind = "date"

    def parse(self, text: str) -> date:
        """Return the day; one without a year is near today."""
        return parsing.parse_date(text, today=local_today())

    def present(self, value: date) -> str:
        """Return the day as the person's language writes it."""
        return format_date(value, locale=current_locale(), zone=current_zone()).replace(NBSP, " ")


class TimeField(TypedField[time]):
    """A time of day."""

    kind = "time"

    def parse(self, text: str) -> time:
        """Return the time."""
        return parsing.parse_time(text)

    def present(self, value: time) -> str:
        """Return hours and minutes."""
        return f"{value:%H:%M}"


class DateTimeField(TypedField[datetime]):
    """A moment, typed as the clocks of the tenant show it; ``data`` is aware and in UTC."""

    kind = "datetime"

    def parse(self, text: str) -> datetime:
        """Return the moment."""
        return parsing.parse_datetime(text, today=local_today(), zone=current_zone())

    def present(self, value: datetime) -> str:
        """Return day and time."""
        return format_datetime(value, locale=current_locale(), zone=current_zone()).replace(NBSP, " ")
