"""The conformance sweep: every route by method by role by tenant by plugin state, generated from the routes that are there.

For the product's own tests and for plugin authors, who run it over their plugin with the fixtures of ``workmanager.testing``. What has a
route and no ``Case`` is a finding, so a new route that nobody thought about fails the build. Each function returns findings, sentences
that name the route; none is good.
"""

from __future__ import annotations

import hashlib
import html
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from core.access import Access, access_of
from core.db import Model
from core.foundation.tenants.services import set_plugin_state
from core.gate import CORE, owner_of
from core.plugin import PluginHost, PluginState
from core.testing import ROLES, Shop

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: Text that stands in every field of the neighbour's rows, and must never come out at home.
CANARY: Final = "Canarul Vecinului"
#: Ids from here on exist in the neighbour's tables alone.
FOREIGN_IDS: Final = 1_000_000
#: An id that no tenant has.
MISSING_ID: Final = 9_999_999
#: Headers that every answer carries.
STRICT_HEADERS: Final = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
)
HIDDEN: Final = re.compile(r'<input[^>]*type="hidden"[^>]*>')
NAME: Final = re.compile(r'name="([^"]+)"')
VALUE: Final = re.compile(r'value="([^"]*)"')


@dataclass(frozen=True)
class Case:
    """How one route is called so that who may gets a 2xx or a redirect.

    ``values`` may make what it names: it is called for each call anew.
    """

    #: Parts of the address.
    values: Callable[[World], Mapping[str, Any]] = lambda world: {}  # noqa: ARG005 - the default has no parts
    #: Fields of the form, beside the hidden ones of the page it stands on.
    form: Callable[[World], Mapping[str, Any]] | None = None
    #: Endpoint of the page with the form; ``None``: the same address.
    page: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    #: Names of the parts of the address that are ids of the tenant's rows.
    ids: tuple[str, ...] = ()
    #: Why the route answers something else than 2xx or 3xx to who may call it, with that status.
    answers: Mapping[int, str] = field(default_factory=dict)
    #: Why the sweep does not send a form that is taken: it would end the world of the sweep.
    refuses_sending: str = ""


@dataclass
class World:
    """Two shops: ``home``, where the sweep stands, and its ``other``, the neighbour."""

    home: Shop
    other: Shop
    #: Cases by endpoint and method: ``{"clients.show": Case(…), "POST clients.create": …}`` keyed by endpoint.
    cases: Mapping[str, Case]
    #: Ids at home by what they name; ids of the neighbour.
    own: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)
    _clients: dict[tuple[str, str | None], FlaskClient] = field(default_factory=dict)

    @property
    def plugins(self) -> PluginHost:
        """The installed plugins."""
        host: PluginHost = self.home.app.extensions["wm_plugins"]
        return host

    def client(self, role: str | None) -> FlaskClient:
        """Return the browser of ``role`` at home, logged in anew when its session has ended."""
        key = (self.home.slug, role)
        if key not in self._clients:
            self._clients[key] = self.home.client(role)
        return self._clients[key]

    def forget_clients(self) -> None:
        """Log everybody in anew."""
        self._clients.clear()

    def routes(self, owner: str | None = None) -> Iterator[tuple[Rule, Access]]:
        """Yield the routes of tenants with their declarations, of one owner or of all."""
        app = self.home.app
        for rule in app.url_map.iter_rules():
            access = access_of(app.view_functions[rule.endpoint])
            if access is None or access.instance:
                continue
            if owner is None or owner_of(rule.endpoint, self.plugins) == owner:
                yield rule, access

    def url(self, endpoint: str, values: Mapping[str, Any]) -> str:
        """Return the path of a page at home."""
        adapter = self.home.app.map_for(self.home.tenant).bind("localhost", script_name=self.home.root)
        return adapter.build(endpoint, dict(values))


@dataclass(frozen=True)
class Call:
    """One request of the sweep."""

    endpoint: str
    method: str
    url: str
    form: Mapping[str, Any]

    def __str__(self) -> str:
        """Return the call as a finding names it."""
        return f"{self.method} {self.endpoint}"

    def send(self, client: FlaskClient, **headers: str) -> TestResponse:
        """Send it from ``client``."""
        data = None if self.method in SAFE else dict(self.form)
        return client.open(self.url, method=self.method, data=data, headers=headers)


