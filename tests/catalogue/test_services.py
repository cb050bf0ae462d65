from decimal import Decimal
from typing import Any

import pytest

from core.catalogue.errors import KnownCodeError
from core.catalogue.lookup import item_picks
from core.catalogue.models import CatalogueItem, ItemKind, Unit, item_name, usual_quantity
from core.catalogue.services import (
    ItemData,
    change_item,
    create_item,
    find_item_by_code,
    get_item,
    set_item_offered,
)
from core.db import session, unit_of_work
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.testing import QueryRecorder, Shop
from core.types import Money

pytestmark = pytest.mark.both_databases


def lei(text: str) -> Money:
    return Money(Decimal(text), "RON")


def item(name: str = "Înlocuire ecran", **facts: Any) -> ItemData:
    told: dict[str, Any] = {
        "kind": ItemKind.LABOUR,
        "names": {"ro": name},
        "price": lei("120"),
        "vat_key": "standard",
        **facts,
    }
    return ItemData(**told)


def add(name: str = "Înlocuire ecran", **facts: Any) -> int:
    """Add an item in a unit of work of its own and return the id."""
    with unit_of_work():
        return create_item(item(name, **facts)).id


def test_an_item_keeps_what_was_said_of_it_to_the_ban(shop: Shop) -> None:
    with shop.context():
        added = add(
            code="ECR-13",
            names={"ro": "Ecran iPhone 13", "en": "iPhone 13 screen"},
            kind="part",
            unit="piece",
            cost=lei("219.99"),
            price=lei("450.50"),
            vat_key="reduced",
            guarantee_months=12,
            notes="De la importator",
        )
        session().expire_all()
        found = get_item(added)
        assert (found.cost, found.price) == (lei("219.99"), lei("450.50"))
        assert (found.kind, found.unit, found.unit.code) == (ItemKind.PART, Unit.PIECE, "H87")
        assert (found.vat_key, found.guarantee_months, found.notes) == ("reduced", 12, "De la importator")
        assert item_name(found.names, "en") == "iPhone 13 screen"
        assert item_name(found.names, "hu") == "Ecran iPhone 13"


def test_an_item_without_a_name_in_a_language_has_the_firms(make_shop: Any) -> None:
    english = make_shop(language="en")
    with english.context():
        added = add(names={"en": "Screen", "ro": ""})
        assert item_name(get_item(added).names, "ro") == "Screen"
        with pytest.raises(InvalidInputError) as refused:
            add(names={"ro": "Ecran"})
        assert list(refused.value.errors) == ["name_en"]


def test_an_item_without_a_code_gets_the_next_that_is_free(shop: Shop) -> None:
    with shop.context():
        add(code="l 0002")
        codes = [get_item(add(f"Manoperă {number}")).code for number in range(2)]
        assert codes == ["L-0001", "L-0003"]
        assert get_item(add(kind="part")).code == "P-0001"


def test_a_code_is_one_items_alone_in_any_spelling(shop: Shop) -> None:
    with shop.context():
        first = add(code="ECR-13")
        for spelling in ("ecr13", "ECR 13", "ecr.13"):
            found = find_item_by_code(spelling)
            assert found is not None
            assert found.id == first
            with pytest.raises(KnownCodeError) as refused:
                add(code=spelling)
            assert refused.value.item_id == first
        assert find_item_by_code("") is find_item_by_code("--") is None


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "service"}, "kind"),
        ({"names": {}}, "name_ro"),
        ({"names": {"ro": "???"}}, "name_ro"),
        ({"names": {"ro": "x" * 201}}, "name_ro"),
        ({"names": {"ro": "Ecran", "en": "x" * 201}}, "name_en"),
        ({"code": "--"}, "code"),
        ({"code": "x" * 41}, "code"),
        ({"unit": "parsec"}, "unit"),
        ({"price": None}, "price"),
        ({"price": Money(Decimal("-0.01"), "RON")}, "price"),
        ({"price": Money(Decimal("10000000.01"), "RON")}, "price"),
        ({"price": Money(Decimal("NaN"), "RON")}, "price"),
        ({"price": Money(Decimal(1), "EUR")}, "price"),
        ({"cost": Money(Decimal(-1), "RON")}, "cost"),
        ({"vat_key": "luxury"}, "vat_key"),
        ({"vat_key": ""}, "vat_key"),
        ({"vat_key": "second_reduced"}, "vat_key"),
        ({"guarantee_months": 121}, "guarantee_months"),
        ({"standard_minutes": -1}, "standard_minutes"),
    ],
)
def test_what_no_item_can_be_is_refused_beside_its_field(
    shared_shop: Shop, facts: dict[str, Any], field: str
) -> None:
    with shared_shop.context():
        with pytest.raises(InvalidInputError) as refused:
            add(**facts)
        assert list(refused.value.errors) == [field]


def test_a_change_says_everything_anew_and_is_lost_to_nobody(shop: Shop) -> None:
    with shop.context():
        added = add(standard_minutes=45)
        with unit_of_work():
            changed = change_item(added, item("Înlocuire geam", price=lei("90"), kind="part"), version=1)
            assert (changed.version, changed.standard_minutes) == (2, None)
        assert [pick.name for pick in item_picks("geam")] == ["Înlocuire geam"]
        assert item_picks("ecran") == []
        with pytest.raises(ConflictError), unit_of_work():
            change_item(added, item(), version=1)
        with pytest.raises(NotFoundError), unit_of_work():
            change_item(999, item(), version=1)


def test_an_item_keeps_a_rate_that_holds_no_longer_until_another_is_chosen(shop: Shop) -> None:
    with shop.context():
        added = add()
        with unit_of_work():
            session().get_one(CatalogueItem, added).vat_key = "second_reduced"
        with unit_of_work():
            assert change_item(added, item(vat_key="second_reduced"), version=2).vat_key == "second_reduced"
        with unit_of_work():
            assert change_item(added, item(vat_key="reduced"), version=3).vat_key == "reduced"


def test_what_is_no_longer_offered_is_not_picked_and_comes_back(shop: Shop) -> None:
    with shop.context():
        added, other = add(), add("Înlocuire ecran tabletă")
        with unit_of_work():
            set_item_offered(added, offered=False)
        assert [pick.id for pick in item_picks("ecran")] == [other]
        with unit_of_work():
            set_item_offered(added, offered=True)
        assert {pick.id for pick in item_picks("inlocuire ECRAN")} == {added, other}


def test_labour_by_the_hour_takes_its_standard_time() -> None:
    assert usual_quantity(Unit.HOUR, 45) == Decimal("0.75")
    assert usual_quantity(Unit.HOUR, 20) == Decimal("0.333")
    assert usual_quantity(Unit.HOUR, None) == usual_quantity(Unit.ONE, 45) == 1


def test_picks_take_as_many_statements_for_many_as_for_few(shop: Shop, query_recorder: QueryRecorder) -> None:
    with shop.context():
        counts = []
        for number in range(12):
            add(f"Înlocuire ecran {number}")
            if number in {0, 11}:
                with query_recorder.recording() as statements:
                    item_picks("ecran")
                counts.append(len(statements))
        assert counts[0] == counts[1]
        assert len(item_picks("ecran")) == 8
