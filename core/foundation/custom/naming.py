"""How fields of the shop's own are called in the history of changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import select

from core.db import session
from core.foundation.custom.fields import Field, fields_by_key, in_language
from core.foundation.custom.hosts import PREFIX, field_hosts, narrowing_names
from core.foundation.custom.kinds import tell_plain
from core.foundation.custom.models import CustomField
from core.foundation.ui.records import RecordNames, ToldColumns


def _find(entity: str, column: str) -> Field | None:
    return fields_by_key(entity).get(column.removeprefix(PREFIX))


def column_name(entity: str, column: str) -> str | None:
    """Return the title of the field that a recorded change names."""
    field = _find(entity, column)
    return None if field is None else field.title()


def column_value(entity: str, column: str, value: object) -> str | None:
    """Say a recorded value as its field would."""
    field = _find(entity, column)
    if field is None or value is None:
        return None
    return tell_plain(field, value)


def field_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return the titles of fields, behind those of their records."""
    rows = session().execute(
        select(CustomField.id, CustomField.record_kind, CustomField.names).where(CustomField.id.in_(ids))
    )
    titles = {kind: str(host.title) for kind, host in field_hosts().items()}
    return {one: f"{titles.get(kind, kind)}: {in_language(names)}" for one, kind, names in rows}


def tell_field(label: str, column: str, value: Any) -> str | None:  # noqa: ANN401 - what JSON keeps of a field
    """Say what a field was, in words."""
    del label
    if column == "record_kind":
        host = field_hosts().get(str(value))
        return None if host is None else str(host.title)
    if column in {"names", "help"} and isinstance(value, dict):
        return "; ".join(f"{language}: {text}" for language, text in value.items())
    if column == "choices" and isinstance(value, list):
        return ", ".join(in_language(one["names"]) for one in value if one.get("offered", True))
    if column == "narrowing_id" and value is not None:
        named = narrowing_names(field_hosts().values())
        return next((name for (_kind, number), name in named.items() if number == value), None)
    return None


RECORDS: Final = (RecordNames("custom_field", field_names, replaces_label=True, tell=tell_field),)
COLUMNS: Final = (ToldColumns(PREFIX, column_name, column_value),)
