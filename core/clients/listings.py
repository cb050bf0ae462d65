"""Clients as lists and the search box show them: columns, never objects."""

from __future__ import annotations

from typing import Any, Final

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from core.clients.lookup import picks_of
from core.clients.models import Client, ClientKind
from core.clients.services import SEARCH_KIND
from core.foundation.search.services import matching
from core.foundation.ui.formats import format_phone
from core.foundation.ui.listing import ListSpec, Order, down, up
from core.foundation.ui.values import SearchHit

CLIENTS: Final = ListSpec(
    (
        Order("new", (down(Client.id),), _l("Newest"), by_time=True),
        Order("name", (up(Client.name_key), up(Client.id)), _l("Name")),
        Order("changed", (down(Client.updated_at), down(Client.id)), _l("Last changed"), by_time=True),
    )
)


_COLUMNS: Final[tuple[Any, ...]] = (
    Client.id,
    Client.kind,
    Client.name,
    Client.phone,
    Client.email,
    Client.tax_id,
    Client.city,
    Client.updated_at,
)


def client_rows(*, question: str = "", kind: ClientKind | None = None) -> Select[Any]:
    """Return the statement of the list of clients, filtered by a text and by kind."""
    statement = select(*_COLUMNS)
    found = matching(question, SEARCH_KIND)
    if found is not None:
        statement = statement.where(Client.id.in_(found))
    if kind is not None:
        statement = statement.where(Client.kind == kind)
    return statement


def search_hits(ids: list[int]) -> list[SearchHit]:
    """Return what the search box shows of the clients with these ids."""
    return [
        SearchHit(
            pick.id,
            pick.name,
            url_for("clients.show", client_id=pick.id),
            detail=" · ".join(filter(None, (format_phone(pick.phone) if pick.phone else "", *pick.figures))),
        )
        for pick in picks_of(ids)
    ]
