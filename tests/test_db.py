import socket
import threading

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from core.db import (
    AUDITED,
    after_commit,
    end_reading,
    forbid_in_unit_of_work,
    session,
    tenant_engine,
    unit_of_work,
)
from core.engines import WRITE
from core.errors import (
    BulkWriteError,
    ConflictError,
    NestedUnitOfWorkError,
    NoTenantError,
    ProgrammingError,
    SlowWorkError,
)
from core.foundation.accounts.models import Role
from core.foundation.accounts.passwords import hash_password
from core.foundation.tenants.context import enter
from core.testing import Shop

pytestmark = pytest.mark.both_databases


def add_role(key: str) -> Role:
    role = Role(key=key, name=key, permissions=[])
    session().add(role)
    session().flush()
    return role


def keys() -> set[str]:
    return set(session().scalars(select(Role.key)))


def test_what_is_written_outside_a_unit_of_work_is_refused_by_the_database(shop: Shop) -> None:
    with shop.context(), pytest.raises(DBAPIError):
        add_role("stray")


def test_a_unit_of_work_commits_once_at_its_end(shop: Shop) -> None:
    with shop.context():
        with unit_of_work():
            add_role("one")
            with shop.engine.connect() as other:
                assert other.execute(text("SELECT count(*) FROM role WHERE key = 'one'")).scalar() == 0
        assert "one" in keys()


def test_an_exception_rolls_everything_back(shop: Shop) -> None:
    with shop.context():
        with pytest.raises(ZeroDivisionError), unit_of_work():
            add_role("two")
            raise ZeroDivisionError
        assert "two" not in keys()
        with unit_of_work():
            add_role("three")
        assert "three" in keys()


def test_a_unit_of_work_inside_another_is_refused_and_nothing_is_kept(shop: Shop) -> None:
    with shop.context():
        with pytest.raises(NestedUnitOfWorkError), unit_of_work():
            add_role("outer")
            with unit_of_work():
                add_role("inner")
        assert not {"outer", "inner"} & keys()


def test_the_read_of_a_unit_of_work_cannot_be_ended_inside_it(shop: Shop) -> None:
    with shop.context(), pytest.raises(NestedUnitOfWorkError), unit_of_work():
        end_reading()


def test_without_a_tenant_nothing_is_read(shop: Shop) -> None:
    with shop.app.app_context():
        with pytest.raises(NoTenantError):
            session().execute(select(Role))
        with pytest.raises(NoTenantError), unit_of_work():
            pass


def test_a_context_has_one_tenant(shop: Shop, shared_shop: Shop) -> None:
    with shop.context(), pytest.raises(ProgrammingError):
        enter(shared_shop.tenant)


def test_slow_work_inside_a_unit_of_work_is_refused(shop: Shop) -> None:
    with shop.context():
        with pytest.raises(SlowWorkError), unit_of_work():
            hash_password("correct horse battery")
        with pytest.raises(SlowWorkError, match="rendering"), unit_of_work():
            forbid_in_unit_of_work("rendering")
        forbid_in_unit_of_work("rendering")


@pytest.mark.parametrize("statement", [update(Role).values(name="x"), delete(Role)])
def test_bulk_statements_without_a_trace_are_refused(shop: Shop, statement: object) -> None:
    with shop.context(), pytest.raises(BulkWriteError), unit_of_work():
        session().execute(statement)  # type: ignore[call-overload]


def test_a_bulk_statement_whose_author_keeps_the_trace_passes(shop: Shop) -> None:
    with shop.context(), unit_of_work():
        session().execute(update(Role).values(name="x"), execution_options={AUDITED: True})


def test_a_lost_race_is_a_conflict(shop: Shop) -> None:
    with shop.context():
        with unit_of_work():
            role_id = add_role("raced").id
        with pytest.raises(ConflictError), unit_of_work():
            role = session().get_one(Role, role_id)
            session().execute(text("UPDATE role SET version = version + 1 WHERE id = :id"), {"id": role_id})
            role.name = "mine"


def test_the_same_value_twice_is_a_conflict_and_no_crash(shop: Shop) -> None:
    with shop.context(), pytest.raises(ConflictError), unit_of_work():
        add_role("owner")


def test_reactions_run_after_the_commit_and_not_after_a_rollback(shop: Shop) -> None:
    heard: list[bool] = []
    with shop.context():
        with unit_of_work():
            add_role("heard")
            after_commit(lambda: heard.append("heard" in keys()))
            assert heard == []
        assert heard == [True]
        with pytest.raises(ZeroDivisionError), unit_of_work():
            after_commit(lambda: heard.append(False))
            raise ZeroDivisionError
        with unit_of_work():
            add_role("quiet")
        assert heard == [True]
        with pytest.raises(ProgrammingError):
            after_commit(lambda: None)


def test_a_reader_is_not_held_up_by_a_writer(shop: Shop) -> None:
    with shop.context(), unit_of_work():
        add_role("slow")
        seen: list[int] = []

        def read() -> None:
            with shop.engine.connect() as connection:
                seen.append(connection.execute(text("SELECT count(*) FROM role")).scalar_one())

        reader = threading.Thread(target=read)
        reader.start()
        reader.join(5)
        assert len(seen) == 1


def test_no_socket_is_opened_inside_a_unit_of_work(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    connect = socket.socket.connect
    monkeypatch.setattr(
        socket.socket, "connect", lambda self, address: (opened.append(address), connect(self, address))
    )
    with shop.context(), unit_of_work():
        add_role("offline")
    assert opened == []


def test_a_tenant_sees_its_own_database_alone(shop: Shop, shared_shop: Shop) -> None:
    with shared_shop.context(), unit_of_work():
        add_role("mine")
    with shop.context():
        assert "mine" not in keys()


def test_a_writer_that_forgets_to_begin_writing_cannot(shop: Shop) -> None:
    with shop.context():
        engine = tenant_engine()
        with engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text("DELETE FROM role"))
        with engine.execution_options(**{WRITE: True}).begin() as connection:
            connection.execute(text("DELETE FROM role WHERE key = 'nobody'"))
