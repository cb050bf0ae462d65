"""Tickets, the shop's own statuses, and the timeline of what happened to each ticket."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.tickets.stages import Stage
from core.types import Money, UtcDateTime, now, one_of

#: Most characters of a text of a ticket and of its timeline.
LONGEST_TEXT: Final = 10_000


class Priority(StrEnum):
    """How urgent a ticket is; the values are stored and never change."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        """The name, in the reader's language."""
        return str(_PRIORITIES[self])


_PRIORITIES = {
    Priority.LOW: _l("Low"),
    Priority.NORMAL: _l("Normal"),
    Priority.HIGH: _l("High"),
    Priority.URGENT: _l("Urgent"),
}


class EventKind(StrEnum):
    """What happened to a ticket; the values are stored and never change."""

    OPENED = "opened"
    STATUS = "status"
    NOTE = "note"
    EDITED = "edited"
    ASSIGNED = "assigned"
    PRINTED = "printed"
    CODE_SHOWN = "code_shown"
    UNLOCK_SHOWN = "unlock_shown"
    WORK = "work"
    WORK_REVERSED = "work_reversed"


def _open_index(name: str, *columns: str) -> Index:
    """Return an index of open tickets alone."""
    still_open = text("closed_at IS NULL")
    return Index(name, *columns, sqlite_where=still_open, postgresql_where=still_open)


class TicketStatus(Model):
    """A status as the shop words it; its stage carries the meaning."""

    __tablename__ = "ticket_status"
    __title__ = _l("Status")
    __table_args__ = (Index(None, "stage", "position", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The shop's wording by language; ``None`` means the name of the stage.
    name: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True), info={"title": _l("Name")})
    stage: Mapped[Stage] = mapped_column(one_of(Stage), info={"title": _l("Stage")})
    position: Mapped[int] = mapped_column(info={"title": _l("Position")})
    is_active: Mapped[bool] = mapped_column(default=True, info={"title": _l("In use")})
    #: Ids of the statuses that may follow; ``None`` means every one.
    next_ids: Mapped[list[int] | None] = mapped_column(
        JSON(none_as_null=True), info={"title": _l("What may follow"), "refers": "ticket_status"}
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name

    def title(self, language: str) -> str:
        """Return the wording in ``language``, else in any language, else the name of the stage."""
        return status_title(self.name, self.stage, language)


def status_title(name: dict[str, str] | None, stage: Stage, language: str) -> str:
    """Return how a status is worded in ``language``."""
    if not name:
        return stage.label
    return name.get(language) or next(iter(name.values()))


class Ticket(Model):
    """One stay of a device in the shop, from intake to return.

    Nothing of a ticket is ever deleted: it is cancelled, with a reason.
    """

    __tablename__ = "ticket"
    __title__ = _l("Ticket")
    __secret_columns__ = frozenset({"access_digest", "access_code", "unlock_code"})
    __derived_columns__ = frozenset({"access_digest"})
    __table_args__ = (
        Index(None, "opened_at", "id"),
        Index(None, "updated_at", "id"),
        Index(None, "stage", "opened_at", "id"),
        Index(None, "location_id", "opened_at", "id"),
        Index(None, "assignee_id", "opened_at", "id"),
        Index(None, "client_id", "opened_at", "id"),
        Index(None, "equipment_id", "opened_at", "id"),
        # Open tickets are few however many are closed: what is asked of them is answered by indexes of them alone.
        _open_index("ix_ticket_open", "opened_at", "id"),
        _open_index("ix_ticket_open_due", "due_at", "id"),
        _open_index("ix_ticket_open_waiting", "stage_since", "id"),
        _open_index("ix_ticket_open_location", "location_id", "opened_at", "id"),
        _open_index("ix_ticket_open_assignee", "assignee_id", "opened_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True, info={"title": _l("Number")})
    #: HMAC of the access code: what the ticket is found by.
    access_digest: Mapped[str] = mapped_column(String(64), unique=True)
    #: The access code, encrypted: for printing it again.
    access_code: Mapped[bytes] = mapped_column(LargeBinary, info={"title": _l("Access code")})
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), info={"title": _l("Client")})
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"), info={"title": _l("Device")})
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), info={"title": _l("Location")})
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info={"title": _l("Technician")})
    #: What the client says is wrong, in the client's words.
    problem: Mapped[str] = mapped_column(Text, info={"title": _l("Reported problem")})
    accessories: Mapped[str] = mapped_column(Text, default="", info={"title": _l("Accessories")})
    #: How the device looked when it came in.
    condition: Mapped[str] = mapped_column(Text, default="", info={"title": _l("Condition on arrival")})
    initial_findings: Mapped[str] = mapped_column(Text, default="", info={"title": _l("Initial findings")})
    #: The device's unlock code, encrypted; wiped when the device goes back (X12).
    unlock_code: Mapped[bytes | None] = mapped_column(LargeBinary, info={"title": _l("Unlock code")})
    #: What the repair may cost, in the smallest unit of ``currency``, VAT included.
    estimate_minor: Mapped[int | None] = mapped_column(BigInteger, info={"title": _l("Estimate")})
    currency: Mapped[str] = mapped_column(String(3), info={"title": _l("Currency")})
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info={"title": _l("Due")})
    priority: Mapped[Priority] = mapped_column(
        one_of(Priority), default=Priority.NORMAL, info={"title": _l("Priority")}
    )
    status_id: Mapped[int] = mapped_column(ForeignKey("ticket_status.id"), info={"title": _l("Status")})
    #: The stage of the status, kept here so that lists and rules need no join.
    stage: Mapped[Stage] = mapped_column(one_of(Stage), info={"title": _l("Stage")})
    stage_since: Mapped[datetime] = mapped_column(UtcDateTime, info={"title": _l("In this stage since")})
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info={"title": _l("Taken in by")})
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, info={"title": _l("Taken in at")})
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info={"title": _l("Closed at")})
    cancel_reason: Mapped[str] = mapped_column(Text, default="", info={"title": _l("Reason for cancelling")})
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name

    @property
    def is_open(self) -> bool:
        """Whether the device is still the shop's to look after."""
        return self.stage.is_open

    @property
    def estimate(self) -> Money | None:
        """What the repair may cost, ``None`` where nobody said."""
        return None if self.estimate_minor is None else Money.from_minor(self.estimate_minor, self.currency)


class TicketEvent(Model):
    """One thing that happened to a ticket: who, when, what. Rows are only ever added."""

    __tablename__ = "ticket_event"
    __title__ = _l("Event")
    __audited__ = False
    __unaudited_because__ = "it is itself the history of its ticket, and is only ever added to"
    __table_args__ = (Index(None, "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    kind: Mapped[EventKind] = mapped_column(one_of(EventKind))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: Their name at that moment; names change, what happened does not.
    actor_name: Mapped[str] = mapped_column(String(200))
    #: Facts by kind: ``status``: from, to (ids), stage, before; ``edited``: fields; ``printed``: document, access_code;
    #: ``work`` and ``work_reversed``: work (an id), kind, what.
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: What somebody wrote: a note, a reason.
    text: Mapped[str] = mapped_column(Text, default="")
