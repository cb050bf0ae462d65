"""What devices add to the core: permissions, the menu, the search, the panel of a client, the first types of a shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l, ngettext
from sqlalchemy import func, select

from core.db import session
from core.equipment.fields import EQUIPMENT_FIELDS
from core.equipment.labels import LABEL
from core.equipment.listings import client_panel, search_hit, shown_in_search
from core.equipment.models import (
    Equipment,
    EquipmentModel,
    EquipmentOwnership,
    EquipmentType,
    Manufacturer,
)
from core.equipment.queries import device_names
from core.equipment.services import SEARCH_KIND, get_equipment
from core.equipment.types import add_starter_pack
from core.foundation.accounts.identity import find_user
from core.foundation.custom.hosts import FieldHost
from core.foundation.custom.panels import fields_panel
from core.foundation.documents.kinds import DocumentKind
from core.foundation.merging.values import Merging, MovingColumn
from core.foundation.tenants.context import Tenant
from core.foundation.ui.records import RecordNames, names_in
from core.foundation.ui.values import NavItem, Panel, SearchProvider, SettingsPage
from core.plugin import Permission, hookimpl

_COUNTER = frozenset({"manager", "receptionist"})


@hookimpl
def permissions() -> Sequence[Permission]:
    """Let the counter write, and those see who work with devices or bill them."""
    return (
        Permission(
            "core.equipment:view", _l("See devices"), roles=_COUNTER | frozenset({"technician", "accountant"})
        ),
        Permission("core.equipment:create", _l("Register devices"), roles=_COUNTER),
        Permission("core.equipment:edit", _l("Change devices"), roles=_COUNTER),
        Permission("core.equipment_type:view", _l("See the equipment types"), roles=frozenset({"manager"})),
        Permission(
            "core.equipment_type:edit", _l("Change the equipment types"), roles=frozenset({"manager"})
        ),
    )


@hookimpl
def nav_items() -> Sequence[NavItem]:
    """Show the list of devices."""
    return (NavItem(_l("Equipment"), "equipment.index", "phone", permission="core.equipment:view", order=50),)


@hookimpl
def settings_pages() -> Sequence[SettingsPage]:
    """Lead to the shop's list of equipment types."""
    return (
        SettingsPage(
            _l("Equipment types"),
            _l("What kinds of devices you take in."),
            "phone",
            "equipment_types.index",
            "core.equipment_type:view",
            order=100,
        ),
    )


@hookimpl
def custom_field_hosts() -> Sequence[FieldHost]:
    """Let the shop add fields to devices, to those of one type alone too."""
    return (EQUIPMENT_FIELDS,)


@hookimpl
def equipment_panels(equipment_id: int) -> Sequence[Panel]:
    """Show the shop's own fields on the page of a device."""
    return fields_panel(EQUIPMENT_FIELDS, equipment_id, get_equipment(equipment_id).type_id)


@hookimpl
def record_names() -> Sequence[RecordNames]:
    """Name devices, and what they are made of."""
    return (
        RecordNames("equipment", device_names, "core.equipment:view"),
        RecordNames("equipment_type", names_in(EquipmentType.id, EquipmentType.name)),
        RecordNames("manufacturer", names_in(Manufacturer.id, Manufacturer.name)),
        RecordNames("equipment_model", names_in(EquipmentModel.id, EquipmentModel.name)),
    )


@hookimpl
def search_providers() -> Sequence[SearchProvider]:
    """Find devices by any fragment of their identifiers and names."""
    return (
        SearchProvider(
            SEARCH_KIND,
            _l("Equipment"),
            "phone",
            "core.equipment:view",
            shown_in_search,
            search_hit,
            order=30,
        ),
    )


@hookimpl
def document_kinds() -> Sequence[DocumentKind]:
    """Print the label of a device."""
    return (LABEL,)


@hookimpl
def client_panels(client_id: int) -> Sequence[Panel]:
    """Show the devices of a client."""
    return (client_panel(client_id),)


@hookimpl
def client_figures(client_ids: list[int]) -> Mapping[int, str]:
    """Count the devices of each client, for whoever may see devices."""
    user = find_user()
    if user is None or not user.can("core.equipment:view"):
        return {}
    statement = (
        select(Equipment.client_id, func.count())
        .where(Equipment.client_id.in_(client_ids))
        .group_by(Equipment.client_id)
    )
    return {
        client_id: ngettext("%(num)s device", "%(num)s devices", count)
        for client_id, count in session().execute(statement)
        if client_id is not None
    }


@hookimpl
def records_merging(merging: Merging) -> Sequence[MovingColumn]:
    """Give the devices of a client, and the history of who owned them, to the one that it is merged into."""
    if merging.entity != "client":
        return ()
    return (
        MovingColumn(
            Equipment.client_id, told=lambda num: ngettext("%(num)s device", "%(num)s devices", num)
        ),
        MovingColumn(EquipmentOwnership.client_id),
    )


@hookimpl
def tenant_created(tenant: Tenant) -> None:
    """Give a new shop its first types."""
    add_starter_pack(tenant.language)
