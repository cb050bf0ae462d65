"""Search on PostgreSQL: trigram indexes (pg_trgm) over the text of the entries.

A trigram index answers rare words at once and cannot stop early at common ones, so the newest records of a kind are looked through first:
a common word is found there. Only what they do not give is asked of the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, delete, or_, select, union_all
from sqlalchemy.dialects.postgresql import insert

from core.foundation.search.entries import Entry, Hit, Pattern, kind_range
from core.foundation.search.models import ENTRY

#: So many of the newest records of a kind are looked through first.
WINDOW: Final = 1000


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
    """Return the statement that reads kind, record and position of all entries of ``kind`` that ``pattern`` fits."""
    return _all(kind).where(_fits(ENTRY.c.text, pattern))


def newest(connection: Connection, pattern: Pattern, kinds: Sequence[str], limit: int) -> list[Hit]:
    """Return the newest ``limit`` entries of each of ``kinds`` that ``pattern`` fits, in at most two statements."""
    hits = _read(connection, [_in_window(pattern, kind, limit) for kind in kinds])
    counts = {kind: sum(hit.kind == kind for hit in hits) for kind in kinds}
    wanting = [kind for kind, count in counts.items() if count < limit]
    if not wanting:
        return hits
    rest = _read(connection, [_by_index(pattern, kind, limit) for kind in wanting])
    return [hit for hit in hits if hit.kind not in wanting] + rest


def _read(connection: Connection, parts: Sequence[Subquery]) -> list[Hit]:
    rows = connection.execute(union_all(*(select(*part.c) for part in parts)))
    return [Hit(row.kind, row.record_id, row.position) for row in rows]


def _all(kind: str) -> Select[Any]:
    low, high = kind_range(kind)
    return select(ENTRY.c.kind, ENTRY.c.record_id, ENTRY.c.position).where(
        ENTRY.c.position.between(low, high), ENTRY.c.kind == kind
    )


def _fits(text: ColumnElement[str], pattern: Pattern) -> ColumnElement[bool]:
    parts = [text.contains(part, autoescape=True) for part in (*pattern.fragments, *pattern.rest)]
    if not pattern.instead:
        return and_(*parts)
    return or_(and_(*parts), text.contains(pattern.instead, autoescape=True))


def _in_window(pattern: Pattern, kind: str, limit: int) -> Subquery:
    """Return what fits among the newest records of ``kind``."""
    order = (ENTRY.c.position.desc(), ENTRY.c.record_id.desc())
    window = _all(kind).add_columns(ENTRY.c.text).order_by(*order).limit(WINDOW).subquery()
    return (
        select(window.c.kind, window.c.record_id, window.c.position)
        .where(_fits(window.c.text, pattern))
        .order_by(window.c.position.desc(), window.c.record_id.desc())
        .limit(limit)
        .subquery()
    )


def _by_index(pattern: Pattern, kind: str, limit: int) -> Subquery:
    """Return what fits among all records of ``kind``, by the trigram index.

    Materialised: else a plan may walk the records from the newest on, in the hope that many fit.
    """
    found = matches(pattern, kind).cte(f"found_{kind}").prefix_with("MATERIALIZED")
    return (
        select(*found.c).order_by(found.c.position.desc(), found.c.record_id.desc()).limit(limit).subquery()
    )
