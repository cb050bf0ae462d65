"""The base of every form: CSRF, idempotency key, version, and errors that keep what was typed.

Import fields from here too.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field
from wtforms.widgets import HiddenInput as AnyHiddenInput

from core.errors import DomainError, InvalidInputError
from core.foundation.ui.choices import CheckField, ChoiceField, MultiChoiceField, RadioField
from core.foundation.ui.csrf import FormToken
from core.foundation.ui.fields import (
    DateField,
    DateTimeField,
    DecimalField,
    EmailField,
    IntegerField,
    MoneyField,
    PasswordField,
    PhoneField,
    QuantityField,
    Required,
    TextAreaField,
    TextField,
    TimeField,
    TypedField,
)
from core.foundation.ui.widgets import HiddenInput

#: The methods that send a form.
SENDING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class IdempotencyField(Field):
    """A key, new on each form shown and kept when the form is shown again, by which a repeat is known."""

    kind = "hidden"
    widget = HiddenInput()
    stored: str | None = None

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ANN401 - WTForms'
        """Take the key that was sent, or make one."""
        del data
        super().process(formdata, str(uuid.uuid4()), extra_filters)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep a sent key that is a UUID.

        :raises ValueError: it is anything else; a new key replaces it.
        """
        if not valuelist:
            return
        try:
            self.data = str(uuid.UUID(valuelist[0]))
        except (ValueError, AttributeError, TypeError):
            raise ValueError(_("This form came back damaged. Check it and send it again.")) from None

    def _value(self) -> str:
        return str(self.data)


class VersionField(IntegerField):
    """The version of the record that the form shows; empty for a new one."""

    kind = "hidden"
    widget = HiddenInput()  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of a form, for the summary on top of it."""

    #: The ``id`` of the control, empty for what concerns the whole form.
    target: str
    label: str
    message: str


class BaseForm(FlaskForm):
    """A form with CSRF token and idempotency key; ``form.key.data`` is the key.

    Show it with ``{% call forms.form(form) %}``; after a failed ``validate()`` show it again, answering 422.
    """

    class Meta:
        """How WTForms binds the form to the request."""

        csrf_class = FormToken

        def wrap_formdata(self, form: object, formdata: Any) -> Any:  # noqa: ANN401 - WTForms'
            """Take the fields and files that were sent; JSON is for the API and never fills a form."""
            del form
            if formdata is not _Auto:
                return formdata
            if request.method not in SENDING:
                return None
            return CombinedMultiDict([request.files, request.form])

    key = IdempotencyField(name="_key")

    #: Somebody else changed the record; the stored values stand under the fields.
    in_conflict = False
    #: Parts that plugins and the shop add, forms of their own; see ``core.foundation.ui.sections``.
    sections: Sequence[Any] = ()

    def __init__(self, formdata: Any = _Auto, **rest: Any) -> None:  # noqa: ANN401 - WTForms'
        """Read the request where it sends a form, else show ``obj``, ``data`` or single values by name.

        :param formdata: Fields in place of the request's; ``None`` for a form that shows nothing sent.
        """
        FlaskForm.__init__(self, formdata, **rest)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Tell whether what was sent can be taken; errors stand beside the fields."""
        valid: bool = super().validate(extra_validators)
        verdicts = [section.form.validate() for section in self.sections]
        valid = valid and all(verdicts)
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            token.errors = [_("This page was open too long. Your typing is kept: send it again.")]
        return valid

    def add_errors(self, errors: Mapping[str, Sequence[object]]) -> None:
        """Put the messages of an ``InvalidInputError`` beside their fields, unknown names on top of the form."""
        for name, messages in errors.items():
            field = self._find(name)
            texts = [str(message) for message in messages]
            if field is None:
                self.form_errors.extend(texts)
            else:
                field.errors = [*field.errors, *texts]

    def refuse(self, error: DomainError) -> None:
        """Show ``error`` on the form: its messages by field, else its own message on top."""
        if getattr(error, "needs_new_key", False):
            # The form was saved before with other content: sending it once more makes a new record, knowingly.
            self.key.data = str(uuid.uuid4())
        errors = error.errors if isinstance(error, InvalidInputError) else {}
        self.add_errors(errors)
        if not errors:
            self.form_errors.append(error.message)

    def conflict(self, current: Mapping[str, str]) -> None:
        """Show both values where somebody else changed the record first; what was typed stays in the fields.

        :param current: What is stored now, by field, as people read it; ``version`` is the stored version, so that
            saving again overwrites knowingly.
        """
        self.in_conflict = True
        for name, value in current.items():
            field = self._find(name)
            if field is None:
                continue
            if isinstance(field, VersionField):
                field.data, field.typed = int(value), str(value)
            elif isinstance(field, TypedField | ChoiceField | CheckField) and value != shown(field):
                field.stored = value

    def _find(self, name: str) -> Field | None:
        """Return the field ``name`` of the form or of one of its sections."""
        found = (section.form.find_field(name) for section in self._own_sections())
        return self._fields.get(name) or next((field for field in found if field is not None), None)

    def _own_sections(self) -> Iterator[Any]:
        return (section for section in self.sections if isinstance(section.form, SectionForm))

    @property
    def error_summary(self) -> Iterator[Problem]:
        """The errors in the order of the form, those of the whole form first."""
        for message in self.form_errors:
            yield Problem("", "", str(message))
        for field in self._fields.values():
            hidden = isinstance(field.widget, AnyHiddenInput)
            for message in field.errors:
                yield Problem(
                    "" if hidden else field.id, "" if hidden else str(field.label.text), str(message)
                )
        for section in self._own_sections():
            yield from section.form.error_summary

    @property
    def hidden_fields(self) -> Iterator[Field]:
        """The fields that nobody sees: token, key, version."""
        return (field for field in self._fields.values() if isinstance(field.widget, AnyHiddenInput))


