"""The control database: which tenants there are and where each lives. Nothing of their business."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import ControlModel
from core.types import UtcDateTime, now


class TenantStatus(StrEnum):
    """The life of a tenant."""

    #: Being made; its database may be incomplete.
    CREATING = "creating"
    ACTIVE = "active"
    #: By its operator: nobody gets in, nothing is lost.
    SUSPENDED = "suspended"


class InstallationRecord(ControlModel):
    """The one row that tells this installation from others on the same PostgreSQL cluster."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Six hexadecimal digits; part of every role name.
    key: Mapped[str] = mapped_column(String(6))


class TenantRecord(ControlModel):
    """One tenant; its id is the tenant number, never used again."""

    __tablename__ = "tenant"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own name

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(5))
    #: ISO 3166-1 alpha-2.
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(50))
    #: Host name of its own; links then lead there.
    domain: Mapped[str | None] = mapped_column(String(253), unique=True)
    #: PostgreSQL database it was placed in; ``None`` for a SQLite file in the instance folder.
    url: Mapped[str | None] = mapped_column(String(500))
    #: PostgreSQL schema and role, kept because slugs change and roles do not.
    schema: Mapped[str | None] = mapped_column(String(63))
    #: State by plugin name; what is not named is off.
    plugins: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
