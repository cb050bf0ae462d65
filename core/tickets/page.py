"""What the page of a ticket shows: the ticket with its names, its road, its timeline in words, its papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _, ngettext
from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import aliased

from core.clients.models import Client
from core.db import session
from core.equipment.codes import code_label
from core.equipment.models import Equipment
from core.equipment.queries import TITLE, join_names
from core.foundation.accounts import CurrentUser
from core.foundation.accounts.models import User
from core.foundation.audit.naming import Naming, find_told, pointed_to, read_names, title_of
from core.foundation.documents.kinds import DocumentKind
from core.foundation.settings.models import Location
from core.foundation.ui.badges import Badge
from core.foundation.ui.formats import format_datetime, format_duration, format_money
from core.foundation.ui.language import current_locale, current_zone
from core.tickets.errors import TicketNotFoundError
from core.tickets.models import EventKind, Priority, Ticket, TicketStatus
from core.tickets.papers import ticket_kinds
from core.tickets.queries import due_of, turn_of
from core.tickets.stages import TURN_TITLES, Stage, Turn
from core.tickets.statuses import following, list_statuses
from core.tickets.timeline import events_of
from core.tickets.track import ahead, time_by_turn, visits
from core.tickets.visibility import narrowed, visible_tickets
from core.types import Money, now

#: Width of the bar of shop time and client time, in the units of its drawing.
BAR: Final = 310
#: A value that was changed is told when it is no longer than this.
TOLD: Final = 60

_ICONS: Final = {
    EventKind.OPENED: "inbox",
    EventKind.NOTE: "sticky",
    EventKind.EDITED: "pencil",
    EventKind.ASSIGNED: "person-badge",
    EventKind.PRINTED: "printer",
    EventKind.CODE_SHOWN: "eye",
    EventKind.UNLOCK_SHOWN: "eye",
    EventKind.WORK: "wrench",
    EventKind.WORK_REVERSED: "arrow-counterclockwise",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage on the road of a ticket."""

    state: str
    stage: Stage
    icon: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """An event in words."""

    icon: str
    text: str
    by: str
    said: str = ""
    stage: str | None = None
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """How long one side has had the move, and its piece of the bar."""

    turn: Turn
    title: str
    duration: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that can be printed, and when it was last."""

    name: str
    title: str
    printed_at: datetime | None
    #: What the plugin that makes it says of it; may be empty.
    standing: str = ""


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Everything that the page of one ticket shows, apart from plugins' panels."""

    ticket: Ticket
    names: Row[Any]
    status: str
    turn: Badge | None
    due: Badge
    stops: Sequence[Stop]
    shares: Sequence[Share]
    items: Sequence[Item]
    papers: Sequence[Paper]
    next_statuses: Sequence[TicketStatus]

    @property
    def stages(self) -> dict[int, Stage]:
        """The stage of each status that may follow, by id."""
        return {status.id: status.stage for status in self.next_statuses}

    @property
    def code_label(self) -> str:
        """What the unique ID of the device is: see ``core.equipment.codes.code_label``."""
        return code_label(self.names.unique_id)


def read_page(ticket_id: int, user: CurrentUser) -> TicketPage:
    """Read the page of a ticket in three statements.

    :raises TicketNotFoundError: there is none, or it is not the reader's to know of.
    """
    statement = narrowed(_PAGE, visible_tickets(user))
    row = session().execute(statement, {"ticket": ticket_id}).one_or_none()
    if row is None:
        raise TicketNotFoundError(_("There is no such ticket."))
    ticket: Ticket = row.Ticket
    moment, language = now(), current_locale().language
    statuses = list_statuses(active=False)
    by_id = {status.id: status for status in statuses}
    events = events_of(ticket_id)
    kinds = ticket_kinds(user)
    titles = {status.id: status.title(language) for status in statuses}
    words = _Words(titles, kinds, ticket.currency, _naming(events, user))
    active = [status for status in statuses if status.is_active]
    return TicketPage(
        ticket=ticket,
        names=row,
        status=by_id[ticket.status_id].title(language),
        turn=turn_of(ticket.stage, ticket.stage_since, moment),
        due=due_of(ticket.due_at, ticket.closed_at, moment),
        stops=_stops(ticket, events, row, moment),
        shares=_shares(events, moment),
        items=[words.item(event) for event in reversed(events)],
        papers=_papers(kinds, events, ticket),
        next_statuses=following(by_id[ticket.status_id], active),
    )


