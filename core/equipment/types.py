"""The shop's own list of equipment types (R25, R99). What writes belongs into a unit of work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import func, select

from core.clients.keys import name_key
from core.db import check_version, session
from core.equipment.errors import KnownTypeError
from core.equipment.models import EquipmentType
from core.errors import NotFoundError
from core.foundation.ui.checks import Checks, is_id

#: What a new shop starts with, in its language; the shop's to change.
STARTER_PACK: Final[Mapping[str, tuple[str, ...]]] = {
    "ro": (
        "Telefon",
        "Laptop",
        "Tabletă",
        "Televizor",
        "Mașină de spălat",
        "Frigider",
        "Unealtă electrică",
        "Altul",
    ),
    "en": ("Phone", "Laptop", "Tablet", "TV", "Washing machine", "Fridge", "Power tool", "Other"),
}


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A type as lists and forms show it."""

    id: int
    name: str
    is_active: bool
    version: int


def list_types(*, offered: bool = True, besides: int | None = None) -> list[TypeRow]:
    """Return the types in the shop's order.

    :param offered: Only those that are offered for new devices.
    :param besides: Also this one, offered or not: a device keeps its type.
    """
    statement = select(
        EquipmentType.id, EquipmentType.name, EquipmentType.is_active, EquipmentType.version
    ).order_by(EquipmentType.position, EquipmentType.id)
    if offered:
        statement = statement.where(EquipmentType.is_active | (EquipmentType.id == besides))
    return [TypeRow(*row) for row in session().execute(statement)]


def add_starter_pack(language: str) -> None:
    """Add the types that a new shop starts with."""
    for name in STARTER_PACK.get(language, STARTER_PACK["en"]):
        create_type(name)


def create_type(name: str) -> EquipmentType:
    """Add a type at the end of the list.

    :raises InvalidInputError: the name is empty or too long.
    :raises KnownTypeError: another type has it.
    """
    values = _read_name(name)
    last = session().scalar(select(func.max(EquipmentType.position))) or 0
    created = EquipmentType(**values, position=last + 1)
    session().add(created)
    session().flush()
    return created


def rename_type(type_id: int, name: str, *, version: int) -> EquipmentType:
    """Give a type another name; its devices follow.

    :raises NotFoundError: there is no such type.
    :raises ConflictError: somebody else changed it since ``version``.
    :raises InvalidInputError: the name is empty or too long.
    :raises KnownTypeError: another type has it.
    """
    found = get_type(type_id)
    check_version(found.version, version)
    for column, value in _read_name(name, of=found).items():
        setattr(found, column, value)
    session().flush()
    return found


def set_type_offered(type_id: int, *, offered: bool) -> EquipmentType:
    """Offer a type for new devices, or no longer; devices keep it.

    :raises NotFoundError: there is no such type.
    """
    found = get_type(type_id)
    found.is_active = offered
    session().flush()
    return found


def move_type(type_id: int, *, up: bool) -> EquipmentType:
    """Let a type change places with the one before or behind it; at the end of the list nothing happens.

    :raises NotFoundError: there is no such type.
    """
    types = list(
        session().scalars(select(EquipmentType).order_by(EquipmentType.position, EquipmentType.id)).all()
    )
    at = next((index for index, one in enumerate(types) if one.id == type_id), None)
    if at is None:
        raise NotFoundError(_("There is no such equipment type."))
    other = at - 1 if up else at + 1
    if 0 <= other < len(types):
        types[at], types[other] = types[other], types[at]
    for position, one in enumerate(types, 1):
        one.position = position
    session().flush()
    return types[other] if 0 <= other < len(types) and types[other].id == type_id else types[at]


def get_type(type_id: int) -> EquipmentType:
    """Return a type.

    :raises NotFoundError: there is none with this id.
    """
    found = session().get(EquipmentType, type_id) if is_id(type_id) else None
    if found is None:
        raise NotFoundError(_("There is no such equipment type."))
    return found


def _read_name(name: str, *, of: EquipmentType | None = None) -> dict[str, Any]:
    checks = Checks()
    clean = checks.text("name", name, 100, required=True)
    key = name_key(clean)[:100]
    if clean and not key:
        checks.refuse("name", _("Write a name with letters or digits."))
    checks.finish(_("The equipment type was not saved."))
    statement = select(EquipmentType.id).where(EquipmentType.name_key == key)
    if of is not None:
        statement = statement.where(EquipmentType.id != of.id)
    if session().scalars(statement).first() is not None:
        raise KnownTypeError(_("There is an equipment type with this name already."))
    return {"name": clean, "name_key": key}
