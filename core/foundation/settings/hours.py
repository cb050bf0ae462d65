"""Working hours of a week, as people type them, as they are kept, and as papers print them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from babel.dates import format_date as babel_date
from flask_babel import gettext as _

from core.foundation.ui.fields import TypedField
from core.foundation.ui.language import current_locale
from core.foundation.ui.parsing import parse_time

MIDNIGHT: Final = 24 * 60
#: Intervals of one day: before and after lunch, and two more for who works in shifts.
MOST: Final = 4
WEEKDAYS: Final = range(7)
DASH: Final = "\N{EN DASH}"
_TO: Final = re.compile(r"\s*[-\u2013\u2014]\s*")
_BETWEEN: Final = re.compile(r"\s*[,;+]\s*")
_MIDNIGHT: Final = re.compile(r"24([:.]?00)?")
#: Any Monday.
_MONDAY: Final = date(2024, 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From when to when of one day, in minutes after midnight."""

    start: int
    end: int

    def __str__(self) -> str:
        """Return ``09:00-18:00``."""
        return f"{clock(self.start)}{DASH}{clock(self.end)}"


Day = tuple[Interval, ...]
#: From Monday to Sunday.
Week = tuple[Day, ...]

#: What is counted with where a shop has not said when it works; papers print nothing of it.
ASSUMED: Final[Week] = (*[(Interval(9 * 60, 17 * 60),)] * 5, (), ())


def clock(minutes: int) -> str:
    """Return ``09:00``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def parse_day(text: str) -> Day:
    """Read ``9-18``, ``9:00-13:00, 14-18`` or nothing, which is a day off.

    :raises ValueError: it is no such thing, or the intervals overlap; with a sentence for the person.
    """
    found = []
    for part in _BETWEEN.split(text.strip()) if text.strip() else ():
        ends = _TO.split(part)
        if len(ends) != 2:  # noqa: PLR2004 - from and to
            raise ValueError(_("Write from when to when, for example %(example)s.", example="9-13, 14-18"))
        interval = Interval(_minutes(ends[0]), _minutes(ends[1], is_end=True))
        if interval.start >= interval.end:
            raise ValueError(_("%(interval)s ends before it begins.", interval=interval))
        found.append(interval)
    found.sort()
    if any(one.end > after.start for one, after in pairwise(found)):
        raise ValueError(_("These hours overlap."))
    if len(found) > MOST:
        raise ValueError(_("Write at most %(most)s intervals.", most=MOST))
    return tuple(found)


def _minutes(text: str, *, is_end: bool = False) -> int:
    if is_end and _MIDNIGHT.fullmatch(text):
        return MIDNIGHT
    read = parse_time(text)
    return read.hour * 60 + read.minute


def write_day(day: Day) -> str:
    """Return ``09:00-13:00, 14:00-18:00``, nothing for a day off."""
    return ", ".join(str(interval) for interval in day)


def week_from_json(kept: Sequence[Any] | None) -> Week | None:
    """Return the week that the database keeps, ``None`` where the shop has said nothing."""
    if kept is None:
        return None
    return tuple(tuple(Interval(start, end) for start, end in day) for day in kept)


def week_to_json(week: Sequence[Day]) -> list[list[list[int]]] | None:
    """Return ``week`` as the database keeps it, ``None`` for one without any hours: nothing was said."""
    kept = [[[interval.start, interval.end] for interval in day] for day in week]
    return kept if any(kept) else None


def weekday_name(weekday: int, *, short: bool = False) -> str:
    """Return the name of a day of the week in the reader's language, 0 for Monday."""
    pattern = "EEEEEE" if short and current_locale().language == "ro" else "EEE" if short else "EEEE"
    name = babel_date(_MONDAY + timedelta(days=weekday), pattern, locale=current_locale()).removesuffix(".")
    return name[:1].upper() + name[1:]


def week_text(week: Week) -> str:
    """Return the hours as a paper prints them, days alike as one: ``Lu-Vi 09:00-18:00, Sâ 09:00-13:00``."""
    parts = []
    first = 0
    for weekday in WEEKDAYS:
        if weekday + 1 < len(WEEKDAYS) and week[weekday + 1] == week[first]:
            continue
        if week[first]:
            name = weekday_name(first, short=True)
            if weekday > first:
                name = f"{name}{DASH}{weekday_name(weekday, short=True)}"
            parts.append(f"{name} {write_day(week[first])}")
        first = weekday + 1
    return "; ".join(parts)


class HoursField(TypedField[Day]):
    """The working hours of one day."""

    empty = ()

    def parse(self, text: str) -> Day:
        """Return the intervals."""
        return parse_day(text)

    def present(self, value: Day) -> str:
        """Return them as people type them."""
        return write_day(value)
