"""How tickets and statuses are called in the history of changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import select

from core.db import session
from core.foundation.accounts import find_user
from core.foundation.ui.language import current_locale
from core.foundation.ui.records import RecordNames
from core.tickets.models import Ticket, TicketStatus
from core.tickets.visibility import visible_tickets


def ticket_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return the numbers of tickets; those that are not the reader's to know of are left out."""
    statement = select(Ticket.id, Ticket.number).where(Ticket.id.in_(ids), *visible_tickets(find_user()))
    return {row.id: row.number for row in session().execute(statement)}


def status_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return how statuses are worded in the reader's language."""
    language = current_locale().language
    found = session().scalars(select(TicketStatus).where(TicketStatus.id.in_(ids)))
    return {status.id: status.title(language) for status in found}


RECORDS: Final = (
    RecordNames("ticket", ticket_names, "core.ticket:view"),
    RecordNames("ticket_status", status_names),
)
