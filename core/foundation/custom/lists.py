"""The fields of the shop's own in lists: columns that come with the statement of the list, and filters that an index answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from werkzeug.datastructures import MultiDict
from wtforms import Field as Control

from core.foundation.custom.controls import CHIPS, NO, YES
from core.foundation.custom.fields import Field, fields_of
from core.foundation.custom.kinds import BAR, EMPTY, KINDS, NumberKind, tell
from core.foundation.custom.models import FOLDED_LENGTH, CustomValue, FieldKind
from core.foundation.search.fold import fold_text
from core.foundation.ui.fields import LINE
from core.foundation.ui.forms import (
    ChoiceField,
    DateField,
    DecimalField,
    FilterForm,
    MoneyField,
    MultiChoiceField,
    RadioField,
    TextField,
)

#: What the arguments of an address begin with that are filters by fields of the shop's own.
PREFIX: Final = "cf-"
#: Letters of a long text that a list shows.
SHORT: Final = 80
_LOW: Final = "_from"
_HIGH: Final = "_to"
_RANGES: Final = frozenset({FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DATE})


@dataclass(frozen=True, slots=True)
class ListFields:
    """The fields that one list shows as columns.

    Their values come with the statement of the list, each by its index, so that no further statement is needed.
    """

    fields: Sequence[Field]

    def select(self, statement: Select[Any], record_id: Any) -> Select[Any]:  # noqa: ANN401 - a column of ids
        """Return ``statement`` with a column for each field.

        :param record_id: The column of the list's ids.
        """
        return statement.add_columns(*(self._column(field, record_id) for field in self.fields))

    def _column(self, field: Field, record_id: Any) -> Any:  # noqa: ANN401 - a labelled column
        kept = getattr(CustomValue, _keeper(field))
        if field.kind in {FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.LINK}:
            kept = func.substr(kept, 1, SHORT + 1)
        value = select(kept).where(CustomValue.field_id == field.id, CustomValue.record_id == record_id)
        return value.correlate_except(CustomValue).scalar_subquery().label(f"custom_{field.id}")

    @property
    def titles(self) -> list[str]:
        """The heads of the columns."""
        return [field.title() for field in self.fields]

    @property
    def is_number(self) -> list[bool]:
        """Which columns hold numbers, which stand at the right."""
        return [isinstance(KINDS[field.kind], NumberKind) for field in self.fields]

    def cells(self, rows: Sequence[Row[Any]]) -> list[list[str]]:
        """Return what stands in the columns of ``rows``, as people read it; empty where nothing stands."""
        return [
            [self._cell(field, getattr(row, f"custom_{field.id}")) for field in self.fields] for row in rows
        ]

    @staticmethod
    def _cell(field: Field, kept: Any) -> str:  # noqa: ANN401 - of whichever column
        if kept is None:
            return ""
        value = KINDS[field.kind].load(field, {**EMPTY, _keeper(field): kept})
        text = " ".join(tell(field, value).split())
        return text if len(text) <= SHORT else text[:SHORT].rstrip() + "…"


def _keeper(field: Field) -> str:
    """Return the column that holds the whole value."""
    column = KINDS[field.kind].column
    return "text" if column == "folded" else column


def list_fields(kind: str, *, keys: Sequence[str] | None = None) -> ListFields:
    """Return the fields that the list of ``kind`` shows.

    :param keys: Those, in this order, in place of the fields that say so of themselves.
    """
    fields = fields_of(kind)
    if keys is None:
        return ListFields([field for field in fields if field.is_listed])
    by_key = {field.key: field for field in fields}
    return ListFields([by_key[key] for key in keys if key in by_key])


class FieldFilters(FilterForm):
    """The filters by the shop's own fields; made by ``field_filters``."""

    #: By the name of their controls, without what a range adds.
    fields: Mapping[str, Field]

    def narrow(self, statement: Select[Any], record_id: Any) -> Select[Any]:  # noqa: ANN401 - a column of ids
        """Return ``statement`` with the filters that are chosen.

        :param record_id: The column of the list's ids.
        """
        for condition in self.conditions(record_id):
            statement = statement.where(condition)
        return statement

    def conditions(self, record_id: Any) -> Iterator[ColumnElement[bool]]:  # noqa: ANN401 - a column of ids
        """Yield what the chosen filters ask of the ids in ``record_id``."""
        chosen = self.chosen
        for name, field in self.fields.items():
            given = [chosen.get(f"{name}{end}") for end in ("", _LOW, _HIGH)]
            if any(one is not None for one in given):
                wanted = select(CustomValue.record_id).where(
                    CustomValue.field_id == field.id, *_conditions(field, *given)
                )
                yield record_id.in_(wanted)

    @property
    def parts(self) -> Iterator[tuple[Field, list[Control]]]:
        """Yield each field with its controls: one, or the two ends of a range."""
        for name, field in self.fields.items():
            ends = (_LOW, _HIGH) if field.kind in _RANGES else ("",)
            yield field, [self._fields[f"{name}{end}"] for end in ends]


