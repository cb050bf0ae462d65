from collections.abc import Callable

import pytest

from core.conformance import World
from core.conformance.input import sweep_addresses, sweep_bodies, sweep_forms, sweep_typing
from core.testing import SQLITE, server_url

pytestmark = [pytest.mark.both_databases, pytest.mark.timeout(900)]


@pytest.mark.parametrize("sweep", [sweep_forms, sweep_typing, sweep_addresses, sweep_bodies])
def test_bad_input_is_refused_clearly(
    world: World, sweep: Callable[[World], list[str]], backend: str
) -> None:
    if backend == SQLITE and sweep is not sweep_typing and server_url() is not None:
        # PostgreSQL is the stricter of the two: it refuses NUL and numbers that SQLite takes.
        return
    assert sweep(world) == []


@pytest.mark.parametrize(
    "number", ["2147483648", "9223372036854775808", "99999999999999999999999", "-1", "0x1", "१", "1.0", "%00"]
)
def test_an_id_that_is_none_is_not_found(world: World, number: str) -> None:
    for page in ("clients", "equipment", "tickets"):
        assert world.client("owner").get(f"{world.home.root}/{page}/{number}").status_code in {400, 404}
