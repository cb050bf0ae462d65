"""Say entries of the audit trail in words: records by their names, values as people write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy import Row

from core.foundation.audit.naming import (
    Naming,
    Record,
    find_told,
    naming_kinds,
    pointed_to,
    read_names,
    title_of,
)
from core.foundation.audit.plans import column_names, entity_title, is_moment
from core.foundation.tenants.context import current_tenant
from core.foundation.ui.formats import format_datetime, format_money
from core.foundation.ui.language import current_locale, current_zone
from core.foundation.ui.records import RecordNames
from core.types import Money

ACTIONS: Final = {"create": _l("added"), "change": _l("changed"), "delete": _l("deleted")}
#: The actor of what no person did.
NOBODY: Final = "system"
#: How columns are called that hold amounts in smallest units.
MINOR_UNITS: Final = "_minor"
#: Longest value that the page shows in a line; the trail keeps all of it.
SHOWN: Final = 120


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as the page shows it."""

    at: datetime
    actor: str
    entity: str
    entity_key: str
    entity_id: int
    label: str
    action: str
    #: Column, before, after; both empty where nothing was there.
    changes: tuple[tuple[str, str, str], ...]


def tell_entries(rows: Sequence[Row[Any]], can: Callable[[str], bool]) -> list[Shown]:
    """Return entries in words, in one statement for each kind of record that they name.

    :param can: Tells whether the reader has a permission.
    """
    kinds = naming_kinds()
    replaced = {kind.entity for kind in kinds.values() if kind.replaces_label}
    naming = read_names((one for row in rows for one in _records(row, replaced)), can)
    return [_shown(row, kinds.get(row.entity), naming) for row in rows]


def _records(row: Row[Any], replaced: set[str]) -> Iterator[Record]:
    """Yield the records that an entry names."""
    if not row.label or row.entity in replaced:
        yield row.entity, row.entity_id
    for column, values in row.changes.items():
        for value in values:
            yield from pointed_to(row.entity, column, value)


def _shown(row: Row[Any], kind: RecordNames | None, naming: Naming) -> Shown:
    action = ACTIONS.get(row.action) or (kind.actions.get(row.action) if kind is not None else None)
    return Shown(
        at=row.at,
        actor=_("the program") if (row.actor_id, row.actor_name) == (None, NOBODY) else row.actor_name,
        entity=entity_title(row.entity),
        entity_key=row.entity,
        entity_id=row.entity_id,
        label=_label(row, kind, naming),
        action=str(action or row.action.replace("_", " ")),
        changes=tuple(_change(row, column, kind, naming) for column in row.changes),
    )


def _label(row: Row[Any], kind: RecordNames | None, naming: Naming) -> str:
    """Return what the record was called at that moment, else what it is called now, else its number."""
    name = naming.name((row.entity, row.entity_id))
    told = name or row.label if kind is not None and kind.replaces_label else row.label or name
    return told or _("no. %(id)s", id=row.entity_id)


def _change(row: Row[Any], column: str, kind: RecordNames | None, naming: Naming) -> tuple[str, str, str]:
    before, after = row.changes[column]
    further = find_told(column)
    if further is not None:
        own_words = [further.value(row.entity, column, value) for value in (before, after)]
        texts = [
            _short(_text(value) if text is None else text)
            for value, text in zip((before, after), own_words, strict=True)
        ]
        return title_of(row.entity, column), texts[0], texts[1]
    if isinstance(before, list) and isinstance(after, list):
        # Of a list only what left and what came says something.
        before, after = (
            [one for one in before if one not in after],
            [one for one in after if one not in before],
        )
    own = [kind.tell(row.label, column, value) if kind and kind.tell else None for value in (before, after)]
    told = [
        _short(_told(row.entity, column, value, naming) if text is None else text)
        for value, text in zip((before, after), own, strict=True)
    ]
    return title_of(row.entity, column), told[0], told[1]


def _told(entity: str, column: str, value: object, naming: Naming) -> str:
    """Write a recorded value: a record by its name, one of a list by its title, a moment and an amount as people write them."""
    if isinstance(value, str) and is_moment(entity, column):
        return format_datetime(datetime.fromisoformat(value), locale=current_locale(), zone=current_zone())
    if isinstance(value, int) and column.endswith(MINOR_UNITS):
        return format_money(Money.from_minor(value, current_tenant().currency), locale=current_locale())
    named = naming.value(entity, column, value) or column_names(entity, column).get(str(value))
    return named or _text(value)


def _text(value: object) -> str:
    """Write a recorded value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return str(value)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
