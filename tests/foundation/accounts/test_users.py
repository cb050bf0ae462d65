import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from core.db import session, unit_of_work
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.foundation.accounts.devices import start_session
from core.foundation.accounts.errors import BeyondReachError, LastOwnerError
from core.foundation.accounts.identity import CurrentUser
from core.foundation.accounts.links import issue_link
from core.foundation.accounts.models import User
from core.foundation.accounts.roles import add_role, list_roles
from core.foundation.accounts.services import (
    UserFacts,
    change_preferences,
    change_profile,
    change_user,
    create_user,
    disable_user,
    enable_user,
    get_user,
    get_user_by_email,
    list_users,
    set_roles,
)
from core.foundation.tenants.context import tenant_context
from core.testing import Shop
from tests.foundation.accounts.conftest import Person

pytestmark = pytest.mark.both_databases
AddPerson = Callable[..., Person]
MakeActing = Callable[..., CurrentUser]


@pytest.fixture
def inside(shared_shop: Shop) -> Iterator[Shop]:
    with shared_shop.context():
        yield shared_shop


def facts(user: User, **changed: Any) -> UserFacts:
    values: dict[str, Any] = {
        "email": user.email,
        "name": user.name,
        "roles": [role.key for role in user.roles],
        "location_ids": user.location_ids,
        "own_tickets_only": user.own_tickets_only,
    }
    return UserFacts(**{**values, **changed})


def test_a_new_shop_has_the_five_roles(inside: Shop) -> None:
    presets = [role for role in list_roles() if role.is_preset]
    assert [role.key for role in presets] == ["owner", "manager", "receptionist", "technician", "accountant"]
    assert all(role.permissions is None and role.name is None for role in presets)


def test_an_e_mail_address_is_one_however_it_is_written(inside: Shop) -> None:
    with unit_of_work():
        user = create_user(UserFacts("  Ana.POP@Example.COM ", "  Ana   Pop ", ["owner", "technician"]))
    assert (user.email, user.name) == ("ana.pop@example.com", "Ana Pop")
    assert get_user_by_email("ANA.pop@example.com").id == user.id
    with pytest.raises(InvalidInputError) as refusal, unit_of_work():
        create_user(UserFacts("ana.pop@EXAMPLE.com", "Another", ["owner"]))
    assert list(refusal.value.errors) == ["email"]


@pytest.mark.parametrize(
    ("email", "name", "roles", "wrong"),
    [
        ("", "", [], {"email", "name", "roles"}),
        ("no-at.example.com", "Ana", ["owner"], {"email"}),
        ("a@b", "Ana", ["owner"], {"email"}),
        ("a b@example.com", "Ana", ["owner"], {"email"}),
        ("a@" + "b" * 300 + ".com", "Ana", ["owner"], {"email"}),
        ("nul\0@example.com", "Ana", ["owner"], {"email"}),
        ("half\ud800@example.com", "Ana", ["owner"], {"email"}),
        ("ana1@example.com", "x" * 101, ["owner"], {"name"}),
        ("ana1@example.com", "Ana\0", ["owner"], {"name"}),
        ("ana1@example.com", "Ana\ud800", ["owner"], {"name"}),
        ("ana1@example.com", "Ana", ["king"], {"roles"}),
        ("ana1@example.com", "Ana", ["ow\0ner"], {"roles"}),
    ],
)
def test_wrong_facts_are_refused_by_their_field(
    inside: Shop, email: str, name: str, roles: list[str], wrong: set[str]
) -> None:
    with pytest.raises(InvalidInputError) as refusal, unit_of_work():
        create_user(UserFacts(email, name, roles))
    assert set(refusal.value.errors) == wrong


def test_a_user_may_have_several_roles_and_be_restricted(inside: Shop) -> None:
    with unit_of_work():
        made = create_user(
            UserFacts(
                "dan@example.com",
                "Dan",
                ["technician", "receptionist"],
                frozenset({4, 2}),
                own_tickets_only=True,
            )
        )
        user_id = made.id
    session().expire_all()
    user = get_user(user_id)
    assert {role.key for role in user.roles} == {"technician", "receptionist"}
    assert user.location_ids == {2, 4}
    assert user.own_tickets_only
    assert user.is_invited
    assert user.initials == "D"
    with unit_of_work():
        change_user(get_user(user_id), facts(user, location_ids=frozenset({4, 9}), roles=["technician"]))
    session().expire_all()
    assert get_user(user_id).location_ids == {4, 9}
    assert [role.key for role in get_user(user_id).roles] == ["technician"]


def test_two_who_change_the_same_user_are_told(add_person: AddPerson, inside: Shop) -> None:
    person = add_person()
    shown = get_user(person.id)
    version, change = shown.version, facts(shown, location_ids=frozenset({5}))
    with unit_of_work():
        change_user(get_user(person.id), change, version=version)
    with pytest.raises(ConflictError), unit_of_work():
        change_user(get_user(person.id), facts(shown, name="Other"), version=version)
    with pytest.raises(ConflictError), unit_of_work():
        change_profile(get_user(person.id), name="Other", version=version)
    assert get_user(person.id).name == person.name


