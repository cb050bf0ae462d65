"""Which tickets a user may know of: one answer for lists, pages, search, panels and alerts alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, exists, false

from core.foundation.accounts import CurrentUser, find_user
from core.foundation.ui.values import Reach
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


def narrowed(statement: Select[Any], clauses: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Return ``statement`` with ``clauses``; without any itself, which the database layer knows again at once."""
    return statement.where(*clauses) if clauses else statement


def _ticket(ids: Any, *clauses: ColumnElement[bool]) -> ColumnElement[bool]:  # noqa: ANN401 - a column of ids
    return exists().where(Ticket.id == ids, *clauses)


def _none(ids: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column of ids
    del ids
    return false()


def _at_locations(ids: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column of ids
    return _ticket(ids, Ticket.location_id.in_(bindparam("reach_locations", expanding=True)))


def _own(ids: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column of ids
    return _ticket(ids, Ticket.assignee_id == bindparam("reach_user"))


def _own_at_locations(ids: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column of ids
    return _ticket(
        ids,
        Ticket.location_id.in_(bindparam("reach_locations", expanding=True)),
        Ticket.assignee_id == bindparam("reach_user"),
    )


#: By whether the reader is restricted to locations and to own tickets: what ``visible_tickets`` says, with places for the values.
_CONDITIONS: Final[Mapping[tuple[bool, bool], Callable[[Any], ColumnElement[bool]]]] = {
    (True, False): _at_locations,
    (False, True): _own,
    (True, True): _own_at_locations,
}


def reach_of_reader() -> Reach | None:
    """Return which tickets the reader's search finds, ``None`` where it is all."""
    user = find_user()
    if user is None:
        return Reach(_none, {})
    condition = _CONDITIONS.get((bool(user.location_ids), user.own_tickets_only))
    if condition is None:
        return None
    return Reach(condition, {"reach_locations": sorted(user.location_ids), "reach_user": user.id})
