"""A field that becomes another kind: what becomes of its values is counted beforehand, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from core.db import AUDITED, session
from core.foundation.custom.fields import Field
from core.foundation.custom.kinds import EMPTY, KINDS, Value, tell
from core.foundation.custom.models import CustomValue
from core.foundation.custom.texts import convert

#: Values that are read, and written, at once.
BATCH: Final = 1000
#: Most refused values that are named.
NAMED: Final = 5

Stored = tuple[int, int, Value]


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that the other kind cannot keep."""

    record_id: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """What becomes of the values of a field."""

    total: int
    #: How many cannot be kept.
    refused: int
    #: The first of them.
    named: Sequence[Refused]

    @property
    def is_possible(self) -> bool:
        """Whether every value can be kept."""
        return self.refused == 0


def preview(before: Field, after: Field) -> Conversion:
    """Return what would become of the values of ``before`` if it were ``after``."""
    total = refused = 0
    named: list[Refused] = []
    for _number, record_id, value in _stored(before):
        total += 1
        try:
            convert(before, after, value)
        except ValueError as error:
            refused += 1
            if len(named) < NAMED:
                named.append(Refused(record_id, tell(before, value), str(error)))
    return Conversion(total, refused, named)


def convert_values(before: Field, after: Field) -> None:
    """Keep every value of ``before`` as ``after`` keeps it, in the caller's unit of work.

    :raises ValueError: one cannot be kept; ``preview`` says beforehand which.
    """
    waiting: list[dict[str, Any]] = []
    for number, _record_id, value in _stored(before):
        kept = KINDS[after.kind].columns(after, convert(before, after, value))
        waiting.append({"b_id": number, **{f"b_{name}": part for name, part in {**EMPTY, **kept}.items()}})
        if len(waiting) == BATCH:
            _write(waiting)
    _write(waiting)


def _stored(field: Field) -> Iterator[Stored]:
    """Yield id, record and value of all that stands in a field, in portions."""
    last = 0
    while True:
        statement = (
            select(
                CustomValue.id,
                CustomValue.record_id,
                CustomValue.text,
                CustomValue.folded,
                CustomValue.number,
                CustomValue.day,
            )
            .where(CustomValue.field_id == field.id, CustomValue.id > last)
            .order_by(CustomValue.id)
            .limit(BATCH)
        )
        rows = session().execute(statement).all()
        for row in rows:
            value = KINDS[field.kind].load(field, dict(zip(EMPTY, row[2:], strict=True)))
            if value is not None:
                yield row.id, row.record_id, value
        if len(rows) < BATCH:
            return
        last = rows[-1].id


def _write(waiting: list[dict[str, Any]]) -> None:
    if not waiting:
        return
    table: Any = CustomValue.__table__
    statement = (
        update(table)
        .where(table.c.id == bindparam("b_id"))
        .values({name: bindparam(f"b_{name}") for name in EMPTY})
        .execution_options(**{AUDITED: True})
    )
    session().connection(bind_arguments={"mapper": CustomValue}).execute(statement, waiting)
    waiting.clear()


def records_with(field_id: int) -> Iterator[list[int]]:
    """Yield the ids of the records that have something in a field, in portions."""
    last = 0
    while True:
        statement = (
            select(CustomValue.record_id)
            .where(CustomValue.field_id == field_id, CustomValue.record_id > last)
            .order_by(CustomValue.record_id)
            .limit(BATCH)
        )
        ids = list(session().scalars(statement))
        if ids:
            yield ids
        if len(ids) < BATCH:
            return
        last = ids[-1]
