"""The tables of the bare stack, and what its pages say about their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

#: Statuses: name, stage, icon, and whose turn it is.
STATUSES: Final = (
    ("Preluat", "received", "inbox", "Noi"),
    ("Evaluare", "diagnosis", "clipboard2-pulse", "Noi"),
    ("Ofertă", "approval", "tag", "Client"),
    ("Întrebare", "question", "question-circle", "Client"),
    ("Așteaptă clientul", "waiting_client", "chat-left-dots", "Client"),
    ("Așteaptă piese", "waiting_parts", "box-seam", "Furnizor"),
    ("În lucru", "in_work", "wrench", "Noi"),
    ("Gata", "ready", "check-circle", "Client"),
    ("Nereparabil", "unrepairable", "slash-circle", "Client"),
    ("Predat", "returned", "box-arrow-right", ""),
    ("Anulat", "cancelled", "x-circle", ""),
)
#: Ids of the statuses by stage.
STAGES: Final = {stage: number for number, (_name, stage, _icon, _turn) in enumerate(STATUSES, 1)}
_TURN_ICONS: Final = {"Noi": "person-gear", "Client": "person", "Furnizor": "truck"}


class Base(DeclarativeBase):
    """The tables of the reference."""


class Client(Base):
    """A client."""

    __tablename__ = "client"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))


class Equipment(Base):
    """A device."""

    __tablename__ = "equipment"
    id: Mapped[int] = mapped_column(primary_key=True)
    unique_id: Mapped[str] = mapped_column(String(60), unique=True)
    manufacturer: Mapped[str] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(100))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)

    client: Mapped[Client] = relationship()

    @property
    def name(self) -> str:
        """Manufacturer and model."""
        return f"{self.manufacturer} {self.model}"


class Status(Base):
    """A status."""

    __tablename__ = "ticket_status"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(20))
    icon: Mapped[str] = mapped_column(String(40))
    turn: Mapped[str] = mapped_column(String(20))

    @property
    def is_ours(self) -> bool:
        """Whether the shop has the move."""
        return self.turn == "Noi"

    @property
    def turn_icon(self) -> str:
        """The icon of those who have the move."""
        return _TURN_ICONS[self.turn]


class User(Base):
    """A technician."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    initials: Mapped[str] = mapped_column(String(2))


class Location(Base):
    """A shop."""

    __tablename__ = "location"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))


@dataclass(frozen=True, slots=True)
class Due:
    """When a ticket is promised, as it is shown."""

    words: str
    icon: str
    tone: str


class Ticket(Base):
    """A ticket."""

    __tablename__ = "ticket"
    __table_args__ = (Index("ticket_by_time", "opened_at", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    status_id: Mapped[int] = mapped_column(ForeignKey("ticket_status.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    problem: Mapped[str] = mapped_column(Text)
    accessories: Mapped[str] = mapped_column(Text, default="")
    condition: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[str] = mapped_column(Text, default="")
    estimate: Mapped[int | None]
    opened_at: Mapped[datetime]
    stage_since: Mapped[datetime]
    due_at: Mapped[datetime | None]

    client: Mapped[Client] = relationship()
    equipment: Mapped[Equipment] = relationship()
    location: Mapped[Location] = relationship()
    status: Mapped[Status] = relationship()
    assignee: Mapped[User | None] = relationship()
    events: Mapped[list[Event]] = relationship(order_by="Event.id")
    prints: Mapped[list[Print]] = relationship(order_by="Print.id")

    def waited(self, now: datetime) -> str:
        """Say for how long it has stood where it stands."""
        return span(now - self.stage_since)

    def due(self, now: datetime) -> Due:
        """Say when it is promised."""
        if self.due_at is None:
            return Due("–", "calendar3", "")  # noqa: RUF001 - nothing is promised
        if self.status.turn and self.due_at < now:
            return Due(f"{span(now - self.due_at)} întârziere", "exclamation-triangle-fill", "late")
        return Due(self.due_at.strftime("%d.%m %H:%M"), "calendar3", "")


class Event(Base):
    """What happened to a ticket: it was opened, or its status changed."""

    __tablename__ = "ticket_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    before_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_status.id"))
    status_id: Mapped[int] = mapped_column(ForeignKey("ticket_status.id"))
    text: Mapped[str] = mapped_column(Text, default="")

    before: Mapped[Status | None] = relationship(foreign_keys=before_id)
    status: Mapped[Status] = relationship(foreign_keys=status_id)


class Print(Base):
    """A paper that was printed for a ticket."""

    __tablename__ = "print"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class Counter(Base):
    """The last number given."""

    __tablename__ = "counter"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


def span(time: timedelta) -> str:
    """Return a length of time in two units."""
    minutes = int(time.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} z {hours} h" if hours else f"{days} z"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


@dataclass(frozen=True, slots=True)
class Step:
    """A stage on the road of a ticket."""

    kind: str
    status: Status
    icon: str
    words: str


def road(ticket: Ticket, statuses: list[Status], now: datetime) -> list[Step]:
    """Return where ``ticket`` has been, where it is, and what lies ahead."""
    steps = []
    for event, following in zip(ticket.events, [*ticket.events[1:], None], strict=True):
        if following is not None:
            steps.append(Step("done", event.status, "check2", span(following.at - event.at)))
        else:
            who = f", la {ticket.assignee.name.split()[0]}" if ticket.assignee else ""
            steps.append(Step("now", event.status, event.status.icon, f"de {span(now - event.at)}{who}"))
    if ticket.status.turn:
        ahead = [one for one in statuses if one.stage in {"ready", "returned"} and one.id != ticket.status_id]
        steps += [Step("next", one, one.icon, "–") for one in ahead]  # noqa: RUF001 - not yet
    return steps


@dataclass(frozen=True, slots=True)
class Share:
    """How long one side has had the move, as a bar."""

    turn: str
    words: str
    tone: str
    begin: float
    width: float


def shares(ticket: Ticket, now: datetime) -> list[Share]:
    """Return how long each side has had the move."""
    spent: dict[str, timedelta] = {}
    ends = [event.at for event in ticket.events[1:]] + [now]
    for event, end in zip(ticket.events, ends, strict=True):
        if event.status.turn:
            spent[event.status.turn] = spent.get(event.status.turn, timedelta()) + (end - event.at)
    whole = sum(spent.values(), timedelta()).total_seconds() or 1
    found = []
    begin = 0.0
    for turn, time in spent.items():
        width = 307 * time.total_seconds() / whole
        found.append(Share(turn, span(time), "ac" if turn == "Noi" else "wt", begin, width))
        begin += width
    return found
