"""Tickets as records with fields of the shop's own."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from core.db import session
from core.foundation.accounts.identity import current_actor
from core.foundation.custom.hosts import Changes, FieldHost
from core.tickets.indexing import KIND, reindex_tickets
from core.tickets.models import EventKind, Ticket
from core.tickets.timeline import record_event
from core.types import now


def _changed(ticket: Ticket, changes: Changes) -> None:
    """Write the change into the timeline, let who else changes the ticket see it, and the search find it."""
    if changes:
        told = {name: list(pair) for name, pair in changes.items()}
        record_event(ticket, EventKind.EDITED, actor=current_actor(), data={"fields": told})
        ticket.updated_at = now()
        session().flush()
    reindex_tickets([ticket.id])


TICKET_FIELDS: Final = FieldHost(
    kind=KIND,
    title=_l("Tickets"),
    icon="list-task",
    forms={"ticket": "", "intake": ""},
    short_forms=frozenset({"intake"}),
    changed=_changed,
    reindex=reindex_tickets,
    has_papers=True,
    has_intake=True,
    order=30,
)
