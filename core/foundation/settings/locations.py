"""The shop's locations: where it takes in, repairs and hands back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, select

from core.db import check_version, session
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.foundation.settings.models import CODE_LENGTH, Location, NumberSeries

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


def create_location(*, code: str, name: str, address: str = "", phone: str | None = None) -> Location:
    """Add a location, in use from now on.

    :raises InvalidInputError: the code is none, or another location has it.
    """
    location = Location(code=_clean_code(code, None), name=name, address=address, phone=phone, is_active=True)
    session().add(location)
    session().flush()
    return location


def change_location(
    location: Location,
    *,
    code: str,
    name: str,
    address: str = "",
    phone: str | None = None,
    is_active: bool = True,
    version: int | None = None,
) -> None:
    """Change a location.

    :param version: The version that the person saw.
    :raises ConflictError: somebody else has changed it since.
    :raises CodeInUseError: its code is to change although numbers that begin with it have been given out.
    :raises LastLocationError: it is the only one in use and is to be switched off.
    """
    current = session()
    rows = {row.id: row for row in current.scalars(select(Location).order_by(Location.id).with_for_update())}
    check_version(rows[location.id].version, version)
    code = _clean_code(code, location)
    if code != location.code and _has_numbers(location):
        message = _("Numbers that begin with %(code)s have been given out already.", code=location.code)
        raise CodeInUseError(message, {"code": [message]})
    if not is_active and not any(row.is_active for row in rows.values() if row is not location):
        raise LastLocationError(_("This is the only location in use. Add another one first."))
    location.code, location.name, location.address = code, name, address
    location.phone, location.is_active = phone, is_active
    current.flush()


def _clean_code(code: str, location: Location | None) -> str:
    code = code.strip().upper()
    if not CODE.fullmatch(code):
        message = _(
            "Use 1 to %(most)s letters and digits, without diacritics: %(example)s.",
            most=CODE_LENGTH,
            example="CJ",
        )
        raise InvalidInputError(message, {"code": [message]})
    owner = session().scalar(select(Location.id).where(Location.code == code))
    if owner is not None and (location is None or owner != location.id):
        message = _("Another location has this code.")
        raise InvalidInputError(message, {"code": [message]})
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
