"""Devices as records with fields of the shop's own, which one equipment type alone may have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.db import session
from core.equipment.models import Equipment, EquipmentModel, Manufacturer
from core.equipment.services import put_equipment_entry
from core.equipment.types import list_types
from core.foundation.custom.hosts import Changes, FieldHost
from core.foundation.custom.values import search_words
from core.types import now

KIND: Final = "equipment"


def _types() -> Sequence[tuple[int, str]]:
    return [(one.id, one.name) for one in list_types(offered=False)]


def _changed(equipment: Equipment, changes: Changes) -> None:
    """Let who else changes the device see that something is different, and the search find it."""
    if changes:
        equipment.updated_at = now()
        session().flush()
    reindex_equipment([equipment.id])


def reindex_equipment(ids: Collection[int]) -> None:
    """Write the search entries of devices anew; two statements read, however many they are."""
    words = search_words(KIND, ids)
    statement = (
        select(Equipment, Manufacturer.name, EquipmentModel.name)
        .outerjoin(Manufacturer, Manufacturer.id == Equipment.manufacturer_id)
        .outerjoin(EquipmentModel, EquipmentModel.id == Equipment.model_id)
        .where(Equipment.id.in_(ids))
    )
    for equipment, manufacturer, model in session().execute(statement):
        put_equipment_entry(equipment, manufacturer or "", model or "", words.get(equipment.id, ()))


EQUIPMENT_FIELDS: Final = FieldHost(
    kind=KIND,
    title=_l("Equipment"),
    icon="phone",
    narrowing=_l("Equipment type"),
    narrowings=_types,
    narrowing_of=lambda equipment: equipment.type_id,
    forms={"equipment": "type_id", "intake_equipment": "equipment-type_id"},
    short_forms=frozenset({"intake_equipment"}),
    changed=_changed,
    reindex=reindex_equipment,
    has_papers=True,
    has_intake=True,
    order=20,
)
