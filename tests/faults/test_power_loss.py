import contextlib
import itertools
import os
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest
from sqlalchemy import event, text

from core.engines import WRITE, sqlite_engine
from tests.faults.power import Disk

pytestmark = pytest.mark.faults

#: Power cuts in the default suite, and in the long one.
CUTS = 1_000
MANY_CUTS = 20_000
#: Power cuts that one database goes through before the next one is made.
LIFE = 25
_numbers = itertools.count()


@dataclass(frozen=True)
class Recipe:
    """The statements with which the product opens a database and frames a writing transaction."""

    connect: list[str]
    begin: list[str]
    end: list[str]


def recorded(path: Path, **options: str) -> Recipe:
    """Return what ``core.engines`` really sends to SQLite, so that the code under test is what is simulated."""
    sent: list[str] = []
    engine = sqlite_engine(path, **options)

    @event.listens_for(engine, "connect", insert=True)
    def _trace(connection: sqlite3.Connection, entry: object) -> None:
        connection.set_trace_callback(sent.append)

    with engine.connect() as connection:
        connection.execute(text("SELECT 'nothing'"))
    connect = sent[: sent.index("BEGIN")]
    sent.clear()
    with engine.execution_options(**{WRITE: True}).begin() as connection:
        connection.execute(text("SELECT 'work'"))
    work = sent.index("SELECT 'work'")
    engine.dispose()
    return Recipe(connect, sent[:work], sent[work + 1 :])


@dataclass
class Tally:
    """What came of a trial."""

    cuts: int = 0
    acknowledged: int = 0
    #: Commits that SQLite had confirmed and that were gone.
    lost: int = 0
    #: What was found broken, in SQLite's words or ours.
    broken: list[str] = field(default_factory=list)


class Shop:
    """A database with a counter and one record for each number, as a series of tickets has."""

    def __init__(self, disk: Disk, recipe: Recipe, chance: random.Random) -> None:
        self._disk = disk
        self._recipe = recipe
        self._chance = chance
        #: The last number whose commit came back, and the last one that the cut before had left.
        self.acknowledged = self._left = 0
        with self._open() as connection:
            connection.execute("PRAGMA query_only=OFF")
            connection.execute("CREATE TABLE counter (value INTEGER NOT NULL)")
            connection.execute("CREATE TABLE record (number INTEGER PRIMARY KEY, ballast BLOB, sum INTEGER)")
            connection.execute("CREATE INDEX record_by_ballast ON record (ballast)")
            connection.execute("INSERT INTO counter VALUES (0)")
        disk.settle()

    @contextlib.contextmanager
    def _open(self) -> Iterator[apsw.Connection]:
        connection = self._disk.connect("shop.db")
        try:
            for statement in self._recipe.connect:
                connection.execute(statement)
            yield connection
        finally:
            with contextlib.suppress(apsw.Error):
                connection.close()

    def work_until_the_cut(self) -> None:
        """Write from two connections while a third one reads, until the power goes."""
        with contextlib.suppress(apsw.IOError, apsw.CantOpenError), contextlib.ExitStack() as stack:
            first, second, reader = (stack.enter_context(self._open()) for _ in range(3))
            checkpoint = self._chance.choice((2, 5, 20, 1000))
            for connection in (first, second):
                connection.wal_autocheckpoint(checkpoint)
            while True:
                if not self._chance.randrange(4):
                    self._read(reader)
                self._write(self._chance.choice((first, second)))

    def _read(self, reader: apsw.Connection) -> None:
        """Begin or end a reading transaction: an open one keeps a checkpoint from finishing."""
        if reader.in_transaction:
            reader.execute("ROLLBACK")
        else:
            reader.execute("BEGIN")
            reader.execute("SELECT value FROM counter").fetchall()

    def _write(self, writer: apsw.Connection) -> None:
        for statement in self._recipe.begin:
            writer.execute(statement)
        number = writer.execute("SELECT value FROM counter").fetchone()[0] + 1
        ballast = self._chance.randbytes(self._chance.choice((10, 300, 5_000, 30_000)))
        writer.execute("UPDATE counter SET value = ?", (number,))
        writer.execute("INSERT INTO record VALUES (?, ?, ?)", (number, ballast, sum(ballast)))
        if not self._chance.randrange(5):
            writer.execute("ROLLBACK")
            return
        for statement in self._recipe.end:
            writer.execute(statement)
        self.acknowledged = number

    def inspect(self, tally: Tally) -> None:
        """Look at what the cut has left; the power may go while SQLite puts it in order."""
        try:
            if not self._chance.randrange(3):
                self._cut_again()
            with self._open() as connection:
                self._compare(connection, tally)
        except apsw.Error as error:
            tally.broken.append(str(error))

    def _cut_again(self) -> None:
        self._disk.cut_after(self._chance.randint(1, 8))
        with contextlib.suppress(apsw.IOError, apsw.CantOpenError), self._open() as connection:
            connection.execute("SELECT value FROM counter").fetchall()
        self._disk.power_on()

    def _compare(self, connection: apsw.Connection, tally: Tally) -> None:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)]:
            tally.broken.append(str(found[:2]))
            return
        value = connection.execute("SELECT value FROM counter").fetchone()[0]
        rows = connection.execute("SELECT number, ballast, sum FROM record ORDER BY number").fetchall()
        if [number for number, _, _ in rows] != list(range(1, value + 1)):
            tally.broken.append(f"the counter says {value}, there are {len(rows)} records")
        if any(sum(ballast) != expected for _, ballast, expected in rows):
            tally.broken.append("a record is not what was written")
        tally.lost += max(0, self.acknowledged - value)
        tally.acknowledged += self.acknowledged - self._left
        self.acknowledged = self._left = value


