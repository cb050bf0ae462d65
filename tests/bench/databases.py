"""PostgreSQL databases that a benchmark makes for itself and removes, with the roles of their tenants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.testing import fresh_database as _fresh_database, server_url


@contextmanager
def fresh_database() -> Iterator[str]:
    """Make a database and remove it at the end.

    :raises RuntimeError: no server answers at ``WORKMANAGER_TEST_DATABASE_URL`` or on 127.0.0.1:5432.
    """
    if server_url() is None:
        message = "no PostgreSQL server answers; --databases sqlite measures without one"
        raise RuntimeError(message)
    with _fresh_database() as url:
        yield url.replace("postgresql://", "postgresql+psycopg://", 1)
