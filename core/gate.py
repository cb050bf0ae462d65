"""The gate in front of every view: which routes exist for this tenant, who is asking, and whether they may.

A plugin that is off has no routes at all for a tenant: requests are matched against a map made for the set of plugins that show, so that
404, 405 and redirects all come out as if it were not installed. A lapsed plugin's routes read and refuse to write.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import flask
from flask import Flask, Request
from flask.globals import _cv_request  # the proxies that are public cost more than what they lead to
from flask_babel import gettext as _
from werkzeug.routing import IntegerConverter, Map, MapAdapter

from core.access import Access, access_of
from core.db import end_reading, read_only_request, tenant_engine
from core.errors import (
    LoginRequiredError,
    NotAllowedError,
    PluginError,
    ProgrammingError,
    TenantBehindError,
    WorkmanagerError,
)
from core.foundation.accounts.sessions import authenticate
from core.foundation.tenants.context import Tenant, enter, plugin_host, refuse_lapsed
from core.foundation.tenants.resolver import REDIRECT_KEY, REFUSAL_KEY, TENANT_KEY
from core.foundation.tenants.services import owners_of
from core.foundation.ui.errors import wants_problem
from core.foundation.ui.headers import asks_for_fragment
from core.foundation.ui.templates import Templates
from core.migrate import standings
from core.plugin import PluginHost, PluginStates
from core.types import LARGEST_ID

if TYPE_CHECKING:
    from werkzeug.routing import Rule
    from werkzeug.wrappers.response import Response

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: The owner of routes that no plugin claims.
CORE: Final = "core"


class WholeNumber(IntegerConverter):
    """A whole number that an id may be; any other is an address that does not exist."""

    regex = r"[0-9]{1,10}"

    def __init__(self, url_map: Map, **options: Any) -> None:  # noqa: ANN401 - Werkzeug's own
        """Bound the number by what an id may be."""
        options.setdefault("max", LARGEST_ID)
        super().__init__(url_map, **options)


class Routes(Map):
    """The routes that exist for one set of plugins; complete before a request is matched against them."""

    @cached_property
    def single(self) -> Mapping[str, Rule]:
        """The rule of each endpoint whose address needs no choice between rules, hosts or defaults."""
        found: dict[str, list[Rule]] = {}
        for rule in self.iter_rules():
            found.setdefault(rule.endpoint, []).append(rule)
        return {
            endpoint: rules[0]
            for endpoint, rules in found.items()
            if len(rules) == 1 and not (rules[0].defaults or rules[0].subdomain or rules[0].websocket)
        }


class Application(Flask):
    """Flask with a map of routes for each set of plugins, and templates compiled for each language."""

    jinja_environment = Templates  # type: ignore[assignment]  # the base declares its own class alone

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Flask's own
        """Bound whole numbers in addresses."""
        super().__init__(*args, **kwargs)
        self.url_map.converters = {**self.url_map.converters, "int": WholeNumber}
        self._maps: dict[frozenset[str] | None, Routes] = {}

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Match a request against the routes that exist for its tenant, or for the installation."""
        if request is None:
            return super().create_url_adapter(request)
        tenant: Tenant | None = request.environ.get(TENANT_KEY)
        return self.map_for(tenant).bind_to_environ(request.environ)

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,  # noqa: ANN401 - Flask's own
    ) -> str:
        """Return the address of a view as Flask does, by a shorter way where the address needs no choice: on most rows of most pages."""
        special = (_anchor, _method, _scheme, _external) != (None, None, None, None)
        path = None if special or self.url_default_functions else _path_of(endpoint, values)
        if path is not None:
            return path
        return super().url_for(
            endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
        )

    def map_for(self, tenant: Tenant | None) -> Map:
        """Return the routes that exist for ``tenant``; for the installation without one."""
        key = None if tenant is None else tenant.states.visible
        found = self._maps.get(key)
        if found is None:
            found = self._maps[key] = self._make_map(key)
        return found

    def lay_out_routes(self) -> None:
        """Make the maps of the installation and of a tenant with every plugin, the most usual one."""
        plugins: PluginHost = self.extensions["wm_plugins"]
        for visible in (None, frozenset(plugins.plugins)):
            self._maps[visible] = self._make_map(visible)
            self._maps[visible].update()

    def _make_map(self, visible: frozenset[str] | None) -> Routes:
        plugins: PluginHost = self.extensions["wm_plugins"]
        made = Routes(converters=self.url_map.converters)
        for rule in self.url_map.iter_rules():
            owner = owner_of(rule.endpoint, plugins)
            access = access_of(self.view_functions[rule.endpoint])
            of_instance = access is not None and access.instance
            shows = (
                of_instance if visible is None else not of_instance and (owner == CORE or owner in visible)
            )
            if shows:
                made.add(_copy(rule))
        return made


