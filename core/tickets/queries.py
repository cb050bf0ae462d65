"""The lists of tickets: columns, orders and filters, each answered by an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, Select, bindparam, func, literal, select, union_all

from core.clients.models import Client
from core.db import session
from core.equipment.models import Equipment
from core.equipment.queries import TITLE, join_names
from core.foundation.accounts import CurrentUser
from core.foundation.accounts.identity import initials_of
from core.foundation.accounts.models import User
from core.foundation.search.services import matching
from core.foundation.settings.models import Location
from core.foundation.ui.badges import Badge, closed_badge, due_badge, turn_badge
from core.foundation.ui.listing import ListSpec, Order, down, up
from core.tickets.indexing import KIND
from core.tickets.models import Priority, Ticket, TicketStatus, status_title
from core.tickets.stages import TURN_ICONS, TURN_TITLES, Stage, Turn
from core.tickets.visibility import narrowed, visible_tickets
from core.types import Money, now

#: The filter of tickets that no technician has.
NOBODY: Final = "nobody"
#: Characters of the problem that a list shows.
SHORT: Final = 90
NEWEST: Final = Order("newest", (down(Ticket.opened_at), down(Ticket.id)), _l("Newest"), by_time=True)
DUE: Final = Order("due", (up(Ticket.due_at), up(Ticket.id)), _l("Due"))
WAITING: Final = Order("waiting", (up(Ticket.stage_since), up(Ticket.id)), _l("Waiting longest"))
CHANGED: Final = Order(
    "changed", (down(Ticket.updated_at), down(Ticket.id)), _l("Last changed"), by_time=True
)
#: The open tickets are few: they are sorted as one likes, whatever the filter.
OPEN_ORDERS: Final = ListSpec((NEWEST, DUE, WAITING))
#: Of all the tickets there ever were a filter leaves the one order that its index has.
ALL_ORDERS: Final = ListSpec((NEWEST, CHANGED))
FILTERED_ORDERS: Final = ListSpec((NEWEST,))
#: The view that shows closed tickets too.
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket as every list shows it."""

    id: int
    number: str
    device: str
    problem: str
    client: str
    stage: Stage
    status: str
    #: ``None`` once the ticket is closed.
    turn: Badge | None
    due: Badge
    assignee: str
    priority: Priority
    estimate: Money | None
    closed_at: datetime | None

    @property
    def initials(self) -> str:
        """Two letters for the technician."""
        return initials_of(self.assignee)


_COLUMNS: Final = select(
    Ticket.id,
    Ticket.number,
    TITLE.label("device"),
    func.substr(Ticket.problem, 1, SHORT + 1).label("problem"),
    Client.name.label("client"),
    Ticket.stage,
    TicketStatus.name.label("status"),
    Ticket.stage_since,
    Ticket.due_at,
    User.name.label("assignee"),
    Ticket.priority,
    Ticket.estimate_minor,
    Ticket.currency,
    Ticket.closed_at,
)
_LINES: Final[Select[Any]] = join_names(
    _COLUMNS.select_from(Ticket)
    .join(Client, Client.id == Ticket.client_id)
    .join(Equipment, Equipment.id == Ticket.equipment_id)
    .join(TicketStatus, TicketStatus.id == Ticket.status_id)
    .outerjoin(User, User.id == Ticket.assignee_id)
)


def select_all_lines() -> Select[Any]:
    """Return the statement of the columns that a list shows, whoever may know of the tickets; for statements that are kept."""
    return _LINES


def select_lines(user: CurrentUser | None) -> Select[Any]:
    """Return the statement of the columns that a list shows, of the tickets that ``user`` may know of."""
    return narrowed(_LINES, visible_tickets(user))


def newest_lines(*conditions: ColumnElement[bool], limit: int) -> Select[Any]:
    """Return the statement of the newest tickets that ``conditions`` hold for, whoever may know of them; made once."""
    statement = _LINES.where(*conditions).order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    return statement.limit(limit)


def read_lines(rows: Sequence[Row[Any]], language: str) -> list[TicketLine]:
    """Return rows of ``select_lines`` as lists show them."""
    moment = now()
    return [_line(row, language, moment) for row in rows]


def _line(row: Row[Any], language: str, moment: datetime) -> TicketLine:
    problem = row.problem if len(row.problem) <= SHORT else row.problem[:SHORT].rstrip() + "…"
    return TicketLine(
        id=row.id,
        number=row.number,
        device=row.device,
        problem=" ".join(problem.split()),
        client=row.client,
        stage=row.stage,
        status=status_title(row.status, row.stage, language),
        turn=turn_of(row.stage, row.stage_since, moment),
        due=due_of(row.due_at, row.closed_at, moment),
        assignee=row.assignee or "",
        priority=row.priority,
        estimate=None if row.estimate_minor is None else Money.from_minor(row.estimate_minor, row.currency),
        closed_at=row.closed_at,
    )


