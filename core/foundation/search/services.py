"""Write and ask the search table: one entry per record, written in the transaction that changes the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import ModuleType
from typing import Final

from sqlalchemy import Connection, Select, inspect

from core.db import session
from core.foundation.search import postgresql, sqlite
from core.foundation.search.entries import Entry, Pattern, Texts, compose, place
from core.foundation.search.fold import asked_words, fold_code
from core.foundation.search.models import SearchEntry

#: Longest question; what stands behind is not looked at.
LONGEST_QUESTION: Final = 200
#: More words than this in one question say nothing more.
MOST_WORDS: Final = 8

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
    words: Texts = (),
) -> None:
    """Write down what a record is found by, in place of what was written before; in the caller's unit of work.

    Everything is found by any fragment of three letters or more, in any spelling.

    :param kind: As its ``SearchProvider`` calls it.
    :param at: Its moment; the newest are shown first.
    :param numbers: Found by one or two letters too; typed or scanned whole they open the record at once.
    :param names: Found by the first one or two letters of each word too.
    :param phones: Found in any spelling, by the first one or two digits too.
    :param codes: Serials and the like; typed or scanned whole they open the record at once.
    :param words: Whatever else.
    """
    text = compose(numbers=numbers, names=names, phones=phones, codes=codes, words=words)
    connection = _connection()
    _backend(connection).put(connection, Entry(kind, record_id, place(kind, record_id, at), text))


def remove_entry(kind: str, record_id: int) -> None:
    """Take a record out of the search, in the caller's unit of work."""
    connection = _connection()
    _backend(connection).remove(connection, kind, record_id)


def find(question: str, kinds: Sequence[str], limit: int) -> Found:
    """Return kind and id of the records that hold every word of ``question``: by kind in the order of ``kinds``, newest first.

    One or two letters beside a longer word are looked for inside any word (one letter at its beginning); alone they are the beginning of
    a number, a name or a telephone, or the groups of a code.

    :param limit: Most records of each kind.
    """
    words = _words(question)
    return _newest(Pattern.of(words), kinds, limit) if words and kinds else []


def find_exact(code: str, kinds: Sequence[str], *, limit: int = 2) -> Found:
    """Return kind and id of the records that have ``code`` as a number or a code of theirs, at most ``limit`` of each kind."""
    folded = fold_code(code[:LONGEST_QUESTION])
    return _newest(Pattern.whole(folded), kinds, limit) if folded and kinds else []


def matching(question: str, kind: str) -> Select[tuple[int]] | None:
    """Return the statement that reads the ids of all records of ``kind`` that fit ``question``; for the filter of a list.

    ``None`` where the question holds no word: everything fits.
    """
    words = _words(question)
    if not words:
        return None
    statement: Select[tuple[int]] = _backend(_connection()).matches(Pattern.of(words), kind)
    return statement


def _newest(pattern: Pattern, kinds: Sequence[str], limit: int) -> Found:
    connection = _connection()
    hits = _backend(connection).newest(connection, pattern, kinds, limit)
    order = {kind: at for at, kind in enumerate(kinds)}
    hits.sort(key=lambda hit: (order[hit.kind], -hit.position, -hit.record_id))
    return [(hit.kind, hit.record_id) for hit in hits]


def _connection() -> Connection:
    return session().connection(bind_arguments={"mapper": inspect(SearchEntry)})


def _backend(connection: Connection) -> ModuleType:
    return sqlite if connection.dialect.name == "sqlite" else postgresql


def _words(question: str) -> list[str]:
    return asked_words(question[:LONGEST_QUESTION])[:MOST_WORDS]
