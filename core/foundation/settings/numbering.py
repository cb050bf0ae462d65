"""Numbers without gaps: one counter for each kind, location and year, taken in the transaction that issues the paper.

The counter's row stays locked until that transaction ends, so two papers never get one number, and a rollback leaves no gap. It is the
last lock that a unit of work takes. On PostgreSQL those who wait for it stand in a queue of their own: whoever waits for a row is woken
in no order, and of eight writers some waited far longer than others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Table, bindparam, inspect, text, update
from sqlalchemy.dialects import postgresql, sqlite

from core.db import session
from core.errors import ProgrammingError
from core.foundation.audit.services import record_change
from core.foundation.settings.models import Location, NumberSeries
from core.foundation.ui.formats import local_today

TABLE: Final[Table] = NumberSeries.__table__  # type: ignore[assignment] # a model's table is a Table

#: Count one up.
COUNT: Final = (
    update(TABLE)
    .where(TABLE.c.scope == bindparam("of_scope"))
    .values(next_number=TABLE.c.next_number + 1)
    .returning(TABLE.c.id, TABLE.c.next_number, TABLE.c.prefix, TABLE.c.width)
)
#: The same after waiting in the queue of this tenant's series, which PostgreSQL serves in the order of coming.
COUNT_IN_TURN: Final = text(
    "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext(:of_scope)))"
    " UPDATE number_series SET next_number = next_number + 1 FROM turn WHERE scope = :of_scope"
    " RETURNING id, next_number, prefix, width"
)


@dataclass(frozen=True, slots=True)
class NumberKind:
    """A kind of number, declared by the area that gives it out."""

    #: ``ticket``; a plugin's begins with its name and a full stop.
    name: str
    #: What stands before the digits; ``{location}`` is the location's code, ``{year}`` the year.
    pattern: str
    per_location: bool = False
    per_year: bool = False
    #: Fewest digits.
    width: int = 6

    def __post_init__(self) -> None:
        """Refuse a pattern by which two counters would give out one text."""
        for apart, part in ((self.per_location, "{location}"), (self.per_year, "{year}")):
            if apart is not (part in self.pattern):
                msg = f"numbers of the kind {self.name} need {part} in their pattern exactly when they are counted by it"
                raise ProgrammingError(msg)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was given out."""

    #: As it is printed: ``CJ-000123``.
    text: str
    #: Its place in its series.
    value: int
    series_id: int


def take_number(kind: NumberKind, *, location: Location | None = None, on: date | None = None) -> Number:
    """Take the next number of ``kind`` in the caller's unit of work; the series is made with its first number.

    :param location: Needed where the kind counts by location.
    :param on: Whose year counts; by default today where the tenant is.
    """
    where = location if kind.per_location else None
    if kind.per_location and where is None:
        msg = f"numbers of the kind {kind.name} are counted by location; say which"
        raise ProgrammingError(msg)
    year = (on or local_today()).year if kind.per_year else None
    scope = f"{kind.name}/{where.id if where else ''}/{year or ''}"
    taken = _take(scope)
    if taken is None:
        _make(kind, scope, where, year)
        taken = _take(scope)
    if taken is None:
        msg = f"the number series {scope} cannot be made"
        raise ProgrammingError(msg)
    series_id, following, prefix, width = taken
    value = following - 1
    return Number(f"{prefix}{value:0{width}d}", value, series_id)


def _take(scope: str) -> Any:  # noqa: ANN401 - a row of four columns, or None
    """Count one up and return the row, locked until the transaction ends; the record that bears the number is its trace."""
    connection = session().connection(bind_arguments={"mapper": inspect(NumberSeries)})
    count = COUNT_IN_TURN if connection.dialect.name == "postgresql" else COUNT
    return connection.execute(count, {"of_scope": scope}).first()


def _make(kind: NumberKind, scope: str, location: Location | None, year: int | None) -> None:
    """Make a series; where somebody else makes it at this moment, wait and use theirs."""
    connection = session().connection(bind_arguments={"mapper": inspect(NumberSeries)})
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {
        "scope": scope,
        "kind": kind.name,
        "location_id": location.id if location else None,
        "year": year,
        "prefix": kind.pattern.format(location=location.code if location else "", year=year or ""),
        "next_number": 1,
        "width": kind.width,
        "version": 1,
    }
    statement = insert(TABLE).values(values).on_conflict_do_nothing(index_elements=[TABLE.c.scope])
    made = connection.execute(statement.returning(TABLE.c.id)).scalar()
    if made is not None:
        derived = NumberSeries.__derived_columns__
        told = {
            name: (None, value) for name, value in values.items() if value is not None and name not in derived
        }
        record_change("number_series", made, "create", changes=told, label=str(values["prefix"]))