def methods_of(rule: Rule) -> list[str]:
    """Return the methods that a route offers, without those that come by themselves."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def make_call(world: World, rule: Rule, method: str, role: str = "owner") -> Call:
    """Return a call that is valid for who may make it; its hidden fields are those of the page with the form."""
    case = world.cases[rule.endpoint]
    values = dict(case.values(world))
    url = world.url(rule.endpoint, values)
    form: dict[str, Any] = {}
    if method not in SAFE:
        page = url if case.page is None else world.url(case.page, values)
        form = hidden_fields(world.client("owner").get(page).get_data(as_text=True))
        form |= dict(case.form(world)) if case.form is not None else {}
        form["csrf_token"] = token_of(world, role)
        form.setdefault("_key", str(uuid.uuid4()))
    elif case.query:
        url += "?" + "&".join(f"{name}={value}" for name, value in case.query.items())
    return Call(rule.endpoint, method, url, form)


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the first form in the content of ``page``: version, key and the like."""
    found: dict[str, str] = {}
    content = page.partition("<main")[2] or page
    for tag in HIDDEN.findall(content):
        name, value = NAME.search(tag), VALUE.search(tag)
        if name is not None:
            found.setdefault(name.group(1), html.unescape(value.group(1)) if value else "")
    return found


def token_of(world: World, role: str | None) -> str:
    """Return a CSRF token for the browser of ``role``."""
    path = f"{world.home.root}/account/" if role is not None else f"{world.home.root}/login"
    page = world.client(role).get(path).get_data(as_text=True)
    found = re.search(r'"X-CSRFToken": "([^"]+)"', html.unescape(page))
    return found.group(1) if found else ""


def may(world: World, access: Access, role: str) -> bool:
    """Tell whether the declaration of a route lets ``role`` pass, by the permissions that the role has."""
    if access.public or access.permission is None:
        return True
    from core.foundation.accounts.permissions import preset_permissions  # noqa: PLC0415 - only the sweep asks

    with world.home.context() as tenant:
        return access.permission in preset_permissions(role, tenant.states)


def sweep_coverage(world: World) -> list[str]:
    """Find routes that nobody thought about, and cases of routes that are gone."""
    endpoints = {rule.endpoint for rule, _ in world.routes()}
    found = [
        f"{endpoint}: has no case in the conformance sweep"
        for endpoint in sorted(endpoints - set(world.cases))
    ]
    return found + [f"{name}: is a case of no route" for name in sorted(set(world.cases) - endpoints)]


def sweep_roles(world: World) -> list[str]:
    """Find routes that let somebody pass who may not, or nobody who may."""
    found: list[str] = []
    for rule, access in world.routes():
        for method in methods_of(rule):
            passed = False
            for role in ROLES:
                if (
                    world.cases[rule.endpoint].refuses_sending
                    and method not in SAFE
                    and may(world, access, role)
                ):
                    passed = True
                    continue
                status = make_call(world, rule, method, role).send(world.client(role)).status_code
                if may(world, access, role):
                    passed |= _is_good(world, rule, status)
                    if status >= 500 or status == 403:  # noqa: PLR2004 - HTTP
                        found.append(f"{method} {rule.endpoint}: answers {status} to {role}, who may")
                elif status != 403:  # noqa: PLR2004 - HTTP
                    found.append(f"{method} {rule.endpoint}: answers {status} to {role}, who may not")
                if not access.public and method not in SAFE:
                    world.forget_clients()
            if not passed:
                found.append(f"{method} {rule.endpoint}: nobody who may gets a 2xx or a redirect")
    return found


def _is_good(world: World, rule: Rule, status: int) -> bool:
    return status < 400 or status in world.cases[rule.endpoint].answers  # noqa: PLR2004 - HTTP


