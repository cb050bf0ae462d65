from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.config import Config
from core.db import session
from core.testing import Shop
from core.tickets.models import Ticket
from tests.faults.hammer import expected_numbers, hammer

pytestmark = [pytest.mark.faults, pytest.mark.both_databases]

PROCESSES = 8
EACH = 15
LONG_EACH = 500


def strike(shop: Shop, each: int) -> None:
    config: Config = shop.app.extensions["wm_config"]
    blows = hammer(config, shop.slug, processes=PROCESSES, each=each)
    with shop.context() as tenant:
        kept = list(session().scalars(select(Ticket.number).order_by(Ticket.id)))
        del tenant
    assert blows.busy == 0
    assert sorted(blows.numbers) == sorted(kept)
    prefix = kept[0].rpartition("-")[0] + "-"
    assert sorted(kept) == expected_numbers(PROCESSES * each, prefix)


def test_eight_processes_that_open_tickets_find_nothing_locked_and_leave_no_gap(
    make_shop: Callable[..., Shop],
) -> None:
    strike(make_shop(), EACH)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_eight_processes_that_open_thousands_of_tickets_find_nothing_locked_and_leave_no_gap(
    make_shop: Callable[..., Shop],
) -> None:
    strike(make_shop(), LONG_EACH)
