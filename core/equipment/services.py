"""What the shop does with devices: register, change, hand to another owner, find. What writes belongs into a unit of work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select

from core.clients.keys import code_key, name_key
from core.clients.services import get_current_client
from core.db import check_version, session
from core.equipment.codes import new_unique_id
from core.equipment.errors import KnownEquipmentError
from core.equipment.models import (
    Equipment,
    EquipmentModel,
    EquipmentOwnership,
    EquipmentType,
    Manufacturer,
)
from core.errors import NotFoundError
from core.foundation.custom.values import search_words
from core.foundation.search.services import put_entry
from core.foundation.tenants.context import hooks
from core.foundation.ui.checks import Checks, is_id

#: The kind under which the search knows devices.
SEARCH_KIND: Final = "equipment"
#: Characters of a unique ID, as it is written and as it is compared.
LONGEST_ID: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentData:
    """What is said of a device, as it was typed; the service reads and checks it."""

    #: Empty: one is generated.
    unique_id: str = ""
    type_id: int | None = None
    #: Names; whoever is not known yet is added.
    manufacturer: str = ""
    model: str = ""
    variant: str = ""
    serial: str = ""
    #: The owner.
    client_id: int | None = None
    notes: str = ""


def register_equipment(data: EquipmentData) -> Equipment:
    """Add a device; one without an ID of its own gets a generated one (R24).

    :raises KnownEquipmentError: another device has this unique ID.
    :raises InvalidInputError: something else of ``data`` cannot be taken.
    """
    values = _read(data)
    generated = not values["unique_key"]
    if generated:
        values |= _fresh_id()
    equipment = Equipment(**values, unique_id_generated=generated)
    session().add(equipment)
    session().flush()
    if equipment.client_id is not None:
        _note_owner(equipment)
    put_equipment_entry(equipment, data.manufacturer, data.model)
    return equipment


def change_equipment(equipment_id: int, data: EquipmentData, *, version: int) -> Equipment:
    """Change everything that is said of a device; a new owner is added to its history of owners.

    :param version: The version that the person saw.
    :raises NotFoundError: there is no such device.
    :raises ConflictError: somebody else changed it since.
    :raises KnownEquipmentError: another device has this unique ID.
    :raises InvalidInputError: something else of ``data`` cannot be taken.
    """
    equipment = get_equipment(equipment_id)
    check_version(equipment.version, version)
    values = _read(data, of=equipment)
    if not values["unique_key"]:
        values |= _fresh_id()
    owner = equipment.client_id
    if values["unique_key"] != equipment.unique_key:
        equipment.unique_id_generated = not code_key(data.unique_id)
    for name, value in values.items():
        setattr(equipment, name, value)
    session().flush()
    if equipment.version != version:
        if equipment.client_id != owner:
            _note_owner(equipment)
        further = search_words(SEARCH_KIND, [equipment.id]).get(equipment.id, ())
        put_equipment_entry(equipment, data.manufacturer, data.model, further)
        hooks().equipment_changed(equipment=equipment)
    return equipment


def change_owner(equipment_id: int, client_id: int | None) -> Equipment:
    """Hand a device to another owner, or to none; the one before stays in its history.

    :raises NotFoundError: there is no such device.
    :raises InvalidInputError: there is no such client.
    """
    equipment = get_equipment(equipment_id)
    return change_equipment(
        equipment_id, replace(describe(equipment), client_id=client_id), version=equipment.version
    )


def describe(equipment: Equipment) -> EquipmentData:
    """Return what is said of a device now, as a person would type it."""
    manufacturer = model = ""
    if equipment.manufacturer_id is not None:
        manufacturer = session().get_one(Manufacturer, equipment.manufacturer_id).name
    if equipment.model_id is not None:
        model = session().get_one(EquipmentModel, equipment.model_id).name
    return EquipmentData(
        unique_id=equipment.unique_id,
        type_id=equipment.type_id,
        manufacturer=manufacturer,
        model=model,
        variant=equipment.variant,
        serial=equipment.serial,
        client_id=equipment.client_id,
        notes=equipment.notes,
    )


def get_equipment(equipment_id: int) -> Equipment:
    """Return a device.

    :raises NotFoundError: there is none with this id.
    """
    equipment = session().get(Equipment, equipment_id) if is_id(equipment_id) else None
    if equipment is None:
        raise NotFoundError(_("There is no such device."))
    return equipment


def find_by_unique_id(text: str) -> Equipment | None:
    """Return the device with the unique ID ``text`` in any spelling: case and separators do not count."""
    key = code_key(text)
    if not key:
        return None
    return session().scalars(select(Equipment).where(Equipment.unique_key == key)).first()


def _read(data: EquipmentData, *, of: Equipment | None = None) -> dict[str, Any]:
    """Return the columns of a device from what was typed; manufacturer and model are added where they are new.

    :param of: The device that is changed.
    :raises InvalidInputError: something cannot be taken.
    """
    checks = Checks()
    values: dict[str, Any] = {
        "unique_id": checks.text("unique_id", data.unique_id, LONGEST_ID),
        "serial": checks.text("serial", data.serial, LONGEST_ID),
        "variant": checks.text("variant", data.variant, 100),
        "notes": checks.text("notes", data.notes, 10_000, multiline=True),
        "type_id": checks.read("type_id", lambda: _read_type(data.type_id, of), None),
        "client_id": checks.read("client_id", lambda: _read_owner(data.client_id), None),
    }
    for column, key in (("unique_id", "unique_key"), ("serial", "serial_key")):
        values[key] = checks.read(column, lambda text=values[column]: _read_code(text), "")  # type: ignore[misc]
    manufacturer = checks.text("manufacturer", data.manufacturer, 100)
    model = checks.text("model", data.model, 100)
    for column, name in (("manufacturer", manufacturer), ("model", model)):
        if name and not name_key(name):
            checks.refuse(column, _("Write a name with letters or digits."))
    if model and not manufacturer and "manufacturer" not in checks.errors:
        checks.refuse("manufacturer", _("Say who makes this model."))
    checks.finish(_("The device was not saved."))
    _refuse_known(values["unique_key"], of)
    maker = _find_or_add_manufacturer(manufacturer) if manufacturer else None
    made = _find_or_add_model(model, maker, values["type_id"]) if model and maker else None
    return values | {"manufacturer_id": maker and maker.id, "model_id": made and made.id}


def _read_code(text: str) -> str:
    key = code_key(text)
    if text and not key:
        raise ValueError(_("Write letters or digits; leave it empty where there is none."))
    if len(key) > LONGEST_ID:
        raise ValueError(_("Write at most %(most)s letters and digits.", most=LONGEST_ID))
    return key


def _read_type(type_id: int | None, of: Equipment | None) -> int | None:
    if type_id is None or (of is not None and of.type_id == type_id):
        return type_id
    statement = select(EquipmentType.id).where(EquipmentType.id == type_id, EquipmentType.is_active)
    if not is_id(type_id) or session().scalars(statement).first() is None:
        raise ValueError(_("Choose a type of the list."))
    return type_id


def _read_owner(client_id: int | None) -> int | None:
    if client_id is None:
        return None
    try:
        return get_current_client(client_id).id
    except NotFoundError as error:
        raise ValueError(error.message) from None


def _refuse_known(unique_key: str, of: Equipment | None) -> None:
    """Refuse a unique ID that another device has.

    :raises KnownEquipmentError: it does.
    """
    if not unique_key or (of is not None and of.unique_key == unique_key):
        return
    known = session().scalars(select(Equipment.id).where(Equipment.unique_key == unique_key)).first()
    if known is not None:
        raise KnownEquipmentError(_("A device with this ID is known already."), known)


def _fresh_id() -> dict[str, Any]:
    """Return the columns of a generated unique ID that no device has."""
    while True:
        unique_id = new_unique_id()
        if find_by_unique_id(unique_id) is None:
            return {"unique_id": unique_id, "unique_key": code_key(unique_id)}


def _find_or_add_manufacturer(name: str) -> Manufacturer:
    key = name_key(name)
    found = session().scalars(select(Manufacturer).where(Manufacturer.name_key == key)).first()
    if found is None:
        found = Manufacturer(name=name, name_key=key)
        session().add(found)
        session().flush()
    return found


def _find_or_add_model(name: str, maker: Manufacturer, type_id: int | None) -> EquipmentModel:
    """Return the model ``name`` of ``maker``; one without a type learns ``type_id``."""
    key = name_key(name)
    found = (
        session()
        .scalars(
            select(EquipmentModel).where(
                EquipmentModel.manufacturer_id == maker.id, EquipmentModel.name_key == key
            )
        )
        .first()
    )
    if found is None:
        found = EquipmentModel(manufacturer_id=maker.id, name=name, name_key=key)
        session().add(found)
    if found.type_id is None:
        found.type_id = type_id
    session().flush()
    return found


def _note_owner(equipment: Equipment) -> None:
    """Add the owner of today to the history of owners."""
    session().add(EquipmentOwnership(equipment_id=equipment.id, client_id=equipment.client_id))
    session().flush()


def put_equipment_entry(
    equipment: Equipment, manufacturer: str, model: str, further: Iterable[str] = ()
) -> None:
    """Write the search entry of a device.

    :param further: By what else it is found: what stands in the shop's own fields.
    """
    put_entry(
        SEARCH_KIND,
        equipment.id,
        at=equipment.created_at,
        codes=[equipment.unique_id, equipment.serial],
        words=[manufacturer, model, equipment.variant, *further],
    )
