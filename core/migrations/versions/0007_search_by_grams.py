"""Index the search by grams, and leave the codes of a device to open the device alone."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0007"
down_revision = "0006"

CHUNK = 5_000
#: How grams were cut when this revision was written; a later way of cutting them comes with a revision of its own.
SHORT, LONG = 3, 5
WORD = re.compile(r"( {1,2})([^ |]+)(\|?)")
#: Groups of kinds that had an index each.
GROUPS = 8
ENTRY = sa.table(
    "search_entry",
    sa.column("kind", sa.String),
    sa.column("record_id", sa.BigInteger),
    sa.column("position", sa.BigInteger),
    sa.column("text", sa.Text),
    sa.column("grams", ARRAY(sa.Integer)),
)


def upgrade() -> None:
    """Make the indexes anew from the texts of the entries."""
    connection = op.get_bind()
    on_sqlite = connection.dialect.name == "sqlite"
    op.add_column(
        "search_entry",
        sa.Column("grams", sa.Text().with_variant(ARRAY(sa.Integer), "postgresql"), nullable=True),
    )
    _free_tickets(connection)
    if on_sqlite:
        op.execute("DROP TABLE search_fts")
        op.execute(
            "CREATE VIRTUAL TABLE search_gram USING fts5(grams, content='', detail=none, columnsize=0,"
            " tokenize=\"ascii tokenchars '^='\")"
        )
        _fill_sqlite(connection)
        return
    for group in range(GROUPS):
        op.execute(f"DROP INDEX ix_search_entry_text_{group}")
    _fill_postgresql(connection)
    # What waits to be sorted into the index is looked through by every question: it is kept short.
    op.execute(
        "CREATE INDEX ix_search_entry_grams ON search_entry USING gin (grams) WITH (gin_pending_list_limit = 256)"
    )


def _grams(text: str) -> list[str]:
    found: dict[str, None] = {}
    for blanks, word, bar in WORD.findall(text):
        sizes = (SHORT, LONG) if any(letter.isdigit() for letter in word) else (SHORT,)
        for size in sizes:
            found.update(dict.fromkeys(word[at : at + size] for at in range(len(word) - size + 1)))
        if len(blanks) > 1:
            found["^" + word[0]] = None
            found["^" + word[:2]] = None
        if bar:
            found["=" + word] = None
    return list(found)


def _numbers(kind: str, found: Sequence[str]) -> list[int]:
    return [zlib.crc32(f"{kind} {gram}".encode()) - (1 << 31) for gram in found]


def _rows(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Iterator[list[sa.Row[Any]]]:
    """Read all entries, those with the largest positions first, in chunks."""
    below = (2**63 - 1, "", 0)
    columns = (ENTRY.c.position, ENTRY.c.kind, ENTRY.c.record_id)
    while True:
        statement = (
            sa.select(*columns, ENTRY.c.text)
            .where(sa.tuple_(*columns) < sa.tuple_(*below), *conditions)
            .order_by(*(one.desc() for one in columns))
            .limit(CHUNK)
        )
        rows = list(connection.execute(statement))
        if not rows:
            return
        yield rows
        below = (rows[-1].position, rows[-1].kind, rows[-1].record_id)


def _set(connection: sa.Connection, column: str, found: list[dict[str, Any]]) -> None:
    if found:
        statement = sa.update(ENTRY).where(
            ENTRY.c.kind == sa.bindparam("of_kind"), ENTRY.c.record_id == sa.bindparam("of_record")
        )
        connection.execute(statement.values({column: sa.bindparam("value")}), found)


def _free_tickets(connection: sa.Connection) -> None:
    """Take from tickets that a device's code, typed whole, opens them: it opens the device."""
    for rows in _rows(connection, ENTRY.c.kind == "ticket"):
        texts = [(row, re.sub(r"(?<! ) ([^ |]+)\|", r" \1", row.text)) for row in rows]
        changed = [
            {"of_kind": row.kind, "of_record": row.record_id, "value": text}
            for row, text in texts
            if text != row.text
        ]
        _set(connection, "text", changed)


def _fill_sqlite(connection: sa.Connection) -> None:
    insert = sa.text("INSERT INTO search_gram (rowid, grams) VALUES (-:position, :grams)")
    for rows in _rows(connection):
        connection.execute(
            insert, [{"position": row.position, "grams": " ".join(_grams(row.text))} for row in rows]
        )


def _fill_postgresql(connection: sa.Connection) -> None:
    for rows in _rows(connection):
        found = [
            {"of_kind": row.kind, "of_record": row.record_id, "value": _numbers(row.kind, _grams(row.text))}
            for row in rows
        ]
        _set(connection, "grams", found)
