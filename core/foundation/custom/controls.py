"""The control of each kind of field, and what a control says as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask_babel import gettext as _
from wtforms import Field as Control

from core.foundation.custom.fields import Choice, Field, in_language
from core.foundation.custom.kinds import DECIMALS, KINDS, LONGEST_LINK, Value, parse_link
from core.foundation.custom.models import FieldKind
from core.foundation.ui.forms import (
    ChoiceField,
    DateField,
    DecimalField,
    MoneyField,
    MultiChoiceField,
    RadioField,
    TextAreaField,
    TextField,
)

#: Choices that are shown all at once; more of them are a list to open.
CHIPS: Final = 5
YES: Final = "yes"
NO: Final = "no"


class LinkField(TextField):
    """An address of the web."""

    def parse(self, text: str) -> str:
        """Return the address with its scheme."""
        return parse_link(text)


def make_control(field: Field, *, required: bool, kept: Value | None = None) -> Any:  # noqa: ANN401 - an unbound field of WTForms
    """Return the control of ``field``, not yet bound to a form.

    :param kept: What the record has: a choice that is no longer offered stays among those to choose from.
    """
    common = {"required": required, "hint": in_language(field.help)}
    return _CONTROLS[field.kind](field, kept, common)


def offered(field: Field, kept: Value | None = None) -> list[Choice]:
    """Return the choices of ``field`` that are offered, and those that the record has already."""
    has = kept if isinstance(kept, tuple) else (kept,)
    return [choice for choice in field.choices if choice.offered or choice.key in has]


def _text(field: Field, kept: Value | None, common: dict[str, Any]) -> Any:  # noqa: ANN401 - see make_control
    del kept
    return TextField(field.title(), **common)


def _long_text(field: Field, kept: Value | None, common: dict[str, Any]) -> Any:  # noqa: ANN401 - see make_control
    del kept
    return TextAreaField(field.title(), **common)


def _number(field: Field, kept: Value | None, common: dict[str, Any]) -> Any:  # noqa: ANN401 - see make_control
    del kept
    return DecimalField(field.title(), decimals=DECIMALS, least=None, **common)


def _money(field: Field, kept: Value | None, common: dict[str, Any]) -> Any:  # noqa: ANN401 - see make_control
    del kept
    return MoneyField(field.title(), currency=field.currency, least=None, **common)


def _date(field: Field, kept: Value | None, common: dict[str, Any]) -> Any:  # noqa: ANN401 - see make_control
    del kept
    return DateField(field.title(), **common)


def _link(field: Field, kept: Value | None, common: dict[str, Any]) -> Any:  # noqa: ANN401 - see make_control
    del kept
    return LinkField(
        field.title(), max_length=LONGEST_LINK, render_kw={"type": "url", "inputmode": "url"}, **common
    )


def _yes_no(field: Field, kept: Value | None, common: dict[str, Any]) -> Any:  # noqa: ANN401 - see make_control
    del kept
    blank = None if common["required"] else _("not said")
    return RadioField(field.title(), choices=((YES, _("yes")), (NO, _("no"))), blank=blank, **common)


def _choice(field: Field, kept: Value | None, common: dict[str, Any]) -> Any:  # noqa: ANN401 - see make_control
    choices = [(choice.key, choice.title()) for choice in offered(field, kept)]
    if len(choices) > CHIPS:
        return ChoiceField(field.title(), choices=choices, **common)
    blank = None if common["required"] else _("not said")
    return RadioField(field.title(), choices=choices, blank=blank, **common)


def _choices(field: Field, kept: Value | None, common: dict[str, Any]) -> Any:  # noqa: ANN401 - see make_control
    choices = [(choice.key, choice.title()) for choice in offered(field, kept)]
    return MultiChoiceField(field.title(), choices=choices, **common)


_CONTROLS: Final[Mapping[FieldKind, Callable[[Field, Value | None, dict[str, Any]], Any]]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _long_text,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _money,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.YES_NO: _yes_no,
    FieldKind.LINK: _link,
}


def control_data(value: Value | None) -> Any:  # noqa: ANN401 - what the control takes
    """Return ``value`` as its control takes it."""
    if isinstance(value, bool):
        return YES if value else NO
    return list(value) if isinstance(value, tuple) else value


def control_value(field: Field, control: Control) -> Value | None:
    """Return what ``control`` says, ``None`` where it says nothing.

    :raises ValueError: the field cannot have it, with a sentence for the person.
    """
    data = control.data
    if data is None or data in ("", []):
        return None
    if field.kind is FieldKind.YES_NO:
        data = data == YES
    elif isinstance(data, list):
        data = tuple(data)
    return KINDS[field.kind].check(field, data)
