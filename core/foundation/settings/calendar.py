"""When a location works: its hours, less the public holidays of the firm's country and the days on which the shop is closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

import holidays
from flask_babel import gettext as _
from sqlalchemy import select

from core.db import session
from core.errors import DomainError
from core.foundation.settings.hours import ASSUMED, MIDNIGHT, Week, week_from_json
from core.foundation.settings.models import ClosedDay, Location
from core.foundation.settings.services import get_setting
from core.foundation.ui.formats import local
from core.foundation.ui.language import current_zone

#: Days after which a location that has not opened is taken never to open.
LOOK_AHEAD: Final = 800
SATURDAY: Final = 5


class NeverOpenError(DomainError):
    """Hours and closed days leave no working time to count with."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The working time of one location."""

    week: Week
    zone: tzinfo
    #: First and last days on which the shop is closed, both included.
    closed: Sequence[tuple[date, date]] = ()
    #: Whose public holidays are days off; empty for none.
    country: str = ""

    def is_working_day(self, day: date) -> bool:
        """Tell whether there is any working time on ``day``."""
        return bool(self.week[day.weekday()]) and not self._is_off(day)

    def opening(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return from when to when there is work on ``day``, in UTC."""
        if self._is_off(day):
            return []
        return [
            (self._moment(day, one.start), self._moment(day, one.end)) for one in self.week[day.weekday()]
        ]

    def closing_time(self, day: date) -> time | None:
        """Return when the work of ``day`` ends, ``None`` on a day off; midnight is a minute before it."""
        if not self.is_working_day(day):
            return None
        last = min(self.week[day.weekday()][-1].end, MIDNIGHT - 1)
        return time(last // 60, last % 60)

    def is_open_at(self, moment: datetime) -> bool:
        """Tell whether there is work at ``moment``; the last minute of an interval is no longer in it."""
        day = local(moment, self.zone).date()
        return any(start <= moment < end for start, end in self.opening(day))

    def working_time(self, start: datetime, hours: float) -> datetime:
        """Return when ``hours`` of working time after ``start`` have passed, in UTC.

        :raises NeverOpenError: there is no such time within two years.
        """
        left = timedelta(hours=hours)
        for begin, end in self._intervals(start):
            begin = max(begin, start)  # noqa: PLW2901 - the first interval may have begun
            if end - begin >= left:
                return begin + left
            left -= max(end - begin, timedelta())
        raise NeverOpenError(_("This location has no working hours to count with."))

    def working_day(self, day: date, ahead: int) -> date:
        """Return the day that is ``ahead`` working days after ``day``; with 0, ``day`` itself or the first working day after it.

        :raises NeverOpenError: there is no such day within two years.
        """
        if ahead == 0 and self.is_working_day(day):
            return day
        left = max(ahead, 1)
        for step in range(1, LOOK_AHEAD + 2 * ahead):
            if self.is_working_day(day + timedelta(days=step)):
                left -= 1
                if left == 0:
                    return day + timedelta(days=step)
        raise NeverOpenError(_("This location has no working hours to count with."))

    def _is_off(self, day: date) -> bool:
        return day in public_holidays(self.country, day.year) or any(
            first <= day <= last for first, last in self.closed
        )

    def _intervals(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = local(start, self.zone).date()
        for step in range(LOOK_AHEAD):
            yield from self.opening(first + timedelta(days=step))

    def _moment(self, day: date, minutes: int) -> datetime:
        days, rest = divmod(minutes, MIDNIGHT)
        clock = time(rest // 60, rest % 60)
        return datetime.combine(day + timedelta(days=days), clock, tzinfo=self.zone).astimezone(UTC)


def calendar_of(location_id: int | None) -> WorkingCalendar:
    """Return the working time of a location, with one statement; without one that of a shop that has said nothing."""
    here = ClosedDay.location_id.is_(None) | (ClosedDay.location_id == Location.id)
    statement = (
        select(Location.hours, Location.keeps_holidays, ClosedDay.first_day, ClosedDay.last_day)
        .outerjoin(ClosedDay, here)
        .where(Location.id == location_id)
    )
    rows = session().execute(statement).all() if location_id is not None else []
    closed = [(row.first_day, row.last_day) for row in rows if row.first_day is not None]
    keeps, hours = (rows[0].keeps_holidays, rows[0].hours) if rows else (True, None)
    country = str(get_setting("firm.country")) if keeps else ""
    return WorkingCalendar(week_from_json(hours) or ASSUMED, current_zone(), closed, country)


def is_open_at(location: Location, moment: datetime) -> bool:
    """Tell whether ``location`` works at ``moment``."""
    return calendar_of(location.id).is_open_at(moment)


def working_time(location: Location, start: datetime, hours: float) -> datetime:
    """Return when ``hours`` of the working time of ``location`` after ``start`` have passed.

    :raises NeverOpenError: it has no working hours.
    """
    return calendar_of(location.id).working_time(start, hours)


def add_working_days(day: date, days: int) -> date:
    """Return the day that is ``days`` working days of the law after ``day``: Monday to Friday, public holidays left out.

    ``day`` itself is not counted.
    """
    calendar = WorkingCalendar(ASSUMED, UTC, (), str(get_setting("firm.country")))
    return calendar.working_day(day, days) if days else day


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int, language: str = "") -> dict[date, str]:
    """Return the public holidays of ``country`` in ``year`` with their names; none for a country that nobody knows.

    :param language: Of the names, where they are known in it.
    """
    if country not in holidays.list_supported_countries():
        return {}
    spoken = language if language in holidays.country_holidays(country).supported_languages else None
    return dict(sorted(holidays.country_holidays(country, years=year, language=spoken).items()))
