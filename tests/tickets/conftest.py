"""What the tests of tickets share: devices taken in by the services, as a receptionist would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.db import session, unit_of_work
from core.foundation.accounts import Actor, CurrentUser
from core.foundation.settings.models import Location
from core.tickets.models import Ticket, TicketEvent
from core.tickets.services import ClientData, EquipmentData, OpenedTicket, TicketData, open_ticket
from core.tickets.stages import Stage
from core.tickets.statuses import change_status, first_status

IOANA = Actor(None, "Ioana Mureșan")
Take = Callable[..., OpenedTicket]


def main_location() -> int:
    """Return the id of the location that a new shop has."""
    return session().scalars(select(Location.id).order_by(Location.id)).first() or 0


def ticket_data(**facts: Any) -> TicketData:
    """Return the data of an ordinary ticket, changed by ``facts``."""
    facts.setdefault("location_id", main_location())
    return TicketData(**{"problem": "Nu mai pornește de ieri.", **facts})


@pytest.fixture
def take() -> Take:
    """Take a device in inside the tenant of the context, in a unit of work of its own."""

    def take_in(
        *,
        client: int | ClientData | None = None,
        equipment: int | EquipmentData | None = None,
        unlock_code: str = "",
        actor: Actor = IOANA,
        **facts: Any,
    ) -> OpenedTicket:
        data = ticket_data(**facts)
        with unit_of_work():
            opened = open_ticket(
                data,
                client=client or ClientData(name="Maria Popescu", phone="0742 555 138"),
                equipment=equipment or EquipmentData(manufacturer="Apple", model="iPhone 13"),
                actor=actor,
                unlock_code=unlock_code,
            )
        # What was saved stays readable when the next unit of work begins and after the context.
        session().expunge(opened.ticket)
        return opened

    return take_in


def move(ticket_id: int, stage: Stage, note: str = "", actor: Actor = IOANA) -> Ticket:
    """Move a ticket to the first status of ``stage``."""
    with unit_of_work() as current:
        ticket = current.get_one(Ticket, ticket_id)
        change_status(ticket, to=first_status(stage), actor=actor, note=note)
    session().expunge(ticket)
    return ticket


def timeline(ticket_id: int) -> list[TicketEvent]:
    """Return the events of a ticket, oldest first."""
    statement = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id)
    return list(session().scalars(statement))


def person(user_id: int, **facts: Any) -> CurrentUser:
    """Return a user as a request sees them, who may do everything and is restricted by ``facts``."""
    told: dict[str, Any] = {
        "id": user_id,
        "email": "somebody@example.com",
        "name": "Somebody",
        "language": "en",
        "theme": "auto",
        "nav_narrow": False,
        "shortcuts": True,
        "roles": frozenset({"owner"}),
        "permissions": frozenset(),
        "location_ids": frozenset(),
        "own_tickets_only": False,
        "session_id": 1,
    }
    return CurrentUser(**{**told, **facts})
