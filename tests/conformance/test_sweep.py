import pytest

from core.conformance import FOREIGN_IDS, SWEEPS, World, sweep_states

pytestmark = [pytest.mark.both_databases, pytest.mark.timeout(600)]


@pytest.mark.parametrize("name", SWEEPS)
def test_the_sweep_finds_nothing(world: World, name: str) -> None:
    assert list(SWEEPS[name](world)) == []


def test_no_plugin_shows_while_it_is_off_or_writes_while_it_is_lapsed(world: World) -> None:
    found = [finding for plugin in world.plugins.plugins for finding in sweep_states(world, plugin)]
    assert found == []


def test_the_ids_of_the_neighbour_are_none_of_home(world: World) -> None:
    assert all(number > FOREIGN_IDS for number in world.foreign.values())
