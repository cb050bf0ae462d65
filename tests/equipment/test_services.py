from typing import Any

import pytest
from sqlalchemy import func, select

from core.clients.services import ClientData, create_client
from core.db import session, unit_of_work
from core.equipment.errors import KnownEquipmentError
from core.equipment.listings import owners_of
from core.equipment.lookup import (
    SHOWN,
    device_picks,
    equipment_picks,
    find_device,
    intake_picks,
    picks_of_devices,
)
from core.equipment.models import Equipment, EquipmentModel, Manufacturer
from core.equipment.services import (
    EquipmentData,
    change_equipment,
    change_owner,
    describe,
    find_by_unique_id,
    get_equipment,
    register_equipment,
)
from core.equipment.types import list_types
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.testing import QueryRecorder, Shop

pytestmark = pytest.mark.both_databases

IMEI = "356789104829153"


def add(**facts: Any) -> int:
    """Register a device in a unit of work of its own and return the id."""
    with unit_of_work():
        return register_equipment(EquipmentData(**facts)).id


def add_client(name: str = "Maria Popescu", **facts: Any) -> int:
    """Create a client in a unit of work of its own and return the id."""
    with unit_of_work():
        return create_client(ClientData(name=name, **facts)).id


def test_a_device_is_known_by_its_id_in_any_spelling(shop: Shop) -> None:
    with shop.context():
        phone = next(one.id for one in list_types() if one.name == "Telefon")
        client_id = add_client()
        device_id = add(
            unique_id="356789 10 482915 3",
            type_id=phone,
            manufacturer="Apple",
            model="iPhone 13",
            variant="128 GB, albastru",
            serial="C7-DX",
            client_id=client_id,
        )
        for spelling in (IMEI, "356789-10-482915-3", " 356789104829153 "):
            found = find_by_unique_id(spelling)
            assert found is not None
            assert found.id == device_id
        pick = find_device("c7dx")
        assert pick is not None
        assert (pick.id, pick.title, pick.type_name) == (
            device_id,
            "Apple iPhone 13, 128 GB, albastru",
            "Telefon",
        )
        assert (pick.client_name, pick.code_label, pick.shown_id) == (
            "Maria Popescu",
            "IMEI",
            "356789 10 482915 3",
        )
        assert find_device("") is find_device("nimic") is find_by_unique_id("-") is None
        for question in ("iphone", "apple 13", "albastru", "35678910", "7dx"):
            assert [one.id for one in device_picks(question)] == [device_id], question


def test_a_device_without_an_id_gets_one(shop: Shop) -> None:
    with shop.context():
        device = get_equipment(add(manufacturer="Arctic", model="APL71022"))
        assert device.unique_id_generated
        assert device.unique_id.startswith("WM-")
        assert find_by_unique_id(device.unique_id.lower()) is device
        assert get_equipment(add()).unique_id != device.unique_id


