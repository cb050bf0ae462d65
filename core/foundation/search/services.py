"""Write and ask the search table: one entry per record, written in the transaction that changes the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import ModuleType
from typing import Any, Final

from sqlalchemy import Connection, Select, Text, cast, func, literal, null, select, union_all

from core.db import session
from core.foundation.search import postgresql
from core.foundation.search.entries import Entry, Texts, compose, place
from core.foundation.search.fold import asked_words, fold_code
from core.foundation.search.grams import Pattern, Shape
from core.foundation.search.models import ENTRY
from core.foundation.search.pending import backend, connection_of, wait, write_waiting
from core.foundation.ui.values import Reach, SearchHit, SearchProvider

#: Longest question; what stands behind is not looked at.
LONGEST_QUESTION: Final = 200
#: More words than this in one question say nothing more.
MOST_WORDS: Final = 8
#: Columns of the statement of one kind before those that are shown: id, position, text.
AHEAD: Final = 3

Found = list[tuple[str, int]]


def put_entry(
    kind: str,
    record_id: int,
    *,
    at: datetime,
    numbers: Texts = (),
    names: Texts = (),
    phones: Texts = (),
    codes: Texts = (),
    parts: Texts = (),
    words: Texts = (),
) -> None:
    """Write down what a record is found by, in place of what was written before; in the caller's unit of work, at its end.

    Everything is found by any fragment of three letters or more, in any spelling.

    :param kind: As its ``SearchProvider`` calls it.
    :param at: Its moment; the newest are shown first.
    :param numbers: Found by one or two letters too; typed or scanned whole they open the record at once.
    :param names: Found by the first one or two letters of each word too.
    :param phones: Found in any spelling, by the first one or two digits too.
    :param codes: Serials and the like; typed or scanned whole they open the record at once.
    :param parts: Codes of another record, which opens by them in place of this one.
    :param words: Whatever else.
    """
    text = compose(numbers=numbers, names=names, phones=phones, codes=codes, parts=parts, words=words)
    wait(session(), Entry(kind, record_id, place(kind, record_id, at), text))


def remove_entry(kind: str, record_id: int) -> None:
    """Take a record out of the search, in the caller's unit of work."""
    wait(session(), Entry(kind, record_id, 0, None))


def find(question: str, kinds: Sequence[str], limit: int) -> Found:
    """Return kind and id of the records that hold every word of ``question``: by kind in the order of ``kinds``, newest first.

    One or two letters beside a longer word are looked for inside any word (one letter at its beginning); alone they are the beginning of
    a number, a name or a telephone, or the groups of a code.

    :param limit: Most records of each kind.
    """
    words = _words(question)
    if not words or not kinds:
        return []
    pattern = Pattern.of(words)
    connection = _connection()
    asked = tuple((kind, None, None) for kind in kinds)
    statement = _statement(backend(connection), pattern.shape, asked, limit).statement
    rows = connection.execute(statement, _values(connection, pattern, kinds)).all()
    return [(kinds[row[0]], row[1]) for row in sorted(rows, key=_order)]


def matching(question: str, kind: str) -> Select[tuple[int]] | None:
    """Return the statement that reads the ids of all records of ``kind`` that fit ``question``; for the filter of a list.

    ``None`` where the question holds no word: everything fits.
    """
    words = _words(question)
    if not words:
        return None
    pattern = Pattern.of(words)
    connection = _connection()
    statement: Select[tuple[int]] = backend(connection).matches(pattern.shape, kind)
    return statement.params(_values(connection, pattern, [kind]))


@dataclass(frozen=True, slots=True)
class FoundHit:
    """A record that was found, as it is shown."""

    kind: str
    hit: SearchHit
    #: The question is the whole of a number or a code of it.
    is_whole: bool


def search(question: str, providers: Sequence[SearchProvider], limit: int) -> list[FoundHit]:
    """Return what fits ``question`` and the reader may know of, as it is shown: by kind in the order of ``providers``, newest first.

    One statement, however many kinds there are.

    :param limit: Most records of each kind.
    """
    words = _words(question)
    whole = fold_code(question[:LONGEST_QUESTION])
    return _search(Pattern.of(words), providers, limit, whole) if words and providers else []


def search_whole(code: str, providers: Sequence[SearchProvider], *, limit: int = 2) -> list[FoundHit]:
    """Return the records that have ``code`` as a number or a code of theirs, at most ``limit`` of each kind."""
    whole = fold_code(code[:LONGEST_QUESTION])
    return _search(Pattern.whole(whole), providers, limit, whole) if whole and providers else []


