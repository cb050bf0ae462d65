from collections.abc import Iterator
from pathlib import Path

import pytest

from core.app import create_app
from core.config import load_config
from core.foundation.accounts.permissions import all_permissions, effective_permissions, preset_permissions
from core.foundation.accounts.presets import PRESETS
from core.gate import Application
from core.plugin import Permission, Plugin, PluginStates

FRIDGES = Plugin(
    name="fridges",
    package="fridges_of_tests",
    title="Fridges",
    version="1",
    permissions=(
        Permission("fridges.gas:view", "See the gas", frozenset({"manager", "technician"})),
        Permission("fridges.gas:edit", "Fill in gas", frozenset({"technician"})),
    ),
)
ON, LAPSED, OFF = (
    PluginStates(on=frozenset({"fridges"})),
    PluginStates(lapsed=frozenset({"fridges"})),
    PluginStates(),
)


@pytest.fixture(scope="module")
def fridge_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder: Path = tmp_path_factory.mktemp("fridges")
    (folder / FRIDGES.package).mkdir()
    (folder / FRIDGES.package / "__init__.py").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield create_app(load_config({"WORKMANAGER_INSTANCE": str(folder)}), plugins=[FRIDGES])


@pytest.fixture(autouse=True)
def _inside(fridge_app: Application) -> Iterator[None]:
    with fridge_app.app_context():
        yield


def names(states: PluginStates) -> set[str]:
    return {one.name for one in all_permissions(states)}


def test_what_may_be_permitted_follows_from_the_plugins_that_show() -> None:
    assert names(ON) - names(OFF) == {"fridges.gas:view", "fridges.gas:edit"}
    assert names(LAPSED) == names(ON)
    assert {"core.user:view", "core.user:edit", "core.role:view", "core.role:edit"} <= names(OFF)


def test_every_permission_of_the_core_is_named_once_and_given_to_presets_alone() -> None:
    declared = all_permissions(OFF)
    assert len({one.name for one in declared}) == len(declared)
    assert all(one.name.startswith("core.") for one in declared)
    assert all(one.roles <= set(PRESETS) for one in declared)


def test_an_owner_may_do_everything_that_shows() -> None:
    for states in (ON, LAPSED, OFF):
        assert effective_permissions([("owner", None)], states) == names(states)
        assert effective_permissions([("owner", frozenset())], states) == names(states)


def test_a_preset_has_what_is_declared_for_it() -> None:
    assert effective_permissions([("technician", None)], ON) - effective_permissions(
        [("technician", None)], OFF
    ) == {"fridges.gas:view", "fridges.gas:edit"}
    assert "fridges.gas:edit" not in effective_permissions([("manager", None)], ON)
    assert preset_permissions("shop-made", ON) == frozenset()


def test_an_edited_role_has_what_it_lists_and_what_still_shows() -> None:
    edited = ("technician", frozenset({"fridges.gas:view", "core.user:view", "gone.thing:view"}))
    assert effective_permissions([edited], ON) == {"fridges.gas:view", "core.user:view"}
    assert effective_permissions([edited], LAPSED) == {"fridges.gas:view", "core.user:view"}
    assert effective_permissions([edited], OFF) == {"core.user:view"}


def test_several_roles_permit_the_sum_of_theirs() -> None:
    one, other = ("a", frozenset({"core.user:view"})), ("b", frozenset({"core.role:view"}))
    assert effective_permissions([one, other], OFF) == {"core.user:view", "core.role:view"}
    assert effective_permissions([], ON) == frozenset()


def test_a_kept_answer_is_not_that_of_other_roles_or_plugins() -> None:
    listed = ("a", frozenset({"core.user:view"}))
    assert effective_permissions([listed], OFF) == {"core.user:view"}
    assert effective_permissions([("a", frozenset({"core.role:view"}))], OFF) == {"core.role:view"}
    assert effective_permissions([listed], OFF) == {"core.user:view"}