def test_no_two_devices_share_an_id(shop: Shop) -> None:
    with shop.context():
        first = add(unique_id="SN-1234")
        with pytest.raises(KnownEquipmentError) as refused:
            add(unique_id="sn 12.34")
        assert refused.value.equipment_id == first
        assert list(refused.value.errors) == ["unique_id"]
        second = add(unique_id="SN-1235")
        with pytest.raises(KnownEquipmentError), unit_of_work():
            change_equipment(second, EquipmentData(unique_id="SN1234"), version=1)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"unique_id": "x" * 61}, "unique_id"),
        ({"unique_id": "--"}, "unique_id"),
        ({"unique_id": "A\0B"}, "unique_id"),
        ({"unique_id": "A\udfff"}, "unique_id"),
        ({"unique_id": "ﷺ" * 20}, "unique_id"),
        ({"serial": "?"}, "serial"),
        ({"type_id": 10**6}, "type_id"),
        ({"type_id": 2**63 - 1}, "type_id"),
        ({"client_id": 10**6}, "client_id"),
        ({"manufacturer": "x" * 101}, "manufacturer"),
        ({"manufacturer": "!"}, "manufacturer"),
        ({"model": "iPhone 13"}, "manufacturer"),
        ({"manufacturer": "Apple", "model": "?"}, "model"),
        ({"variant": "x" * 101}, "variant"),
        ({"notes": "x" * 10_001}, "notes"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(
    shared_shop: Shop, facts: dict[str, Any], field: str
) -> None:
    with shared_shop.context():
        with pytest.raises(InvalidInputError) as refused:
            add(**facts)
        assert list(refused.value.errors) == [field]
        assert session().scalar(select(func.count()).select_from(Equipment)) == 0
        assert session().scalar(select(func.count()).select_from(Manufacturer)) == 0


def test_manufacturers_and_models_are_made_once_whatever_their_spelling(shop: Shop) -> None:
    with shop.context():
        laptop = next(one.id for one in list_types() if one.name == "Laptop")
        first = get_equipment(add(manufacturer="Lenovo", model="ThinkPad T14"))
        second = get_equipment(add(manufacturer=" LENOVO", model="thinkpad  t14", type_id=laptop))
        other = get_equipment(add(manufacturer="Dell", model="ThinkPad T14"))
        assert (first.manufacturer_id, first.model_id) == (second.manufacturer_id, second.model_id)
        assert other.model_id != first.model_id
        assert session().scalar(select(func.count()).select_from(Manufacturer)) == 2
        assert session().get_one(EquipmentModel, first.model_id).type_id == laptop


def test_a_device_keeps_a_type_that_is_no_longer_offered(shop: Shop) -> None:
    from core.equipment.types import set_type_offered

    with shop.context():
        type_id = list_types()[0].id
        device_id = add(unique_id="A1", type_id=type_id)
        with unit_of_work():
            set_type_offered(type_id, offered=False)
        with pytest.raises(InvalidInputError):
            add(unique_id="A2", type_id=type_id)
        with unit_of_work():
            data = EquipmentData(unique_id="A1", type_id=type_id, notes="ok")
            change_equipment(device_id, data, version=1)
        assert get_equipment(device_id).notes == "ok"


def test_a_device_remembers_its_owners(shop: Shop) -> None:
    with shop.context():
        maria, ion = add_client(), add_client("Ion Pop")
        device_id = add(unique_id="A1", client_id=maria)
        for owner in (ion, None, ion):
            with unit_of_work():
                change_owner(device_id, owner)
        assert [row.client_id for row in owners_of(device_id)] == [ion, None, ion, maria]
        assert [pick.id for pick in equipment_picks(ion)] == [device_id]
        assert equipment_picks(maria) == []
        with pytest.raises(InvalidInputError), unit_of_work():
            change_owner(device_id, 10**6)
        with pytest.raises(NotFoundError), unit_of_work():
            change_owner(10**6, ion)


def test_a_change_is_found_and_who_was_overtaken_changes_nothing(shop: Shop) -> None:
    with shop.context():
        device_id = add(unique_id="A1", manufacturer="Apple", model="iPhone 13")
        with unit_of_work():
            change_equipment(
                device_id, EquipmentData(unique_id="B-2", manufacturer="Apple", model="iPhone 14"), version=1
            )
        assert [pick.title for pick in device_picks("iphone 14")] == ["Apple iPhone 14"]
        assert device_picks("iphone 13") == []
        assert find_device("A1") is None
        with pytest.raises(ConflictError), unit_of_work():
            change_equipment(device_id, EquipmentData(unique_id="C3"), version=1)
        session().expire_all()
        assert describe(get_equipment(device_id)) == EquipmentData(
            unique_id="B-2", manufacturer="Apple", model="iPhone 14"
        )


def test_a_generated_id_gives_way_to_the_one_on_the_device(shop: Shop) -> None:
    with shop.context():
        device_id = add(manufacturer="Arctic")
        with unit_of_work():
            change_equipment(device_id, EquipmentData(unique_id="S123", manufacturer="Arctic"), version=1)
        assert not get_equipment(device_id).unique_id_generated


def test_the_counter_finds_client_and_device_together(shop: Shop, query_recorder: QueryRecorder) -> None:
    with shop.context():
        maria = add_client(phone="0742 555 138")
        firm = add_client("Panificația Ciuc SRL", phone="0742 555 190")
        phone = add(unique_id=IMEI, manufacturer="Apple", model="iPhone 13", client_id=maria)
        washer = add(unique_id="7188240157", manufacturer="Arctic", model="APL71022", client_id=maria)
        with query_recorder.recording() as few:
            both = intake_picks("0742 555 1")
        assert [(pick.client.id, [one.id for one in pick.devices]) for pick in both] == [
            (firm, []),
            (maria, [washer, phone]),
        ]
        by_code = intake_picks("356789 10 482915 3")
        assert [(pick.client.id, pick.found_id) for pick in by_code] == [(maria, phone)]
        assert [(pick.client.id, pick.found_id) for pick in intake_picks("apl710")] == [(maria, None)]
        for number in range(30):
            add(unique_id=f"X{number}", client_id=firm)
        with query_recorder.recording() as many:
            assert len(intake_picks("0742 555 1")[0].devices) == SHOWN
        assert len(few) == len(many) <= 9
        assert len(intake_picks("maria")[0].devices) == 2
        assert intake_picks("") == []


def test_picks_stand_in_the_order_that_was_asked_for(shop: Shop) -> None:
    with shop.context():
        first, second = add(unique_id="A1"), add(unique_id="A2")
        assert [pick.id for pick in picks_of_devices([first, second, 10**6, first])] == [first, second]
        assert picks_of_devices([]) == []


def test_a_serial_that_two_devices_share_chooses_neither(shop: Shop) -> None:
    with shop.context():
        add(unique_id="A1", serial="S-9")
        add(unique_id="A2", serial="S9")
        assert find_device("s9") is None
