"""How a device is called in lists of any area: one column and the joins that it needs."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, literal

from core.equipment.models import Equipment, EquipmentModel, EquipmentType, Manufacturer

_MADE: Final = func.trim(
    func.coalesce(Manufacturer.name, "") + literal(" ") + func.coalesce(EquipmentModel.name, "")
)
#: Manufacturer and model, else the type, else the unique ID; the variant behind it: "Apple iPhone 13, 128 GB, blue".
TITLE: Final[ColumnElement[str]] = func.coalesce(
    func.nullif(_MADE, ""), EquipmentType.name, Equipment.unique_id
) + case((Equipment.variant != "", literal(", ") + Equipment.variant), else_="")


def join_names(statement: Select[Any]) -> Select[Any]:
    """Add to a statement over devices the joins that ``TITLE`` reads: type, manufacturer and model, each by its key."""
    return (
        statement.outerjoin(EquipmentType, EquipmentType.id == Equipment.type_id)
        .outerjoin(Manufacturer, Manufacturer.id == Equipment.manufacturer_id)
        .outerjoin(EquipmentModel, EquipmentModel.id == Equipment.model_id)
    )
