"""Rows by the hundred thousand, by the fastest way that each driver has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection

#: Rows that SQLite takes at once.
CHUNK: Final = 20_000


def insert_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert ``rows`` as the database keeps them, and let the next generated id follow the last one."""
    raw: Any = connection.connection.dbapi_connection
    names = ", ".join(f'"{column}"' for column in columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        source = iter(rows)
        while chunk := list(islice(source, CHUNK)):
            raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', chunk)
        return
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
    if "id" in columns:
        connection.exec_driver_sql(
            f"SELECT setval(s, (SELECT max(id) FROM \"{table}\")) FROM pg_get_serial_sequence('\"{table}\"', 'id') s WHERE s IS NOT NULL"
        )
