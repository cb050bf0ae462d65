"""Each guard has a twin here that switches it off: the sweep must then go red, or it proves nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import flask
import pytest
from flask_babel import gettext as _

import core.gate
from core.conformance import SWEEPS, World, sweep_states
from core.db import unit_of_work
from core.foundation.tenants.context import Tenant, enter
from core.plugin import PluginState

pytestmark = pytest.mark.timeout(600)


def narrowed(world: World, *endpoints: str) -> World:
    """Look at a few routes: one finding is enough for a twin."""
    return NarrowWorld(world.home, world.other, world.cases, foreign=world.foreign, only=endpoints)


class NarrowWorld(World):
    """A world with some of its routes."""

    def __init__(self, *args: Any, only: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only = only

    def routes(self, owner: str | None = None) -> Any:
        return [(rule, access) for rule, access in super().routes(owner) if rule.endpoint in self.only]


def test_without_the_permission_check_the_roles_go_red(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.gate, "_check_permission", lambda access: None)
    found = SWEEPS["roles"](narrowed(world, "users.index", "users.create"))
    assert "GET users.index: answers 200 to receptionist, who may not" in found


def test_without_the_login_check_the_strangers_go_red(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.gate, "_ask_to_log_in", lambda: None)
    monkeypatch.setattr(core.gate, "_check_permission", lambda access: None)
    assert SWEEPS["strangers"](narrowed(world, "clients.index", "clients.create"))


def test_with_sessions_that_any_tenant_accepts_the_strangers_go_red(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbour = world.other.tenant

    def enter_the_neighbour(tenant: Tenant) -> None:
        enter(replace(tenant, placement=neighbour.placement))

    monkeypatch.setattr(core.gate, "enter", enter_the_neighbour)
    assert SWEEPS["strangers"](narrowed(world, "clients.index"))


def test_with_the_database_of_another_tenant_the_neighbour_goes_red(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbour = world.other.tenant
    authenticate = core.gate.authenticate

    def authenticate_at_home_and_move() -> None:
        authenticate()
        from core.foundation.tenants.context import current_tenant

        engines = flask.current_app.extensions["wm_engines"]
        from core.db import end_reading, session

        end_reading()
        session().info.clear()
        flask.g._tenant_engine = engines.at(neighbour.placement)
        assert current_tenant().slug == world.home.slug

    monkeypatch.setattr(core.gate, "authenticate", authenticate_at_home_and_move)
    found = SWEEPS["neighbour"](narrowed(world, "clients.index", "clients.show"))
    assert "GET clients.index: shows what is the neighbour's" in found


def test_without_the_licence_check_the_states_go_red(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin, endpoint = writing_route(world)
    monkeypatch.setattr(core.gate, "refuse_lapsed", lambda owner: None)
    found = sweep_states(narrowed(world, endpoint), plugin)
    assert any("while shelf is lapsed" in finding for finding in found)


def test_without_the_map_of_routes_the_states_go_red(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin, endpoint = writing_route(world)
    everything = world.home.app.map_for(world.home.tenant)
    monkeypatch.setattr(core.gate.Application, "map_for", lambda self, tenant: everything)
    found = sweep_states(narrowed(world, endpoint), plugin)
    assert any("while shelf is off" in finding for finding in found)


def writing_route(world: World) -> tuple[str, str]:
    """Return a plugin and one of its routes that writes."""
    for plugin in world.plugins.plugins:
        for rule, _access in world.routes(plugin):
            if "POST" in (rule.methods or ()):
                return plugin, rule.endpoint
    pytest.fail("no plugin writes anything")


def test_a_get_that_writes_goes_red(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    views = world.home.app.view_functions
    index = views["clients.index"]

    def writing(**values: Any) -> Any:
        flask.g._reads_only = False
        with unit_of_work() as session:
            from core.clients.services import ClientData, create_client

            create_client(ClientData(name="Written by a GET"))
            del session
        return index(**values)

    monkeypatch.setattr(writing, "__wm_access__", index.__wm_access__, raising=False)
    monkeypatch.setitem(views, "clients.index", writing)
    assert SWEEPS["reading"](narrowed(world, "clients.index")) == ["GET clients.index: writes"]


def test_a_get_that_opens_a_unit_of_work_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    views = world.home.app.view_functions
    index = views["clients.index"]

    def writing(**values: Any) -> Any:
        with unit_of_work():
            return index(**values)

    monkeypatch.setattr(writing, "__wm_access__", index.__wm_access__, raising=False)
    monkeypatch.setitem(views, "clients.index", writing)
    assert world.client("owner").get(f"{world.home.root}/clients/").status_code == 500


def test_without_the_headers_the_headers_go_red(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.home.app.after_request_funcs, None, [])
    found = SWEEPS["headers"](narrowed(world, "clients.index"))
    assert "GET clients.index: lacks Content-Security-Policy" in found


def test_without_the_token_check_the_forgery_goes_red(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.home.app.config, "WTF_CSRF_CHECK_DEFAULT", False)
    monkeypatch.setitem(world.home.app.config, "WTF_CSRF_ENABLED", False)
    assert SWEEPS["forgery"](narrowed(world, "clients.create"))


def test_a_method_that_is_answered_without_a_route_goes_red(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = world.home.app
    monkeypatch.setitem(app.view_functions, "clients.index", app.view_functions["clients.index"])
    monkeypatch.setattr(app, "handle_user_exception", lambda error: app.make_response(_("fine")))
    assert SWEEPS["methods"](narrowed(world, "clients.index"))


def test_a_route_without_a_case_goes_red(world: World) -> None:
    known = {name: case for name, case in world.cases.items() if name != "clients.index"}
    found = SWEEPS["coverage"](World(world.home, world.other, known))
    assert found == ["clients.index: has no case in the conformance sweep"]


def test_a_plugin_comes_back_as_it_was(world: World) -> None:
    states: Callable[[], Any] = lambda: world.home.tenant.states  # noqa: E731
    before = states()
    for plugin in world.plugins.plugins:
        sweep_states(world, plugin)
        assert states().state(plugin) is PluginState.ON
    assert states() == before
