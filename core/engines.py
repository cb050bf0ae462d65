"""How the databases are reached: the SQLite recipe, the PostgreSQL wall, and the engines that are kept.

Every transaction is read-only unless its connection carries the execution option ``WRITE``: a page that only reads cannot write by
mistake. docs/architecture.md tells what each line of the recipes is for and what happens without it.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from core.errors import BusyError

#: Execution option: this transaction may write.
WRITE: Final = "wm_write"
#: Execution option: the PostgreSQL schema, and the role of the same name when it is a tenant's.
SCHEMA: Final = "wm_schema"
ROLE: Final = "wm_role"
#: Seconds a writer waits for its turn before the answer is 503.
LOCK_TIMEOUT: Final = 10.0
#: What a writer is told who did not get a turn.
BUSY: Final = _l("Nothing was saved. Wait a few seconds and send it again.")
#: SQLite engines kept open in one process; 1,000 open ones are 146 MiB and 3,000 files.
KEPT_ENGINES: Final = 64
#: How PostgreSQL plans: joins in the order in which they are written, which is from the table that is asked outwards. Trying all orders
#: of the eight tables of a list took 10 ms of the statement's 10.4, for the same plan. Compiling (JIT) never pays for a page.
PLANNING: Final = ("SET LOCAL join_collapse_limit TO 1", "SET LOCAL jit TO off")
#: Where PostgreSQL's extensions live, made once for a database.
EXTENSIONS_SCHEMA: Final = "extensions"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one database lives: a SQLite file, or a schema of a PostgreSQL database."""

    url: str
    #: PostgreSQL only.
    schema: str | None = None
    #: PostgreSQL only: the role that every transaction takes on.
    role: str | None = None

    @classmethod
    def sqlite(cls, path: Path) -> Placement:
        """Return the placement of the SQLite file ``path``."""
        return cls(f"sqlite:///{path}")

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file on this machine."""
        return self.url.startswith("sqlite:")

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return Path(self.url.removeprefix("sqlite:///"))


class WriterQueue:
    """A fair queue of the writers of one SQLite file, across threads and processes.

    The kernel hands an exclusive ``flock`` on in the order of asking, which SQLite's own busy loop does not: with it the longest wait
    of eight writers was 235 ms instead of seconds.
    """

    def __init__(self, path: Path) -> None:
        """Queue at the file ``path``, made where it is missing."""
        self._path = path

    def acquire(self, timeout: float) -> int:
        """Wait for the turn and return the descriptor that holds it.

        :param timeout: Seconds.
        :raises BusyError: the turn did not come in time.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _wait_in_line(descriptor, timeout)
        return descriptor

    @staticmethod
    def release(descriptor: int) -> None:
        """Give the turn to the next in line."""
        os.close(descriptor)


def _wait_in_line(descriptor: int, timeout: float) -> None:
    """Block in ``flock`` on a thread of its own, so that the wait can end; the thread gives back a turn that comes too late."""
    state = threading.Lock()
    had = threading.Event()
    abandoned = False

    def wait() -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with state:
            had.set()
            if abandoned:
                os.close(descriptor)

    threading.Thread(target=wait, daemon=True, name="writer-queue").start()
    if had.wait(timeout):
        return
    with state:
        if had.is_set():
            return
        abandoned = True
    raise BusyError(BUSY)


