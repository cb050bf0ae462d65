from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import flask
import pytest
import time_machine
from sqlalchemy import event, select

from core.db import session, unit_of_work
from core.foundation.accounts.devices import HOLDS, IDLE, KEPT, start_session, use_key
from core.foundation.accounts.identity import current_actor, current_user, find_user
from core.foundation.accounts.models import LoginSession
from core.foundation.accounts.roles import add_role
from core.foundation.accounts.services import (
    UserFacts,
    change_user,
    disable_user,
    enable_user,
    get_user,
    set_roles,
)
from core.foundation.accounts.sessions import authenticate, note_use
from core.foundation.accounts.tokens import hash_token
from core.foundation.limits.services import limits
from core.foundation.tenants.context import enter
from core.testing import QueryRecorder, Shop
from tests.foundation.accounts.conftest import Person

pytestmark = pytest.mark.both_databases
AddPerson = Callable[..., Person]


def begin(person: Person, *, keep: bool = False) -> str:
    with person.shop.context():
        password_hash = get_user(person.id).password_hash
        with unit_of_work():
            token = start_session(person.id, password_hash=str(password_hash), keep=keep)
    return str(token)


def who(shop: Shop, token: str) -> object:
    """Return the user of a request with ``token`` in its cookie."""
    tenant = shop.tenant
    headers = {"Cookie": f"{tenant.cookie}={token}"}
    with shop.app.test_request_context(f"{shop.root}/", headers=headers):
        enter(tenant)
        authenticate()
        return find_user()


def test_the_user_of_a_request_is_read_by_one_statement(
    add_person: AddPerson, query_recorder: QueryRecorder
) -> None:
    person = add_person("technician", location_ids=frozenset({3, 11}), own_tickets_only=True)
    with person.changed() as user:
        set_roles(user, ["technician", "accountant", add_role("Șef de tură", ["core.user:view"]).key])
    token = begin(person)
    tenant = person.shop.tenant
    with person.shop.app.test_request_context("/", headers={"Cookie": f"{tenant.cookie}={token}"}):
        enter(tenant)
        with query_recorder.recording() as statements:
            authenticate()
        user = current_user()
        assert [text for text in statements if "limit_" not in text] == statements
        assert len(statements) == 1
    assert (user.id, user.email, user.name) == (person.id, person.email, person.name)
    assert user.roles == {"technician", "accountant", "sef-de-tura"}
    assert user.location_ids == {3, 11}
    assert user.own_tickets_only
    assert user.can("core.user:view")
    assert not user.can("core.user:edit")


def test_a_user_without_roles_and_restrictions_has_no_rights_and_every_location(
    add_person: AddPerson,
) -> None:
    person = add_person()
    token = begin(person)
    with person.changed() as user:
        user.roles = []
    found = who(person.shop, token)
    assert found.permissions == frozenset()  # type: ignore[attr-defined]
    assert found.location_ids == frozenset()  # type: ignore[attr-defined]


def test_the_database_keeps_no_token(add_person: AddPerson) -> None:
    person = add_person()
    token = begin(person)
    with person.shop.context():
        kept = (
            session().scalars(select(LoginSession.token_hash).where(LoginSession.user_id == person.id)).all()
        )
    assert kept == [hash_token(token)]
    assert who(person.shop, kept[0]) is None


def test_two_logins_have_two_tokens_of_256_bits(add_person: AddPerson) -> None:
    person = add_person()
    one, other = begin(person), begin(person)
    assert one != other
    assert len(one) >= 43


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "a" * 101, "ș", "%00", '"quoted"'])
def test_a_cookie_that_is_no_login_is_nobody(shared_shop: Shop, token: str) -> None:
    assert who(shared_shop, token) is None


def test_the_login_of_one_tenant_is_nothing_to_another(
    add_person: AddPerson, make_shop: Callable[..., Shop]
) -> None:
    person, other = add_person("owner"), make_shop()
    token = begin(person)
    assert who(person.shop, token) is not None
    assert who(other, token) is None


def test_a_disabled_user_is_out_on_the_next_request(add_person: AddPerson) -> None:
    person = add_person()
    token = begin(person)
    assert who(person.shop, token) is not None
    with person.changed() as user:
        disable_user(user)
    assert who(person.shop, token) is None
    with person.changed() as user:
        enable_user(user)
    assert who(person.shop, token) is None


def test_a_login_that_nobody_revoked_is_nothing_to_a_disabled_user(add_person: AddPerson) -> None:
    person = add_person()
    token = begin(person)
    with person.changed() as user:
        user.is_active = False
    assert who(person.shop, token) is None


def test_a_changed_role_holds_on_the_next_request(add_person: AddPerson) -> None:
    person = add_person("manager")
    token = begin(person)
    assert who(person.shop, token).can("core.user:edit")  # type: ignore[attr-defined]
    with person.changed() as user:
        set_roles(user, ["technician"])
    assert not who(person.shop, token).can("core.user:edit")  # type: ignore[attr-defined]


