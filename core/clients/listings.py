"""Clients as lists and the search box show them: columns, never objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import FromClause, Select, select

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
    statement = select(*_COLUMNS).where(Client.merged_into_id.is_(None))
    found = matching(question, SEARCH_KIND)
    if found is not None:
        statement = statement.where(Client.id.in_(found))
    if kind is not None:
        statement = statement.where(Client.kind == kind)
    return statement


def shown_in_search(found: FromClause) -> Select[Any]:
    """Return the statement of what the search shows of clients."""
    shown: Any = select(Client.name, Client.phone, Client.email, Client.tax_id, Client.city)
    statement: Select[Any] = shown.select_from(found).join(Client, Client.id == found.c.record_id)
    return statement


def search_hit(client_id: int, texts: Sequence[str]) -> SearchHit:
    """Return a client as the search shows it."""
    name, phone, email, tax_id, city = texts
    return SearchHit(
        client_id,
        name,
        url_for("clients.show", client_id=client_id),
        detail=" · ".join(filter(None, (format_phone(phone) if phone else "", city))),
        found_by=(email, tax_id),
    )
