"""Find a device, and with it its owner, while a serial, an IMEI, a name or a phone is typed or scanned (R44, R49)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select

from core.clients.keys import code_key
from core.clients.lookup import MOST_PICKS, ClientPick, picks_of
from core.clients.models import Client
from core.clients.services import SEARCH_KIND as CLIENTS
from core.db import session
from core.equipment.codes import code_label, shown_code
from core.equipment.models import Equipment, EquipmentType
from core.equipment.queries import TITLE, join_names
from core.equipment.services import SEARCH_KIND
from core.equipment.values import Visits
from core.foundation.search.services import find
from core.foundation.tenants.context import hooks

NEVER: Final = Visits(0)
#: Most devices of one client that are picked from; a hotel may have hundreds.
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class EquipmentPick:
    """A device as a pick shows it."""

    id: int
    title: str
    unique_id: str
    serial: str
    type_id: int | None
    type_name: str | None
    client_id: int | None
    client_name: str | None
    visits: Visits = NEVER

    @property
    def code_label(self) -> str:
        """What the unique ID is: see ``core.equipment.codes.code_label``."""
        return code_label(self.unique_id)

    @property
    def shown_id(self) -> str:
        """The unique ID as people read it."""
        return shown_code(self.unique_id)


@dataclass(frozen=True, slots=True)
class IntakePick:
    """A client with the devices that came before: what the counter chooses from (R21, R44)."""

    client: ClientPick
    devices: tuple[EquipmentPick, ...]
    #: The device that was typed or scanned; it is chosen already.
    found_id: int | None = None


def equipment_picks(client_id: int) -> list[EquipmentPick]:
    """Return the devices of a client, the newest first, at most ``SHOWN``."""
    return _picks(_select().where(Equipment.client_id == client_id), SHOWN)


def device_picks(text: str, limit: int = 8) -> list[EquipmentPick]:
    """Return at most ``limit`` devices that ``text`` finds, the newest first."""
    found = find(text, [SEARCH_KIND], min(limit, MOST_PICKS))
    return picks_of_devices(record_id for _kind, record_id in found)


def find_device(text: str) -> EquipmentPick | None:
    """Return the device whose unique ID is ``text`` in any spelling, else the only one whose serial it is."""
    key = code_key(text)
    if not key:
        return None
    by_id = _picks(_select().where(Equipment.unique_key == key), 1)
    if by_id:
        return by_id[0]
    by_serial = _picks(_select().where(Equipment.serial_key == key), 2)
    return by_serial[0] if len(by_serial) == 1 else None


def picks_of_devices(equipment_ids: Iterable[int]) -> list[EquipmentPick]:
    """Return the devices with these ids in this order; those that are not there are left out."""
    ids = list(dict.fromkeys(equipment_ids))
    if not ids:
        return []
    found = {pick.id: pick for pick in _picks(_select().where(Equipment.id.in_(ids)), len(ids))}
    return [found[equipment_id] for equipment_id in ids if equipment_id in found]


def intake_picks(text: str, limit: int = 8) -> list[IntakePick]:
    """Return at most ``limit`` clients with their devices: by phone, name, e-mail, or by the device itself.

    The owner of a device that was typed or scanned whole stands first, then the clients that ``text`` finds, then the owners of the
    devices that it finds. A number of statements that does not grow with what is found.
    """
    limit = min(limit, MOST_PICKS)
    exact = find_device(text)
    found = find(text, [CLIENTS, SEARCH_KIND], limit)
    clients = [record_id for kind, record_id in found if kind == CLIENTS]
    owners = _owners([record_id for kind, record_id in found if kind == SEARCH_KIND])
    first = [exact.client_id] if exact is not None and exact.client_id is not None else []
    chosen = list(dict.fromkeys([*first, *clients, *owners]))[:limit]
    devices = devices_of(chosen)
    return [
        IntakePick(
            pick,
            devices.get(pick.id, ()),
            exact.id if exact is not None and exact.client_id == pick.id else None,
        )
        for pick in picks_of(chosen)
    ]


def devices_of(client_ids: list[int]) -> Mapping[int, tuple[EquipmentPick, ...]]:
    """Return the devices of each of some clients, the newest first, at most ``SHOWN`` a client."""
    if not client_ids:
        return {}
    place = func.row_number().over(partition_by=Equipment.client_id, order_by=Equipment.id.desc())
    placed = select(Equipment.id, place.label("place")).where(Equipment.client_id.in_(client_ids)).subquery()
    newest = select(placed.c.id).where(placed.c.place <= SHOWN)
    by_client: dict[int, tuple[EquipmentPick, ...]] = {}
    for pick in _picks(_select().where(Equipment.id.in_(newest)), SHOWN * len(client_ids)):
        if pick.client_id is not None:
            by_client[pick.client_id] = (*by_client.get(pick.client_id, ()), pick)
    return by_client


def _owners(equipment_ids: list[int]) -> list[int]:
    """Return the owners of devices, in the order of the devices."""
    if not equipment_ids:
        return []
    statement = select(Equipment.id, Equipment.client_id).where(Equipment.id.in_(equipment_ids))
    owners = {row.id: row.client_id for row in session().execute(statement)}
    return [owner for equipment_id in equipment_ids if (owner := owners.get(equipment_id)) is not None]


def _select() -> Select[Any]:
    columns: tuple[ColumnElement[Any] | Any, ...] = (
        Equipment.id,
        TITLE.label("title"),
        Equipment.unique_id,
        Equipment.serial,
        Equipment.type_id,
        EquipmentType.name.label("type_name"),
        Equipment.client_id,
        Client.name.label("client_name"),
    )
    return join_names(select(*columns).select_from(Equipment)).outerjoin(
        Client, Client.id == Equipment.client_id
    )


def _picks(statement: Select[Any], limit: int) -> list[EquipmentPick]:
    rows = session().execute(statement.order_by(Equipment.id.desc()).limit(limit)).all()
    picks = [EquipmentPick(*row) for row in rows]
    visits = visits_of([pick.id for pick in picks])
    return [replace(pick, visits=visits.get(pick.id, pick.visits)) for pick in picks]


def visits_of(equipment_ids: list[int]) -> Mapping[int, Visits]:
    """Return how often each device was here, as the areas that know of it say."""
    if not equipment_ids:
        return {}
    known: dict[int, Visits] = {}
    for part in hooks().equipment_visits(equipment_ids=equipment_ids):
        known |= part
    return known
