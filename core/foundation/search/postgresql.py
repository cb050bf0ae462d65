"""Search on PostgreSQL: trigram indexes (pg_trgm) over the text of the entries.

A trigram index answers rare words at once and cannot stop early at common ones, so the newest records of a kind are looked through first:
a common word is found there. Only what they do not give is asked of the index.

Statements are built once for each shape of a question: building one costs more than running it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert

from core.foundation.search.entries import (
    GROUP_BITS,
    KIND_BITS,
    SECOND_BITS,
    TIE_BITS,
    Entry,
    Hit,
    Pattern,
    Shape,
    group_of,
    kind_range,
)
from core.foundation.search.models import ENTRY

#: So many of the newest records of a kind are looked through first.
WINDOW: Final = 500
#: Position without all but its highest bits: the group of kinds, each of which has a trigram index of its own (migration 0002).
GROUP: Final = ENTRY.c.position.op(">>")(literal_column(str(KIND_BITS + SECOND_BITS + TIE_BITS - GROUP_BITS)))
COLUMNS: Final = (ENTRY.c.kind, ENTRY.c.record_id, ENTRY.c.position)


def put(connection: Connection, entry: Entry) -> None:
    """Write an entry in place of the one before; one that stays the same costs no write."""
    row = insert(ENTRY).values(
        kind=entry.kind, record_id=entry.record_id, position=entry.position, text=entry.text
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[ENTRY.c.kind, ENTRY.c.record_id],
            set_={"position": row.excluded.position, "text": row.excluded.text},
            where=or_(ENTRY.c.text != row.excluded.text, ENTRY.c.position != row.excluded.position),
        )
    )


def remove(connection: Connection, kind: str, record_id: int) -> None:
    """Delete an entry."""
    connection.execute(delete(ENTRY).where(ENTRY.c.kind == kind, ENTRY.c.record_id == record_id))


def matches(pattern: Pattern, kind: str) -> Select[Any]:
    """Return the statement that reads the ids of all entries of ``kind`` that ``pattern`` fits."""
    parts = [f"%{part}%" for part in pattern.parts]
    instead = f"%{pattern.instead}%" if pattern.instead else None
    return _by_trigrams(kind, _fits(ENTRY.c.text, parts, instead)).with_only_columns(ENTRY.c.record_id)


def newest(connection: Connection, pattern: Pattern, kinds: Sequence[str], limit: int) -> list[Hit]:
    """Return the newest ``limit`` entries of each of ``kinds`` that ``pattern`` fits, in at most two statements."""
    values = {name: f"%{part}%" for name, part in pattern.named.items()}
    hits = _read(connection, _in_windows(pattern.shape, tuple(kinds), limit), values)
    wanting = tuple(kind for kind in kinds if sum(hit.kind == kind for hit in hits) < limit)
    if not wanting:
        return hits
    rest = _read(connection, _by_index(pattern.shape, wanting, limit), values)
    return [hit for hit in hits if hit.kind not in wanting] + rest


def _read(connection: Connection, statement: CompoundSelect[Any], values: dict[str, str]) -> list[Hit]:
    return [Hit(row.kind, row.record_id, row.position) for row in connection.execute(statement, values)]


@lru_cache(maxsize=256)
def _in_windows(shape: Shape, kinds: tuple[str, ...], limit: int) -> CompoundSelect[Any]:
    """Return the statement that looks through the newest records of each of ``kinds``."""
    parts = []
    for kind in kinds:
        window = (
            select(*COLUMNS, ENTRY.c.text)
            .where(ENTRY.c.position.between(*kind_range(kind)), ENTRY.c.kind == kind)
            .order_by(ENTRY.c.position.desc(), ENTRY.c.record_id.desc())
            .limit(WINDOW)
            .subquery()
        )
        fitting = select(window.c.kind, window.c.record_id, window.c.position).where(
            _fits(window.c.text, *_bound(shape))
        )
        newest_first = fitting.order_by(window.c.position.desc(), window.c.record_id.desc())
        parts.append(select(newest_first.limit(limit).subquery()))
    return union_all(*parts)


@lru_cache(maxsize=256)
def _by_index(shape: Shape, kinds: tuple[str, ...], limit: int) -> CompoundSelect[Any]:
    """Return the statement that asks the trigram indexes about each of ``kinds``.

    Materialised: else a plan may walk the records from the newest on, in the hope that many fit.
    """
    parts = []
    for kind in kinds:
        found = _by_trigrams(kind, _fits(ENTRY.c.text, *_bound(shape))).cte().prefix_with("MATERIALIZED")
        newest_first = select(found).order_by(found.c.position.desc(), found.c.record_id.desc())
        parts.append(select(newest_first.limit(limit).subquery()))
    return union_all(*parts)


def _by_trigrams(kind: str, fits: ColumnElement[bool]) -> Select[Any]:
    """Return the statement that reads what fits, naming the kind in a form that only the trigram index of its group answers.

    How common a word is in one kind the planner does not know: it would walk all records of a kind for a word that is common in another.
    """
    return select(*COLUMNS).where(
        literal_column(str(group_of(kind))) == GROUP, ENTRY.c.kind + "" == kind, fits
    )


def _bound(shape: Shape) -> tuple[list[Any], Any]:
    """Return the places of the parts of a pattern in a statement that is kept."""
    parts: list[Any] = [bindparam(f"part_{number}") for number in range(shape.parts)]
    return parts, bindparam("instead") if shape.has_instead else None


def _fits(text: ColumnElement[str], parts: Sequence[Any], instead: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a text or its place
    """Return the condition; parts hold letters, digits, blanks and bars alone, nothing that LIKE gives a meaning."""
    all_parts = and_(*(text.like(part) for part in parts))
    return all_parts if instead is None else or_(all_parts, text.like(instead))
