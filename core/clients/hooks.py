"""What clients add to the core: permissions, the menu, the search."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from core.clients.fields import CLIENT_FIELDS
from core.clients.listings import search_hit, shown_in_search
from core.clients.models import Client
from core.clients.services import SEARCH_KIND
from core.foundation.custom.hosts import FieldHost
from core.foundation.custom.panels import fields_panel
from core.foundation.merging.values import Merging, MovingColumn
from core.foundation.ui.records import RecordNames, names_in
from core.foundation.ui.values import NavItem, Panel, SearchProvider
from core.plugin import Permission, hookimpl

_COUNTER = frozenset({"manager", "receptionist"})


@hookimpl
def permissions() -> Sequence[Permission]:
    """Let the counter write, and those see who work for clients or bill them."""
    return (
        Permission(
            "core.client:view", _l("See clients"), roles=_COUNTER | frozenset({"technician", "accountant"})
        ),
        Permission("core.client:create", _l("Add clients"), roles=_COUNTER),
        Permission("core.client:edit", _l("Change clients"), roles=_COUNTER),
    )


@hookimpl
def nav_items() -> Sequence[NavItem]:
    """Show the list of clients."""
    return (NavItem(_l("Clients"), "clients.index", "people", permission="core.client:view", order=40),)


@hookimpl
def custom_field_hosts() -> Sequence[FieldHost]:
    """Let the shop add fields to clients."""
    return (CLIENT_FIELDS,)


@hookimpl
def client_panels(client_id: int) -> Sequence[Panel]:
    """Show the shop's own fields on the page of a client."""
    return fields_panel(CLIENT_FIELDS, client_id)


@hookimpl
def record_names() -> Sequence[RecordNames]:
    """Name clients."""
    return (RecordNames("client", names_in(Client.id, Client.name), "core.client:view"),)


@hookimpl
def records_merging(merging: Merging) -> Sequence[MovingColumn]:
    """Let those who were merged into a client follow it."""
    return (MovingColumn(Client.merged_into_id),) if merging.entity == "client" else ()


@hookimpl
def search_providers() -> Sequence[SearchProvider]:
    """Find clients by any fragment of name, phone, e-mail or tax code."""
    return (
        SearchProvider(
            SEARCH_KIND, _l("Clients"), "person", "core.client:view", shown_in_search, search_hit, order=20
        ),
    )
