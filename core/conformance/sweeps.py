"""The sweeps: each goes over every route and returns findings, sentences that name the route; none is good."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from core.access import Access
from core.conformance.world import (
    CANARY,
    FOREIGN_IDS,
    METHODS,
    MISSING_ID,
    SAFE,
    STRICT_HEADERS,
    Call,
    World,
    fingerprint,
    make_call,
    methods_of,
)
from core.db import session
from core.foundation.accounts.models import Role
from core.foundation.accounts.permissions import effective_permissions
from core.foundation.tenants.services import set_plugin_state
from core.gate import CORE
from core.plugin import PluginState
from core.testing import ROLES


def may(world: World, access: Access, role: str) -> bool:
    """Tell whether the declaration of a route lets ``role`` pass, by the permissions that the role has now."""
    if access.public or access.permission is None:
        return True
    with world.home.context() as tenant:
        found = session().scalars(select(Role).where(Role.key == role)).one()
        own = None if found.permissions is None else frozenset(found.permissions)
        return access.permission in effective_permissions([(role, own)], tenant.states)


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
    world.forget_clients()
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
                if method not in SAFE:
                    world.forget_clients()
            if not passed:
                found.append(f"{method} {rule.endpoint}: nobody who may gets a 2xx or a redirect")
    return found


def _is_good(world: World, rule: Rule, status: int) -> bool:
    return status < 400 or status in world.cases[rule.endpoint].answers  # noqa: PLR2004 - HTTP


def sweep_strangers(world: World) -> list[str]:
    """Find routes that answer somebody who is not logged in, or who is logged in at the neighbour's only."""
    world.forget_clients()
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
    world.forget_clients()
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
    world.forget_clients()
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
    world.forget_clients()
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
    link = f'"{world.home.root}/{plugin}/'.encode()
    found = []
    for rule, _access in world.routes(CORE):
        if "GET" in methods_of(rule):
            page = make_call(world, rule, "GET").send(world.client("owner"))
            if link in page.data:
                found.append(f"GET {rule.endpoint}: links to {plugin}, which is off")
    return found


def sweep_reading(world: World) -> list[str]:
    """Find routes whose GET writes, beside those that declare why."""
    world.forget_clients()
    found: list[str] = []
    calls = [
        make_call(world, rule, "GET")
        for rule, access in world.routes()
        if "GET" in methods_of(rule) and access.writes_on_get is None
    ]
    world.client("owner")
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
    world.forget_clients()
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
    world.forget_clients()
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
