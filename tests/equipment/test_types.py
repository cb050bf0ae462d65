import pytest

from core.db import session, unit_of_work
from core.equipment.errors import KnownTypeError
from core.equipment.types import (
    STARTER_PACK,
    create_type,
    list_types,
    move_type,
    rename_type,
    set_type_offered,
)
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.testing import Shop

pytestmark = pytest.mark.both_databases


def test_a_new_shop_has_its_first_types_in_its_language(shop: Shop) -> None:
    with shop.context():
        assert tuple(one.name for one in list_types()) == STARTER_PACK["ro"]


def test_types_are_added_renamed_and_taken_out_of_the_offer(shop: Shop) -> None:
    with shop.context():
        with unit_of_work():
            created = create_type("Trotinetă electrică")
            rename_type(created.id, "Trotinetă", version=1)
        assert list_types()[-1].name == "Trotinetă"
        with unit_of_work():
            set_type_offered(created.id, offered=False)
        assert created.id not in [one.id for one in list_types()]
        assert created.id in [one.id for one in list_types(offered=False)]
        assert created.id in [one.id for one in list_types(besides=created.id)]


def test_types_move_up_and_down_and_stop_at_the_ends(shop: Shop) -> None:
    with shop.context():
        first, second, *_rest = (one.id for one in list_types())
        for moved, up, order in (
            (second, True, [second, first]),
            (second, True, [second, first]),
            (second, False, [first, second]),
        ):
            with unit_of_work():
                move_type(moved, up=up)
            session().expire_all()
            assert [one.id for one in list_types()][:2] == order
        last = list_types()[-1].id
        with unit_of_work():
            move_type(last, up=False)
        assert list_types()[-1].id == last


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "?!", "a\0", "\ud800"])
def test_a_name_that_says_nothing_is_refused(shared_shop: Shop, name: str) -> None:
    with shared_shop.context(), pytest.raises(InvalidInputError), unit_of_work():
        create_type(name)


def test_no_two_types_share_a_name(shop: Shop) -> None:
    with shop.context():
        with pytest.raises(KnownTypeError), unit_of_work():
            create_type("telefon")
        first, second, *_rest = list_types()
        with pytest.raises(KnownTypeError), unit_of_work():
            rename_type(second.id, first.name.upper(), version=second.version)
        with unit_of_work():
            rename_type(first.id, first.name.upper(), version=first.version)


def test_who_was_overtaken_renames_nothing(shop: Shop) -> None:
    with shop.context():
        first = list_types()[0]
        with unit_of_work():
            rename_type(first.id, "Mobil", version=first.version)
        with pytest.raises(ConflictError), unit_of_work():
            rename_type(first.id, "Celular", version=first.version)


def test_a_type_that_is_not_there_is_not_found(shared_shop: Shop) -> None:
    with shared_shop.context():
        for act in (
            lambda: rename_type(10**6, "X", version=1),
            lambda: move_type(10**6, up=True),
            lambda: set_type_offered(10**6, offered=True),
        ):
            with pytest.raises(NotFoundError), unit_of_work():
                act()
