import multiprocessing
import os
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from core.engines import WRITE, Engines, Placement, WriterQueue, postgresql_engine, sqlite_engine
from core.errors import BusyError
from core.migrate import Owner, upgrade
from core.testing import fresh_database, server_url

WRITERS = 8
EACH = 40


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = sqlite_engine(tmp_path / "data.db")
    with made.execution_options(**{WRITE: True}).begin() as connection:
        connection.execute(text("CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO counter VALUES (1, 0)"))
    return made


def test_a_transaction_without_the_write_option_cannot_write(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(text("UPDATE counter SET value = 1"))


def test_a_reading_transaction_after_a_writing_one_on_the_same_connection_cannot_write(
    engine: Engine,
) -> None:
    with engine.execution_options(**{WRITE: True}).begin() as connection:
        connection.execute(text("UPDATE counter SET value = 1"))
    with engine.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(text("UPDATE counter SET value = 2"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM counter")).scalar() == 1


def test_the_recipe_is_the_one_that_survives_power_cuts(engine: Engine) -> None:
    with engine.connect() as connection:
        facts = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
        }
    assert facts == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "busy_timeout": 30000,
    }


def test_the_files_of_a_database_are_their_owners_alone_whatever_the_folder_and_the_umask_permit(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    before = os.umask(0o022)
    try:
        owner = Owner("nobody", tmp_path)
        upgrade(Placement.sqlite(tmp_path / "migrated.db"), [owner])
        opened = sqlite_engine(tmp_path / "opened.db").execution_options(**{WRITE: True})
        with opened.begin() as connection:
            connection.execute(text("CREATE TABLE one (id INTEGER PRIMARY KEY)"))
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert {"migrated.db", "opened.db", "opened.db-wal", "opened.db-shm"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_the_turn_is_given_back_after_a_commit_and_after_a_rollback(engine: Engine, tmp_path: Path) -> None:
    writer = engine.execution_options(**{WRITE: True})
    with writer.begin() as connection:
        connection.execute(text("UPDATE counter SET value = 5"))
    with writer.connect() as connection:
        connection.execute(text("UPDATE counter SET value = 6"))
        connection.rollback()
    queue = WriterQueue(tmp_path / "data.db.writers")
    queue.release(queue.acquire(0.2))


def test_a_turn_that_does_not_come_in_time_is_busy_and_is_given_back_when_it_comes(tmp_path: Path) -> None:
    queue = WriterQueue(tmp_path / "queue")
    held = queue.acquire(1)
    with pytest.raises(BusyError):
        queue.acquire(0.05)
    queue.release(held)
    queue.release(queue.acquire(5))


def test_waiting_writers_are_served_when_the_turn_is_free(tmp_path: Path) -> None:
    queue = WriterQueue(tmp_path / "queue")
    held = queue.acquire(1)
    served: list[int] = []

    def wait() -> None:
        turn = queue.acquire(10)
        served.append(turn)
        queue.release(turn)

    threads = [threading.Thread(target=wait) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert served == []
    queue.release(held)
    for thread in threads:
        thread.join(10)
    assert len(served) == 6


def _count(path: Path, waits: "multiprocessing.Queue[int]") -> None:
    import time

    engine = sqlite_engine(path).execution_options(**{WRITE: True})
    longest = 0.0
    for _ in range(EACH):
        began = time.perf_counter()
        with engine.begin() as connection:
            longest = max(longest, time.perf_counter() - began)
            value = connection.execute(text("SELECT value FROM counter")).scalar_one()
            connection.execute(text("UPDATE counter SET value = :value"), {"value": value + 1})
    waits.put(int(longest * 1000))


def test_eight_writer_processes_lose_no_update(engine: Engine, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    waits: multiprocessing.Queue[int] = context.Queue()
    writers = [context.Process(target=_count, args=(tmp_path / "data.db", waits)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    with engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM counter")).scalar() == WRITERS * EACH


def test_only_the_last_used_files_stay_open(tmp_path: Path) -> None:
    engines = Engines(kept=3)
    for number in range(10):
        with engines.at(Placement.sqlite(tmp_path / f"{number}.db")).connect() as connection:
            connection.execute(text("SELECT 1"))
    names = {entry.readlink().name for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()}
    assert {name for name in names if name.endswith(".db")} & {f"{n}.db" for n in range(10)} == {
        "7.db",
        "8.db",
        "9.db",
    }


def test_an_engine_stays_usable_by_who_holds_it_when_it_is_evicted(tmp_path: Path) -> None:
    engines = Engines(kept=1)
    first = engines.at(Placement.sqlite(tmp_path / "1.db"))
    with first.connect() as connection:
        engines.at(Placement.sqlite(tmp_path / "2.db"))
        assert connection.execute(text("SELECT 1")).scalar() == 1
    with first.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


@pytest.mark.skipif(server_url() is None, reason="no PostgreSQL server answers")
@pytest.mark.parametrize("writes", [False, True])
def test_postgresql_plans_joins_as_they_are_written_inside_a_transaction_alone(*, writes: bool) -> None:
    with fresh_database() as url:
        engine = postgresql_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        with engine.execution_options(**{WRITE: writes}).begin() as connection:
            assert connection.exec_driver_sql("SHOW join_collapse_limit").scalar_one() == "1"
            assert connection.exec_driver_sql("SHOW jit").scalar_one() == "off"
            connection.exec_driver_sql("ROLLBACK")
            assert connection.exec_driver_sql("SHOW join_collapse_limit").scalar_one() != "1"
        engine.dispose()
