"""Which records were merged, and what moved: enough to undo it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.types import UtcDateTime, now


class RecordMerge(Model):
    """One record that became another, until it is undone."""

    __tablename__ = "record_merge"
    __audited__ = False
    __unaudited_because__ = "both records and every row that moved have entries of their own"
    __table_args__ = (Index(None, "entity", "winner_id"), Index(None, "entity", "loser_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Name of the table.
    entity: Mapped[str] = mapped_column(String(63))
    winner_id: Mapped[int] = mapped_column(BigInteger)
    loser_id: Mapped[int] = mapped_column(BigInteger)
    #: What the loser was called.
    loser_label: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: No foreign key: what happened stays.
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    #: ``{column: [before, after]}`` of the winner.
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Ids of the rows that went over to the winner, by ``table.column``.
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str] = mapped_column(String(200), default="")
