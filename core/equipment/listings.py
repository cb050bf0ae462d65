"""Devices as lists, panels and the search box show them: columns, never objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy import FromClause, Select, select

from core.clients.keys import name_key
from core.clients.models import Client
from core.db import session
from core.equipment.codes import shown_code
from core.equipment.lookup import equipment_picks
from core.equipment.models import Equipment, EquipmentModel, EquipmentOwnership, EquipmentType, Manufacturer
from core.equipment.queries import TITLE, join_names
from core.equipment.services import SEARCH_KIND
from core.foundation.search.services import matching
from core.foundation.ui.listing import ListSpec, Order, down, up
from core.foundation.ui.values import Panel, SearchHit

EQUIPMENT: Final = ListSpec(
    (
        Order("new", (down(Equipment.id),), _l("Newest"), by_time=True),
        Order("changed", (down(Equipment.updated_at), down(Equipment.id)), _l("Last changed"), by_time=True),
        Order("code", (up(Equipment.unique_key), up(Equipment.id)), _l("Unique ID")),
    )
)


#: Names that a field offers; who types on narrows them down in the browser.
MOST_NAMES: Final = 500
_COLUMNS: Final[tuple[Any, ...]] = (
    Equipment.id,
    TITLE.label("title"),
    EquipmentType.name.label("type_name"),
    Equipment.unique_id,
    Equipment.unique_id_generated,
    Equipment.client_id,
    Client.name.label("client_name"),
    Equipment.updated_at,
)


def equipment_rows(*, question: str = "", type_id: int | None = None) -> Select[Any]:
    """Return the statement of the list of devices, filtered by a text and a type."""
    statement = join_names(select(*_COLUMNS).select_from(Equipment)).outerjoin(
        Client, Client.id == Equipment.client_id
    )
    found = matching(question, SEARCH_KIND)
    if found is not None:
        statement = statement.where(Equipment.id.in_(found))
    if type_id is not None:
        statement = statement.where(Equipment.type_id == type_id)
    return statement


def owners_of(equipment_id: int) -> list[Any]:
    """Return who owned a device since when, the owner of today first."""
    statement = (
        select(EquipmentOwnership.client_id, EquipmentOwnership.since, Client.name)
        .outerjoin(Client, Client.id == EquipmentOwnership.client_id)
        .where(EquipmentOwnership.equipment_id == equipment_id)
        .order_by(EquipmentOwnership.id.desc())
    )
    return list(session().execute(statement))


def maker_names() -> list[str]:
    """Return the names of the manufacturers, for a field that offers them."""
    return list(
        session().scalars(select(Manufacturer.name).order_by(Manufacturer.name_key).limit(MOST_NAMES))
    )


def model_names(manufacturer: str) -> list[str]:
    """Return the names of the models of the manufacturer with this name, for a field that offers them."""
    statement = (
        select(EquipmentModel.name)
        .join(Manufacturer, Manufacturer.id == EquipmentModel.manufacturer_id)
        .where(Manufacturer.name_key == name_key(manufacturer))
        .order_by(EquipmentModel.name_key)
        .limit(MOST_NAMES)
    )
    return list(session().scalars(statement)) if manufacturer.strip() else []


def client_panel(client_id: int) -> Panel:
    """Return the devices of a client as a part of the client's page."""
    return Panel(
        "equipment",
        _("Equipment"),
        "equipment/_client_panel.html",
        data={"picks": equipment_picks(client_id), "client_id": client_id, "marked": str},
        permission="core.equipment:view",
        order=20,
    )


def shown_in_search(found: FromClause) -> Select[Any]:
    """Return the statement of what the search shows of devices."""
    shown: Any = select(TITLE.label("title"), Equipment.unique_id, Equipment.serial, Client.name)
    statement: Select[Any] = shown.select_from(found).join(Equipment, Equipment.id == found.c.record_id)
    return join_names(statement).outerjoin(Client, Client.id == Equipment.client_id)


def search_hit(equipment_id: int, texts: Sequence[str]) -> SearchHit:
    """Return a device as the search shows it."""
    title, unique_id, serial, owner = texts
    return SearchHit(
        equipment_id,
        title,
        url_for("equipment.show", equipment_id=equipment_id),
        detail=" · ".join(filter(None, (shown_code(unique_id), owner))),
        found_by=(serial,),
    )