def sweep_strangers(world: World) -> list[str]:
    """Find routes that answer somebody who is not logged in, or who is logged in at the neighbour's only."""
    found: list[str] = []
    neighbour = world.other.client("owner")
    jar = neighbour._cookies or {}  # noqa: SLF001 - Werkzeug's jar
    carried = world.home.app.test_client()
    for cookie in jar.values():
        carried.set_cookie(world.home.tenant.cookie, cookie.value, path=f"{world.home.root}/")
    for rule, access in world.routes():
        if access.public:
            continue
        for method in methods_of(rule):
            call = make_call(world, rule, method)
            for who, client in (("nobody", world.home.client(None)), ("the neighbour", carried)):
                response = call.send(client)
                if not _is_turned_away(response):
                    found.append(f"{call}: answers {response.status_code} to {who}")
    return found


def _is_turned_away(response: TestResponse) -> bool:
    """Tell whether the answer is the login page's address, or a refusal."""
    if response.status_code in {302, 303}:
        return "/login" in response.headers.get("Location", "")
    return response.status_code in {400, 401}


def sweep_methods(world: World) -> list[str]:
    """Find methods that are answered though no route offers them."""
    found: list[str] = []
    for rule, _access in world.routes():
        case = world.cases[rule.endpoint]
        url = world.url(rule.endpoint, case.values(world))
        adapter = world.home.app.map_for(world.home.tenant).bind("localhost")
        offered = set(adapter.allowed_methods(url.removeprefix(world.home.root)))
        for method in METHODS:
            if method in offered:
                continue
            status = world.client("owner").open(url, method=method).status_code
            if status != 405:  # noqa: PLR2004 - HTTP
                found.append(f"{method} {rule.endpoint}: answers {status} in place of 405")
    return found


def sweep_neighbour(world: World) -> list[str]:
    """Find routes at home that show, take or change what is the neighbour's.

    A foreign id answers exactly as an id that nobody has, and the neighbour's database stays as it was.
    """
    found: list[str] = []
    before = fingerprint(world.other)
    for rule, _access in world.routes():
        case = world.cases[rule.endpoint]
        for method in methods_of(rule):
            for name in case.ids:
                found += _foreign_id(world, rule, method, name)
        if "GET" in methods_of(rule):
            page = make_call(world, rule, "GET").send(world.client("owner"))
            if CANARY.encode() in page.data:
                found.append(f"GET {rule.endpoint}: shows what is the neighbour's")
    if fingerprint(world.other) != before:
        found.append("the neighbour's database has changed")
    return found


def _foreign_id(world: World, rule: Rule, method: str, name: str) -> list[str]:
    answers = []
    for number in (world.foreign.get(name, FOREIGN_IDS), MISSING_ID):
        case = world.cases[rule.endpoint]
        values = {**case.values(world), name: number}
        call = make_call(world, rule, method)
        moved = Call(call.endpoint, method, world.url(rule.endpoint, values), call.form)
        answers.append(moved.send(world.client("owner")))
    foreign, missing = answers
    found = []
    if foreign.status_code != 404:  # noqa: PLR2004 - HTTP
        found.append(f"{method} {rule.endpoint}: answers {foreign.status_code} to a foreign {name}")
    if foreign.status_code != missing.status_code:
        found.append(f"{method} {rule.endpoint}: tells a foreign {name} from a missing one")
    if CANARY.encode() in foreign.data:
        found.append(f"{method} {rule.endpoint}: shows what is the neighbour's to a foreign {name}")
    return found


def sweep_states(world: World, plugin: str) -> list[str]:
    """Find routes of ``plugin`` that are there while it is off, or write while it is lapsed."""
    found: list[str] = []
    calls = [
        (make_call(world, rule, method), access)
        for rule, access in world.routes(plugin)
        for method in methods_of(rule)
        if not world.cases[rule.endpoint].refuses_sending
    ]
    _switch(world, plugin, PluginState.LAPSED)
    for call, access in calls:
        status = call.send(world.client("owner")).status_code
        if call.method in SAFE and status >= 400 and status not in world.cases[call.endpoint].answers:  # noqa: PLR2004
            found.append(f"{call}: does not read while {plugin} is lapsed ({status})")
        if call.method not in SAFE and not access.public and status != 403:  # noqa: PLR2004 - HTTP
            found.append(f"{call}: answers {status} to a write while {plugin} is lapsed")
    _switch(world, plugin, PluginState.OFF)
    for call, _access in calls:
        for method in METHODS:
            status = world.client("owner").open(call.url, method=method, data=dict(call.form)).status_code
            if status != 404:  # noqa: PLR2004 - HTTP
                found.append(f"{method} {call.endpoint}: answers {status} while {plugin} is off")
    found += _traces(world, plugin)
    _switch(world, plugin, PluginState.ON)
    return found


