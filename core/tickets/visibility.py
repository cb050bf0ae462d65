"""Which tickets a user may know of: one answer for lists, pages, search, panels and alerts alike."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false

from core.foundation.accounts import CurrentUser
from core.tickets.models import Ticket


def visible_tickets(user: CurrentUser | None) -> Sequence[ColumnElement[bool]]:
    """Return the WHERE clauses that leave only tickets ``user`` may know of.

    Restricted to locations, a user sees those of these locations; restricted to own tickets, those assigned to them. ``None`` stands
    for nobody and sees nothing. What a user may do with a visible ticket is a matter of permissions.
    """
    if user is None:
        return [false()]
    clauses: list[ColumnElement[bool]] = []
    if user.location_ids:
        clauses.append(Ticket.location_id.in_(sorted(user.location_ids)))
    if user.own_tickets_only:
        clauses.append(Ticket.assignee_id == user.id)
    return clauses
