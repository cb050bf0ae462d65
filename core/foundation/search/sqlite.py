"""Search on SQLite: a full-text table (FTS5) of grams, whose row ids are the positions of the entries turned round.

It walks its answers from the lowest row id up, so the newest of a kind come first and the walk stops early. Walking from the highest
down, SQLite 3.40 lost hits behind long lists of rows (a phrase of trigrams, a million tickets).
The table keeps no text of its own, so it is told what it forgets.

Statements are built once for each shape of a question: building one costs more than running it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    bindparam,
    column,
    delete,
    func,
    insert,
    or_,
    select,
    table,
    text as sql,
    update,
)

from core.foundation.search.entries import TIE_BITS, Entry, kind_range
from core.foundation.search.grams import Pattern, Shape, grams
from core.foundation.search.models import ENTRY
from core.foundation.ui.values import Reach

FTS: Final = table("search_gram", column("rowid"), column("search_gram"))
#: What is stored of records, and who stands in the places that they want.
STORED: Final = sql(
    "SELECT e.kind, e.record_id, e.position, e.text FROM json_each(:keys) AS k CROSS JOIN search_entry AS e"
    " ON e.kind = json_extract(k.value, '$[0]') AND e.record_id = json_extract(k.value, '$[1]')"
    " UNION SELECT e.kind, e.record_id, e.position, e.text FROM json_each(:keys) AS k CROSS JOIN search_entry AS e"
    " ON e.position = json_extract(k.value, '$[2]')"
)
REMEMBER: Final = sql("INSERT INTO search_gram (rowid, grams) VALUES (-:position, :grams)")
FORGET: Final = sql(
    "INSERT INTO search_gram (search_gram, rowid, grams) VALUES ('delete', -:position, :grams)"
)
_KEY: Final = (ENTRY.c.kind == bindparam("b_kind"), ENTRY.c.record_id == bindparam("b_record_id"))
ADD: Final = insert(ENTRY)
CHANGE: Final = update(ENTRY).where(*_KEY)
REMOVE: Final = delete(ENTRY).where(*_KEY)


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries in place of those before, in a number of statements that does not grow with them."""
    rows = connection.execute(
        STORED, {"keys": json.dumps([[one.kind, one.record_id, one.position] for one in entries])}
    )
    stored = {(row.kind, row.record_id): Entry(*row) for row in rows}
    taken = {one.position for one in stored.values()}
    forgotten, remembered, added, changed, removed = [], [], [], [], []
    for entry in entries:
        before = stored.get(entry.key)
        after = _placed(connection, entry, before, taken)
        if before == after:
            continue
        values = {"b_kind": entry.kind, "b_record_id": entry.record_id}
        if before is not None:
            forgotten.append(_gram_row(before))
        if after is None:
            removed.append(values)
            continue
        remembered.append(_gram_row(after))
        row = {"position": after.position, "text": after.text}
        if before is None:
            added.append({"kind": entry.kind, "record_id": entry.record_id, **row})
        else:
            changed.append({**values, **row})
    work: list[tuple[Any, list[dict[str, Any]]]] = [
        (FORGET, forgotten), (REMOVE, removed), (CHANGE, changed), (ADD, added),
        # Rising row ids: the full-text table writes a piece of its index whenever they fall.
        (REMEMBER, sorted(remembered, key=lambda row: -row["position"])),
    ]  # fmt: skip
    for statement, found in work:
        if found:
            connection.execute(statement, found)


def _gram_row(entry: Entry) -> dict[str, Any]:
    return {"position": entry.position, "grams": " ".join(grams(entry.text or ""))}


def _placed(connection: Connection, entry: Entry, before: Entry | None, taken: set[int]) -> Entry | None:
    """Return the entry at its place: where it was if its moment is the same, else the first free one of its second.

    There is one writer, so what is free stays free.
    """
    if entry.text is None:
        return None
    if before is not None and _second(before.position) == _second(entry.position):
        return Entry(entry.kind, entry.record_id, before.position, entry.text)
    position = entry.position
    while position in taken or (position != entry.position and _is_taken(connection, position)):
        position += 1
    taken.add(position)
    return Entry(entry.kind, entry.record_id, position, entry.text)


def _second(position: int) -> int:
    return position >> TIE_BITS


def _is_taken(connection: Connection, position: int) -> bool:
    statement = select(ENTRY.c.position).where(ENTRY.c.position == position)
    return connection.execute(statement).first() is not None


def values(pattern: Pattern) -> Mapping[str, Any]:
    """Return the values of a statement that asks for ``pattern``."""
    question = _all_of(pattern.grams)
    if pattern.instead:
        question = f"({question}) OR ({_all_of(pattern.instead_grams)})"
    parts = {f"part_{number}": part for number, part in enumerate(pattern.parts)}
    return {"question": question, "instead": pattern.instead, **parts}


def _all_of(found: Sequence[str]) -> str:
    """Return the question for all of some grams; they hold letters, digits and our own marks alone, and are quoted all the same."""
    return " AND ".join('"{}"'.format(gram.replace('"', '""')) for gram in found)


def matches(shape: Shape, kind: str) -> Select[Any]:
    """Return the statement that reads the ids of all entries of ``kind`` that fit."""
    return _fitting(shape, kind, None).with_only_columns(ENTRY.c.record_id)


def newest(shape: Shape, kind: str, limit: int, reach: Reach | None) -> FromClause:
    """Return the newest ``limit`` entries of ``kind`` that fit and that ``reach`` lets be known."""
    return _fitting(shape, kind, reach).order_by(FTS.c.rowid).limit(limit).subquery()


def _fitting(shape: Shape, kind: str, reach: Reach | None) -> Select[Any]:
    """Return the statement that reads what fits, naming the kind in a form that no index answers.

    Otherwise the planner may walk all records of the kind and ask the full-text table anew for each: seconds for a long question.
    """
    low, high = kind_range(kind)
    conditions: list[ColumnElement[bool]] = [
        FTS.c.search_gram.op("MATCH")(bindparam("question", type_=Text)),
        FTS.c.rowid.between(-high, -low),
        ENTRY.c.kind + "" == kind,
        _holds(shape),
    ]
    if reach is not None:
        conditions.append(reach.condition(ENTRY.c.record_id))
    return (
        select(ENTRY.c.record_id, ENTRY.c.position, ENTRY.c.text)
        .select_from(FTS.join(ENTRY, ENTRY.c.position == -FTS.c.rowid))
        .where(*conditions)
    )


def _holds(shape: Shape) -> ColumnElement[bool]:
    parts = [
        func.instr(ENTRY.c.text, bindparam(f"part_{number}", type_=Text)) > 0 for number in range(shape.parts)
    ]
    held: ColumnElement[bool] = parts[0]
    for part in parts[1:]:
        held &= part
    return (
        or_(held, func.instr(ENTRY.c.text, bindparam("instead", type_=Text)) > 0)
        if shape.has_instead
        else held
    )
