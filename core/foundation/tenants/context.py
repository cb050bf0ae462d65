"""The tenant of this moment: its value, its links, its hooks, and the context that everything of it runs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import flask
from flask_babel import force_locale, gettext as _

from core.db import enter_tenant
from core.engines import Engines, Placement
from core.errors import LicenceError, NoTenantError
from core.plugin import Hooks, PluginHost, PluginState, PluginStates

if TYPE_CHECKING:
    from flask import Flask


@dataclass(frozen=True, slots=True)
class Tenant:
    """What the product knows of a tenant while it works for it; read anew for every request."""

    id: int
    slug: str
    name: str
    status: str
    language: str
    country: str
    currency: str
    time_zone: str
    domain: str | None
    placement: Placement
    states: PluginStates
    #: Address of its pages, without a slash at the end: every link begins with it.
    url: str

    @property
    def root(self) -> str:
        """Path of its pages, without a slash at the end: ``/t/<slug>``, or nothing under a host of its own."""
        return "/" + self.url.split("/", 3)[3] if self.url.count("/") > 2 else ""  # noqa: PLR2004 - scheme://host/

    @property
    def cookie(self) -> str:
        """Name of its login cookie: no two tenants share one."""
        return "__Host-wm" if not self.root and self.is_secure else f"wm_{self.id}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach its pages by https."""
        return self.url.startswith("https://")

    def address_of(self, path: str) -> str:
        """Return the canonical address of ``path``, as ``url_for`` gives it, whatever host name the request came by."""
        return self.url.removesuffix(self.root) + path


def current_tenant() -> Tenant:
    """Return the tenant of the context.

    :raises NoTenantError: there is none.
    """
    tenant = find_tenant()
    if tenant is None:
        msg = "no tenant in the context"
        raise NoTenantError(msg)
    return tenant


def find_tenant() -> Tenant | None:
    """Return the tenant of the context, ``None`` outside one."""
    found = flask.g.get("tenant") if flask.has_app_context() else None
    return found if isinstance(found, Tenant) else None


def plugin_host() -> PluginHost:
    """Return the plugins of this application."""
    host: PluginHost = flask.current_app.extensions["wm_plugins"]
    return host


def hooks() -> Hooks:
    """Return the hooks as the tenant of the context sees them."""
    return plugin_host().hooks(current_tenant().states)


def refuse_lapsed(owner: str) -> None:
    """Refuse to write what belongs to a plugin that only reads; everybody else may go on.

    :param owner: Name of the plugin, or ``core``.
    :raises LicenceError: the plugin is lapsed.
    """
    plugin = plugin_host().plugins.get(owner)
    if plugin is not None and current_tenant().states.state(owner) is PluginState.LAPSED:
        raise LicenceError(
            _(
                "The licence of %(plugin)s has ended: everything can be read, nothing changed. Renew it to go on.",
                plugin=plugin.title,
            )
        )


def enter(tenant: Tenant) -> None:
    """Make ``tenant`` the one of the current application context."""
    engines: Engines = flask.current_app.extensions["wm_engines"]
    enter_tenant(engines.at(tenant.placement))
    flask.g.tenant = tenant


@contextmanager
def tenant_context(app: Flask, tenant: Tenant) -> Iterator[Tenant]:
    """Work for ``tenant`` outside a request, in a fresh application context: commands and the worker.

    Messages are in the tenant's language.
    """
    with app.app_context():
        enter(tenant)
        with force_locale(tenant.language):
            yield tenant
