"""How works are called in the history of changes, and who reads there what they cost."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import select

from core.catalogue.naming import tell_cost
from core.db import session
from core.foundation.accounts import find_user
from core.foundation.ui.records import RecordNames
from core.tickets.models import Ticket
from core.tickets.visibility import visible_tickets
from core.works.models import Work


def work_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return what was done, by id; works of tickets that are not the reader's to know of are left out."""
    statement = (
        select(Work.id, Work.description)
        .join(Ticket, Ticket.id == Work.ticket_id)
        .where(Work.id.in_(ids), *visible_tickets(find_user()))
    )
    return {row.id: row.description for row in session().execute(statement)}


RECORD: Final = RecordNames("work", work_names, "core.work:view", tell=tell_cost)