def search_ids(provider: SearchProvider, ids: Sequence[int]) -> list[FoundHit]:
    """Return the records with these ids that the reader may know of, as they are shown."""
    reach = provider.reach() if provider.reach is not None else None
    statement = select(ENTRY.c.record_id, ENTRY.c.position, ENTRY.c.text).where(
        ENTRY.c.kind == provider.kind, ENTRY.c.record_id.in_(ids)
    )
    if reach is not None:
        statement = statement.where(reach.condition(ENTRY.c.record_id))
    found = statement.subquery()
    shown = _ahead(provider.shown(found), (found.c.record_id, found.c.position, found.c.text))
    rows = _connection().execute(shown, dict(reach.values) if reach is not None else {})
    return [FoundHit(provider.kind, _hit(provider, row), is_whole=False) for row in rows]


def _hit(provider: SearchProvider, row: Any) -> SearchHit:  # noqa: ANN401 - a row
    return provider.hit(row[0], [text or "" for text in row[AHEAD:]])


def _search(pattern: Pattern, providers: Sequence[SearchProvider], limit: int, whole: str) -> list[FoundHit]:
    connection = _connection()
    reaches = [provider.reach() if provider.reach is not None else None for provider in providers]
    asked = tuple(
        (one.kind, one.shown, None if reach is None else reach.condition)
        for one, reach in zip(providers, reaches, strict=True)
    )
    kept = _statement(backend(connection), pattern.shape, asked, limit)
    values = _values(connection, pattern, [one.kind for one in providers])
    for reach in reaches:
        values.update(reach.values if reach is not None else {})
    rows = sorted(connection.execute(kept.statement, values).all(), key=_order)
    return [
        FoundHit(
            providers[row[0]].kind,
            _hit(providers[row[0]], row[1 : kept.widths[row[0]] + 1]),
            bool(whole) and f" {whole}|" in row[AHEAD],
        )
        for row in rows
    ]


def _order(row: Any) -> tuple[int, int, int]:  # noqa: ANN401 - a row
    """Order by kind, the newest first, the larger id first."""
    return row[0], -row[2], -row[1]


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement that reads some kinds, and how many columns each of them has of its own; the others fill up its rows."""

    statement: Any
    widths: tuple[int, ...]


@lru_cache(maxsize=512)
def _statement(
    database: ModuleType, shape: Shape, asked: tuple[tuple[str, Any, Any], ...], limit: int
) -> Kept:
    """Return the statement that reads all kinds; each row has its kind's place, id, position, text, and the texts that are shown.

    :param asked: Of each kind: its name, the ``shown`` of its provider, the condition of its reach.
    """
    parts: list[Select[Any]] = []
    for kind, shown, condition in asked:
        reach = None if condition is None else Reach(condition, {})
        found = database.newest(shape, kind, limit, reach)
        ahead = (found.c.record_id, found.c.position, found.c.text)
        parts.append(select(*ahead) if shown is None else _ahead(shown(found), ahead))
    widths = tuple(len(part.selected_columns) for part in parts)
    filled = []
    for place_, part in enumerate(parts):
        gap = max(widths) - widths[place_]
        empty = [cast(null(), Text).label(f"empty_{number}") for number in range(gap)]
        filled.append(select(literal(place_).label("place"), part.add_columns(*empty).subquery()))
    return Kept(union_all(*filled) if len(filled) > 1 else filled[0], widths)


def _ahead(shown: Select[Any], ahead: Sequence[Any]) -> Select[Any]:
    """Return the statement of a provider with ours before its columns, each of its own as a text."""
    columns = [
        func.coalesce(cast(column, Text), "").label(f"shown_{number}")
        for number, column in enumerate(shown.selected_columns)
    ]
    return shown.with_only_columns(*ahead, *columns, maintain_column_froms=True)


def _values(connection: Connection, pattern: Pattern, kinds: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = dict(backend(connection).values(pattern))
    if backend(connection) is postgresql:
        for kind in kinds:
            values.update(postgresql.kind_values(pattern, kind))
    return values


def _connection() -> Connection:
    write_waiting(session())
    return connection_of(session())


def _words(question: str) -> list[str]:
    return asked_words(question[:LONGEST_QUESTION])[:MOST_WORDS]


__all__ = [
    "FoundHit",
    "find",
    "matching",
    "put_entry",
    "remove_entry",
    "search",
    "search_ids",
    "search_whole",
]
