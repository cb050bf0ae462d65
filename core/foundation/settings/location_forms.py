"""The form of a location, with a line of hours for each day of the week."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from core.foundation.settings.hours import WEEKDAYS, Day, HoursField, week_from_json, weekday_name
from core.foundation.settings.locations import LocationFacts
from core.foundation.settings.models import ADDRESS_LENGTH, CODE_LENGTH, NAME_LENGTH, Location
from core.foundation.ui.forms import CheckField, EmailField, PhoneField, TextField, VersionedForm

#: Characters of the hours of a day.
HOURS = 80


class Weekday:
    """The name of a day of the week in the language of the reader."""

    def __init__(self, weekday: int) -> None:
        """Keep the day, 0 for Monday."""
        self._weekday = weekday

    def __str__(self) -> str:
        return weekday_name(self._weekday)


class LocationForm(VersionedForm):
    """A place where the shop works."""

    name = TextField(_l("Name"), required=True, max_length=NAME_LENGTH)
    code = TextField(
        _l("Code"),
        required=True,
        max_length=CODE_LENGTH,
        hint=_l("the front of its ticket numbers: CJ-000123"),
        render_kw={"autocapitalize": "characters"},
    )
    address = TextField(_l("Address"), max_length=ADDRESS_LENGTH)
    phone = PhoneField(_l("Phone"))
    email = EmailField(_l("E-mail"))
    day_0 = HoursField(Weekday(0), max_length=HOURS)
    day_1 = HoursField(Weekday(1), max_length=HOURS)
    day_2 = HoursField(Weekday(2), max_length=HOURS)
    day_3 = HoursField(Weekday(3), max_length=HOURS)
    day_4 = HoursField(Weekday(4), max_length=HOURS)
    day_5 = HoursField(Weekday(5), max_length=HOURS)
    day_6 = HoursField(Weekday(6), max_length=HOURS)
    keeps_holidays = CheckField(_l("Closed on public holidays"), default=True)
    is_active = CheckField(_l("In use"), default=True)

    @classmethod
    def of(cls, location: Location, **rest: Any) -> LocationForm:  # noqa: ANN401 - WTForms' own
        """Return the form over ``location``."""
        week = week_from_json(location.hours) or [()] * len(WEEKDAYS)
        return cls(obj=location, data={f"day_{n}": day for n, day in enumerate(week)}, **rest)

    @property
    def days(self) -> list[Field]:
        """The fields of the hours, from Monday to Sunday."""
        return [self._fields[f"day_{weekday}"] for weekday in WEEKDAYS]

    def facts(self) -> LocationFacts:
        """Return what was said beside code and name."""
        hours: list[Day] = [field.data or () for field in self.days]
        return LocationFacts(
            address=self.address.data or "",
            phone=self.phone.data,
            email=self.email.data or "",
            hours=hours,
            keeps_holidays=self.keeps_holidays.data,
            is_active=self.is_active.data,
        )
