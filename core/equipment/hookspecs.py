"""Hooks of devices: what other areas show of them, and what follows from a change of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.equipment.models import Equipment
from core.equipment.values import Visits
from core.foundation.ui.values import Panel
from core.plugin import hookspec


@hookspec
def equipment_panels(equipment_id: int) -> Sequence[Panel]:
    """Return parts of the page of a device: its tickets, its photos.

    Called once for each page, in its read-only transaction; a number of statements that does not grow with the device.

    :param equipment_id: Id of the device.
    """
    del equipment_id
    return ()


@hookspec
def equipment_visits(equipment_ids: list[int]) -> Mapping[int, Visits]:
    """Return how often each device was in the shop; one that never was is left out.

    Called once for all the devices of a page or a list of picks; a number of statements that does not grow with them.

    :param equipment_ids: At least one id.
    """
    del equipment_ids
    return {}


@hookspec
def equipment_changed(equipment: Equipment) -> None:
    """React to a change of a device, inside its transaction, once it is flushed: what copies its identifiers follows.

    :param equipment: The device as it is now.
    """