def test_preferences_disturb_nobody_who_edits_the_user(add_person: AddPerson, inside: Shop) -> None:
    person = add_person()
    version = get_user(person.id).version
    with unit_of_work():
        change_preferences(
            person.id, language="en", theme="dark", nav_narrow=True, single_key_shortcuts=False
        )
    session().expire_all()
    user = get_user(person.id)
    assert (user.language, user.theme, user.nav_narrow, user.single_key_shortcuts) == (
        "en",
        "dark",
        True,
        False,
    )
    assert user.version == version
    for wrong in ({"language": "xx"}, {"theme": "pink"}):
        with pytest.raises(InvalidInputError), unit_of_work():
            change_preferences(person.id, **wrong)


def test_the_users_who_work_here_come_first(add_person: AddPerson, inside: Shop) -> None:
    gone, here = add_person(name="Aaa Gone"), add_person(name="aab here")
    with unit_of_work():
        disable_user(get_user(gone.id))
    ids = [user.id for user in list_users()]
    assert ids.index(here.id) < ids.index(gone.id)
    assert ids[-1] == gone.id or not list_users()[-1].is_active


@pytest.mark.parametrize("wanted", [0, 99_999, 2**31 - 1])
def test_a_user_who_is_not_there_is_not_found(inside: Shop, wanted: int) -> None:
    with pytest.raises(NotFoundError):
        get_user(wanted)


@pytest.mark.parametrize("email", ["nobody@example.com", "", "nul\0@example.com"])
def test_an_e_mail_address_that_is_nobodys_is_not_found(inside: Shop, email: str) -> None:
    with pytest.raises(NotFoundError):
        get_user_by_email(email)


def only_owner(shop: Shop) -> int:
    return shop.users["owner"]


def test_the_last_owner_keeps_the_role_and_the_account(shop: Shop) -> None:
    with shop.context():
        with pytest.raises(LastOwnerError), unit_of_work():
            set_roles(get_user(only_owner(shop)), ["manager"])
        with pytest.raises(LastOwnerError), unit_of_work():
            disable_user(get_user(only_owner(shop)))
        owner = get_user(only_owner(shop))
        assert owner.is_owner
        assert owner.is_active


@pytest.mark.parametrize("other", ["invited", "disabled"])
def test_an_owner_who_cannot_log_in_does_not_count(shop: Shop, other: str) -> None:
    second = shop.add_user("owner")
    with shop.context():
        with unit_of_work():
            user = get_user(second)
            if other == "invited":
                user.password_hash = None
            else:
                disable_user(user)
        with pytest.raises(LastOwnerError), unit_of_work():
            disable_user(get_user(only_owner(shop)))


def test_with_a_second_owner_the_first_may_go(shop: Shop) -> None:
    second = shop.add_user("owner")
    with shop.context():
        with unit_of_work():
            set_roles(get_user(only_owner(shop)), ["technician"])
        with pytest.raises(LastOwnerError), unit_of_work():
            set_roles(get_user(second), ["technician"])


