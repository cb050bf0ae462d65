"""Search on SQLite: a full-text table of trigrams (FTS5) whose row ids are the positions of the entries.

It walks its answers from the highest row id down, and a kind is a range of row ids: the newest of a kind come first and the walk stops
early. The table keeps no text of its own, so it is told what it forgets; a trigger would be refused under ``trusted_schema=OFF``.

Statements are built once for each shape of a question: building one costs more than running it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    table,
    text as sql,
    union_all,
    update,
)

from core.foundation.search.entries import TIE_BITS, Entry, Hit, Pattern, kind_range
from core.foundation.search.models import ENTRY

FTS: Final = table("search_fts", column("rowid"), column("search_fts"))
REMEMBER: Final = sql("INSERT INTO search_fts (rowid, text) VALUES (:position, :text)")
FORGET: Final = sql("INSERT INTO search_fts (search_fts, rowid, text) VALUES ('delete', :position, :text)")


def put(connection: Connection, entry: Entry) -> None:
    """Write an entry in place of the one before."""
    before = _find(connection, entry.kind, entry.record_id)
    position = _position(connection, entry, before)
    new = {"position": position, "text": entry.text}
    if before is None:
        connection.execute(insert(ENTRY), [{"kind": entry.kind, "record_id": entry.record_id, **new}])
    else:
        if (before.position, before.text) == (position, entry.text):
            return
        connection.execute(FORGET, {"position": before.position, "text": before.text})
        connection.execute(update(ENTRY).where(_key(entry.kind, entry.record_id)).values(**new))
    connection.execute(REMEMBER, new)


def remove(connection: Connection, kind: str, record_id: int) -> None:
    """Delete an entry."""
    before = _find(connection, kind, record_id)
    if before is not None:
        connection.execute(FORGET, {"position": before.position, "text": before.text})
        connection.execute(delete(ENTRY).where(_key(kind, record_id)))


def matches(pattern: Pattern, kind: str) -> Select[Any]:
    """Return the statement that reads the ids of all entries of ``kind`` that ``pattern`` fits."""
    return _matches(_question(pattern), pattern.rest, kind).with_only_columns(ENTRY.c.record_id)


def newest(connection: Connection, pattern: Pattern, kinds: Sequence[str], limit: int) -> list[Hit]:
    """Return the newest ``limit`` entries of each of ``kinds`` that ``pattern`` fits, in one statement."""
    values = {"question": _question(pattern)}
    values.update((f"rest_{number}", part) for number, part in enumerate(pattern.rest))
    rows = connection.execute(_walks(len(pattern.rest), tuple(kinds), limit), values)
    return [Hit(row.kind, row.record_id, row.position) for row in rows]


@lru_cache(maxsize=256)
def _walks(rest: int, kinds: tuple[str, ...], limit: int) -> CompoundSelect[Any]:
    """Return the statement that walks through each of ``kinds`` from its newest record down."""
    parts: list[Any] = [bindparam(f"rest_{number}") for number in range(rest)]
    walks = [
        _matches(bindparam("question"), parts, kind).order_by(FTS.c.rowid.desc()).limit(limit).subquery()
        for kind in kinds
    ]
    return union_all(*(select(walk) for walk in walks))


def _matches(question: Any, rest: Sequence[Any], kind: str) -> Select[Any]:  # noqa: ANN401 - a text or its place in a statement
    """Return the statement that reads what fits, naming the kind in a form that no index answers.

    Otherwise the planner may walk all records of the kind and ask the full-text table anew for each: seconds for a long question.
    """
    return (
        select(ENTRY.c.kind, ENTRY.c.record_id, ENTRY.c.position)
        .select_from(FTS.join(ENTRY, ENTRY.c.position == FTS.c.rowid))
        .where(FTS.c.search_fts.op("MATCH")(question), FTS.c.rowid.between(*kind_range(kind)))
        .where(ENTRY.c.kind + "" == kind, *(func.instr(ENTRY.c.text, part) > 0 for part in rest))
    )


def _question(pattern: Pattern) -> str:
    """Return what the full-text table is asked."""
    question = " AND ".join(_quoted(part) for part in pattern.fragments)
    return f"({question}) OR {_quoted(pattern.instead)}" if pattern.instead else question


def _quoted(part: str) -> str:
    """Return ``part`` as one phrase; it holds letters, digits, blanks and bars alone, and is quoted all the same."""
    return '"{}"'.format(part.replace('"', '""'))


def _key(kind: str, record_id: int) -> Any:  # noqa: ANN401 - a condition
    return and_(ENTRY.c.kind == kind, ENTRY.c.record_id == record_id)


def _find(connection: Connection, kind: str, record_id: int) -> Row[Any, Any] | None:
    return connection.execute(select(ENTRY.c.position, ENTRY.c.text).where(_key(kind, record_id))).first()


def _position(connection: Connection, entry: Entry, before: Row[Any, Any] | None) -> int:
    """Return where the entry goes: where it was if its moment is the same, else the first free position of its second.

    There is one writer, so what is free stays free.
    """
    if before is not None and before.position >> TIE_BITS == entry.position >> TIE_BITS:
        return int(before.position)
    position = entry.position
    while connection.execute(select(ENTRY.c.position).where(ENTRY.c.position == position)).first():
        position += 1
    return position
