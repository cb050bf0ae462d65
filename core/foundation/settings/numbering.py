"""Numbers without gaps: one counter for each kind, location and year, taken in the transaction that issues the paper.

What stands before the digits, how many there are and whether the count begins anew each year is the shop's to say
(``core.foundation.settings.number_rules``); the ``NumberKind`` says what holds until it does.

The counter's row stays locked until that transaction ends, so two papers never get one number, and a rollback leaves no gap. It is the
last lock that a unit of work takes. On PostgreSQL those who wait for it stand in a queue of their own: whoever waits for a row is woken
in no order, and of eight writers some waited far longer than others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import Table, bindparam, case, func, inspect, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from core.db import session
from core.errors import DomainError, ProgrammingError
from core.foundation.audit.services import record_change
from core.foundation.settings.models import Location, NumberRule, NumberSeries
from core.foundation.ui.formats import local_today

TABLE: Final[Table] = NumberSeries.__table__  # type: ignore[assignment] # a model's table is a Table

#: The year by which the shop counts: of what it has set nothing, as the kind says.
_YEAR: Final = func.coalesce(
    select(case((NumberRule.per_year, bindparam("of_year")), else_=""))
    .where(NumberRule.scope == bindparam("of_rule"))
    .scalar_subquery(),
    bindparam("usual_year"),
)
#: Count one up.
COUNT: Final = (
    update(TABLE)
    .where(TABLE.c.scope == bindparam("of_scope") + _YEAR)
    .values(next_number=TABLE.c.next_number + 1)
    .returning(TABLE.c.id, TABLE.c.next_number, TABLE.c.prefix, TABLE.c.width)
)
#: The same after waiting in the queue of this tenant's series, which PostgreSQL serves in the order of coming.
COUNT_IN_TURN: Final = text(
    "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext(:of_scope)))"
    " UPDATE number_series SET next_number = next_number + 1 FROM turn WHERE scope = :of_scope || coalesce("
    "(SELECT CASE WHEN per_year THEN :of_year ELSE '' END FROM number_rule WHERE number_rule.scope = :of_rule), :usual_year)"
    " RETURNING id, next_number, prefix, width"
)


class PrefixTakenError(DomainError):
    """Another series of the kind gives out numbers that begin in the same way."""


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
    #: How people call what bears the numbers: ``Tickets``. Settings → Numbers shows it.
    title: Any = ""
    #: A few words beside it.
    help: Any = ""

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
    year = (on or local_today()).year
    taken = _take(kind, where, year)
    if taken is None:
        _make(kind, where, year)
        taken = _take(kind, where, year)
    if taken is None:
        # The shop has changed the rule at this moment, or another series begins in the same way.
        raise PrefixTakenError(
            _("Numbers that begin like this are given out elsewhere. Look at Settings → Numbers.")
        )
    series_id, following, prefix, width = taken
    value = following - 1
    return Number(written(prefix, value, width), value, series_id)


def written(prefix: str, value: int, width: int) -> str:
    """Return a number as it is printed."""
    return f"{prefix}{value:0{width}d}"


def rule_scope(kind: NumberKind, location: Location | None) -> str:
    """Return the key of what the shop has set of ``kind``: ``ticket/3``."""
    return f"{kind.name}/{location.id if location else ''}"


def filled(pattern: str, *, location: Location | None, year: int | None) -> str:
    """Return what stands before the digits: ``CJ-``."""
    return pattern.replace("{location}", location.code if location else "").replace("{year}", str(year or ""))


def _take(kind: NumberKind, location: Location | None, year: int) -> Any:  # noqa: ANN401 - a row of four columns, or None
    """Count one up and return the row, locked until the transaction ends; the record that bears the number is its trace."""
    connection = session().connection(bind_arguments={"mapper": inspect(NumberSeries)})
    count = COUNT_IN_TURN if connection.dialect.name == "postgresql" else COUNT
    rule = rule_scope(kind, location)
    values = {
        "of_scope": f"{rule}/",
        "of_rule": rule,
        "of_year": str(year),
        "usual_year": str(year) if kind.per_year else "",
    }
    return connection.execute(count, values).first()


def _make(kind: NumberKind, location: Location | None, year: int) -> None:
    """Make a series; where somebody else makes it at this moment, wait and use theirs."""
    connection = session().connection(bind_arguments={"mapper": inspect(NumberSeries)})
    rule = connection.execute(
        select(
            NumberRule.pattern,
            NumberRule.width,
            NumberRule.per_year,
            NumberRule.first_number,
            NumberRule.first_year,
        ).where(NumberRule.scope == rule_scope(kind, location))
    ).first()
    pattern, width, per_year, first, first_year = rule or (kind.pattern, kind.width, kind.per_year, 1, None)
    counted = year if per_year else None
    begin = first if first_year in {None, counted} else 1
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {
        "scope": f"{rule_scope(kind, location)}/{counted or ''}",
        "kind": kind.name,
        "location_id": location.id if location else None,
        "year": counted,
        "prefix": filled(pattern, location=location, year=counted),
        "first_number": begin,
        "next_number": begin,
        "width": width,
        "version": 1,
    }
    statement = insert(TABLE).values(values).on_conflict_do_nothing()
    made = connection.execute(statement.returning(TABLE.c.id)).scalar()
    if made is not None:
        derived = NumberSeries.__derived_columns__
        told = {
            name: (None, value)
            for name, value in values.items()
            if value is not None and name not in derived | {"version"}
        }
        record_change("number_series", made, "create", changes=told, label=str(values["prefix"]))
