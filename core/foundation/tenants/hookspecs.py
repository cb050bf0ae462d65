"""Hooks in the life of a tenant."""

from __future__ import annotations

from core.foundation.tenants.context import Tenant
from core.plugin import hookspec


@hookspec
def tenant_created(tenant: Tenant) -> None:
    """Put the rows into a new tenant's database that every shop starts with: roles, statuses, a location.

    Called inside the transaction, once the tables of the core and of the plugins of its bundle are there.

    :param tenant: The new tenant; it is also the one of the context.
    """


@hookspec
def plugin_enabled(tenant: Tenant, plugin: str) -> None:
    """Put the rows into a tenant's database that a plugin starts with; called each time it is switched on.

    Called inside the transaction, once the plugin's tables are there; rows may be there from an earlier time.

    :param tenant: The tenant, already with the plugin on.
    :param plugin: Name of the plugin that is switched on.
    """
