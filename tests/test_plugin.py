"""Deliberately broken plugins: each stops the start, and the message names it."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pluggy
import pytest

from core.db import Model
from core.errors import PluginError
from core.loading import load_plugins
from core.plugin import Permission, Plugin, PluginHost, PluginState, PluginStates, hookspec


class Specs:
    """Hooks of a core that exists for these tests alone."""

    @staticmethod
    @hookspec
    def thing_changing(thing: str) -> None:
        """Veto."""

    @staticmethod
    @hookspec
    def thing_changed(thing: str) -> None:
        """React."""

    @staticmethod
    @hookspec
    def things() -> list[str]:
        """Collect."""
        return []


WritePlugin = Callable[..., Plugin]


@pytest.fixture
def write_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WritePlugin]:
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []
    tables = set(Model.metadata.tables)

    def write(name: str, files: dict[str, str] | None = None, **manifest: Any) -> Plugin:
        package = f"wmtest_{name}"
        folder = tmp_path / package
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        for file, text in (files or {}).items():
            path = folder / f"{file}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        made.append(package)
        return Plugin(**{"name": name, "package": package, "title": name, "version": "1", **manifest})

    yield write
    for module in [module for module in sys.modules if module.partition(".")[0] in made]:
        del sys.modules[module]
    for table in set(Model.metadata.tables) - tables:
        Model.metadata.remove(Model.metadata.tables[table])


def load(*plugins: Plugin) -> PluginHost:
    return load_plugins(list(plugins), specs=[Specs], core_hooks=[])  # type: ignore[list-item]


def find_folder(plugin: Plugin) -> Path:
    return plugin.folder


LISTENER = """
    from core.plugin import hookimpl
    heard = []

    @hookimpl
    def thing_changed(thing):
        heard.append(thing)

    @hookimpl
    def things():
        return [__name__]
