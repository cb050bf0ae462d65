"""Clients as records with fields of the shop's own."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.clients.models import Client
from core.clients.services import put_client_entry
from core.db import session
from core.foundation.custom.hosts import Changes, FieldHost
from core.foundation.custom.values import search_words
from core.types import now

KIND: Final = "client"


def _changed(client: Client, changes: Changes) -> None:
    """Let who else changes the client see that something is different, and the search find it."""
    if changes:
        client.updated_at = now()
        session().flush()
    reindex_clients([client.id])


def reindex_clients(ids: Collection[int]) -> None:
    """Write the search entries of clients anew; two statements read, however many they are."""
    words = search_words(KIND, ids)
    for client in session().scalars(select(Client).where(Client.id.in_(ids))):
        put_client_entry(client, words.get(client.id, ()))


CLIENT_FIELDS: Final = FieldHost(
    kind=KIND,
    title=_l("Clients"),
    icon="people",
    forms={"client": "", "intake_client": ""},
    short_forms=frozenset({"intake_client"}),
    changed=_changed,
    reindex=reindex_clients,
    has_papers=True,
    has_intake=True,
    order=10,
)