def turn_of(stage: Stage, since: datetime, moment: datetime) -> Badge | None:
    """Say whose turn it is and since when, ``None`` for a closed ticket."""
    turn = stage.turn
    if turn is None:
        return None
    return turn_badge(str(TURN_TITLES[turn]), TURN_ICONS[turn], since, ours=turn is Turn.SHOP, now=moment)


def due_of(due_at: datetime | None, closed_at: datetime | None, moment: datetime) -> Badge:
    """Say when an open ticket is promised; of a closed one, which cannot be late any more, when it was closed."""
    if closed_at is None:
        return due_badge(due_at, now=moment)
    return closed_badge(closed_at, now=moment)


def filter_lines(statement: Select[Any], chosen: Mapping[str, Any], user: CurrentUser) -> Select[Any]:
    """Return ``statement`` with the filters that a reader has chosen.

    :param chosen: ``view`` (open, mine, late, ready, all), ``stage``, ``location``, ``assignee`` (an id, or ``nobody``),
        ``turn``, ``client``, ``equipment``, ``q``.
    """
    view = chosen.get("view", "open")
    if statement is _LINES and view in _VIEWS:
        statement, conditions = _VIEWS[view], []
    else:
        conditions = _view(view, user)
    if stage := chosen.get("stage"):
        conditions = [*conditions, Ticket.stage == Stage(stage)]
    if turn := chosen.get("turn"):
        conditions = [*conditions, Ticket.stage.in_([stage for stage in Stage if stage.turn == Turn(turn)])]
    if (location := chosen.get("location")) is not None:
        conditions = [*conditions, Ticket.location_id == location]
    if (assignee := chosen.get("assignee")) is not None:
        wanted = Ticket.assignee_id.is_(None) if assignee == NOBODY else Ticket.assignee_id == assignee
        conditions = [*conditions, wanted]
    for name, column in (("client", Ticket.client_id), ("equipment", Ticket.equipment_id)):
        if (subject := chosen.get(name)) is not None:
            conditions = [*conditions, column == subject]
    found = matching(chosen.get("q", ""), KIND)
    if found is not None:
        conditions = [*conditions, Ticket.id.in_(found)]
    return narrowed(statement, conditions)


def orders_of(chosen: Mapping[str, Any]) -> ListSpec:
    """Return the orders that the list offers with the filters ``chosen``: each is answered by an index."""
    if chosen.get("view", "open") != ALL:
        return OPEN_ORDERS
    return FILTERED_ORDERS if chosen.keys() - {"view"} else ALL_ORDERS


def is_open() -> ColumnElement[bool]:
    """Return the condition that the partial index of open tickets answers."""
    return Ticket.closed_at.is_(None)


def is_late(moment: datetime | ColumnElement[datetime] | None = None) -> ColumnElement[bool]:
    """Return the condition that an open ticket is past its promise; what is ready waits for its client and is not late.

    :param moment: A place for the moment, in a statement that is kept; by default it is now.
    """
    done = [Stage.READY, Stage.UNREPAIRABLE]
    late = (Ticket.due_at < (now() if moment is None else moment)) & Ticket.stage.not_in(done)
    return is_open() & late


#: The conditions of the views that are the same for everybody, and what everybody's tickets of them are.
_CONDITIONS: Final = {"open": [is_open()], "ready": [is_open(), Ticket.stage == Stage.READY], ALL: []}
_VIEWS: Final = {name: narrowed(_LINES, conditions) for name, conditions in _CONDITIONS.items()}


def _view(name: str, user: CurrentUser) -> list[ColumnElement[bool]]:
    if name == "mine":
        return [is_open(), Ticket.assignee_id == user.id]
    return [is_late()] if name == "late" else _CONDITIONS[name]


@dataclass(frozen=True, slots=True)
class People:
    """Where and by whom a ticket may be worked on: pairs of id and name, as choices of a form."""

    locations: Sequence[tuple[int, str]]
    technicians: Sequence[tuple[int, str]]


_PLACES: Final = select(literal("location"), Location.id, Location.name).where(Location.is_active)
_USERS: Final = select(literal("user"), User.id, User.name).where(User.is_active)
_PEOPLE: Final = union_all(_PLACES, _USERS)
_PEOPLE_AT: Final = union_all(_PLACES.where(Location.id.in_(bindparam("locations", expanding=True))), _USERS)


def find_people(user: CurrentUser) -> People:
    """Return the locations that ``user`` works at, the first one first, and the active users by name; one statement."""
    at = sorted(user.location_ids)
    rows = session().execute(_PEOPLE_AT if at else _PEOPLE, {"locations": at}).all()
    named = sorted(rows, key=lambda row: (str(row[2]).casefold(), row[1]))
    return People(
        sorted((row[1], row[2]) for row in rows if row[0] == "location"),
        [(row[1], row[2]) for row in named if row[0] == "user"],
    )
