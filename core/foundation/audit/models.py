"""The audit trail and the idempotency keys of a tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.types import UtcDateTime, now

#: Longest name of an action: ``create``, ``change``, ``delete``, and what areas record by themselves.
ACTION_LENGTH = 40
LABEL_LENGTH = 200


class AuditEntry(Model):
    """One change of one record: who, when, which columns from what to what. Rows are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "entity", "entity_id", "id"),
        Index(None, "entity", "id"),
        Index(None, "actor_id", "id"),
    )
    __audited__ = False
    __unaudited_because__ = "it is the audit trail"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: The user; ``None`` for the product itself and for people without an account. No foreign key: what happened stays.
    actor_id: Mapped[int | None]
    #: Their name at that moment.
    actor_name: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    #: Name of the table.
    entity: Mapped[str] = mapped_column(String(63))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    #: What people call the record at that moment: a number, a name.
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    action: Mapped[str] = mapped_column(String(ACTION_LENGTH))
    #: ``{column: [before, after]}``; secrets read •••.
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    request_id: Mapped[str | None] = mapped_column(String(36))


class IdempotencyKey(Model):
    """That a form with this key was carried out, and what came of it."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index(None, "user_id", "key", unique=True), Index(None, "created_at"))
    __audited__ = False
    __unaudited_because__ = "it says nothing that the record it led to does not say"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: A UUID, made with the form.
    key: Mapped[str] = mapped_column(String(36))
    #: The user; 0 for people without an account.
    user_id: Mapped[int]
    method: Mapped[str] = mapped_column(String(7))
    #: Without the tenant's prefix.
    path: Mapped[str] = mapped_column(String(500))
    #: SHA-256 of what was sent, in hexadecimal digits.
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    #: Id of the record that was made.
    result_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
