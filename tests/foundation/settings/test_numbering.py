import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from core.db import session, unit_of_work
from core.errors import ProgrammingError
from core.foundation.audit.models import AuditEntry
from core.foundation.audit.services import audit_trail
from core.foundation.settings.locations import create_location, list_locations
from core.foundation.settings.models import Location, NumberSeries
from core.foundation.settings.numbering import NumberKind, take_number
from core.testing import QueryRecorder, Shop
from core.types import clock_at
from tests.foundation.settings.hammer import TICKETS, take_many

pytestmark = pytest.mark.both_databases

PROCESSES, TIMES = 8, 40


@pytest.fixture
def location(shop: Shop) -> Iterator[Location]:
    """Give the one location of a new shop, whose code is AM."""
    with shop.context():
        (found,) = list_locations()
        yield found


def test_numbers_count_up_and_begin_with_the_code_of_the_location(location: Location) -> None:
    with unit_of_work():
        other = create_location(code="FL", name="Florești")
        texts = [take_number(TICKETS, location=place).text for place in (location, other, location, location)]
    assert texts == ["AM-000001", "FL-000001", "AM-000002", "AM-000003"]


def test_a_number_longer_than_its_digits_is_written_out(location: Location) -> None:
    with unit_of_work():
        taken = take_number(NumberKind("short", "{location}", per_location=True, width=1), location=location)
    with unit_of_work() as current:
        current.get_one(NumberSeries, taken.series_id).next_number = 10**12
    with unit_of_work():
        number = take_number(NumberKind("short", "{location}", per_location=True, width=1), location=location)
    assert (number.text, number.value) == ("AM1000000000000", 10**12)


def test_numbers_by_year_begin_anew_with_the_year_where_the_shop_is(location: Location) -> None:
    invoices = NumberKind("invoice", "F{year}-", per_year=True, width=4)
    del location
    with unit_of_work():
        assert take_number(invoices, on=date(2026, 12, 31)).text == "F2026-0001"
        assert take_number(invoices, on=date(2027, 1, 1)).text == "F2027-0001"
    # Half past midnight in Bucharest, still the old year in UTC.
    with clock_at(datetime(2027, 12, 31, 22, 30, tzinfo=UTC)), unit_of_work():
        assert take_number(invoices).text == "F2028-0001"


def test_a_rollback_leaves_no_gap(location: Location) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), unit_of_work():
            assert take_number(TICKETS, location=location).value == 1
            _ = 1 / 0
    with unit_of_work():
        assert take_number(TICKETS, location=location).value == 1


def test_a_number_outside_a_unit_of_work_is_refused_by_the_database(location: Location) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        take_number(TICKETS, location=location)
    session().rollback()


def test_a_new_series_leaves_a_trace_and_its_numbers_leave_theirs_elsewhere(location: Location) -> None:
    with unit_of_work():
        series_id = take_number(TICKETS, location=location).series_id
        take_number(TICKETS, location=location)
    (entry,) = session().execute(audit_trail("number_series", series_id)).all()
    assert (entry.action, entry.label, entry.changes["location_id"]) == ("create", "AM-", [None, location.id])


def test_a_further_number_is_one_statement(location: Location, query_recorder: QueryRecorder) -> None:
    with unit_of_work():
        take_number(TICKETS, location=location)
    with unit_of_work(), query_recorder.recording() as statements:
        take_number(TICKETS, location=location)
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("pattern", "per_location", "per_year"),
    [("T-", True, False), ("T-", False, True), ("{location}-", False, False), ("{location}-", True, True)],
)
def test_two_series_that_would_give_out_one_text_are_refused(
    pattern: str, *, per_location: bool, per_year: bool
) -> None:
    with pytest.raises(ProgrammingError):
        NumberKind("x", pattern, per_location=per_location, per_year=per_year)


def test_a_number_by_location_needs_a_location(location: Location) -> None:
    del location
    with pytest.raises(ProgrammingError), unit_of_work():
        take_number(TICKETS)


def test_eight_processes_take_numbers_without_gap_double_or_loss(shop: Shop) -> None:
    config = shop.app.extensions["wm_config"]
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        kept = list(pool.map(take_many, [config] * PROCESSES, [shop.slug] * PROCESSES, [TIMES] * PROCESSES))
    assert kept == [TIMES - TIMES // 5] * PROCESSES
    with shop.context():
        taken = session().scalars(
            select(AuditEntry.entity_id).where(AuditEntry.entity == "taken").order_by(AuditEntry.entity_id)
        )
        assert taken.all() == list(range(1, sum(kept) + 1))
        assert session().scalars(select(NumberSeries.next_number)).all() == [sum(kept) + 1]