def _switch(world: World, plugin: str, state: PluginState) -> None:
    with world.home.app.app_context():
        set_plugin_state(world.home.slug, plugin, state)


def _traces(world: World, plugin: str) -> list[str]:
    """Find pages of others that still show a plugin that is off: by a link to it."""
    link = f'"{world.home.root}/{plugin}/'
    found = []
    for rule, _access in world.routes(CORE):
        if "GET" in methods_of(rule):
            page = make_call(world, rule, "GET").send(world.client("owner")).get_data(as_text=True)
            if link in page:
                found.append(f"GET {rule.endpoint}: links to {plugin}, which is off")
    return found


def sweep_reading(world: World) -> list[str]:
    """Find routes whose GET writes, beside those that declare why."""
    found: list[str] = []
    calls = [
        make_call(world, rule, "GET")
        for rule, access in world.routes()
        if "GET" in methods_of(rule) and access.writes_on_get is None
    ]
    before = fingerprint(world.home)
    for call in calls:
        call.send(world.client("owner"))
        after = fingerprint(world.home)
        if after != before:
            found.append(f"{call}: writes")
            before = after
    return found


def sweep_headers(world: World) -> list[str]:
    """Find answers, errors included, without strict headers or with a policy that lets inline code run."""
    found: list[str] = []
    for rule, _access in world.routes():
        for role in ("owner", None):
            call = make_call(world, rule, methods_of(rule)[0])
            found += _loose_headers(str(call), call.send(world.client(role)))
    missing = f"{world.home.root}/there/is/no/such/page"
    return found + _loose_headers("a page that does not exist", world.client(None).get(missing))


def _loose_headers(name: str, response: TestResponse) -> list[str]:
    found = [f"{name}: lacks {header}" for header in STRICT_HEADERS if header not in response.headers]
    if "unsafe" in response.headers.get("Content-Security-Policy", ""):
        found.append(f"{name}: allows inline code")
    return found


def sweep_forgery(world: World) -> list[str]:
    """Find routes that take a form without the token that only our own pages carry."""
    found: list[str] = []
    for rule, _access in world.routes():
        for method in methods_of(rule):
            if method in SAFE:
                continue
            call = make_call(world, rule, method)
            forged = {name: value for name, value in call.form.items() if name != "csrf_token"}
            status = Call(call.endpoint, method, call.url, forged).send(world.client("owner")).status_code
            if status != 400:  # noqa: PLR2004 - HTTP
                found.append(f"{call}: answers {status} to a form without a token")
    return found


def fingerprint(shop: Shop) -> str:
    """Return a hash of every row of a shop's database."""
    digest = hashlib.sha256()
    with shop.engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            if not connection.dialect.has_table(connection, table.name):
                continue
            rows = connection.execute(select(table).order_by(*table.primary_key.columns))
            digest.update(repr([table.name, [tuple(row) for row in rows]]).encode())
    return digest.hexdigest()


#: Every sweep over all routes, by name; ``sweep_states`` runs for each plugin beside them.
SWEEPS: Final[Mapping[str, Callable[[World], Sequence[str]]]] = {
    "coverage": sweep_coverage,
    "roles": sweep_roles,
    "strangers": sweep_strangers,
    "methods": sweep_methods,
    "neighbour": sweep_neighbour,
    "reading": sweep_reading,
    "headers": sweep_headers,
    "forgery": sweep_forgery,
}


def merge_cases(parts: Iterable[Mapping[str, Case]]) -> dict[str, Case]:
    """Return the cases of several owners as one."""
    merged: dict[str, Case] = {}
    for part in parts:
        merged.update(part)
    return merged
