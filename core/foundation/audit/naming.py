"""Call records by their names: all that a page names is read at once, in one statement for each kind of record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from core.errors import PluginError
from core.foundation.audit.plans import column_title, target_of
from core.foundation.tenants.context import hooks
from core.foundation.ui.records import RecordNames, ToldColumns

#: A record by its table and its id.
Record = tuple[str, int]


def naming_kinds() -> Mapping[str, RecordNames]:
    """Return how records are called, by table.

    :raises PluginError: two say it of one table.
    """
    found: dict[str, RecordNames] = {}
    for one in (one for part in hooks().record_names() for one in part):
        if one.entity in found:
            msg = f"the names of {one.entity} are said twice"
            raise PluginError(msg)
        found[one.entity] = one
    return found


@dataclass(frozen=True, slots=True)
class Naming:
    """The names that one page needs: by table and id."""

    known: Mapping[str, Mapping[int, str]]

    def name(self, record: Record) -> str | None:
        """Return what a record is called; ``None`` where nobody says it, where it is gone, and where it is not the reader's to know."""
        entity, record_id = record
        return self.known.get(entity, {}).get(record_id)

    def value(self, entity: str, column: str, value: object) -> str | None:
        """Return the records that a recorded value of a column points to, by name or by number; ``None`` where it points to none."""
        pointed = pointed_to(entity, column, value)
        return ", ".join(self.name(one) or _("no. %(id)s", id=one[1]) for one in pointed) if pointed else None


def read_names(wanted: Iterable[Record], can: Callable[[str], bool]) -> Naming:
    """Read the names of the records ``wanted``; where there are none, nobody is asked.

    :param can: Tells whether the reader has a permission.
    """
    ids: dict[str, set[int]] = {}
    for entity, record_id in wanted:
        ids.setdefault(entity, set()).add(record_id)
    kinds = naming_kinds() if ids else {}
    readable = {
        entity: kinds[entity].names(found)
        for entity, found in sorted(ids.items())
        if entity in kinds and (kinds[entity].permission is None or can(str(kinds[entity].permission)))
    }
    return Naming(readable)


def pointed_to(entity: str, column: str, value: object) -> list[Record]:
    """Return the records that a recorded value of a column points to: one by its id, or several."""
    target = target_of(entity, column)
    if target is None:
        return []
    return [(target, one) for one in (value if isinstance(value, list) else [value]) if isinstance(one, int)]


def find_told(column: str) -> ToldColumns | None:
    """Return how a column is told that no table has, ``None`` for the others."""
    if "." not in column:
        return None
    told = (one for part in hooks().told_columns() for one in part)
    return next((one for one in told if column.startswith(one.prefix)), None)


def title_of(entity: str, column: str) -> str:
    """Return what people call a column of the trail, one that no table has too."""
    told = find_told(column)
    return (told.title(entity, column) if told is not None else None) or column_title(entity, column)
