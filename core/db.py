"""Models, the session, and the one way to write: ``unit_of_work()``.

A request reads in a read-only transaction. What writes ends it, does its slow work with no transaction open, and opens one unit of
work, which commits once. docs/architecture.md, "Transactions", has the reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import flask
from flask_babel import gettext as _, lazy_gettext as _l
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.orm.exc import StaleDataError

from core.engines import WRITE, Engines, Placement, busy_guard
from core.errors import (
    BulkWriteError,
    ConflictError,
    NestedUnitOfWorkError,
    NoTenantError,
    ProgrammingError,
    SlowWorkError,
    WritingGetError,
)

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
#: Execution option of a bulk UPDATE or DELETE whose caller writes the audit row itself.
AUDITED: Final = "wm_audited"
#: What somebody is told who was overtaken by somebody else.
STALE: Final = _l("Somebody else changed this in the meantime. Look at both and save again.")


class Model(DeclarativeBase):
    """Base of everything that belongs to a tenant: it lives in the tenant's own database."""

    metadata = MetaData(naming_convention=NAMING, info={"bind_key": "tenant"})


class ControlModel(DeclarativeBase):
    """Base of what an installation knows of its tenants: nothing of their business."""

    metadata = MetaData(naming_convention=NAMING)


class TenantSession(FlaskSession):
    """A session that is pinned to the one tenant of its application context."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:  # noqa: ANN401
        """Return the control engine for control tables, else the engine of the tenant in the context.

        :raises NoTenantError: there is no tenant in the context.
        """
        if bind is not None:
            return bind
        if _is_control(mapper, clause):
            return super().get_bind(mapper=mapper, clause=clause, **kwargs)
        engine = tenant_engine()
        pinned = self.info.setdefault("tenant_engine", engine)
        if pinned is not engine:
            msg = "a session belongs to one tenant; push a fresh application context for another"
            raise ProgrammingError(msg)
        return engine


def _is_control(mapper: Any, clause: Any) -> bool:  # noqa: ANN401 - SQLAlchemy hands over mappers, tables and statements
    if mapper is not None:
        return issubclass(getattr(mapper, "class_", mapper), ControlModel)
    table = getattr(clause, "table", clause)
    return getattr(table, "metadata", None) is ControlModel.metadata


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with the engines of ``core.engines``; only this module knows it."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: flask.Flask) -> Engine:
        del bind_key, options
        engines: Engines = app.extensions["wm_engines"]
        placement: Placement = app.extensions["wm_control"]
        return engines.at(placement)


db = Database(
    model_class=ControlModel,
    session_options={"class_": TenantSession, "expire_on_commit": False},
)


def enter_tenant(engine: Engine) -> None:
    """Make ``engine`` the tenant's database of this application context; once, before anything is read.

    :raises ProgrammingError: the context has another tenant already.
    """
    known = flask.g.get("_tenant_engine")
    if known is not None and known is not engine:
        msg = "the application context has a tenant already"
        raise ProgrammingError(msg)
    flask.g._tenant_engine = engine  # noqa: SLF001 - flask.g is a namespace


def read_only_request() -> None:
    """Refuse every unit of work from here on in this context: it answers a GET."""
    flask.g._reads_only = True  # noqa: SLF001 - flask.g is a namespace


def tenant_engine() -> Engine:
    """Return the engine of the tenant in the context.

    :raises NoTenantError: there is none.
    """
    engine = flask.g.get("_tenant_engine") if flask.has_app_context() else None
    if engine is None:
        msg = "no tenant in the context"
        raise NoTenantError(msg)
    found: Engine = engine
    return found


def session() -> Session:
    """Return the session of the current application context, read-only outside a unit of work."""
    return db.session()


def connection() -> Connection:
    """Return the connection of the session to the tenant's database, in its transaction.

    For statements over columns of a module's own: half as dear as through the session, which sends first what waits to be written.
    """
    return db.session().connection(bind_arguments={"mapper": Model})


def end_reading() -> None:
    """End the read-only transaction, so that slow work holds no snapshot; what was loaded is read anew when it is touched."""
    current = db.session()
    if in_unit_of_work():
        msg = "the transaction of a unit of work ends with the unit"
        raise NestedUnitOfWorkError(msg)
    current.rollback()


def in_unit_of_work() -> bool:
    """Tell whether a unit of work is open in this context."""
    return flask.has_app_context() and bool(flask.g.get("_unit_of_work"))


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Write to the tenant's database: one transaction, one commit, all or nothing.

    Ends the read-only transaction first, waits for the writers' turn (SQLite), and rolls back on any exception.

    :raises NestedUnitOfWorkError: a unit of work is open already.
    :raises BusyError: the writers' lock was not had in time.
    :raises ConflictError: somebody else changed the same row first.
    """
    with _writing(tenant_engine()) as current:
        yield current


