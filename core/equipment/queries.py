"""How a device is called in lists of any area: one column and the joins that it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from core.db import session
from core.equipment.models import Equipment, EquipmentModel, EquipmentType, Manufacturer

_MADE: Final = func.trim(
    func.coalesce(Manufacturer.name, "") + literal(" ") + func.coalesce(EquipmentModel.name, "")
)
#: Manufacturer and model, else the type, else the unique ID; the variant behind it: "Apple iPhone 13, 128 GB, blue".
TITLE: Final[ColumnElement[str]] = func.coalesce(
    func.nullif(_MADE, ""), EquipmentType.name, Equipment.unique_id
) + case((Equipment.variant != "", literal(", ") + Equipment.variant), else_="")


def device_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return what devices are called, with their unique IDs."""
    statement: Any = select(Equipment.id, TITLE, Equipment.unique_id).where(Equipment.id.in_(ids))
    return {
        one: title if title == unique_id else f"{title} ({unique_id})"
        for one, title, unique_id in session().execute(join_names(statement))
    }


def join_names(statement: Select[Any]) -> Select[Any]:
    """Add to a statement over devices the joins that ``TITLE`` reads: type, manufacturer and model, each by its key."""
    return (
        statement.outerjoin(EquipmentType, EquipmentType.id == Equipment.type_id)
        .outerjoin(Manufacturer, Manufacturer.id == Equipment.manufacturer_id)
        .outerjoin(EquipmentModel, EquipmentModel.id == Equipment.model_id)
    )
