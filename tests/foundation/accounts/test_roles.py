from collections.abc import Callable, Iterator

import pytest

from core.db import unit_of_work
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.foundation.accounts.errors import BeyondReachError, OwnerRoleError, RoleInUseError
from core.foundation.accounts.identity import CurrentUser
from core.foundation.accounts.models import Role
from core.foundation.accounts.reach import permissions_of
from core.foundation.accounts.roles import (
    add_presets,
    add_role,
    change_role,
    delete_role,
    get_role,
    list_roles,
    restore_preset,
    summarise_roles,
)
from core.foundation.accounts.services import get_user, set_roles
from core.testing import Shop

pytestmark = pytest.mark.both_databases
MakeActing = Callable[..., CurrentUser]


@pytest.fixture
def inside(shop: Shop) -> Iterator[Shop]:
    with shop.context():
        yield shop


def role(key: str) -> Role:
    return next(role for role in list_roles() if role.key == key)


def test_seeding_twice_adds_nothing(inside: Shop) -> None:
    with unit_of_work():
        add_presets()
    assert len(list_roles()) == 5


def test_a_role_gets_a_key_that_scripts_can_type(inside: Shop) -> None:
    with unit_of_work():
        keys = [add_role(name, []).key for name in ("Șef de tură", "Șef, de tură!", "Owner 1", "★")]
    assert keys == ["sef-de-tura", "sef-de-tura-2", "owner-1", "role"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\0b", "\ud800", "șef", "Proprietar"])
def test_a_role_needs_a_name_of_its_own(inside: Shop, name: str) -> None:
    with unit_of_work():
        add_role("Șef", [])
    if name == "Proprietar":
        name = role("owner").title.upper()
    with pytest.raises(InvalidInputError) as refusal, unit_of_work():
        add_role(name, [])
    assert list(refusal.value.errors) == ["name"]


def test_a_permission_that_nobody_declares_is_refused(inside: Shop) -> None:
    with pytest.raises(InvalidInputError) as refusal, unit_of_work():
        add_role("Șef", ["core.user:view", "core.moon:land"])
    assert list(refusal.value.errors) == ["permissions"]


def test_an_edited_preset_keeps_to_its_list_until_it_is_restored(inside: Shop) -> None:
    declared = permissions_of([role("technician")])
    with unit_of_work():
        change_role(role("technician"), name="Meșter", permissions=["core.user:view"])
    assert permissions_of([role("technician")]) == {"core.user:view"}
    assert role("technician").title == "Meșter"
    with unit_of_work():
        restore_preset(role("technician"))
    assert permissions_of([role("technician")]) == declared
    assert role("technician").permissions is None
    assert role("technician").name is None


def test_renaming_a_preset_does_not_freeze_what_it_permits(inside: Shop) -> None:
    declared = permissions_of([role("technician")])
    with unit_of_work():
        change_role(role("technician"), name="Meșter", permissions=declared)
    assert role("technician").permissions is None
    with unit_of_work():
        change_role(role("technician"), name="Technician", permissions=declared)


def test_what_a_role_lists_of_plugins_that_are_off_stays_listed(inside: Shop) -> None:
    with unit_of_work():
        made = add_role("Șef", ["core.user:view"])
        made.permissions = ["core.user:view", "sleeping.thing:view"]
        role_id = made.id
    with unit_of_work():
        change_role(get_role(role_id), name="Șef", permissions=["core.role:view"])
    assert get_role(role_id).permissions == ["core.role:view", "sleeping.thing:view"]
    assert permissions_of([get_role(role_id)]) == {"core.role:view"}


def test_the_role_of_the_owner_stays_as_it_is(inside: Shop) -> None:
    with pytest.raises(OwnerRoleError), unit_of_work():
        change_role(role("owner"), name="Boss", permissions=[])
    with pytest.raises(OwnerRoleError), unit_of_work():
        restore_preset(role("owner"))


def test_only_an_unused_role_of_the_shops_own_is_deleted(inside: Shop) -> None:
    with unit_of_work():
        role_id = add_role("Șef", []).id
        set_roles(get_user(inside.users["technician"]), ["sef"])
    with pytest.raises(RoleInUseError), unit_of_work():
        delete_role(get_role(role_id))
    with unit_of_work():
        set_roles(get_user(inside.users["technician"]), ["technician"])
        delete_role(get_role(role_id))
    with pytest.raises(NotFoundError):
        get_role(role_id)
    with pytest.raises(RoleInUseError), unit_of_work():
        delete_role(role("accountant"))


def test_two_who_change_the_same_role_are_told(inside: Shop) -> None:
    version = role("accountant").version
    with unit_of_work():
        change_role(role("accountant"), name="Contabil", permissions=["core.user:view"], version=version)
    with pytest.raises(ConflictError), unit_of_work():
        change_role(role("accountant"), name="Other", permissions=[], version=version)


def test_nobody_permits_what_they_may_not_do(inside: Shop, acting: MakeActing) -> None:
    clerk = acting("clerk", permissions={"core.role:edit", "core.user:view"})
    with pytest.raises(BeyondReachError), unit_of_work():
        add_role("Mine", ["core.user:edit"], by=clerk)
    with unit_of_work():
        made = add_role("Mine", ["core.user:view"], by=clerk)
        role_id = made.id
    with pytest.raises(BeyondReachError), unit_of_work():
        change_role(
            get_role(role_id), name="Mine", permissions=["core.user:view", "core.user:edit"], by=clerk
        )
    with unit_of_work():
        change_role(role("manager"), name="Slim", permissions=["core.user:view"])
    with pytest.raises(BeyondReachError), unit_of_work():
        restore_preset(role("manager"), by=clerk)


def test_the_list_of_roles_counts_users_and_permissions(inside: Shop) -> None:
    rows = {row.role.key: row for row in summarise_roles()}
    assert {row.users for row in rows.values()} == {1}
    assert rows["owner"].permissions > rows["technician"].permissions