def _path_of(endpoint: str, values: Mapping[str, Any]) -> str | None:
    """Return the path of ``endpoint`` in this request, ``None`` where Flask has to look closer."""
    context = _cv_request.get(None)
    if context is None or context.url_adapter is None:
        return None
    if endpoint[:1] == ".":
        blueprint = context.request.blueprint
        endpoint = endpoint[1:] if blueprint is None else blueprint + endpoint
    adapter = context.url_adapter
    rule = adapter.map.single.get(endpoint) if isinstance(adapter.map, Routes) else None
    given = {name: value for name, value in values.items() if value is not None}
    if rule is None or not rule.arguments <= given.keys():
        return None
    built = rule.build(given)
    return None if built is None else f"{adapter.script_name[:-1]}/{built[1].lstrip('/')}"


def _copy(rule: Rule) -> Rule:
    """Return an unbound copy of ``rule``, with the mark by which Flask answers OPTIONS."""
    copy = rule.empty()
    copy.provide_automatic_options = getattr(rule, "provide_automatic_options", False)  # type: ignore[attr-defined]
    return copy


def owner_of(endpoint: str, plugins: PluginHost) -> str:
    """Return the plugin whose route ``endpoint`` is, or ``core``."""
    blueprint = endpoint.partition(".")[0]
    for name, blueprints in plugins.blueprints.items():
        if any(one.name == blueprint for one in blueprints):
            return name
    return CORE


def init_gate(app: Application) -> None:
    """Stand in front of every view of ``app``."""
    app.before_request(_enter)
    app.before_request(_authorise)


def _enter() -> Response | None:
    """Enter the tenant of the request, refuse or redirect where the resolver said so."""
    environ = flask.request.environ
    flask.g.tenant = flask.g.user = None
    refusal: WorkmanagerError | None = environ.get(REFUSAL_KEY)
    if refusal is not None:
        raise refusal
    tenant: Tenant | None = environ[TENANT_KEY]
    if tenant is None:
        return None
    enter(tenant)
    if target := environ.get(REDIRECT_KEY):
        return flask.redirect(target, code=308)
    _refuse_behind(tenant)
    authenticate()
    return None


def _refuse_behind(tenant: Tenant) -> None:
    """Answer 503 while a tenant's tables are older than this code; what is current stays so until the process ends."""
    current: set[tuple[int, PluginStates]] = flask.current_app.extensions.setdefault("wm_current", set())
    key = (tenant.id, tenant.states)
    if key in current:
        return
    with tenant_engine().connect() as connection:
        if any(standing.is_behind for standing in standings(connection, owners_of(tenant))):
            raise TenantBehindError(
                _("This firm's database is being upgraded. Nothing is lost; try again in a moment.")
            )
    current.add(key)


def _authorise() -> Response | None:
    """Let the caller pass or say why not, and end the read before anything is written."""
    request = flask.request
    if request.routing_exception is not None or request.endpoint is None:
        return None
    access = access_of(flask.current_app.view_functions[request.endpoint])
    if access is None:
        msg = f"{request.endpoint} declares no access"
        raise ProgrammingError(msg)
    if access.instance:
        return None
    if not access.public and flask.g.user is None:
        return _ask_to_log_in()
    _check_permission(access)
    if request.method not in SAFE_METHODS:
        refuse_lapsed(owner_of(request.endpoint, plugin_host()))
        end_reading()
    elif access.writes_on_get is None:
        read_only_request()
    return None


def _ask_to_log_in() -> Response:
    """Lead a person who opens a page to the login and back; refuse everybody else.

    :raises LoginRequiredError: something was sent, or a program is asking.
    """
    request = flask.request
    if request.method not in SAFE_METHODS or wants_problem():
        raise LoginRequiredError(_("Log in to go on. What you typed is still on the page before this one."))
    here = request.full_path.rstrip("?")
    login = flask.url_for("account.login", next=None if here == "/" else here)
    if asks_for_fragment():
        return flask.Response(status=204, headers={"HX-Redirect": login})
    return flask.redirect(login)


def _check_permission(access: Access) -> None:
    if access.permission is not None and not flask.g.user.can(access.permission):
        raise NotAllowedError(_("Your roles do not allow this. Ask a manager or the owner of the firm."))


def check_routes(app: Flask, plugins: PluginHost) -> None:
    """Refuse a route without a declaration of access, and a plugin's route outside what it claims.

    :raises PluginError: names the owner and the route.
    """
    for rule in app.url_map.iter_rules():
        owner = owner_of(rule.endpoint, plugins)
        if access_of(app.view_functions[rule.endpoint]) is None:
            msg = f"{owner}: the route {rule.rule} ({rule.endpoint}) declares no access; see core.access"
            raise PluginError(msg)
        if owner == CORE:
            continue
        claims = (owner, *plugins.plugins[owner].public)
        if rule.rule.split("/")[1] not in claims:
            msg = f"plugin {owner}: the route {rule.rule} lies outside its claims {', '.join(claims)}"
            raise PluginError(msg)