def make_private(path: Path) -> None:
    """Make the file ``path``, readable by its owner alone, where its folder has none; SQLite would ask the umask."""
    if path.parent.is_dir() and not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def sqlite_engine(path: Path, *, synchronous: str = "FULL") -> Engine:
    """Return an engine for the SQLite file ``path`` by the recipe that lost nothing in 20,000 power cuts.

    One connection is kept, overflow is closed after use, so that a long report blocks nobody. The file is its owner's alone, whatever
    the folder permits; SQLite gives the files beside it (``-wal``, ``-shm``) the same permissions.

    :param synchronous: FULL for business data; NORMAL only for counters, which may be lost.
    """
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=-1,
        connect_args={"check_same_thread": False, "timeout": 30},
    )
    queue = WriterQueue(path.with_name(path.name + ".writers"))

    @event.listens_for(engine, "do_connect")
    def _make(*_connecting: object) -> None:
        make_private(path)

    @event.listens_for(engine, "connect")
    def _connect(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "busy_timeout=30000",
            "query_only=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        entry.info["reads"] = True

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        _begin_sqlite(connection, queue)

    @event.listens_for(engine, "checkin")
    @event.listens_for(engine, "close")
    def _checkin(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        del connection
        descriptor = entry.info.pop("turn", None)
        if descriptor is not None:
            queue.release(descriptor)

    return engine


def _begin_sqlite(connection: Connection, queue: WriterQueue) -> None:
    """Begin a read-only transaction, or wait for the writers' turn and begin a writing one."""
    pooled = connection.connection
    raw: Any = pooled.dbapi_connection
    writes = bool(connection.get_execution_options().get(WRITE))
    if pooled.info["reads"] is writes:
        raw.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        pooled.info["reads"] = not writes
    if not writes:
        raw.execute("BEGIN")
        return
    pooled.info["turn"] = queue.acquire(LOCK_TIMEOUT)
    raw.execute("BEGIN IMMEDIATE")


def postgresql_engine(url: str) -> Engine:
    """Return the one engine of the PostgreSQL database ``url``; its tenants are option engines of it.

    ``prepare_threshold=None`` keeps psycopg from preparing statements: no generic plan that scans a table, no plan left over from
    another tenant's schema, and pgbouncer works.
    """
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=16,
        pool_timeout=LOCK_TIMEOUT,
        pool_pre_ping=False,
        connect_args={"prepare_threshold": None, "autocommit": True},
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        raw: Any = connection.connection.dbapi_connection
        raw.execute(
            _postgresql_begin(options.get(SCHEMA), options.get(ROLE), writes=bool(options.get(WRITE)))
        )

    return engine


def _postgresql_begin(schema: str | None, role: str | None, *, writes: bool) -> str:
    """Return the one message that begins a transaction inside the wall of a tenant: everything about it is transaction-local."""
    parts = [
        "BEGIN ISOLATION LEVEL READ COMMITTED" if writes else "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
    ]
    if schema is not None:
        parts.append(f"SET LOCAL search_path TO {quote(schema)}, {EXTENSIONS_SCHEMA}")
    if role is not None:
        parts.append(f"SET LOCAL ROLE {quote(role)}")
    if writes:
        parts.append(f"SET LOCAL lock_timeout TO '{int(LOCK_TIMEOUT)}s'")
    return "; ".join([*parts, *PLANNING])


def quote(identifier: str) -> str:
    """Return a PostgreSQL identifier in quotes; SET and CREATE SCHEMA take no parameters."""
    return '"' + identifier.replace('"', '""') + '"'


class Engines:
    """The engines of one process: the least recently used SQLite ones are closed, PostgreSQL ones stay."""

    def __init__(self, *, kept: int = KEPT_ENGINES) -> None:
        """Keep at most ``kept`` SQLite files open."""
        self._kept = kept
        self._sqlite: OrderedDict[Path, Engine] = OrderedDict()
        self._servers: dict[str, Engine] = {}
        self._views: dict[Placement, Engine] = {}
        self._lock = threading.Lock()

    def at(self, placement: Placement) -> Engine:
        """Return the engine of ``placement``."""
        with self._lock:
            if placement.is_sqlite:
                return self._file(placement.path)
            view = self._views.get(placement)
            if view is None:
                server = self._server(placement.url)
                view = server.execution_options(**{SCHEMA: placement.schema, ROLE: placement.role})
                self._views[placement] = view
            return view

    def _file(self, path: Path) -> Engine:
        engine = self._sqlite.get(path)
        if engine is None:
            engine = self._sqlite[path] = sqlite_engine(path)
            while len(self._sqlite) > self._kept:
                self._sqlite.popitem(last=False)[1].dispose()
        else:
            self._sqlite.move_to_end(path)
        return engine

    def _server(self, url: str) -> Engine:
        engine = self._servers.get(url)
        if engine is None:
            engine = self._servers[url] = postgresql_engine(url)
        return engine

    def forget(self, placement: Placement) -> None:
        """Close what is kept for ``placement``, before its database is dropped or moved."""
        with self._lock:
            if placement.is_sqlite and (engine := self._sqlite.pop(placement.path, None)):
                engine.dispose()
            self._views.pop(placement, None)

    def dispose(self) -> None:
        """Close everything; after a fork, or when the process ends."""
        with self._lock:
            for engine in (*self._sqlite.values(), *self._servers.values()):
                engine.dispose()
            self._sqlite.clear()
            self._servers.clear()
            self._views.clear()


def busy_guard(error: BaseException) -> BusyError | None:
    """Return the ``BusyError`` that a driver's "locked" or lock time-out means, else ``None``."""
    text = str(error).lower()
    if (
        "database is locked" in text
        or "lock timeout" in text
        or "lock_timeout" in text
        or "deadlock detected" in text
    ):
        return BusyError(BUSY)
    return None
