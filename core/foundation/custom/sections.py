"""The fields of the shop's own as a section of a record's form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Field as Control

from core.foundation.custom.controls import control_data, control_value, make_control
from core.foundation.custom.fields import Field, fields_of
from core.foundation.custom.hosts import PREFIX, FieldHost, field_hosts, narrowing_names
from core.foundation.custom.kinds import Value
from core.foundation.custom.models import FieldKind
from core.foundation.custom.values import first_values, save_values, values_of
from core.foundation.ui.checks import read_id
from core.foundation.ui.forms import SENDING, SectionForm
from core.foundation.ui.values import FormSection

#: Where the section stands among those of plugins.
ORDER: Final = 50
TEMPLATE: Final = "custom/_section.html"


@dataclass(frozen=True, slots=True)
class Group:
    """Controls that belong together: those of all records, or those of one narrowing."""

    narrowing_id: int | None
    #: What the narrowing is called; empty for all records.
    title: str
    #: In a line with others.
    short: Sequence[Control]
    #: On a line of their own.
    long: Sequence[Control]


class FieldsForm(SectionForm):
    """The fields of one record; made by ``make_fields_form``, which gives it a control for each."""

    #: Who has them.
    host: FieldHost
    #: By the name of their control.
    fields: Mapping[str, Field]
    #: The control of the form around it in which the narrowing is chosen; empty where there is none.
    narrowed_by: str
    #: The narrowing that the record has, ``None`` for a new one.
    narrowing_id: int | None
    is_new: bool

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to fill in."""
        return bool(self.fields)

    def chosen_narrowing(self) -> int | None:
        """Return the narrowing that the form around it says, else the record's."""
        if self.narrowed_by and request.method in SENDING and self.narrowed_by in request.form:
            return read_id(request.form.get(self.narrowed_by))
        return self.narrowing_id

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Tell whether what was sent can be taken; fields of another narrowing do not count."""
        super().validate(extra_validators)
        narrowing_id = self.chosen_narrowing()
        for name, field in self.fields.items():
            control = self._fields[name]
            if not field.is_for(narrowing_id):
                control.errors = []
            elif not control.errors:
                try:
                    control_value(field, control)
                except ValueError as error:
                    control.errors = [str(error)]
        return not any(self._fields[name].errors for name in self.fields)

    def values(self) -> dict[str, Value | None]:
        """Return what was said, by key; a new record gets the defaults of the fields that are not shown."""
        narrowing_id = self.chosen_narrowing()
        shown = {
            field.key: control_value(field, self._fields[name])
            for name, field in self.fields.items()
            if field.is_for(narrowing_id)
        }
        hidden = first_values(self.host.kind, narrowing_id) if self.is_new else {}
        known = {field.key for field in self.fields.values()}
        return {**{key: value for key, value in hidden.items() if key not in known}, **shown}

    def find_field(self, name: str) -> Control | None:
        """Return the control that services call ``custom.<key>``."""
        for control, field in self.fields.items():
            if name == f"{PREFIX}{field.key}":
                return self._fields[control]
        return super().find_field(name)

    @property
    def groups(self) -> Iterator[Group]:
        """The controls in groups: those of all records first."""
        narrowings = list(dict.fromkeys(field.narrowing_id for field in self.fields.values()))
        names = narrowing_names([self.host]) if any(narrowings) else {}
        for narrowing_id in sorted(narrowings, key=lambda one: (one is not None, narrowings.index(one))):
            title = "" if narrowing_id is None else names.get((self.host.kind, narrowing_id), "")
            inside = {n: f for n, f in self.fields.items() if f.narrowing_id == narrowing_id}
            is_long = {name: field.kind in _LONG for name, field in inside.items()}
            yield Group(
                narrowing_id,
                title,
                [self._fields[name] for name in inside if not is_long[name]],
                [self._fields[name] for name in inside if is_long[name]],
            )


_LONG: Final = frozenset({FieldKind.LONG_TEXT, FieldKind.CHOICES})


def make_fields_form(
    host: FieldHost,
    fields: Sequence[Field],
    record: Any,  # noqa: ANN401 - a host's record
    *,
    form: str = "",
    stored: bool = False,
) -> FieldsForm:
    """Return the form of ``fields`` for ``record``, ``None`` being a new one.

    :param form: Name of the form around it.
    :param stored: As it is stored, whatever was sent.
    """
    values = first_values(host.kind) if record is None else values_of(host.kind, record.id)
    narrowing_id = None if record is None else host.narrowing_of(record)
    names = {f"f{field.id}": field for field in fields}
    controls = {
        name: make_control(field, required=field.is_required, kept=values.get(field.key))
        for name, field in names.items()
    }
    parts = {
        "host": host,
        "fields": names,
        "narrowed_by": host.forms.get(form, ""),
        "narrowing_id": narrowing_id,
        "is_new": record is None,
    }
    made: type[FieldsForm] = type("RecordFieldsForm", (FieldsForm,), {**parts, **controls})
    given = {name: control_data(values.get(field.key)) for name, field in names.items()}
    prefix = f"custom-{host.kind}-"
    return made(formdata=None, data=given, prefix=prefix) if stored else made(data=given, prefix=prefix)


def shown_fields(host: FieldHost, form: str) -> list[Field]:
    """Return the fields that the form ``form`` of ``host`` shows."""
    fields = fields_of(host.kind)
    if form in host.short_forms:
        return [field for field in fields if field.is_required or field.at_intake]
    return fields


def sections_of(form: str) -> list[FormSection]:
    """Return the section that the fields of the shop's own are in the form ``form``; none where it has no fields."""
    return [
        FormSection(
            f"custom-{host.kind}",
            _l("Further details"),
            TEMPLATE,
            make=_maker(host, form, fields),
            stored=_maker(host, form, fields, stored=True),
            save=_save,
            order=ORDER,
        )
        for host in field_hosts().values()
        if form in host.forms and fields_of(host.kind)
        for fields in [shown_fields(host, form)]
    ]


def _maker(
    host: FieldHost, form: str, fields: Sequence[Field], *, stored: bool = False
) -> Callable[[Any], FieldsForm]:
    return lambda record: make_fields_form(host, fields, record, form=form, stored=stored)


def _save(record: Any, form: FieldsForm) -> None:  # noqa: ANN401 - a host's record
    values = form.values()
    if form.is_new:
        values = {key: value for key, value in values.items() if value is not None}
    if values:
        save_values(form.host, record, values, is_new=form.is_new)


__all__ = ["FieldsForm", "Group", "make_fields_form", "sections_of", "shown_fields"]