_OPENER: Final = aliased(User)
_FACTS: Any = (
    select(
        Ticket,
        Client.name.label("client"),
        Client.phone,
        Client.language.label("client_language"),
        TITLE.label("device"),
        Equipment.unique_id,
        Equipment.serial,
        Location.name.label("location"),
        User.name.label("assignee"),
        _OPENER.name.label("opener"),
    )
    .select_from(Ticket)
    .join(Client, Client.id == Ticket.client_id)
    .join(Equipment, Equipment.id == Ticket.equipment_id)
    .join(Location, Location.id == Ticket.location_id)
    .outerjoin(User, User.id == Ticket.assignee_id)
    .outerjoin(_OPENER, _OPENER.id == Ticket.opened_by)
    .where(Ticket.id == bindparam("ticket"))
)
#: Of the page of one ticket, whoever reads it.
_PAGE: Final[Select[Any]] = join_names(_FACTS)


def _stops(ticket: Ticket, events: Sequence[Row[Any]], row: Row[Any], moment: datetime) -> list[Stop]:
    """Return the road: where it has been and how long, where it is, what lies ahead."""
    past = visits(events)
    stops = [
        Stop("done", one.stage, one.stage.icon, one.stage.label, format_duration(one.lasted(moment)))
        for one in past[:-1]
    ]
    if past:
        here = past[-1]
        text = _here(ticket, here.lasted(moment), row.assignee)
        stops.append(Stop("now", here.stage, here.stage.icon, here.stage.label, text))
    return stops + [Stop("next", stage, stage.icon, stage.label, "\N{EN DASH}") for stage in ahead(past)]


def _here(ticket: Ticket, lasted: timedelta, assignee: str | None) -> str:
    if ticket.closed_at is not None:
        return format_datetime(ticket.closed_at, locale=current_locale(), zone=current_zone())
    if lasted < timedelta(minutes=1):
        return str(_("just now"))
    duration = format_duration(lasted)
    if assignee and ticket.stage.turn is Turn.SHOP:
        return str(_("for %(duration)s, with %(name)s", duration=duration, name=assignee.split()[0]))
    return str(_("for %(duration)s", duration=duration))


def _shares(events: Sequence[Row[Any]], moment: datetime) -> list[Share]:
    spent = time_by_turn(visits(events), moment)
    whole = sum(spent.values(), timedelta()) or timedelta(seconds=1)
    shares, start = [], 0.0
    for turn, duration in spent.items():
        if duration < timedelta(minutes=1) < whole:
            continue
        width = round(BAR * (duration / whole), 1)
        shares.append(
            Share(turn, str(TURN_TITLES[turn]), format_duration(duration), start, max(width - 3, 1))
        )
        start += width
    return shares


def _papers(kinds: Sequence[DocumentKind], events: Sequence[Row[Any]], ticket: Ticket) -> list[Paper]:
    printed = {event.data["document"]: event.at for event in events if event.kind is EventKind.PRINTED}
    standing: dict[str, str] = {}
    for ask in dict.fromkeys(kind.standing for kind in kinds if kind.standing is not None):
        standing.update(ask(ticket))
    return [
        Paper(kind.name, str(kind.title), printed.get(kind.name), standing.get(kind.name, ""))
        for kind in kinds
    ]


