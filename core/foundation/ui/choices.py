"""Form fields of choices: one or many of a list, yes or no. A value that is not in the list is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import BooleanField, Field
from wtforms.form import BaseForm as WTForm
from wtforms.validators import StopValidation

from core.foundation.ui import parsing
from core.foundation.ui.fields import FieldOptions, rules_of
from core.foundation.ui.templates import plain
from core.foundation.ui.widgets import CheckboxInput, attributes

#: Pairs of a value and what the person reads.
Choices = Iterable[tuple[object, object]]


class ChoiceWidget:
    """Draw a ``<select>``."""

    def __call__(self, field: ChoiceField, **given: object) -> Markup:
        """Return the control with its options."""
        given.setdefault("id", field.id)
        if field.flags.required:
            given.setdefault("required", True)
        options = "".join(
            f'<option value="{plain(value)}"{" selected" if on else ""}>{plain(label)}</option>'
            for value, label, on in field.options()
        )
        head = attributes(name=field.name, multiple=field.multiple, **given)
        return Markup(f"<select {head}>{options}</select>")  # noqa: S704 - every part is escaped


class ChoiceField(Field):
    """One of ``choices``; ``data`` is the value itself, ``None`` for none.

    The choices may be set after the form is made and before it is validated.
    """

    kind = "select"
    widget = ChoiceWidget()
    multiple = False

    def __init__(
        self,
        label: object = None,
        *,
        choices: Choices = (),
        blank: object = "",
        **options: Unpack[FieldOptions],
    ) -> None:
        """Bind the field; ``blank`` is what the list says for no choice, ``None`` leaves that out."""
        self.hint, self.unit = options.pop("hint", ""), options.pop("unit", "")
        rules = rules_of(options)
        super().__init__(label, rules, **options)  # type: ignore[arg-type, misc]
        self.choices, self.blank = choices, blank
        self.sent: list[str] | None = None
        self.stored: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was sent; it is compared with the choices when the form is validated."""
        self.sent = [parsing.without_forbidden(str(value)) for value in valuelist if value != ""]
        self.data = [] if self.multiple else None

    def pre_validate(self, form: WTForm) -> None:
        """Turn what was sent into the values that it names.

        :raises StopValidation: a value is not among the choices.
        """
        del form
        if self.sent is None:
            return
        known = {str(value): value for value, _label in self.choices}
        values = [known[text] for text in dict.fromkeys(self.sent) if text in known]
        self.data = values if self.multiple else next(iter(values), None)
        if not known.keys() >= set(self.sent) or (len(values) > 1 and not self.multiple):
            raise StopValidation(_("Choose from the list."))

    def options(self) -> Iterable[tuple[str, object, bool]]:
        """Yield value, label and whether it is chosen, the blank one first."""
        chosen = self.sent
        if chosen is None:
            chosen = [
                str(value)
                for value in (self.data or () if self.multiple else [self.data])
                if value is not None
            ]
        if not self.multiple and self.blank is not None:
            yield "", self.blank, not chosen
        for value, label in self.choices:
            yield str(value), label, str(value) in chosen


class RadioField(ChoiceField):
    """One of few, all seen at once, drawn as chips."""

    kind = "chips"

    def __init__(
        self,
        label: object = None,
        *,
        choices: Choices = (),
        blank: object = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        """Bind the field; by default no chip stands for no choice."""
        super().__init__(label, choices=choices, blank=blank, **options)


class MultiChoiceField(ChoiceField):
    """Many of many, drawn as chips; ``data`` is a list of values."""

    kind = "chips"
    multiple = True


class CheckField(BooleanField):
    """Yes or no; ``required`` demands a yes."""

    kind = "check"
    widget = CheckboxInput()

    def __init__(self, label: object = None, **options: Unpack[FieldOptions]) -> None:
        """Bind the field."""
        self.hint, self.unit = options.pop("hint", ""), ""
        rules = rules_of(options)
        super().__init__(label, rules, **options)  # type: ignore[arg-type, misc]
        self.stored: str | None = None