"""


def listener(write_plugin: WritePlugin, name: str, **manifest: Any) -> Plugin:
    return write_plugin(name, {"hooks": LISTENER}, hooks=("hooks",), **manifest)


def test_plugins_load_in_the_order_of_their_requirements(write_plugin: WritePlugin) -> None:
    host = load(
        write_plugin("alpha", requires=("beta",)),
        write_plugin("beta", requires=("gamma",)),
        write_plugin("gamma"),
    )
    assert list(host.plugins) == ["gamma", "beta", "alpha"]
    assert host.requirements("alpha") == ["gamma", "beta", "alpha"]
    assert host.dependents("gamma") == ["beta", "alpha"]


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"requires": ("nowhere",)}, "requires nowhere, which is not installed"),
        ({"requires": ("broken",)}, "circle"),
        ({"api_version": 99}, "API version 99"),
        ({"permissions": (Permission("core.ticket:view", "x"),)}, "must read broken.<resource>:<action>"),
        ({"hooks": ("nothing",)}, "its module nothing cannot be imported"),
        ({"models": ("nothing",)}, "its module nothing cannot be imported"),
        ({"blueprints": ("nothing:blueprint",)}, "its module nothing cannot be imported"),
        ({"migrations": "migrations"}, "holds no revision"),
        ({"public": ("settings",)}, "claimed by the core"),
        ({"api": ("api",)}, "claimed by the core"),
        ({"package": "wmtest_absent"}, "cannot be"),
    ],
)
def test_a_broken_manifest_stops_the_start_and_is_named(
    write_plugin: WritePlugin, manifest: dict[str, Any], message: str
) -> None:
    plugin = write_plugin("broken", **manifest)
    with pytest.raises(PluginError, match=r"^plugin broken: ") as raised:
        find_folder(load(plugin).plugins["broken"])
    assert message in str(raised.value)


@pytest.mark.parametrize("name", ["Broken", "bro-ken", "core", "static", "b", "9lives"])
def test_a_wrong_name_stops_the_start(write_plugin: WritePlugin, name: str) -> None:
    with pytest.raises(PluginError, match="the name must be"):
        load(write_plugin(name))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "from core.plugin import hookimpl\n@hookimpl\ndef thing_chnaged(thing): pass\n",
            "there is no hook thing_chnaged",
        ),
        ("from core.plugin import hookimpl\n@hookimpl\ndef thing_changed(thong): pass\n", "thong"),
        ("import nowhere\n", "No module named 'nowhere'"),
        ("1 / 0\n", "division by zero"),
    ],
)
def test_broken_hooks_stop_the_start_and_are_named(
    write_plugin: WritePlugin, source: str, message: str
) -> None:
    with pytest.raises(PluginError, match=r"^plugin broken: ") as raised:
        load(write_plugin("broken", {"hooks": source}, hooks=("hooks",)))
    assert message in str(raised.value)


def test_a_hook_of_a_plugin_that_is_not_installed_may_be_implemented(write_plugin: WritePlugin) -> None:
    source = (
        "from core.plugin import hookimpl\n@hookimpl(optionalhook=True)\ndef parts_reserved(part): pass\n"
    )
    load(write_plugin("guest", {"hooks": source}, hooks=("hooks",)))


def test_a_table_without_the_prefix_stops_the_start(write_plugin: WritePlugin) -> None:
    source = """
        from sqlalchemy.orm import Mapped, mapped_column
        from core.db import Model

        class Thing(Model):
            __tablename__ = "wmtest_stray"
            id: Mapped[int] = mapped_column(primary_key=True)
    """
    with pytest.raises(PluginError, match="the table wmtest_stray must begin with broken_"):
        load(write_plugin("broken", {"models": source}, models=("models",)))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("blueprint = None\n", "is no blueprint"),
        ("import flask\nblueprint = flask.Blueprint('other', __name__)\n", "must be called broken"),
    ],
)
def test_a_wrong_blueprint_stops_the_start(write_plugin: WritePlugin, source: str, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        load(write_plugin("broken", {"views": source}, blueprints=("views:blueprint",)))


def test_two_claims_of_one_path_stop_the_start(write_plugin: WritePlugin) -> None:
    with pytest.raises(PluginError, match="the path offer is claimed by one already"):
        load(write_plugin("one", public=("offer",)), write_plugin("two", public=("offer",)))


def test_two_plugins_of_one_name_stop_the_start(write_plugin: WritePlugin) -> None:
    plugin = write_plugin("twin")
    with pytest.raises(PluginError, match="two installed plugins"):
        load(plugin, plugin)


def test_an_entry_point_that_leads_nowhere_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    import core.loading

    for value in ("wmtest_nowhere:plugin", "json:dumps"):
        entry = EntryPoint("stray", value, "workmanager.plugins")
        monkeypatch.setattr(core.loading, "entry_points", lambda group, entry=entry: [entry])
        with pytest.raises(PluginError, match="plugin stray"):
            core.loading.discover()


def heard(name: str) -> list[str]:
    found: list[str] = sys.modules[f"wmtest_{name}.hooks"].heard
    return found


@pytest.mark.parametrize(
    ("state", "collects", "reacts"),
    [(PluginState.ON, True, True), (PluginState.LAPSED, True, False), (PluginState.OFF, False, False)],
)
def test_a_tenant_hears_what_is_on_reads_what_is_lapsed_and_nothing_of_what_is_off(
    write_plugin: WritePlugin, state: PluginState, collects: bool, reacts: bool
) -> None:
    host = load(listener(write_plugin, "alpha"), listener(write_plugin, "beta"))
    states = PluginStates.of({"alpha": state, "beta": "on"}, host.plugins)
    hooks = host.hooks(states)
    hooks.thing_changed(thing="x")
    names = [name for part in hooks.things() for name in part]
    assert ("wmtest_alpha.hooks" in names) is collects
    assert "wmtest_beta.hooks" in names
    assert heard("alpha") == (["x"] if reacts else [])
    assert heard("beta") == ["x"]


def test_a_lapsed_plugin_still_releases_what_it_holds(write_plugin: WritePlugin) -> None:
    source = LISTENER.replace(
        "@hookimpl\n    def thing_changed", "@hookimpl(releases=True)\n    def thing_changed", 1
    )
    host = load(write_plugin("alpha", {"hooks": source}, hooks=("hooks",)))
    host.hooks(PluginStates.of({"alpha": "lapsed"}, host.plugins)).thing_changed(thing="x")
    assert heard("alpha") == ["x"]
    host.hooks(PluginStates.of({}, host.plugins)).thing_changed(thing="y")
    assert heard("alpha") == ["x"]


def test_the_callers_of_one_set_of_plugins_are_made_once(write_plugin: WritePlugin) -> None:
    host = load(listener(write_plugin, "alpha"))
    states = PluginStates.of({"alpha": "on"}, host.plugins)
    assert host.hooks(states) is host.hooks(PluginStates.of({"alpha": "on"}, host.plugins))
    assert isinstance(host.hooks(states).thing_changed, pluggy.HookCaller)


def test_an_unknown_hook_is_an_attribute_error(write_plugin: WritePlugin) -> None:
    host = load()
    with pytest.raises(AttributeError):
        host.hooks(PluginStates()).thing_never_specified  # noqa: B018


def test_a_state_of_a_plugin_that_is_not_installed_counts_for_nothing() -> None:
    states = PluginStates.of({"gone": "on"}, ["here"])
    assert states == PluginStates()
    assert states.state("gone") is PluginState.OFF


def test_hooks_are_heard_from_the_ground_up(write_plugin: WritePlugin) -> None:
    host = load(listener(write_plugin, "alpha", requires=("beta",)), listener(write_plugin, "beta"))
    states = PluginStates.of({"alpha": "on", "beta": "on"}, host.plugins)
    assert host.hooks(states).things() == [["wmtest_beta.hooks"], ["wmtest_alpha.hooks"]]
