"""What stands in the fields of records: read, saved, told, carried over. What writes belongs into a unit of work."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any, Final

from flask_babel import gettext as _, ngettext
from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import aliased

from core.db import session
from core.foundation.audit.services import record_change
from core.foundation.custom.fields import (
    ALL,
    COLUMNS,
    Field,
    all_fields,
    field_of,
    fields_by_key,
    fields_of,
    keep_fields,
    known_fields,
)
from core.foundation.custom.hosts import PREFIX, FieldHost
from core.foundation.custom.kinds import EMPTY, KINDS, Value, plain_value, read_plain, tell
from core.foundation.custom.models import CustomField, CustomValue
from core.foundation.merging.values import Merging, MovingColumn
from core.foundation.ui.checks import Checks

#: Values of one record, by the key of their field.
Values = dict[str, Value]

_KEPT: Final = (CustomValue.text, CustomValue.folded, CustomValue.number, CustomValue.day)
#: All fields, with what stands in those of one record.
_OF_RECORD: Final[Any] = (
    ALL.outerjoin(
        CustomValue,
        and_(
            CustomValue.field_id == CustomField.id,
            CustomField.record_kind == bindparam("of_kind"),
            CustomValue.record_id == bindparam("of_record"),
        ),
    )
).add_columns(*_KEPT)
#: What stands in some fields of some records.
_OF_RECORDS: Final[Any] = select(CustomValue.record_id, CustomValue.field_id, *_KEPT).where(
    CustomValue.record_id.in_(bindparam("of_records", expanding=True)),
    CustomValue.field_id.in_(bindparam("of_fields", expanding=True)),
)


def values_of(kind: str, record_id: int) -> Values:
    """Return what stands in the fields of one record, retired ones too; one statement, which brings along the fields."""
    known = known_fields(kind)
    if known is not None:
        return values_of_many(kind, [record_id]).get(record_id, {}) if known else {}
    found: dict[str, list[Field]] = {}
    values: Values = {}
    for row in session().execute(_OF_RECORD, {"of_kind": kind, "of_record": record_id}):
        field = field_of(row[: len(COLUMNS)])
        found.setdefault(field.record_kind, []).append(field)
        _put(values, field, row[len(COLUMNS) :])
    keep_fields(found)
    return values


def values_of_many(
    kind: str, record_ids: Collection[int], *, fields: Iterable[Field] | None = None
) -> dict[int, Values]:
    """Return what stands in the fields of records, by their ids; one statement, none where there are no fields.

    :param fields: Only these.
    """
    wanted = {field.id: field for field in (all_fields(kind) if fields is None else fields)}
    if not wanted or not record_ids:
        return {}
    found: dict[int, Values] = {}
    given = {"of_records": list(record_ids), "of_fields": list(wanted)}
    for row in session().execute(_OF_RECORDS, given):
        _put(found.setdefault(row.record_id, {}), wanted[row.field_id], row[2:])
    return found


def _put(values: Values, field: Field, kept: Iterable[Any]) -> None:
    value = KINDS[field.kind].load(field, dict(zip(EMPTY, kept, strict=True)))
    if value is not None:
        values[field.key] = value


def save_values(
    host: FieldHost,
    record: Any,  # noqa: ANN401 - a host's record
    values: Mapping[str, Value | None],
    *,
    is_new: bool = False,
) -> bool:
    """Let ``values`` stand in the fields of ``record``; fields that are left out keep what they have. Tell whether anything changed.

    :param values: By the key of the field; ``None`` empties one.
    :param is_new: The record was made in the same unit of work.
    :raises InvalidInputError: a field cannot have its value, by ``custom.<key>``.
    """
    fields = _locked(host.kind, values)
    checks = Checks()
    read = {
        key: checks.read(f"{PREFIX}{key}", partial(_checked, fields.get(key), value), None)
        for key, value in values.items()
    }
    checks.finish(_("Not everything can be saved like this."))
    rows = _rows(record.id, fields.values())
    changes: dict[str, list[object]] = {}
    for key, value in read.items():
        told = _store(fields[key], rows.get(fields[key].id), value, record.id)
        if told is not None:
            changes[f"{PREFIX}{key}"] = told
    session().flush()
    if changes:
        record_change(host.kind, record.id, "change", changes=changes, label=_label(record))
        host.changed(record, {} if is_new else changes)
    return bool(changes)


def _locked(kind: str, keys: Collection[str]) -> dict[str, Field]:
    """Return the fields of these keys, which stay what they are until the unit of work ends."""
    statement = select(*COLUMNS).where(CustomField.record_kind == kind, CustomField.key.in_(keys))
    return {row.key: field_of(row) for row in session().execute(statement.with_for_update(read=True))}


def _checked(field: Field | None, value: Value | None) -> Value | None:
    if field is None:
        raise ValueError(_("There is no such field."))
    return None if value is None else KINDS[field.kind].check(field, value)


def _rows(record_id: int, fields: Iterable[Field]) -> dict[int, CustomValue]:
    statement = select(CustomValue).where(
        CustomValue.record_id == record_id, CustomValue.field_id.in_([field.id for field in fields])
    )
    return {row.field_id: row for row in session().scalars(statement)}


def _store(field: Field, row: CustomValue | None, value: Value | None, record_id: int) -> list[object] | None:
    """Write one value; return what stood there and what stands there now as plain JSON, ``None`` where that is the same."""
    kind = KINDS[field.kind]
    before = None if row is None else kind.load(field, {name: getattr(row, name) for name in EMPTY})
    if before == value and (row is None) == (value is None):
        return None
    if value is None:
        session().delete(row)
    else:
        if row is None:
            row = CustomValue(field_id=field.id, record_id=record_id)
            session().add(row)
        for name, part in {**EMPTY, **kind.columns(field, value)}.items():
            setattr(row, name, part)
    return [plain_value(field, before), plain_value(field, value)]


def _label(record: Any) -> str:  # noqa: ANN401 - a host's record
    return str(next((name for name in (getattr(record, one, "") for one in ("number", "name")) if name), ""))


def dump_values(kind: str, record_id: int) -> dict[str, Any]:
    """Return what stands in the fields of one record as plain JSON, by key.

    Amounts with their currency, days in ISO 8601, choices by their keys.
    """
    fields = fields_by_key(kind) if known_fields(kind) is not None else None
    values = values_of(kind, record_id)
    fields = fields_by_key(kind) if fields is None else fields
    return {key: plain_value(fields[key], value) for key, value in values.items()}


def load_values(host: FieldHost, record: Any, plain: Mapping[str, object], *, is_new: bool = False) -> bool:  # noqa: ANN401 - a host's
    """Let plain JSON, as ``dump_values`` returns it, stand in the fields of ``record``; fields that are left out keep what they have.

    :raises InvalidInputError: a field is unknown or cannot have its value, by ``custom.<key>``.
    """
    fields = fields_by_key(host.kind)
    checks = Checks()
    values = {
        key: checks.read(f"{PREFIX}{key}", partial(_read, fields.get(key), value), None)
        for key, value in plain.items()
    }
    checks.finish(_("Not everything can be saved like this."))
    return bool(values) and save_values(host, record, values, is_new=is_new)


def _read(field: Field | None, plain: object) -> Value | None:
    if field is None:
        raise ValueError(_("There is no such field."))
    return read_plain(field, plain)


def first_values(kind: str, narrowing_id: int | None = None) -> Values:
    """Return what a new record starts with."""
    found: Values = {}
    for field in fields_of(kind):
        if field.default is not None and field.is_for(narrowing_id):
            try:
                value = read_plain(field, field.default)
            except ValueError:
                continue
            if value is not None:
                found[field.key] = value
    return found


def search_words(kind: str, record_ids: Collection[int]) -> dict[int, list[str]]:
    """Return by what records are found that stands in their fields; one statement, none where no field is searchable."""
    fields = [field for field in fields_of(kind) if field.is_searchable]
    by_key = {field.key: field for field in fields}
    return {
        record_id: [word for key, value in values.items() for word in _words(by_key[key], value)]
        for record_id, values in values_of_many(kind, record_ids, fields=fields).items()
    }


def _words(field: Field, value: Value) -> list[str]:
    """Return what a value is found by: a choice by its name in every language."""
    if field.kind.has_choices:
        keys = value if isinstance(value, tuple) else (str(value),)
        return [name for choice in map(field.choice, keys) if choice for name in choice.names.values()]
    return [tell(field, value)]


def merged_values(merging: Merging) -> MovingColumn:
    """Return how values follow a record that is merged into another: what stands in both stays with each."""
    ours = select(CustomField.id).where(CustomField.record_kind == merging.entity)
    other = aliased(CustomValue)
    taken = select(other.field_id).where(other.record_id == merging.winner_id)
    return MovingColumn(
        CustomValue.record_id,
        lambda num: ngettext("%(num)s further detail", "%(num)s further details", num),
        stays=lambda _merging: CustomValue.field_id.not_in(ours) | CustomValue.field_id.in_(taken),
    )


__all__ = [
    "Values",
    "dump_values",
    "first_values",
    "load_values",
    "merged_values",
    "save_values",
    "search_words",
    "values_of",
    "values_of_many",
]