def test_a_changed_restriction_holds_on_the_next_request(add_person: AddPerson) -> None:
    person = add_person()
    token = begin(person)
    with person.changed() as user:
        change_user(
            user, UserFacts(user.email, user.name, ["receptionist"], frozenset({2}), own_tickets_only=True)
        )
    found = who(person.shop, token)
    assert found.location_ids == {2}  # type: ignore[attr-defined]
    assert found.own_tickets_only  # type: ignore[attr-defined]


def test_a_login_ends_when_it_was_idle_for_twelve_hours(add_person: AddPerson) -> None:
    person = add_person()
    used, idle = begin(person), begin(person)
    start = datetime.now(UTC)
    with time_machine.travel(start + IDLE - timedelta(minutes=1), tick=False):
        assert who(person.shop, used) is not None
    with time_machine.travel(start + IDLE + timedelta(minutes=1), tick=False):
        assert who(person.shop, used) is not None
        assert who(person.shop, idle) is None


def test_a_login_that_is_used_lives_until_its_absolute_end(add_person: AddPerson) -> None:
    person = add_person()
    token = begin(person)
    moment, end = datetime.now(UTC), datetime.now(UTC) + HOLDS
    while moment < end - timedelta(minutes=5):
        with time_machine.travel(moment, tick=False):
            assert use(person.shop, token)
        moment += timedelta(hours=11)
    with time_machine.travel(end + timedelta(minutes=1), tick=False):
        assert not use(person.shop, token)


def test_what_another_process_stamped_keeps_a_login_alive(add_person: AddPerson) -> None:
    person = add_person()
    token = begin(person)
    start = datetime.now(UTC)
    with time_machine.travel(start + timedelta(hours=11), tick=False), person.shop.context():
        limits().stamp(use_key(hash_token(token)))
    with time_machine.travel(start + timedelta(hours=22), tick=False):
        assert who(person.shop, token) is not None
    with time_machine.travel(start + timedelta(hours=35), tick=False):
        assert who(person.shop, token) is None


def test_a_login_kept_on_the_device_does_not_end_by_being_idle(add_person: AddPerson) -> None:
    person = add_person()
    token = begin(person, keep=True)
    start = datetime.now(UTC)
    with time_machine.travel(start + KEPT - timedelta(minutes=1), tick=False):
        assert who(person.shop, token) is not None
    with time_machine.travel(start + KEPT + timedelta(minutes=1), tick=False):
        assert who(person.shop, token) is None


def use(shop: Shop, token: str) -> bool:
    """Make a request to its very end and tell whether it had a user."""
    tenant = shop.tenant
    with shop.app.test_request_context("/", headers={"Cookie": f"{tenant.cookie}={token}"}):
        enter(tenant)
        authenticate()
        found = find_user() is not None
        note_use()
    return found


def test_the_last_use_is_stamped_at_most_once_a_minute(
    add_person: AddPerson, query_recorder: QueryRecorder
) -> None:
    person = add_person()
    token = begin(person)
    start = datetime.now(UTC)
    writes = []
    for seconds in (0, 1, 30, 59, 61, 62):
        moment = time_machine.travel(start + timedelta(seconds=seconds), tick=False)
        with moment, query_recorder.recording() as statements:
            use(person.shop, token)
            writes.append(sum("INSERT INTO limit_stamp" in text for text in statements))
    assert writes == [1, 0, 0, 0, 1, 0]


def test_a_request_between_two_stamps_asks_nothing_but_for_its_user(
    add_person: AddPerson, query_recorder: QueryRecorder
) -> None:
    person = add_person()
    token = begin(person)
    use(person.shop, token)
    with query_recorder.recording() as statements:
        use(person.shop, token)
    assert len([text for text in statements if "login_session" in text]) == 1
    assert not [text for text in statements if "limit_" in text]


def test_the_stamp_is_written_after_the_read_has_ended(add_person: AddPerson) -> None:
    person = add_person()
    token = begin(person)
    open_reads: list[bool] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "limit_stamp" in statement:
            open_reads.append(session().in_transaction())

    engine = person.shop.app.extensions["wm_engines"].at(person.shop.tenant.placement)
    with person.shop.context():
        store = limits()._engine
    event.listen(store, "before_cursor_execute", note)
    try:
        assert engine is not store
        assert use(person.shop, token)
    finally:
        event.remove(store, "before_cursor_execute", note)
    assert open_reads
    assert not any(open_reads)


def test_the_actor_is_the_user_of_the_request(add_person: AddPerson) -> None:
    person = add_person()
    token = begin(person)
    tenant = person.shop.tenant
    with person.shop.app.test_request_context("/", headers={"Cookie": f"{tenant.cookie}={token}"}):
        enter(tenant)
        assert current_actor().name == "system"
        authenticate()
        assert (current_actor().id, current_actor().name) == (person.id, person.name)
        assert flask.g.user is find_user()
