"""Count attempts and keep last-use stamps, shared by all worker processes.

On SQLite a file of its own, where the last second may be lost; on PostgreSQL two tables in the control schema. Each call is one short
transaction, after the read of the request has ended.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import flask
from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, String, Table, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from core.config import Config
from core.db import forbid_in_unit_of_work
from core.engines import WRITE, Engines, Placement, sqlite_engine
from core.foundation.tenants.storage import CONTROL_SCHEMA

METADATA = MetaData()
COUNTERS = Table(
    "limit_counter",
    METADATA,
    Column("key", String(200), primary_key=True),
    #: Unix seconds at which the window began.
    Column("began", BigInteger, nullable=False),
    Column("hits", Integer, nullable=False),
)
STAMPS = Table(
    "limit_stamp",
    METADATA,
    Column("key", String(200), primary_key=True),
    #: Unix seconds of the last use.
    Column("at", BigInteger, nullable=False),
)
#: Seconds within which a stamp is not written again.
STAMP_EVERY: Final = 60
#: Seconds between two sweeps of one process.
SWEEP_EVERY: Final = 3600
#: Seconds after which a counter and a stamp are removed: longer than any limit, longer than any login.
COUNTERS_KEPT: Final = 2 * 24 * 3600
STAMPS_KEPT: Final = 100 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``hits`` within ``seconds``."""

    hits: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a counter says of an attempt."""

    hits: int
    allowed: bool
    #: Whole seconds until the next attempt is heard; 0 while allowed.
    retry_after: int


class LimitStore:
    """The counters of one installation."""

    def __init__(self, engine: Engine) -> None:
        """Keep counters in ``engine``, whose tables are made where they are missing."""
        self._engine = engine
        self._writer = engine.execution_options(**{WRITE: True})
        self._insert: Any = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        with self._writer.begin() as connection:
            METADATA.create_all(connection)
        self.sweep()

    def hit(self, key: str, limit: Limit) -> Verdict:
        """Count one attempt on ``key`` and say whether it is heard; a refused attempt counts too."""
        forbid_in_unit_of_work("counting an attempt")
        now = int(time.time())
        fresh = COUNTERS.c.began <= now - limit.seconds
        insert = self._insert(COUNTERS).values(key=key[:200], began=now, hits=1)
        statement = insert.on_conflict_do_update(
            index_elements=[COUNTERS.c.key],
            set_={
                "hits": case((fresh, 1), else_=COUNTERS.c.hits + 1),
                "began": case((fresh, now), else_=COUNTERS.c.began),
            },
        ).returning(COUNTERS.c.hits, COUNTERS.c.began)
        with self._writer.begin() as connection:
            hits, began = connection.execute(statement).one()
        if time.monotonic() >= self._next_sweep:
            self.sweep()
        return _verdict(hits, began, now, limit)

    def look(self, key: str, limit: Limit) -> Verdict:
        """Say what ``hit`` would say, counting nothing."""
        now = int(time.time())
        with self._engine.connect() as connection:
            row = connection.execute(
                select(COUNTERS.c.hits, COUNTERS.c.began).where(COUNTERS.c.key == key[:200])
            ).first()
        if row is None or row.began <= now - limit.seconds:
            return Verdict(0, allowed=True, retry_after=0)
        return _verdict(row.hits + 1, row.began, now, limit)

    def clear(self, key: str) -> None:
        """Forget the attempts on ``key``, after a success."""
        forbid_in_unit_of_work("clearing a counter")
        with self._writer.begin() as connection:
            connection.execute(delete(COUNTERS).where(COUNTERS.c.key == key[:200]))

    def stamp(self, key: str) -> None:
        """Note that ``key`` was used now, at most once a minute."""
        forbid_in_unit_of_work("stamping a use")
        now = int(time.time())
        if now - self.stamps([key]).get(key, 0) < STAMP_EVERY:
            return
        insert = self._insert(STAMPS).values(key=key[:200], at=now)
        with self._writer.begin() as connection:
            connection.execute(insert.on_conflict_do_update(index_elements=[STAMPS.c.key], set_={"at": now}))

    def stamps(self, keys: list[str]) -> Mapping[str, int]:
        """Return the last use of each of ``keys`` that was used, in Unix seconds."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(STAMPS.c.key, STAMPS.c.at).where(STAMPS.c.key.in_(keys)))
            return {row.key: row.at for row in rows}

    def sweep(self) -> None:
        """Remove counters and stamps that nobody asks for any more; counting does it at the start and once an hour."""
        self._next_sweep = time.monotonic() + SWEEP_EVERY
        with self._writer.begin() as connection:
            connection.execute(delete(COUNTERS).where(COUNTERS.c.began < int(time.time()) - COUNTERS_KEPT))
            connection.execute(delete(STAMPS).where(STAMPS.c.at < int(time.time()) - STAMPS_KEPT))


def _verdict(hits: int, began: int, now: int, limit: Limit) -> Verdict:
    if hits <= limit.hits:
        return Verdict(hits, allowed=True, retry_after=0)
    return Verdict(hits, allowed=False, retry_after=max(1, began + limit.seconds - now))


def open_store(config: Config, engines: Engines) -> LimitStore:
    """Return the store of this installation."""
    if config.database_url is None:
        return LimitStore(sqlite_engine(config.instance / "limits.db", synchronous="NORMAL"))
    return LimitStore(engines.at(Placement(config.database_url, schema=CONTROL_SCHEMA)))


def limits() -> LimitStore:
    """Return the counters of this application, opened at their first use."""
    extensions = flask.current_app.extensions
    if "wm_limits" not in extensions:
        extensions["wm_limits"] = open_store(extensions["wm_config"], extensions["wm_engines"])
    store: LimitStore = extensions["wm_limits"]
    return store