class VersionedForm(BaseForm):
    """A form over a record that others may change meanwhile; ``form.version.data`` is the version it shows."""

    version = VersionField()

    def shown(self) -> dict[str, str]:
        """Return the values as people read them, by field: what ``conflict`` of another form takes.

        ``saving(form, stored=lambda: ClientForm(formdata=None, obj=client))`` shows a person what is stored.
        """
        visible = (
            name for name, field in self._fields.items() if not isinstance(field.widget, AnyHiddenInput)
        )
        inside = (field for section in self._own_sections() for field in section.form)
        return {
            **{name: shown(self._fields[name]) for name in visible},
            **{field.name: shown(field) for field in inside},
            "version": str(self.version.data or 0),
        }


class SectionForm(BaseForm):
    """A part of another form: it has a prefix, and neither token nor key of its own."""

    class Meta:
        """The form around it carries the token."""

        csrf = False

    key = None  # type: ignore[assignment]  # takes the field of the base away

    def find_field(self, name: str) -> Field | None:
        """Return the field that services or the page call ``name``, ``None`` where there is none."""
        return next((field for field in self._fields.values() if field.name == name), None)


class FilterForm(SectionForm):
    """The filters of a list, read from the address: ``FilterForm(request.args)``."""

    def __init__(self, args: MultiDict[str, str], **rest: Any) -> None:  # noqa: ANN401 - WTForms'
        """Read ``args`` and validate them at once; a filter that cannot be read does not count."""
        super().__init__(args, **rest)
        self.validate()

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that are set and readable, by name."""
        return {
            name: field.data
            for name, field in self._fields.items()
            if not field.errors and field.data is not None and field.data not in ("", [], False)
        }


def shown(field: Field) -> str:
    """Return the value of ``field`` as people read it; what was typed where it could not be read."""
    if isinstance(field, ChoiceField):
        return ", ".join(str(label) for value, label, chosen in field.options() if chosen and value)
    if isinstance(field, TypedField):
        readable = field.data is not None and not field.errors
        return field.present(field.data) if readable else field.typed or ""
    if isinstance(field, CheckField):
        return _("yes") if field.data else _("no")
    return str(field.data)


__all__ = [
    "BaseForm",
    "CheckField",
    "ChoiceField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "EmailField",
    "FilterForm",
    "IdempotencyField",
    "IntegerField",
    "MoneyField",
    "MultiChoiceField",
    "PasswordField",
    "PhoneField",
    "Problem",
    "QuantityField",
    "RadioField",
    "Required",
    "SectionForm",
    "TextAreaField",
    "TextField",
    "TimeField",
    "VersionField",
    "VersionedForm",
]