@contextmanager
def control_unit_of_work() -> Iterator[Session]:
    """Write to the control database, as ``unit_of_work()`` does to a tenant's."""
    with _writing(db.engine) as current:
        yield current


@contextmanager
def _writing(engine: Engine) -> Iterator[Session]:
    if in_unit_of_work():
        msg = "a unit of work is open already; services flush, entry points commit"
        raise NestedUnitOfWorkError(msg)
    if flask.g.get("_reads_only"):
        msg = "a GET writes nothing; declare it with access.writes_on_get where a protocol leaves no choice"
        raise WritingGetError(msg)
    current = db.session()
    current.rollback()
    with _translated():
        current.connection(bind_arguments={"bind": engine}, execution_options={WRITE: True})
    flask.g._unit_of_work = True  # noqa: SLF001 - flask.g is a namespace
    try:
        with _translated():
            yield current
            current.commit()
    except BaseException:
        current.rollback()
        flask.g.pop("_after_commit", None)
        raise
    finally:
        flask.g._unit_of_work = False  # noqa: SLF001 - flask.g is a namespace
    for react in flask.g.pop("_after_commit", ()):
        react()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what a driver says of a lost race or a busy database into an error that people understand."""
    try:
        yield
    except StaleDataError as error:
        raise ConflictError(STALE) from error
    except IntegrityError as error:
        raise ConflictError(
            _("The same was saved by somebody else at the same moment. Check and save again.")
        ) from error
    except DBAPIError as error:
        busy = busy_guard(error)
        if busy is None:
            raise
        raise busy from error


def check_version(current: int, seen: int | None) -> None:
    """Refuse to change a row that is no longer what the person saw; one lost between here and the flush is refused there.

    :param current: The version of the row in the open unit of work.
    :param seen: The version that the form showed; ``None`` where nobody has looked.
    :raises ConflictError: they differ.
    """
    if seen is not None and seen != current:
        raise ConflictError(STALE)


def after_commit(react: Callable[[], None]) -> None:
    """Call ``react`` once the open unit of work is committed; for caches and wake-ups only, never for business."""
    if not in_unit_of_work():
        msg = "after_commit belongs inside a unit of work"
        raise ProgrammingError(msg)
    if "_after_commit" not in flask.g:
        flask.g._after_commit = []  # noqa: SLF001 - flask.g is a namespace
    flask.g._after_commit.append(react)  # noqa: SLF001 - flask.g is a namespace


def forbid_in_unit_of_work(work: str) -> None:
    """Refuse slow work while the writers of this tenant wait.

    :param work: What is about to be done, in words: "hashing a password".
    :raises SlowWorkError: a unit of work is open.
    """
    if in_unit_of_work():
        msg = f"{work} inside a unit of work would stop every writer of the tenant; do it before"
        raise SlowWorkError(msg)


@event.listens_for(Session, "do_orm_execute")
def _refuse_silent_bulk_writes(state: ORMExecuteState) -> None:
    """Refuse bulk UPDATE and DELETE that leave no trace: they pass the audit by."""
    if (state.is_update or state.is_delete) and not state.execution_options.get(AUDITED):
        msg = "a bulk UPDATE or DELETE writes its own audit row and says so with the execution option AUDITED"
        raise BulkWriteError(msg)