def test_two_owners_who_disable_each_other_at_once_leave_one(shop: Shop) -> None:
    pair = (only_owner(shop), shop.add_user("owner"))
    start, refused = threading.Barrier(2), []
    tenant = shop.tenant

    def disable(victim: int) -> None:
        with tenant_context(shop.app, tenant):
            start.wait()
            try:
                with unit_of_work():
                    disable_user(get_user(victim))
            except LastOwnerError as error:
                refused.append(error)

    threads = [threading.Thread(target=disable, args=(victim,)) for victim in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with shop.context():
        active = session().scalars(select(User.id).where(User.id.in_(pair), User.is_active)).all()
    assert len(active) == 1
    assert len(refused) == 1


def test_nobody_makes_an_owner_but_an_owner(add_person: AddPerson, inside: Shop, acting: MakeActing) -> None:
    person = add_person("technician")
    manager = acting("manager", permissions=all_of("manager"))
    with pytest.raises(BeyondReachError), unit_of_work():
        create_user(UserFacts("new.owner@example.com", "New", ["owner"]), by=manager)
    with pytest.raises(BeyondReachError), unit_of_work():
        set_roles(get_user(person.id), ["technician", "owner"], by=manager)
    with unit_of_work():
        set_roles(get_user(person.id), ["owner"], by=acting("owner"))
    assert get_user(person.id).is_owner


def all_of(key: str) -> set[str]:
    from core.foundation.accounts.reach import permissions_of

    return set(permissions_of([role for role in list_roles() if role.key == key]))


def test_all_permissions_together_make_nobody_an_owner(
    add_person: AddPerson, inside: Shop, acting: MakeActing
) -> None:
    owner, almighty = add_person("owner"), acting("almighty", permissions=all_of("owner"))
    with pytest.raises(BeyondReachError), unit_of_work():
        issue_link(get_user(owner.id), by=almighty)
    with pytest.raises(BeyondReachError), unit_of_work():
        create_user(UserFacts("second@example.com", "Second", ["owner"]), by=almighty)


@pytest.mark.parametrize("deed", ["change", "disable", "enable", "link"])
def test_a_manager_cannot_touch_the_account_of_an_owner(
    add_person: AddPerson, inside: Shop, acting: MakeActing, deed: str
) -> None:
    owner, manager = add_person("owner"), acting("manager", permissions=all_of("manager"))
    with pytest.raises(BeyondReachError), unit_of_work():
        user = get_user(owner.id)
        if deed == "change":
            change_user(user, facts(user, email="mine@example.com"), by=manager)
        elif deed == "disable":
            disable_user(user, by=manager)
        elif deed == "enable":
            enable_user(user, by=manager)
        else:
            issue_link(user, by=manager)


def test_a_manager_manages_those_who_may_do_no_more(
    add_person: AddPerson, inside: Shop, acting: MakeActing
) -> None:
    manager = acting("manager", permissions=all_of("manager"))
    person, colleague = add_person("receptionist"), add_person("manager")
    with unit_of_work():
        set_roles(get_user(person.id), ["receptionist", "manager"], by=manager)
        change_user(get_user(colleague.id), facts(get_user(colleague.id), name="Renamed"), by=manager)
        disable_user(get_user(colleague.id), by=manager)
        assert issue_link(get_user(person.id), by=manager)
    weaker = acting("clerk", permissions={"core.user:edit"})
    with pytest.raises(BeyondReachError), unit_of_work():
        disable_user(get_user(person.id), by=weaker)
    with pytest.raises(BeyondReachError), unit_of_work():
        create_user(UserFacts("m@example.com", "M", ["manager"]), by=weaker)


def test_nobody_but_an_owner_changes_their_own_rights(
    add_person: AddPerson, inside: Shop, acting: MakeActing
) -> None:
    person = add_person("manager", location_ids=frozenset({1}))
    oneself = acting("manager", permissions=all_of("manager"), user_id=person.id, location_ids=frozenset({1}))
    for change in (
        {"roles": ["manager", "technician"]},
        {"location_ids": frozenset()},
        {"own_tickets_only": True},
    ):
        with pytest.raises(BeyondReachError), unit_of_work():
            user = get_user(person.id)
            change_user(user, facts(user, **change), by=oneself)
    with unit_of_work():
        user = get_user(person.id)
        change_user(user, facts(user, name="New Name"), by=oneself)
    assert get_user(person.id).name == "New Name"


def test_who_sees_one_location_lets_nobody_see_more(
    add_person: AddPerson, inside: Shop, acting: MakeActing
) -> None:
    person = add_person("technician", location_ids=frozenset({1}), own_tickets_only=True)
    rights = all_of("manager") | all_of("technician")
    here = acting("manager", permissions=rights, location_ids=frozenset({1, 2}), own_tickets_only=True)
    for change in (
        {"location_ids": frozenset()},
        {"location_ids": frozenset({1, 3})},
        {"own_tickets_only": False},
    ):
        with pytest.raises(BeyondReachError), unit_of_work():
            user = get_user(person.id)
            change_user(user, facts(user, **change), by=here)
    with pytest.raises(BeyondReachError), unit_of_work():
        create_user(UserFacts("elsewhere@example.com", "E", ["technician"], own_tickets_only=True), by=here)
    with unit_of_work():
        user = get_user(person.id)
        change_user(user, facts(user, location_ids=frozenset({1, 2})), by=here)


def test_who_sees_one_location_has_no_hold_of_who_sees_more(
    add_person: AddPerson, inside: Shop, acting: MakeActing
) -> None:
    rights = all_of("manager") | all_of("technician")
    here = acting("manager", permissions=rights, location_ids=frozenset({1}), own_tickets_only=True)
    everywhere = add_person("technician", own_tickets_only=True)
    elsewhere = add_person("technician", location_ids=frozenset({1, 2}), own_tickets_only=True)
    all_tickets = add_person("technician", location_ids=frozenset({1}))
    for person in (everywhere, elsewhere, all_tickets):
        with pytest.raises(BeyondReachError), unit_of_work():
            issue_link(get_user(person.id), by=here)
    equal = add_person("technician", location_ids=frozenset({1}), own_tickets_only=True)
    with unit_of_work():
        assert issue_link(get_user(equal.id), by=here)


def test_a_password_that_changed_meanwhile_begins_no_session(add_person: AddPerson, inside: Shop) -> None:
    person = add_person()
    with unit_of_work():
        assert start_session(person.id, password_hash="$argon2id$another", keep=False) is None
        assert start_session(99_999, password_hash="x", keep=False) is None


def test_a_role_of_the_shops_own_can_be_given(add_person: AddPerson, inside: Shop) -> None:
    person = add_person()
    with unit_of_work():
        role = add_role("Magaziner", ["core.user:view"])
        set_roles(get_user(person.id), [role.key])
    assert [role.title for role in get_user(person.id).roles] == ["Magaziner"]
