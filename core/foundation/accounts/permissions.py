"""What may be permitted (R93), and what the roles of a user permit: the union of theirs, of what shows for the tenant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

import flask

from core.foundation.accounts.presets import OWNER
from core.foundation.tenants.context import plugin_host
from core.plugin import Permission, PluginStates

#: Combinations of roles whose permissions one process keeps.
KEPT: Final = 2000

#: A role as it counts here: its key and its own permissions, ``None`` for those declared for the preset.
RoleGrant = tuple[str, frozenset[str] | None]


def all_permissions(states: PluginStates) -> tuple[Permission, ...]:
    """Return what core and plugins declare for a tenant with ``states``, lapsed plugins included: their pages still read."""
    kept: dict[PluginStates, tuple[Permission, ...]] = _kept("wm_permissions")
    found = kept.get(states)
    if found is None:
        host = plugin_host()
        declared = [one for area in host.hooks(states).permissions() for one in area]
        for name, permissions in host.permissions.items():
            if name in states.visible:
                declared.extend(permissions)
        found = kept[states] = tuple(declared)
    return found


def preset_permissions(key: str, states: PluginStates) -> frozenset[str]:
    """Return the names of the permissions declared for the preset ``key``; none for a role that is no preset."""
    return frozenset(one.name for one in all_permissions(states) if key == OWNER or key in one.roles)


def effective_permissions(roles: Iterable[RoleGrant], states: PluginStates) -> frozenset[str]:
    """Return what a user with ``roles`` may do: the owner everything, an edited role what it lists and what still shows."""
    key = (states, frozenset(roles))
    kept: dict[Any, frozenset[str]] = _kept("wm_grants")
    found = kept.get(key)
    if found is None:
        if len(kept) >= KEPT:
            kept.clear()
        found = kept[key] = frozenset().union(*(_granted(role, states) for role in key[1]))
    return found


def _granted(role: RoleGrant, states: PluginStates) -> frozenset[str]:
    key, own = role
    if own is None or key == OWNER:
        return preset_permissions(key, states)
    return own & {one.name for one in all_permissions(states)}


def _kept(name: str) -> dict[Any, Any]:
    """Return what this process keeps under ``name``; it follows from the plugins alone, which never change."""
    return cast("dict[Any, Any]", flask.current_app.extensions.setdefault(name, {}))
