"""What stands around the pages of a tenant: menu, search, bell, switches and account, for one reader."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, Final

import flask
from flask import Flask, request, url_for
from flask_babel import gettext as _, lazy_gettext as _l

from core.foundation.accounts.identity import CurrentUser, find_user
from core.foundation.settings.services import get_setting
from core.foundation.tenants.context import Tenant, find_tenant, hooks
from core.foundation.ui.shell import NavGroup, NavLink, Shell
from core.foundation.ui.values import NavItem

#: Headings of the groups of the side menu, in their order.
GROUPS: Final = {"work": None, "manage": _l("Management")}
FOOT: Final = "foot"
#: Seconds for which a process keeps the colour and the logo of a firm.
LOOK_FOR: Final = 60
#: Links at the foot of a phone, in their order; the rest is in the menu of the account.
TABS: Final = ("dashboard.index", "tickets.index", "tickets.new", "clients.index", "equipment.index")
MAIN_ACTION: Final = ("tickets.new", "core.ticket:create")
#: Letters that open a page after ``G``.
KEYS: Final = {
    "dashboard.index": "P",
    "tickets.index": "F",
    "tickets.new": "C",
    "clients.index": "L",
    "equipment.index": "D",
    "catalogue.index": "N",
}


def init_shell(app: Flask) -> None:
    """Give every template of a tenant's page the shell of its reader."""
    app.context_processor(_values)


def _values() -> dict[str, Any]:
    """Return what ``base.html`` draws; nothing on pages without a tenant or a user."""
    tenant, user = find_tenant(), find_user()
    if tenant is None:
        return {}
    if user is None:
        shell = Shell(home_url=f"{tenant.root}/", language_url=url_for("account.preferences"))
        accent, logo = _look(tenant)
        return {"tenant": tenant, "shell": shell, "accent": accent, "logo": logo}
    items = _items(user)
    return {
        "tenant": tenant,
        "user": user,
        "can": user.can,
        "theme": user.theme,
        "accent": _look(tenant)[0],
        "nav_narrow": user.nav_narrow,
        "nav": [
            NavGroup(None if title is None else str(title), links)
            for group, title in GROUPS.items()
            if (links := [_link(item) for item in items if item.group == group])
        ],
        "shell": _shell(user, items),
    }


def _look(tenant: Tenant) -> tuple[str | None, int | None]:
    """Return the firm's colour and logo, which one process reads at most once a minute: no page pays a statement for them."""
    kept: dict[int, tuple[float, str | None, int | None]] = flask.current_app.extensions.setdefault(
        "wm_looks", {}
    )
    until, accent, logo = kept.get(tenant.id, (0.0, None, None))
    if until < time.monotonic():
        accent, logo = get_setting("firm.accent") or None, get_setting("firm.logo")
        kept[tenant.id] = (time.monotonic() + LOOK_FOR, accent, logo)
    return accent, logo


def _items(user: CurrentUser) -> list[NavItem]:
    """Return the entries of the menu that the reader may open, in their order."""
    found = [item for part in hooks().nav_items() for item in part]
    allowed = [item for item in found if item.permission is None or user.can(item.permission)]
    return sorted(allowed, key=lambda item: (item.order, item.endpoint))


def _shell(user: CurrentUser, items: Iterable[NavItem]) -> Shell:
    by_endpoint = {item.endpoint: item for item in items}
    tabs = [
        _tab(endpoint, by_endpoint)
        for endpoint in TABS
        if endpoint in by_endpoint or (endpoint == MAIN_ACTION[0] and user.can(MAIN_ACTION[1]))
    ]
    return Shell(
        home_url=url_for("dashboard.index"),
        foot=[_link(item) for item in by_endpoint.values() if item.group == FOOT],
        tabs=tabs,
        main_action=_intake() if user.can(MAIN_ACTION[1]) else None,
        search_url=url_for("search.index"),
        alerts_url=url_for("dashboard.alerts"),
        language_url=url_for("account.preferences"),
        theme_url=url_for("account.preferences"),
        preferences_url=url_for("account.preferences"),
        account_url=url_for("account.index"),
        devices_url=url_for("account.devices"),
        logout_url=url_for("account.logout"),
    )


def _tab(endpoint: str, by_endpoint: dict[str, NavItem]) -> NavLink:
    return _intake() if endpoint == MAIN_ACTION[0] else _link(by_endpoint[endpoint])


def _intake() -> NavLink:
    return NavLink(
        label=_("Intake"),
        url=url_for(MAIN_ACTION[0]),
        icon="plus-square",
        active=request.endpoint == MAIN_ACTION[0],
        key=KEYS[MAIN_ACTION[0]],
    )


def _link(item: NavItem) -> NavLink:
    """Return an entry for this page: it is the active one on every page of its blueprint."""
    url = url_for(item.endpoint)
    root = flask.request.script_root
    path = url.removeprefix(root)
    active = request.path == path or (path != "/" and request.path.startswith(path))
    return NavLink(str(item.label), url, item.icon, active=active, key=KEYS.get(item.endpoint, ""))
