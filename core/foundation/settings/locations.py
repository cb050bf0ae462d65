"""The shop's locations: where it takes in, repairs and hands back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final, TypedDict, Unpack

from flask_babel import gettext as _
from sqlalchemy import func, select

from core.db import check_version, session
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.foundation.settings.hours import Day, week_to_json
from core.foundation.settings.models import ADDRESS_LENGTH, CODE_LENGTH, NAME_LENGTH, Location, NumberSeries
from core.foundation.ui.checks import Checks
from core.foundation.ui.fields import phone_prefix
from core.foundation.ui.parsing import parse_email, parse_phone

CODE: Final = re.compile(rf"[A-Z0-9]{{1,{CODE_LENGTH}}}")


class LastLocationError(DomainError):
    """The only location in use cannot be switched off: nothing could be taken in any more."""


class CodeInUseError(InvalidInputError):
    """Numbers that begin with the code have been given out; another code would let two tickets bear one number."""


def list_locations(*, active: bool = False) -> Sequence[Location]:
    """Return the locations in the order of their names; with ``active`` only those in use."""
    statement = select(Location).order_by(Location.name, Location.id)
    if active:
        statement = statement.where(Location.is_active)
    return session().scalars(statement).all()


def get_location(location_id: int) -> Location:
    """Return one location.

    :raises NotFoundError: there is none of this id.
    """
    location = session().get(Location, location_id)
    if location is None:
        raise NotFoundError(_("There is no such location."))
    return location


class LocationFacts(TypedDict, total=False):
    """What a location may have beside its code and name."""

    address: str
    phone: str | None
    email: str
    #: Nothing, or no hours on any day, where the shop says nothing of them.
    hours: Sequence[Day] | None
    keeps_holidays: bool
    is_active: bool


#: What a location has of which nothing is said.
USUAL: Final = LocationFacts(
    address="", phone=None, email="", hours=None, keeps_holidays=True, is_active=True
)


def create_location(*, code: str, name: str, **facts: Unpack[LocationFacts]) -> Location:
    """Add a location, in use from now on.

    :raises InvalidInputError: something cannot be taken, by field; ``code`` too where another location has it.
    """
    location = Location(**_read(None, code=code, name=name, facts={**USUAL, **facts, "is_active": True}))
    session().add(location)
    session().flush()
    return location


def change_location(
    location: Location, *, code: str, name: str, version: int | None = None, **facts: Unpack[LocationFacts]
) -> None:
    """Change a location; what ``facts`` leaves out becomes what a new location has.

    :param version: The version that the person saw.
    :raises ConflictError: somebody else has changed it since.
    :raises InvalidInputError: as ``create_location``.
    :raises CodeInUseError: its code is to change although numbers that begin with it have been given out.
    :raises LastLocationError: it is the only one in use and is to be switched off.
    """
    current = session()
    rows = {row.id: row for row in current.scalars(select(Location).order_by(Location.id).with_for_update())}
    check_version(rows[location.id].version, version)
    values = _read(location, code=code, name=name, facts={**USUAL, **facts})
    if values["code"] != location.code and _has_numbers(location):
        message = _("Numbers that begin with %(code)s have been given out already.", code=location.code)
        raise CodeInUseError(message, field="code")
    if not values["is_active"] and not any(row.is_active for row in rows.values() if row is not location):
        raise LastLocationError(_("This is the only location in use. Add another one first."))
    for column, value in values.items():
        setattr(location, column, value)
    current.flush()


def _read(of: Location | None, *, code: str, name: str, facts: LocationFacts) -> dict[str, Any]:
    """Return the columns of a location from what was typed.

    :param of: The location that is changed.
    """
    checks, phone, email, hours = Checks(), facts["phone"], facts["email"], facts["hours"]
    values = {
        "code": checks.read("code", lambda: _read_code(code, of), ""),
        "name": checks.text("name", name, NAME_LENGTH, required=True),
        "address": checks.text("address", facts["address"], ADDRESS_LENGTH),
        "phone": checks.read(
            "phone", lambda: parse_phone(phone, prefix=phone_prefix()) if phone else None, None
        ),
        "email": checks.read("email", lambda: parse_email(email) if email else "", ""),
        "hours": None if hours is None else week_to_json(hours),
        "keeps_holidays": facts["keeps_holidays"],
        "is_active": facts["is_active"],
    }
    checks.finish(_("The location was not saved."))
    return values


def _read_code(code: str, of: Location | None) -> str:
    code = code.strip().upper()
    if not CODE.fullmatch(code):
        raise ValueError(
            _(
                "Use 1 to %(most)s letters and digits, without diacritics: %(example)s.",
                most=CODE_LENGTH,
                example="CJ",
            )
        )
    owner = session().scalar(select(Location.id).where(Location.code == code))
    if owner is not None and (of is None or owner != of.id):
        raise ValueError(_("Another location has this code."))
    return code


def _has_numbers(location: Location) -> bool:
    count = select(func.count()).where(NumberSeries.location_id == location.id)
    return bool(session().scalar(count))


def suggest_code(name: str) -> str:
    """Return a code for the first location of the firm ``name``: the initials of two words, or two letters of one."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name)
        if letter.isascii() and (letter.isalnum() or letter == " ")
    )
    words = plain.upper().split()
    code = "".join(word[0] for word in words[:2]) if len(words) > 1 else "".join(words)[:2]
    return code or "A"
