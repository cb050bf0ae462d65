"""Clients that may be the one who is about to be written down a second time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, case, or_, select

from core.clients.keys import email_key, match_key, phone_key, tax_key
from core.clients.models import Client, ClientKind
from core.db import session

#: Most clients that are shown; more than these nobody compares at the counter.
SHOWN: Final = 5


class Likeness(StrEnum):
    """What two clients have in common, the most telling first."""

    TAX_ID = "tax_id"
    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"

    @property
    def label(self) -> str:
        """The name, in the reader's language."""
        return str(_LIKENESSES[self])


_LIKENESSES: Final = {
    Likeness.TAX_ID: _l("same tax code"),
    Likeness.PHONE: _l("same phone"),
    Likeness.EMAIL: _l("same e-mail"),
    Likeness.NAME: _l("similar name"),
}


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A client that is there already and has something in common with a new one."""

    id: int
    kind: ClientKind
    name: str
    phone: str
    email: str
    tax_id: str
    likenesses: tuple[Likeness, ...]


def find_duplicates(
    *,
    name: str = "",
    phone: str = "",
    email: str = "",
    tax_id: str = "",
    country: str,
    besides: int | None = None,
) -> list[Duplicate]:
    """Return at most ``SHOWN`` clients with the same phone, e-mail or tax code in any spelling, or a similar name.

    One statement, answered by indices. What is compared need not be correct: it is compared while it is typed.

    :param country: Where a phone without a country code is.
    :param besides: A client that is not meant: the one that is being changed.
    """
    keys = {
        Likeness.TAX_ID: tax_key(tax_id),
        Likeness.PHONE: phone_key(phone, country=country),
        Likeness.EMAIL: email_key(email),
        Likeness.NAME: match_key(name),
    }
    columns: dict[Likeness, ColumnElement[Any]] = {
        Likeness.TAX_ID: Client.tax_key.expression,
        Likeness.PHONE: Client.phone_key.expression,
        Likeness.EMAIL: Client.email_key.expression,
        Likeness.NAME: Client.match_key.expression,
    }
    alike = {likeness: columns[likeness] == key for likeness, key in keys.items() if key}
    if not alike:
        return []
    rank = case(*((condition, at) for at, condition in enumerate(alike.values())))
    statement = select(
        Client.id,
        Client.kind,
        Client.name,
        Client.phone,
        Client.email,
        Client.tax_id,
        *(column.label(f"{likeness}_value") for likeness, column in columns.items()),
    ).where(or_(*alike.values()), Client.merged_into_id.is_(None))
    if besides is not None:
        statement = statement.where(Client.id != besides)
    rows = session().execute(statement.order_by(rank, Client.id.desc()).limit(SHOWN)).all()
    return [
        Duplicate(
            row.id,
            row.kind,
            row.name,
            row.phone,
            row.email,
            row.tax_id,
            tuple(one for one in alike if getattr(row, f"{one}_value") == keys[one]),
        )
        for row in rows
    ]
