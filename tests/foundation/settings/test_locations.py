import threading
from collections.abc import Callable, Iterator

import pytest

from core.db import unit_of_work
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.foundation.settings.locations import (
    CodeInUseError,
    LastLocationError,
    change_location,
    create_location,
    get_location,
    list_locations,
    suggest_code,
)
from core.foundation.settings.models import Location
from core.foundation.settings.numbering import NumberKind, take_number
from core.foundation.tenants.context import hooks
from core.testing import Shop

pytestmark = pytest.mark.both_databases

TICKETS = NumberKind("ticket", "{location}-", per_location=True)


@pytest.fixture
def first(shop: Shop) -> Iterator[Location]:
    """Give the one location of a new shop."""
    with shop.context():
        (location,) = list_locations()
        yield location


def change(location: Location, **facts: object) -> None:
    """Change some facts of a location and leave the others."""
    known = {
        name: getattr(location, name) for name in ("code", "name", "address", "phone", "is_active", "version")
    }
    with unit_of_work():
        change_location(get_location(location.id), **{**known, **facts})  # type: ignore[arg-type]


def test_a_new_shop_has_a_location_named_after_it(make_shop: Callable[..., Shop]) -> None:
    with make_shop(name="Ștefan Service").context():
        (location,) = list_locations(active=True)
        assert (location.code, location.is_active) == ("SS", True)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Atelier Meteor SRL", "AM"),
        ("Știință", "ST"),
        ("x", "X"),
        ("Ț&Ș 24", "T2"),
        ("Сервис", "A"),
        ("  ", "A"),
    ],
)
def test_the_first_code_is_made_of_the_firm_name(name: str, code: str) -> None:
    assert suggest_code(name) == code


def test_codes_are_small_and_unique_also_among_those_that_are_closed(first: Location) -> None:
    with unit_of_work():
        second = create_location(code=" fl ", name="Florești")
    assert second.code == "FL"
    change(second, is_active=False)
    for code in ("FL", "fl", "", "F L", "ȘȚ", "TOOLONGCODE", "-"):
        with pytest.raises(InvalidInputError) as refused, unit_of_work():
            create_location(code=code, name="Dej")
        assert set(refused.value.errors) == {"code"}
    with pytest.raises(InvalidInputError):
        change(first, code="FL")


def test_the_last_location_in_use_cannot_be_switched_off(first: Location) -> None:
    with unit_of_work():
        second = create_location(code="FL", name="Florești")
    change(first, is_active=False)
    assert [location.id for location in list_locations(active=True)] == [second.id]
    with pytest.raises(LastLocationError):
        change(get_location(second.id), is_active=False)
    assert get_location(second.id).is_active


def test_a_code_stays_once_numbers_begin_with_it(first: Location) -> None:
    change(first, code="CJ")
    with unit_of_work():
        take_number(TICKETS, location=get_location(first.id))
    with pytest.raises(CodeInUseError):
        change(get_location(first.id), code="CL")
    change(get_location(first.id), name="Cluj")
    assert get_location(first.id).name == "Cluj"


def test_who_was_overtaken_is_told(first: Location) -> None:
    seen = first.version
    change(first, name="Cluj")
    with pytest.raises(ConflictError):
        change(get_location(first.id), name="Dej", version=seen)


def test_a_location_that_is_not_there_is_not_found(first: Location) -> None:
    with pytest.raises(NotFoundError):
        get_location(first.id + 1000)


def test_users_are_restricted_to_locations_that_are_in_use(first: Location) -> None:
    with unit_of_work():
        second = create_location(code="FL", name="Florești")
    change(second, is_active=False)
    offered = [choice.id for choices in hooks().user_locations() for choice in choices]
    assert offered == [first.id]


def test_two_who_close_the_last_two_locations_at_the_same_moment_leave_one_open(shop: Shop) -> None:
    with shop.context():
        with unit_of_work():
            create_location(code="FL", name="Florești")
        ids = [location.id for location in list_locations()]
    gate = threading.Barrier(2)
    refused: list[LastLocationError] = []

    def close(location_id: int) -> None:
        with shop.context():
            location = get_location(location_id)
            gate.wait()
            try:
                change(location, is_active=False)
            except LastLocationError as error:
                refused.append(error)

    threads = [threading.Thread(target=close, args=(location_id,)) for location_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    with shop.context():
        assert len(list_locations(active=True)) == 1
