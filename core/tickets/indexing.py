"""What the search knows of a ticket: its number, its client's name and phone, its device's identifiers, the problem."""

from __future__ import annotations

from sqlalchemy import select

from core.clients.models import Client
from core.db import session
from core.equipment.models import Equipment
from core.foundation.search.services import put_entry
from core.tickets.models import Ticket

#: Search kind of tickets.
KIND = "ticket"
#: Characters of the problem by which a ticket is found.
WORDS = 500


def index_ticket(ticket: Ticket, *, client: Client, equipment: Equipment) -> None:
    """Write the search entry of ``ticket``, in the transaction that changes it."""
    put_entry(
        KIND,
        ticket.id,
        at=ticket.opened_at,
        numbers=[ticket.number],
        names=[client.name],
        phones=[client.phone],
        codes=[equipment.unique_id, equipment.serial],
        words=[ticket.problem[:WORDS]],
    )


def reindex_client(client: Client) -> None:
    """Bring the entries of the tickets of ``client`` up to date after its name or phone changed."""
    statement = (
        select(Ticket, Equipment)
        .join(Equipment, Equipment.id == Ticket.equipment_id)
        .where(Ticket.client_id == client.id)
    )
    for ticket, equipment in session().execute(statement).all():
        index_ticket(ticket, client=client, equipment=equipment)


def reindex_equipment(equipment: Equipment) -> None:
    """Bring the entries of the tickets of ``equipment`` up to date after its identifiers changed."""
    statement = (
        select(Ticket, Client)
        .join(Client, Client.id == Ticket.client_id)
        .where(Ticket.equipment_id == equipment.id)
    )
    for ticket, client in session().execute(statement).all():
        index_ticket(ticket, client=client, equipment=equipment)
