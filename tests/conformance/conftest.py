"""The world of the sweep, made once for each database: our plugins, and a third party's beside them."""

from collections.abc import Iterator

import pytest

from core.conformance import CANARY, World, merge_cases
from core.loading import discover
from core.testing import installation, open_shop
from tests.conformance import cases, world as make
from tests.shelf import plugin as shelf

CASES = [
    cases.ACCOUNTS,
    cases.SETTINGS,
    cases.CLIENTS,
    cases.EQUIPMENT,
    cases.CATALOGUE,
    cases.TICKETS,
    cases.WORKS,
    cases.SIMPLE,
    cases.SHELF,
]


@pytest.fixture(scope="session")
def world(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Make two shops: the neighbour's rows hold the canary, and ids that home never reaches."""
    folder = tmp_path_factory.mktemp(f"sweep-{backend}")
    with installation(backend, folder, plugins=[*discover(), shelf]) as app:
        on = list(app.extensions["wm_plugins"].plugins)
        home = open_shop(app, name="Acasă", plugins=on)
        other = open_shop(app, name=f"{CANARY} SRL", plugins=on)
        made = World(home, other, merge_cases(CASES))
        make.new_equipment(made, other, CANARY)
        make.new_item(made, other, CANARY)
        make.new_field(made, other, CANARY)
        make.new_place(made, other, CANARY)
        make.new_work(made, other, CANARY)
        make.lift_ids(other)
        made.foreign = {
            "client_id": make.new_client(made, other, CANARY),
            "equipment_id": make.new_equipment(made, other, CANARY),
            "field_id": make.new_field(made, other, CANARY),
            "item_id": make.new_item(made, other, CANARY),
            "ticket_id": make.new_ticket(made, other, CANARY),
            "work_id": make.new_work(made, other, CANARY)["work_id"],
            "place_id": make.new_place(made, other, CANARY),
        }
        yield made
