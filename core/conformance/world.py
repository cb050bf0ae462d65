"""The world of the conformance sweep: two shops, the routes that are there, and how each is called.

For the product's own tests and for plugin authors, who run it over their plugin with the fixtures of ``workmanager.testing``. What has a
route and no ``Case`` is a finding, so a new route that nobody thought about fails the build. Each function returns findings, sentences
that name the route; none is good.
"""

from __future__ import annotations

import hashlib
import html
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from core.access import Access, access_of
from core.db import Model
from core.gate import owner_of
from core.plugin import PluginHost
from core.testing import Shop

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
    #: By endpoint: ``{"clients.show": Case(…)}``.
    cases: Mapping[str, Case]
    #: Ids at home by what they name; ids of the neighbour.
    own: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)
    _clients: dict[str | None, FlaskClient] = field(default_factory=dict)

    @property
    def plugins(self) -> PluginHost:
        """The installed plugins."""
        host: PluginHost = self.home.app.extensions["wm_plugins"]
        return host

    def client(self, role: str | None) -> FlaskClient:
        """Return the browser of ``role`` at home, logged in anew when its session has ended."""
        if role not in self._clients:
            self._clients[role] = self.home.client(role)
        return self._clients[role]

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


def merge_cases(parts: Iterable[Mapping[str, Case]]) -> dict[str, Case]:
    """Return the cases of several owners as one."""
    merged: dict[str, Case] = {}
    for part in parts:
        merged.update(part)
    return merged
