"""Find a client while the name, the phone, the e-mail or the tax code is typed (R44)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from core.clients.models import Client, ClientKind
from core.clients.services import SEARCH_KIND
from core.db import session
from core.foundation.search.services import find
from core.foundation.tenants.context import hooks

#: Most picks that anybody may ask for.
MOST_PICKS: Final = 50


@dataclass(frozen=True, slots=True)
class ClientPick:
    """A client as a pick shows it."""

    id: int
    kind: ClientKind
    name: str
    phone: str
    email: str
    tax_id: str
    city: str
    created_at: datetime
    #: A few words of other areas: "3 tickets", "2 devices".
    figures: tuple[str, ...] = ()


def client_picks(text: str, limit: int = 8) -> list[ClientPick]:
    """Return at most ``limit`` clients that ``text`` finds, the newest first; none for an empty text.

    Three statements and one for each area that has figures, however many are found.
    """
    found = find(text, [SEARCH_KIND], min(limit, MOST_PICKS))
    return picks_of([record_id for _kind, record_id in found])


def picks_of(client_ids: Iterable[int]) -> list[ClientPick]:
    """Return the clients with these ids in this order; those that are not there are left out."""
    ids = list(dict.fromkeys(client_ids))
    if not ids:
        return []
    statement = select(
        Client.id,
        Client.kind,
        Client.name,
        Client.phone,
        Client.email,
        Client.tax_id,
        Client.city,
        Client.created_at,
    ).where(Client.id.in_(ids))
    rows = {row.id: row for row in session().execute(statement)}
    figures = figures_of([client_id for client_id in ids if client_id in rows])
    return [
        ClientPick(*rows[client_id], figures=figures.get(client_id, ()))
        for client_id in ids
        if client_id in rows
    ]


def figures_of(client_ids: list[int]) -> Mapping[int, tuple[str, ...]]:
    """Return what other areas say of clients in a few words, the nearest area first."""
    if not client_ids:
        return {}
    said: dict[int, tuple[str, ...]] = {}
    # pluggy calls the newest implementation first: tickets before devices.
    for part in hooks().client_figures(client_ids=client_ids):
        for client_id, words in part.items():
            said[client_id] = (*said.get(client_id, ()), words)
    return said
