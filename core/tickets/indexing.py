"""What the search knows of a ticket: its number, its client's name and phone, its device's identifiers, the problem."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, select

from core.clients.models import Client
from core.db import session
from core.equipment.models import Equipment
from core.foundation.custom.values import search_words
from core.foundation.search.services import put_entry
from core.tickets.models import Ticket

#: Search kind of tickets.
KIND = "ticket"
#: Characters of the problem by which a ticket is found.
WORDS = 500


def index_ticket(ticket: Ticket, *, client: Client, equipment: Equipment, is_new: bool = False) -> None:
    """Write the search entry of ``ticket``, in the transaction that changes it."""
    _put(
        ticket.id,
        ticket.opened_at,
        ticket.number,
        ticket.problem,
        client.name,
        client.phone,
        equipment.unique_id,
        equipment.serial,
        further=() if is_new else search_words(KIND, [ticket.id]).get(ticket.id, ()),
    )


def reindex_client(client: Client) -> None:
    """Bring the entries of the tickets of ``client`` up to date after its name or phone changed."""
    _reindex(Ticket.client_id == client.id)


def reindex_equipment(equipment: Equipment) -> None:
    """Bring the entries of the tickets of ``equipment`` up to date after its identifiers changed."""
    _reindex(Ticket.equipment_id == equipment.id)


def reindex_tickets(ids: Collection[int]) -> None:
    """Bring the entries of the tickets with these ids up to date after what stands in the shop's own fields changed."""
    _reindex(Ticket.id.in_(ids))


def _reindex(condition: ColumnElement[bool]) -> None:
    """Write the entries of all tickets for which ``condition`` holds: one statement reads, a few write, however many there are."""
    statement = (
        select(
            Ticket.id,
            Ticket.opened_at,
            Ticket.number,
            Ticket.problem,
            Client.name,
            Client.phone,
            Equipment.unique_id,
            Equipment.serial,
        )
        .join(Client, Client.id == Ticket.client_id)
        .join(Equipment, Equipment.id == Ticket.equipment_id)
        .where(condition)
    )
    rows = session().execute(statement).all()
    words = search_words(KIND, [row.id for row in rows])
    for row in rows:
        _put(*row, further=words.get(row.id, ()))


def _put(  # noqa: PLR0917 - the columns of a row
    ticket_id: int,
    opened_at: datetime,
    number: str,
    problem: str,
    client: str,
    phone: str,
    unique_id: str,
    serial: str,
    *,
    further: Iterable[str],
) -> None:
    put_entry(
        KIND,
        ticket_id,
        at=opened_at,
        numbers=[number],
        names=[client],
        phones=[phone],
        parts=[unique_id, serial],
        words=[problem[:WORDS], *further],
    )
