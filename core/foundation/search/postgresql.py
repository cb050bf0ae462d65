"""Search on PostgreSQL: an index (GIN) over the grams of the entries, kept as whole numbers in a column that SQLite leaves empty.

Such an index answers rare grams at once and cannot stop early at common ones, so the newest records of a kind are looked through first:
a common word is found there. Only what they do not give is asked of the index. A question that holds five digits in a row is rare.

Statements are built once for each shape of a question: building one costs more than running it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    text as sql,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.foundation.search.entries import Entry, kind_range
from core.foundation.search.grams import Pattern, Shape, grams
from core.foundation.search.models import ENTRY

#: So many of the newest records of a kind are looked through first.
WINDOW: Final = 500
COLUMNS: Final = (ENTRY.c.record_id, ENTRY.c.position, ENTRY.c.text)
PUT: Final = sql(
    "INSERT INTO search_entry (kind, record_id, position, text, grams)"
    " SELECT kind, record_id, position, text, grams::integer[]"
    " FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS bigint[]), CAST(:positions AS bigint[]), CAST(:texts AS text[]),"
    " CAST(:grams AS text[])) AS new (kind, record_id, position, text, grams)"
    " ON CONFLICT (kind, record_id) DO UPDATE"
    " SET position = excluded.position, text = excluded.text, grams = excluded.grams"
    " WHERE (search_entry.text, search_entry.position) IS DISTINCT FROM (excluded.text, excluded.position)"
)
REMOVE: Final = sql(
    "DELETE FROM search_entry AS e USING unnest(CAST(:kinds AS text[]), CAST(:ids AS bigint[])) AS gone (kind, record_id)"
    " WHERE e.kind = gone.kind AND e.record_id = gone.record_id"
)


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries in place of those before, in one statement; what stays the same costs no write."""
    # In one order everywhere: two who write the same entries wait for each other and not in a ring.
    entries = sorted(entries, key=lambda one: one.key)
    kept = [one for one in entries if one.text is not None]
    gone = [one for one in entries if one.text is None]
    if gone:
        connection.execute(REMOVE, _keys(gone))
    if kept:
        rest = {
            "positions": [one.position for one in kept],
            "texts": [one.text for one in kept],
            "grams": [f"{{{','.join(map(str, numbers(one.kind, grams(one.text or ''))))}}}" for one in kept],
        }
        connection.execute(PUT, {**_keys(kept), **rest})


def _keys(entries: Sequence[Entry]) -> dict[str, Any]:
    return {"kinds": [one.kind for one in entries], "ids": [one.record_id for one in entries]}


def numbers(kind: str, found: Sequence[str]) -> list[int]:
    """Return grams as the column keeps them: one number for kind and gram, so that a gram common in one kind costs others nothing.

    Two grams may share a number; what the index answers is looked through all the same.
    """
    return [zlib.crc32(f"{kind} {gram}".encode()) - (1 << 31) for gram in found]


def values(pattern: Pattern) -> Mapping[str, Any]:
    """Return the values of a statement that asks for ``pattern``, but for the grams, which differ by kind."""
    parts = {f"part_{number}": f"%{part}%" for number, part in enumerate(pattern.parts)}
    return {"instead": f"%{pattern.instead}%", **parts}


def kind_values(pattern: Pattern, kind: str) -> Mapping[str, Any]:
    """Return the grams of ``pattern`` as the statement of ``kind`` takes them."""
    return {
        f"grams_{kind}": numbers(kind, pattern.grams),
        f"instead_{kind}": numbers(kind, pattern.instead_grams),
    }


def matches(shape: Shape, kind: str) -> Select[Any]:
    """Return the statement that reads the ids of all entries of ``kind`` that fit."""
    return _by_index(shape, kind).with_only_columns(ENTRY.c.record_id)


def newest(shape: Shape, kind: str, limit: int, reach: Any) -> FromClause:  # noqa: ANN401 - a Reach or None
    """Return the newest ``limit`` entries of ``kind`` that fit and that ``reach`` lets be known.

    Materialised: else a plan may walk the records from the newest on, in the hope that many fit.
    """
    allowed = () if reach is None else (reach.condition,)
    indexed = _by_index(shape, kind)
    for condition in allowed:
        indexed = indexed.where(condition(ENTRY.c.record_id))
    if shape.is_rare:
        rare = indexed.cte(f"found_{kind}").prefix_with("MATERIALIZED")
        return select(rare).order_by(rare.c.position.desc(), rare.c.record_id.desc()).limit(limit).subquery()
    window = (
        select(*COLUMNS)
        .where(ENTRY.c.position.between(*kind_range(kind)), ENTRY.c.kind == kind)
        .order_by(ENTRY.c.position.desc(), ENTRY.c.record_id.desc())
        .limit(WINDOW)
        .subquery()
    )
    fitting = select(window).where(_holds(shape, window.c.text))
    for condition in allowed:
        fitting = fitting.where(condition(window.c.record_id))
    fitting = fitting.order_by(window.c.position.desc(), window.c.record_id.desc()).limit(limit)
    first = fitting.cte(f"newest_{kind}").prefix_with("MATERIALIZED")
    is_full = select(func.count()).select_from(first).scalar_subquery() >= limit
    rest = indexed.where(~is_full).cte(f"found_{kind}").prefix_with("MATERIALIZED")
    either = select(first).union(select(rest)).subquery()
    return (
        select(either).order_by(either.c.position.desc(), either.c.record_id.desc()).limit(limit).subquery()
    )


def _by_index(shape: Shape, kind: str) -> Select[Any]:
    """Return the statement that reads what fits, naming the kind in a form that only the index of grams answers."""
    wanted: ColumnElement[bool] = ENTRY.c.grams.op("@>")(_bound(f"grams_{kind}"))
    if shape.has_instead:
        wanted = or_(wanted, ENTRY.c.grams.op("@>")(_bound(f"instead_{kind}")))
    return select(*COLUMNS).where(wanted, ENTRY.c.kind + "" == literal(kind), _holds(shape, ENTRY.c.text))


def _bound(name: str) -> Any:  # noqa: ANN401 - a place in a statement
    return bindparam(name, type_=ARRAY(Integer))


def _holds(shape: Shape, text: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition; parts hold letters, digits, blanks and bars alone, nothing that LIKE gives a meaning."""
    held = and_(*(text.like(bindparam(f"part_{number}")) for number in range(shape.parts)))
    return or_(held, text.like(bindparam("instead"))) if shape.has_instead else held
