"""What tickets add to other areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l

from core.clients.models import Client
from core.equipment.models import Equipment
from core.equipment.values import Visits
from core.foundation.custom.hosts import FieldHost
from core.foundation.custom.panels import fields_panel
from core.foundation.merging.values import Merging, MovingColumn
from core.foundation.settings.numbering import NumberKind
from core.foundation.settings.values import SettingsGroup
from core.foundation.tenants.context import Tenant
from core.foundation.ui.records import RecordNames
from core.foundation.ui.values import Alert, NavItem, Panel, SearchProvider, SettingsPage
from core.plugin import Permission, hookimpl
from core.tickets import dashboard, panels
from core.tickets.fields import TICKET_FIELDS
from core.tickets.indexing import KIND, reindex_client, reindex_equipment
from core.tickets.models import Ticket
from core.tickets.naming import RECORDS
from core.tickets.services import TICKETS
from core.tickets.settings import INTAKE
from core.tickets.statuses import seed_statuses
from core.tickets.visibility import reach_of_reader

EVERYBODY = frozenset({"manager", "receptionist", "technician", "accountant"})
SHOP = frozenset({"manager", "receptionist", "technician"})


@hookimpl
def permissions() -> Sequence[Permission]:
    """Declare who may do what with tickets."""
    return (
        Permission("core.ticket:view", _l("See tickets"), EVERYBODY),
        Permission("core.ticket:create", _l("Take devices in"), SHOP),
        Permission("core.ticket:edit", _l("Change tickets, write notes"), SHOP),
        Permission("core.ticket:status", _l("Change the status of tickets"), SHOP),
        Permission("core.ticket:assign", _l("Give tickets to technicians"), SHOP),
        Permission("core.ticket:reveal", _l("See access and unlock codes"), SHOP),
    )


@hookimpl
def settings_groups() -> Sequence[SettingsGroup]:
    """Declare what may be set of the intake."""
    return (INTAKE,)


@hookimpl
def number_kinds() -> Sequence[NumberKind]:
    """Count the tickets of each location."""
    return (TICKETS,)


@hookimpl
def settings_pages() -> Sequence[SettingsPage]:
    """Lead to the shop's statuses."""
    return (
        SettingsPage(
            _l("Ticket statuses"),
            _l("Your wording of each stage, its order, and what may follow."),
            "signpost-split",
            "ticket_statuses.index",
            "core.settings:view",
            order=90,
        ),
    )


@hookimpl
def tenant_created(tenant: Tenant) -> None:
    """Give a new tenant a status for each stage."""
    del tenant
    seed_statuses()


@hookimpl
def nav_items() -> Sequence[NavItem]:
    """Put the dashboard and the tickets on top of the menu."""
    return (
        NavItem(_l("Dashboard"), "dashboard.index", "speedometer2", order=10),
        NavItem(_l("Tickets"), "tickets.index", "list-task", "core.ticket:view", order=20),
    )


@hookimpl
def custom_field_hosts() -> Sequence[FieldHost]:
    """Let the shop add fields to tickets."""
    return (TICKET_FIELDS,)


@hookimpl
def ticket_panels(ticket: Ticket) -> Sequence[Panel]:
    """Show the shop's own fields on the page of a ticket."""
    return fields_panel(TICKET_FIELDS, ticket.id)


@hookimpl
def record_names() -> Sequence[RecordNames]:
    """Name tickets and statuses."""
    return RECORDS


@hookimpl
def search_providers() -> Sequence[SearchProvider]:
    """Let the search box find tickets."""
    return (
        SearchProvider(
            KIND,
            _l("Tickets"),
            "list-task",
            "core.ticket:view",
            panels.shown_in_search,
            panels.search_hit,
            order=10,
            reach=reach_of_reader,
            exact=panels.find_by_code,
        ),
    )


@hookimpl
def client_panels(client_id: int) -> Sequence[Panel]:
    """Show the tickets of a client on its page."""
    return panels.client_panels(client_id)


@hookimpl
def client_figures(client_ids: list[int]) -> Mapping[int, str]:
    """Say how many tickets each client has."""
    return panels.client_figures(client_ids)


@hookimpl
def equipment_panels(equipment_id: int) -> Sequence[Panel]:
    """Show the history of a device on its page."""
    return panels.equipment_panels(equipment_id)


@hookimpl
def equipment_visits(equipment_ids: list[int]) -> Mapping[int, Visits]:
    """Say how often each device was here, and what for."""
    return panels.equipment_visits(equipment_ids)


@hookimpl
def client_changed(client: Client) -> None:
    """Let the client's tickets be found by its new name and phone."""
    reindex_client(client)


@hookimpl
def equipment_changed(equipment: Equipment) -> None:
    """Let the device's tickets be found by its new identifiers."""
    reindex_equipment(equipment)


@hookimpl
def records_merging(merging: Merging) -> Sequence[MovingColumn]:
    """Give the tickets of a client or a device to the one that it is merged into."""
    columns = {"client": Ticket.client_id, "equipment": Ticket.equipment_id}
    column = columns.get(merging.entity)
    return () if column is None else (MovingColumn(column, told=panels.told_tickets),)


@hookimpl
def dashboard_cards() -> Sequence[Panel]:
    """Show what is late, whose turn it is, what is ready and what is mine."""
    return dashboard.dashboard_cards()


@hookimpl
def alerts() -> Sequence[Alert]:
    """Say what waits for the reader."""
    return dashboard.alerts()
