"""What of a model is recorded: read once from its class, kept for the life of the process.

A model says what it needs by class attributes:

``__audited__ = False`` with ``__unaudited_because__``
    its changes are not recorded, and why;
``__secret_columns__``
    names of columns whose values are never written down (columns of bytes never are);
``__derived_columns__``
    names of columns that repeat others in another form, such as folded ones: they say nothing more;
``__audit_label__``
    the attribute that people know a record by; by default the first there is of number, name, title, code, email;
``__title__``
    what people call such a record, translated; ``info={"title": …}`` does the same for a column;
``info={"refers": …}`` of a column
    the table whose ids it holds, where no foreign key says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, Date, Enum as EnumType, Integer, LargeBinary, inspect
from sqlalchemy.orm import ColumnProperty, Mapper
from sqlalchemy.types import TypeEngine

from core.db import Model
from core.errors import ProgrammingError
from core.types import ScaledDecimal, UtcDateTime

#: What stands for a value that nobody may read.
HIDDEN: Final = "•••"
LABELS: Final = ("number", "name", "title", "code", "email")
#: Columns that say nothing that the moment of the entry does not say.
NOISE: Final = frozenset({"created_at", "updated_at"})


@dataclass(frozen=True, slots=True)
class Plan:
    """How the changes of one model are recorded."""

    entity: str
    #: Attribute by which an entry finds the record again.
    key: str
    #: Attribute and column name of what is recorded.
    columns: Mapping[str, str]
    #: Attributes whose values are not written down.
    secrets: frozenset[str]
    #: Relationships through a table that has no model of its own.
    links: Collection[str]
    label: str | None


@cache
def plan_of(model: type[Model]) -> Plan | None:
    """Return how ``model`` is recorded, ``None`` where it is not.

    :raises ProgrammingError: it opts out without a reason, or has no whole number as a key.
    """
    if not getattr(model, "__audited__", True):
        if not getattr(model, "__unaudited_because__", ""):
            msg = f"{model.__name__} is not audited and does not say why: __unaudited_because__"
            raise ProgrammingError(msg)
        return None
    mapper = inspect(model)
    secret_names = frozenset(getattr(model, "__secret_columns__", ()))
    noise = NOISE | frozenset(getattr(model, "__derived_columns__", ()))
    kept = {
        one.key: one.columns[0].name
        for one in mapper.column_attrs
        if _is_recorded(one, mapper) and one.columns[0].name not in noise
    }
    return Plan(
        entity=_table(mapper),
        key=_key(mapper),
        columns=kept,
        secrets=frozenset(
            key for key, name in kept.items() if name in secret_names or _is_binary(mapper, key)
        ),
        links=tuple(
            link.key for link in mapper.relationships if link.secondary is not None and not link.viewonly
        ),
        label=getattr(model, "__audit_label__", None) or next((key for key in LABELS if key in kept), None),
    )


def audited_models() -> dict[str, type[Model]]:
    """Return every recorded model by the name of its table."""
    models: list[type[Model]] = [mapper.class_ for mapper in Model.registry.mappers]
    return {plan.entity: model for model in models if (plan := plan_of(model)) is not None}


def placed_entities() -> list[str]:
    """Return the tables whose rows belong to a location, by themselves or through a row that they point to: not everybody sees all."""
    tables = Model.metadata.tables
    placed = {name for name, table in tables.items() if "location_id" in table.c}
    pointing = {
        name
        for name, table in tables.items()
        if any(key.target_fullname.partition(".")[0] in placed for key in table.foreign_keys)
    }
    return sorted(placed | pointing)


def entity_title(entity: str) -> str:
    """Return what people call a record of the table ``entity``."""
    model = next((one.class_ for one in Model.registry.mappers if _table(one) == entity), None)
    title = getattr(model, "__title__", None)
    return str(title) if title else entity.replace("_", " ").capitalize()


def target_of(entity: str, column: str) -> str | None:
    """Return the table whose ids a column of ``entity`` holds, or a relationship of its model; ``None`` where it holds something else."""
    found = _column(entity, column)
    if found is not None:
        refers: str | None = found.info.get("refers")
        keys = [key.target_fullname.partition(".")[0] for key in found.foreign_keys]
        return refers or next(iter(keys), None)
    model = audited_models().get(entity)
    link = inspect(model).relationships.get(column) if model is not None else None
    return None if link is None else _table(link.mapper)


def column_title(entity: str, column: str) -> str:
    """Return what people call a column of the table ``entity``, or what ties its records to others."""
    found: Any = _column(entity, column)
    if found is None and entity in audited_models():
        found = inspect(audited_models()[entity]).relationships.get(column)
    title = found.info.get("title") if found is not None else None
    return str(title) if title else column.removesuffix("_id").replace("_", " ").capitalize()


def column_names(entity: str, column: str) -> dict[str, str]:
    """Return what people call the values of a column that holds one of a list: those whose enumeration gives them a ``label``."""
    found = _column(entity, column)
    members = getattr(found.type, "enum_class", None) if found is not None else None
    return {str(member.value): str(getattr(member, "label", "")) for member in members or ()}


def is_moment(entity: str, column: str) -> bool:
    """Tell whether a column holds moments, which are recorded in ISO 8601."""
    found = _column(entity, column)
    return found is not None and isinstance(found.type, UtcDateTime)


def _table(mapper: Mapper[Any]) -> str:
    """Return the name of a model's table."""
    return str(mapper.local_table.name)  # type: ignore[attr-defined] # a model of ours is a table, never a join


def _column(entity: str, column: str) -> Column[Any] | None:
    table = Model.metadata.tables.get(entity)
    return table.columns[column] if table is not None and column in table.columns else None


def plain(value: object) -> object:
    """Return ``value`` as JSON keeps it."""
    found: object = str(value)
    if isinstance(value, Enum):
        found = value.value
    elif value is None or isinstance(value, str | int | float | list | dict):
        found = value
    elif isinstance(value, datetime | date | time):
        found = value.isoformat()
    elif isinstance(value, bytes | bytearray | memoryview):
        found = HIDDEN
    elif isinstance(value, set | frozenset | tuple):
        found = [plain(one) for one in value]
    return found


def restored(kind: TypeEngine[Any], value: object) -> object:
    """Return what ``plain`` has made JSON of as a column of the type ``kind`` keeps it.

    :raises ValueError: it is no value of that type.
    """
    if not isinstance(value, str):
        return value
    found: object = value
    if isinstance(kind, EnumType) and kind.enum_class is not None:
        found = kind.enum_class(value)
    elif isinstance(kind, UtcDateTime):
        found = datetime.fromisoformat(value)
    elif isinstance(kind, Date):
        found = date.fromisoformat(value)
    elif isinstance(kind, ScaledDecimal):
        found = Decimal(value)
    return found


def _is_recorded(one: ColumnProperty[Any], mapper: Mapper[Any]) -> bool:
    """Tell whether a column says something: neither its id, which names the entry, nor its version does."""
    column = one.columns[0]
    if column is mapper.version_id_col:
        return False
    return not (column.primary_key and len(mapper.primary_key) == 1)


def _is_binary(mapper: Mapper[Any], key: str) -> bool:
    return isinstance(mapper.column_attrs[key].columns[0].type, LargeBinary)


def _key(mapper: Mapper[Any]) -> str:
    for column in mapper.primary_key:
        if isinstance(column.type, Integer):
            return str(mapper.get_property_by_column(column).key)
    msg = f"{mapper.class_.__name__} has no whole number as a key: its changes cannot be recorded"
    raise ProgrammingError(msg)