def field_filters(kind: str, args: MultiDict[str, str]) -> FieldFilters:
    """Return the filters of the list of ``kind`` as the address sets them; falsy parts where there are no fields."""
    fields = {f"f{field.id}": field for field in fields_of(kind)}
    controls: dict[str, Any] = {}
    for name, field in fields.items():
        controls.update(_controls(name, field))
    made: type[FieldFilters] = type("ListFieldFilters", (FieldFilters,), {"fields": fields, **controls})
    return made(args, prefix=PREFIX)


def _controls(name: str, field: Field) -> dict[str, Any]:
    title = field.title()
    if field.kind in _RANGES:
        ends = {_LOW: _("%(name)s, from", name=title), _HIGH: _("%(name)s, to", name=title)}
        return {f"{name}{end}": _range_end(field, label) for end, label in ends.items()}
    if field.kind is FieldKind.YES_NO:
        choices = ((YES, _("yes")), (NO, _("no")))
        return {name: RadioField(title, choices=choices, blank=_("all"))}
    if field.kind.has_choices:
        options = [(choice.key, choice.title()) for choice in field.choices]
        if len(options) > CHIPS:
            return {name: ChoiceField(title, choices=options, blank=_("all"))}
        return {name: MultiChoiceField(title, choices=options)}
    return {name: TextField(title, max_length=LINE)}


def _range_end(field: Field, label: str) -> Any:  # noqa: ANN401 - an unbound field of WTForms
    if field.kind is FieldKind.DATE:
        return DateField(label)
    if field.kind is FieldKind.MONEY:
        return MoneyField(label, currency=field.currency, least=None)
    return DecimalField(label, decimals=3, least=None)


def _conditions(field: Field, given: Any, low: Any, high: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - of any control
    column = getattr(CustomValue, KINDS[field.kind].column)
    if field.kind in _RANGES:
        kept = [None if one is None else _kept(field, one) for one in (low, high)]
        ends = [(column.__ge__, kept[0]), (column.__le__, kept[1])]
        return [compare(end) for compare, end in ends if end is not None]
    if field.kind is FieldKind.YES_NO:
        return [column == int(given == YES)]
    if field.kind.has_choices:
        keys = given if isinstance(given, list) else [given]
        if field.kind is FieldKind.CHOICE:
            return [column.in_(keys)]
        return [or_(*(column.contains(f"{BAR}{key}{BAR}", autoescape=True) for key in keys))]
    return [column.contains(fold_text(given)[:FOLDED_LENGTH], autoescape=True)]


def _kept(field: Field, value: Decimal | date) -> Any:  # noqa: ANN401 - of the column of the kind
    return KINDS[field.kind].columns(field, value)[KINDS[field.kind].column]