def cut_power(recipe: Recipe, folder: Path, *, cuts: int, seed: int, lies: bool = False) -> Tally:
    """Cut the power ``cuts`` times at moments of chance, and return what came of it."""
    folder.mkdir(exist_ok=True)
    chance = random.Random(seed)
    tally = Tally()
    while tally.cuts < cuts and not tally.broken:
        for file in folder.iterdir():
            file.unlink()
        disk = Disk(f"disk{os.getpid()}-{next(_numbers)}", folder, chance, lies=lies)
        shop = Shop(disk, recipe, chance)
        for _ in range(min(LIFE, cuts - tally.cuts)):
            disk.cut_after(chance.randint(1, chance.choice((10, 60, 300))))
            shop.work_until_the_cut()
            assert disk.is_off
            disk.power_on()
            tally.cuts += 1
            shop.inspect(tally)
            if tally.broken:
                break
        disk.unregister()
    return tally


def test_no_acknowledged_commit_is_lost_when_the_power_goes(tmp_path: Path) -> None:
    tally = cut_power(recorded(tmp_path / "recorded.db"), tmp_path / "disk", cuts=CUTS, seed=1)
    assert (tally.broken, tally.lost, tally.cuts) == ([], 0, CUTS)
    assert tally.acknowledged > CUTS


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_no_acknowledged_commit_is_lost_in_thousands_of_power_cuts(tmp_path: Path) -> None:
    tally = cut_power(recorded(tmp_path / "recorded.db"), tmp_path / "disk", cuts=MANY_CUTS, seed=2)
    assert (tally.broken, tally.lost, tally.cuts) == ([], 0, MANY_CUTS)


def test_synchronous_normal_loses_acknowledged_commits(tmp_path: Path) -> None:
    recipe = recorded(tmp_path / "recorded.db", synchronous="NORMAL")
    tally = cut_power(recipe, tmp_path / "disk", cuts=100, seed=3)
    assert tally.lost
    assert tally.broken == []


def test_synchronous_off_breaks_the_database(tmp_path: Path) -> None:
    recipe = recorded(tmp_path / "recorded.db", synchronous="OFF")
    tally = cut_power(recipe, tmp_path / "disk", cuts=100, seed=4)
    assert tally.lost
    assert tally.broken


def test_a_drive_that_lies_about_syncing_loses_acknowledged_commits(tmp_path: Path) -> None:
    tally = cut_power(recorded(tmp_path / "recorded.db"), tmp_path / "disk", cuts=60, seed=5, lies=True)
    assert tally.lost or tally.broken


def test_the_recorded_recipe_is_the_whole_one(tmp_path: Path) -> None:
    recipe = recorded(tmp_path / "recorded.db")
    assert "PRAGMA synchronous=FULL" in recipe.connect
    assert recipe.begin[-1] == "BEGIN IMMEDIATE"
    assert recipe.end == ["COMMIT"]
