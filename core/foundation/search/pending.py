"""Entries that wait for the end of their unit of work, to be written together: all of them take as many statements as one.

A question inside the unit of work writes them first, and so does a savepoint. Importing this module makes it listen.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import Session, SessionTransaction

from core.foundation.search import postgresql, sqlite
from core.foundation.search.entries import Entry, Key
from core.foundation.search.models import SearchEntry

#: Where a session keeps them, by what each record is known by.
WAITING: Final = "wm_search_waiting"


def wait(session: Session, entry: Entry) -> None:
    """Keep ``entry`` until the unit of work ends; the last one of a record counts."""
    waiting: dict[Key, Entry] = session.info.setdefault(WAITING, {})
    waiting[entry.key] = entry


def write_waiting(session: Session) -> None:
    """Write what waits."""
    waiting: dict[Key, Entry] = session.info.pop(WAITING, {})
    if waiting:
        connection = connection_of(session)
        backend(connection).write(connection, list(waiting.values()))


def connection_of(session: Session) -> Connection:
    """Return the connection to the tenant's database."""
    return session.connection(bind_arguments={"mapper": inspect(SearchEntry)})


def backend(connection: Connection) -> ModuleType:
    """Return how the database of ``connection`` is searched."""
    return sqlite if connection.dialect.name == "sqlite" else postgresql


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    write_waiting(session)


@event.listens_for(Session, "after_transaction_create")
def _keep_apart(session: Session, transaction: SessionTransaction) -> None:
    """Write what waits before a savepoint, whose end in a rollback takes along only what came after it."""
    if transaction.nested and session.info.get(WAITING):
        write_waiting(session)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, previous: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
    del previous
    session.info.pop(WAITING, None)
