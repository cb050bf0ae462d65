"""The timeline of a ticket: every event names who, when and what, and none is ever changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, select

from core.db import connection, session
from core.foundation.accounts import Actor
from core.tickets.models import EventKind, Ticket, TicketEvent
from core.types import now

#: Events of one page of the timeline.
SHOWN = 100
_EVENTS: Final = select(
    TicketEvent.id,
    TicketEvent.at,
    TicketEvent.kind,
    TicketEvent.actor_name,
    TicketEvent.data,
    TicketEvent.text,
).where(TicketEvent.ticket_id == bindparam("ticket"))
_OLDEST_FIRST: Final = _EVENTS.order_by(TicketEvent.id)
_ADD: Final = insert(TicketEvent.__table__)  # type: ignore[arg-type] # a model's table is a Table


def record_event(
    ticket: Ticket,
    kind: EventKind,
    *,
    actor: Actor,
    at: datetime | None = None,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add one event to the timeline of ``ticket``, in the open transaction, behind what waits to be written."""
    session().flush()
    event = {
        "ticket_id": ticket.id,
        "at": at or now(),
        "kind": kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "data": dict(data or {}),
        "text": text,
    }
    connection().execute(_ADD, event)


def events_of(ticket_id: int, *, newest: int | None = None) -> Sequence[Row[Any]]:
    """Return the events of a ticket, oldest first; with ``newest`` only the last so many."""
    values = {"ticket": ticket_id}
    if newest is None:
        return session().execute(_OLDEST_FIRST, values).all()
    found = session().execute(_EVENTS.order_by(TicketEvent.id.desc()).limit(newest), values).all()
    return list(reversed(found))
