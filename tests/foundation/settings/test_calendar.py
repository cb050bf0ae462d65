from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from core.db import unit_of_work
from core.errors import InvalidInputError, NotFoundError
from core.foundation.settings.calendar import (
    NeverOpenError,
    WorkingCalendar,
    add_working_days,
    calendar_of,
    is_open_at,
    public_holidays,
    working_time,
)
from core.foundation.settings.closed import close_days, list_closed_days, open_days
from core.foundation.settings.hours import ASSUMED, Interval
from core.foundation.settings.locations import change_location, create_location, get_location, list_locations
from core.foundation.settings.services import save_group
from core.testing import QueryRecorder, Shop

ZONE = ZoneInfo("Europe/Bucharest")
#: Monday to Friday 9 to 13 and 14 to 18, Saturday 9 to 13.
WEEK = (*[(Interval(540, 780), Interval(840, 1080))] * 5, (Interval(540, 780),), ())
CALENDAR = WorkingCalendar(WEEK, ZONE, (), "RO")
FRIDAY = date(2026, 11, 27)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(27, 9), True),
        (at(27, 8, 59), False),
        (at(27, 13), False),
        (at(27, 13, 30), False),
        (at(27, 17, 59), True),
        (at(27, 18), False),
        (at(28, 10), True),
        (at(28, 14), False),
        (at(29, 10), False),
        (at(30, 10), False),
        (at(1, 10, month=12), False),
        (at(2, 10, month=12), True),
    ],
)
def test_a_location_is_open_in_its_hours_and_not_on_public_holidays(moment: datetime, is_open: bool) -> None:
    assert CALENDAR.is_open_at(moment) is is_open


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(27, 9), 2, at(27, 11)),
        (at(27, 12), 2, at(27, 15)),
        (at(27, 17), 2, at(28, 10)),
        (at(28, 12), 2, at(2, 10, month=12)),
        (at(29, 3), 1, at(2, 10, month=12)),
        (at(27, 13, 30), 0, at(27, 14)),
        (at(27, 9), 8, at(27, 18)),
    ],
)
def test_working_time_passes_only_while_the_location_is_open(
    start: datetime, hours: float, end: datetime
) -> None:
    found = CALENDAR.working_time(start, hours)
    assert found == end
    assert found.utcoffset() == timedelta()


@given(minutes=st.integers(0, 2 * 365 * 24 * 60), hours=st.integers(0, 60), more=st.integers(1, 60))
def test_working_time_adds_up(minutes: int, hours: int, more: int) -> None:
    start = at(1, 0, month=1) + timedelta(minutes=minutes)
    whole = CALENDAR.working_time(start, hours + more)
    assert whole == CALENDAR.working_time(CALENDAR.working_time(start, hours), more)
    assert whole >= start


def test_the_night_on_which_clocks_change_is_as_long_as_it_is() -> None:
    night = WorkingCalendar((*[()] * 6, (Interval(0, 24 * 60),)), ZONE)
    spring = datetime(2026, 3, 29, 0, tzinfo=ZONE)
    assert night.working_time(spring, 23).astimezone(ZONE) == datetime(2026, 3, 30, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "ahead", "found"),
    [
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, 1, date(2026, 11, 28)),
        (FRIDAY, 2, date(2026, 12, 2)),
        (date(2026, 11, 29), 0, date(2026, 12, 2)),
        (date(2026, 11, 29), 1, date(2026, 12, 2)),
    ],
)
def test_working_days_are_counted_from_the_day_after(day: date, ahead: int, found: date) -> None:
    assert CALENDAR.working_day(day, ahead) == found


def test_a_location_that_never_opens_is_an_error_and_no_endless_search() -> None:
    never = WorkingCalendar(((),) * 7, ZONE)
    with pytest.raises(NeverOpenError):
        never.working_time(at(27, 9), 1)
    with pytest.raises(NeverOpenError):
        never.working_day(FRIDAY, 1)


def test_a_day_ends_with_its_last_interval() -> None:
    assert CALENDAR.closing_time(FRIDAY) == time(18)
    assert CALENDAR.closing_time(date(2026, 11, 29)) is None
    assert WorkingCalendar(((Interval(0, 1440),),) * 7, ZONE).closing_time(FRIDAY) == time(23, 59)


def test_a_country_that_nobody_knows_has_no_public_holidays() -> None:
    assert public_holidays("ZZ", 2026) == {}
    assert public_holidays("RO", 2026, "ro")[date(2026, 4, 13)] == "Paștele"
    assert public_holidays("RO", 2026, "xx")


@pytest.mark.both_databases
def test_a_location_that_has_said_nothing_works_monday_to_friday(shop: Shop) -> None:
    with shop.context():
        (location,) = list_locations()
        assert calendar_of(location.id).week == ASSUMED
        assert is_open_at(location, at(27, 16, 59))
        assert not is_open_at(location, at(28, 10))
        assert working_time(location, at(27, 16), 2) == at(2, 10, month=12)


@pytest.mark.both_databases
def test_closed_days_of_the_shop_and_of_the_location_count_and_those_of_another_do_not(
    shop: Shop, query_recorder: QueryRecorder
) -> None:
    with shop.context():
        (first,) = list_locations()
        with unit_of_work():
            second = create_location(code="FL", name="Florești", hours=WEEK, keeps_holidays=False)
            close_days(first=FRIDAY, name="Inventar", location_id=first.id)
            close_days(first=date(2026, 12, 24), last=date(2026, 12, 31))
        assert not is_open_at(get_location(first.id), at(27, 10))
        assert is_open_at(get_location(second.id), at(27, 10))
        assert is_open_at(get_location(second.id), at(30, 10))
        for location_id in (first.id, second.id):
            assert not is_open_at(get_location(location_id), at(24, 10, month=12))
            assert not is_open_at(get_location(location_id), at(31, 10, month=12))
        with query_recorder.recording() as statements:
            calendar_of(first.id)
        assert len([one for one in statements if "SELECT" in one]) == 1


@pytest.mark.both_databases
def test_closed_days_are_taken_back_and_wrong_ones_refused(shop: Shop) -> None:
    with shop.context():
        with unit_of_work():
            closed = close_days(first=FRIDAY)
        assert [one.id for one in list_closed_days(since=FRIDAY)] == [closed.id]
        assert list_closed_days(since=FRIDAY + timedelta(days=1)) == []
        with unit_of_work():
            open_days(closed.id)
        assert list_closed_days(since=FRIDAY) == []
        with pytest.raises(NotFoundError), unit_of_work():
            open_days(closed.id)
        with pytest.raises(NotFoundError), unit_of_work():
            close_days(first=FRIDAY, location_id=999)
        for last in (FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=400)):
            with pytest.raises(InvalidInputError) as refused, unit_of_work():
                close_days(first=FRIDAY, last=last)
            assert set(refused.value.errors) == {"last_day"}


def test_working_days_of_the_law_know_neither_hours_nor_closed_days(shop: Shop) -> None:
    with shop.context():
        (location,) = list_locations()
        with unit_of_work():
            change_location(get_location(location.id), code="CJ", name="Cluj", hours=[()] * 6 + [WEEK[0]])
            close_days(first=date(2026, 12, 2))
        assert add_working_days(FRIDAY, 0) == FRIDAY
        assert add_working_days(FRIDAY, 1) == date(2026, 12, 2)
        assert add_working_days(FRIDAY, 5) == date(2026, 12, 8)
        with unit_of_work():
            save_group("firm", {"country": "ZZ"})
        assert add_working_days(FRIDAY, 1) == date(2026, 11, 30)
