"""The wordings that papers had: each is kept as it was when it was first used, and every ticket knows its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workmanager import Model, UtcDateTime, now


class Wording(Model):
    """The texts and figures of one kind of paper in one language, never changed once they are used."""

    __tablename__ = "simple_wording"
    __audited__ = False
    __unaudited_because__ = "a copy of settings, whose changes are recorded; rows are only ever added"
    __table_args__ = (
        UniqueConstraint("kind", "language", "digest"),
        UniqueConstraint("kind", "language", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: ``intake`` or ``return``.
    kind: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5))
    #: Counts from 1 within kind and language; printed as "version 3".
    number: Mapped[int]
    #: SHA-256 of ``content``, in hexadecimal digits.
    digest: Mapped[str] = mapped_column(String(64))
    #: ``texts`` by name, and the ``figures`` that they mention.
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class TicketWording(Model):
    """Which wording holds for a paper of a ticket: that of the day on which it was agreed."""

    __tablename__ = "simple_ticket_wording"
    __audited__ = False
    __unaudited_because__ = (
        "written once with the ticket's own event; the client's yes is recorded by the service"
    )
    __title__ = _l("Terms of a ticket")
    __table_args__ = (Index(None, "wording_id"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    wording_id: Mapped[int] = mapped_column(ForeignKey("simple_wording.id"), info={"title": _l("Terms")})
    #: When the client accepted it at the counter; ``None`` where only the paper will say so.
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
