"""Days on which the shop is closed although it usually works: inventory, holidays of the staff, a bridge day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from core.db import session
from core.errors import InvalidInputError, NotFoundError
from core.foundation.settings.locations import get_location
from core.foundation.settings.models import ClosedDay

#: A longer stretch is a location that is not in use.
LONGEST = timedelta(days=366)


def list_closed_days(*, since: date) -> Sequence[ClosedDay]:
    """Return the closed days that are not over before ``since``, the next first."""
    statement = select(ClosedDay).where(ClosedDay.last_day >= since)
    return session().scalars(statement.order_by(ClosedDay.first_day, ClosedDay.id)).all()


def close_days(
    *, first: date, last: date | None = None, name: str = "", location_id: int | None = None
) -> ClosedDay:
    """Close the shop, or one location, from ``first`` to ``last``, both included; in the caller's unit of work.

    :raises InvalidInputError: ``last`` is before ``first`` or more than a year after it.
    :raises NotFoundError: there is no such location.
    """
    last = first if last is None else last
    message = ""
    if last < first:
        message = _("The last day is before the first.")
    elif last - first > LONGEST:
        message = _("This is more than a year: take the location out of use instead.")
    if message:
        raise InvalidInputError(message, {"last_day": [message]})
    if location_id is not None:
        get_location(location_id)
    closed = ClosedDay(location_id=location_id, first_day=first, last_day=last, name=name)
    session().add(closed)
    session().flush()
    return closed


def open_days(closed_id: int) -> ClosedDay:
    """Take closed days back, in the caller's unit of work.

    :raises NotFoundError: there are none of this id.
    """
    closed = session().get(ClosedDay, closed_id)
    if closed is None:
        raise NotFoundError(_("These closed days are not there any more."))
    session().delete(closed)
    session().flush()
    return closed
