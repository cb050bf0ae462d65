"""Migrations: one linear history and one version table for each owner (the control database, the core, each plugin).

A revision is a file ``NNNN_<what>.py`` whose revision is ``NNNN``; the newest file name is the head, so telling whether a database is
behind needs neither Alembic nor an import. One version table for all owners would break every command once a plugin is uninstalled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, inspect, text
from sqlalchemy.pool import NullPool

from core.engines import EXTENSIONS_SCHEMA, Placement, make_private, quote
from core.errors import MigrationError


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns tables: its name is the version table's suffix, ``folder`` holds ``versions/``."""

    name: str
    folder: Path

    @property
    def version_table(self) -> str:
        """The table that keeps the revision of this owner in one database."""
        return f"alembic_version_{self.name}"

    @property
    def revisions(self) -> tuple[str, ...]:
        """All revisions, oldest first."""
        return _revisions(self.folder)

    @property
    def head(self) -> str | None:
        """The newest revision, ``None`` for an owner without tables."""
        return self.revisions[-1] if self.revisions else None


@cache
def _revisions(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name.split("_", 1)[0] for path in (folder / "versions").glob("[0-9]*_*.py")))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one owner stands in one database."""

    owner: Owner
    #: ``None``: its tables are not there.
    current: str | None

    @property
    def is_behind(self) -> bool:
        """Whether revisions wait to be run."""
        return self.current != self.owner.head


def standings(connection: Connection, owners: Iterable[Owner]) -> list[Standing]:
    """Return where each of ``owners`` stands in the database of ``connection``."""
    tables = set(inspect(connection).get_table_names())
    found = []
    for owner in owners:
        current = None
        if owner.version_table in tables:
            current = connection.execute(text(f"SELECT version_num FROM {owner.version_table}")).scalar()  # noqa: S608
        found.append(Standing(owner, current))
    return found


def upgrade(
    placement: Placement,
    owners: Sequence[Owner],
    *,
    progress: Callable[[Owner, str], None] | None = None,
) -> None:
    """Bring the database at ``placement`` to the head of each owner, each revision in a transaction of its own.

    Runs on an unpooled connection of its own; a second run goes on where the first was stopped.

    :param progress: Called with the owner and the revision that is done.
    :raises MigrationError: a revision failed and was rolled back; the message names it.
    """
    engine = _own_engine(placement)
    try:
        for owner in owners:
            with engine.connect() as connection:
                _enter(connection, placement)
                _run(connection, owner, progress)
                _check_references(connection)
    finally:
        engine.dispose()


def _own_engine(placement: Placement) -> Engine:
    """Return an engine without the recipes: Alembic begins and ends its transactions itself."""
    from sqlalchemy import create_engine, event  # noqa: PLC0415 - only where migrations run

    if not placement.is_sqlite:
        return create_engine(placement.url, poolclass=NullPool, connect_args={"prepare_threshold": None})
    make_private(placement.path)
    engine = create_engine(placement.url, poolclass=NullPool, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: Any) -> None:  # noqa: ANN401 - a driver's
        del record
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=OFF",
            "busy_timeout=30000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _enter(connection: Connection, placement: Placement) -> None:
    """Stand inside the tenant's wall for the whole connection, which nobody else will use."""
    if placement.is_sqlite or placement.schema is None:
        return
    connection.exec_driver_sql(f"SET search_path TO {quote(placement.schema)}, {EXTENSIONS_SCHEMA}")
    if placement.role is not None:
        connection.exec_driver_sql(f"SET ROLE {quote(placement.role)}")
    connection.commit()


def _run(connection: Connection, owner: Owner, progress: Callable[[Owner, str], None] | None) -> None:
    from alembic.config import Config  # noqa: PLC0415 - 0.15 s that only migrations pay
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415 - as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    if owner.head is None:
        return
    scripts = ScriptDirectory(str(owner.folder))
    done = "none"

    def revisions(current: Any, context: Any) -> Any:  # noqa: ANN401, ARG001 - Alembic's own types
        return scripts._upgrade_revs("head", current)  # noqa: SLF001 - what `alembic upgrade` itself calls

    def note(*, ctx: Any, step: Any, heads: Any, run_args: Any) -> None:  # noqa: ANN401, ARG001 - Alembic's own
        nonlocal done
        done = str(step.up_revision_id)
        if progress is not None:
            progress(owner, done)

    try:
        with EnvironmentContext(Config(), scripts, fn=revisions) as environment:
            environment.configure(
                connection=connection,
                target_metadata=MetaData(),
                version_table=owner.version_table,
                transaction_per_migration=True,
                render_as_batch=True,
                on_version_apply=note,  # type: ignore[arg-type] # Alembic calls it by keyword
            )
            environment.run_migrations()
            connection.commit()
    except Exception as error:
        connection.rollback()
        msg = f"{owner.name}: the revision after {done} failed and was rolled back: {error}"
        raise MigrationError(msg) from error


def _check_references(connection: Connection) -> None:
    """Refuse a SQLite database in which a migration left rows that point nowhere (foreign keys are off while it runs)."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    connection.rollback()
    if broken:
        msg = f"a migration left {len(broken)} rows without their parent, first: {tuple(broken[0])}"
        raise MigrationError(msg)