def _naming(events: Sequence[Row[Any]], user: CurrentUser) -> Naming:
    """Read the names of the records that changes of the ticket point to."""
    fields = [event.data["fields"] for event in events if event.kind is EventKind.EDITED]
    pointed = (
        pointed_to(Ticket.__tablename__, name, value)
        for changed in fields
        for name, pair in changed.items()
        for value in pair
    )
    return read_names((record for records in pointed for record in records), user.can)


class _Words:
    """Says in words what an event was."""

    def __init__(
        self, statuses: Mapping[int, str], kinds: Sequence[DocumentKind], currency: str, naming: Naming
    ) -> None:
        """Know the names of statuses, papers and other records, and the currency of the ticket."""
        self._currency, self._naming = currency, naming
        self._statuses = statuses
        self._papers = {kind.name: str(kind.title) for kind in kinds}

    def item(self, event: Row[Any]) -> Item:
        """Return the event as the timeline shows it."""
        when = format_datetime(event.at, locale=current_locale(), zone=current_zone())
        by = f"{when} · {event.actor_name}"
        stage = event.data.get("stage")
        if event.kind is EventKind.STATUS:
            before, after = self._status(event.data["from"]), self._status(event.data["to"])
            text = f"{before} → {after}"
            return Item(Stage(stage).icon, text, by, event.text, stage)
        if event.kind is EventKind.NOTE:
            return Item(_ICONS[event.kind], event.actor_name, when, event.text, is_note=True)
        said = self._changes(event.data["fields"]) if event.kind is EventKind.EDITED else event.text
        return Item(_ICONS[event.kind], self._text(event), by, said, stage)

    def _status(self, status_id: int) -> str:
        return self._statuses.get(status_id, f"#{status_id}")

    def _text(self, event: Row[Any]) -> str:
        if event.kind is EventKind.ASSIGNED:
            name = event.data.get("name")
            return str(_("Given to %(name)s", name=name) if name else _("Given to whoever is free"))
        if event.kind is EventKind.PRINTED:
            name = event.data["document"]
            paper = self._papers.get(name, name)
            if event.data.get("access_code"):
                return str(_("Printed: %(paper)s, with the access code", paper=paper))
            return str(_("Printed: %(paper)s", paper=paper))
        if event.kind is EventKind.EDITED:
            count = len(event.data["fields"])
            return str(ngettext("%(num)s thing changed", "%(num)s things changed", count))
        what = event.data.get("what", "")
        texts = {
            EventKind.OPENED: _("Taken in"),
            EventKind.CODE_SHOWN: _("Access code shown"),
            EventKind.UNLOCK_SHOWN: _("Unlock code shown"),
            EventKind.WORK: _("Done: %(what)s", what=what),
            EventKind.WORK_REVERSED: _("Taken back: %(what)s", what=what),
        }
        return str(texts[event.kind])

    def _changes(self, fields: Mapping[str, Sequence[object]]) -> str:
        told = []
        for name, (before, after) in fields.items():
            title = title_of("ticket", name)
            values = [self._value(name, one) for one in (before, after)]
            short = all(len(value) <= TOLD for value in values)
            told.append(f"{title}: {values[0]} → {values[1]}" if short else title)
        return "; ".join(told)

    def _value(self, name: str, value: object) -> str:
        """Return a value of a change as people read it."""
        if value is None or value == "":
            return "\N{EN DASH}"
        if (further := find_told(name)) is not None:
            return further.value(Ticket.__tablename__, name, value) or str(value)
        if (named := self._naming.value(Ticket.__tablename__, name, value)) is not None:
            return named
        if name == "estimate_minor":
            return format_money(Money.from_minor(int(str(value)), self._currency), locale=current_locale())
        if name == "due_at":
            return format_datetime(
                datetime.fromisoformat(str(value)), locale=current_locale(), zone=current_zone()
            )
        return Priority(str(value)).label if name == "priority" else str(value)
