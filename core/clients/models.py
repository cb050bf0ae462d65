"""Clients, with the folded copies of their data by which they are found and sorted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.types import UtcDateTime, key_column, now, one_of


class ClientKind(StrEnum):
    """Whether a client is a person or a firm; the values are stored and never change."""

    PERSON = "person"
    COMPANY = "company"

    @property
    def label(self) -> str:
        """The name, in the reader's language."""
        return str(_KINDS[self])

    @property
    def icon(self) -> str:
        """The name in icons.svg, without ``i-``."""
        return "people" if self is ClientKind.COMPANY else "person"


_KINDS = {ClientKind.PERSON: _l("Person"), ClientKind.COMPANY: _l("Company")}


class Client(Model):
    """A person or a firm that brings devices (R20, R23, R84)."""

    __tablename__ = "client"
    __title__ = _l("Client")
    #: Folded copies say nothing that their originals do not.
    __derived_columns__ = frozenset({"name_key", "match_key", "phone_key", "email_key", "tax_key"})
    __table_args__ = (
        Index(None, "name_key", "id"),
        Index(None, "updated_at", "id"),
        Index(None, "kind", "id"),
        Index(None, "match_key"),
        Index(None, "phone_key"),
        Index(None, "email_key"),
        Index(None, "tax_key"),
        Index(None, "merged_into_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ClientKind] = mapped_column(one_of(ClientKind), info={"title": _l("Kind")})
    name: Mapped[str] = mapped_column(String(200), info={"title": _l("Name")})
    #: With country code, ``+40744555207``; empty when there is none.
    phone: Mapped[str] = mapped_column(String(40), default="", info={"title": _l("Phone")})
    email: Mapped[str] = mapped_column(String(254), default="", info={"title": _l("E-mail")})
    #: Tax code without separators; ``RO`` stands before it when the firm pays VAT.
    tax_id: Mapped[str] = mapped_column(String(30), default="", info={"title": _l("Tax code")})
    street: Mapped[str] = mapped_column(String(200), default="", info={"title": _l("Street")})
    city: Mapped[str] = mapped_column(String(100), default="", info={"title": _l("City")})
    county: Mapped[str] = mapped_column(String(100), default="", info={"title": _l("County")})
    postcode: Mapped[str] = mapped_column(String(20), default="", info={"title": _l("Postcode")})
    #: ISO 3166-1 alpha-2.
    country: Mapped[str] = mapped_column(String(2), info={"title": _l("Country")})
    #: Of papers and messages (X13): ``ro`` or ``en``.
    language: Mapped[str] = mapped_column(String(5), info={"title": _l("Language")})
    notes: Mapped[str] = mapped_column(Text, default="", info={"title": _l("Notes")})
    #: The name folded, for sorting.
    name_key: Mapped[str] = mapped_column(key_column(200))
    #: What similar names have in common: see ``core.clients.keys.match_key``.
    match_key: Mapped[str] = mapped_column(key_column(200))
    #: The digits of the phone in national form.
    phone_key: Mapped[str] = mapped_column(key_column(40), default="")
    email_key: Mapped[str] = mapped_column(key_column(254), default="")
    #: The tax code without the country.
    tax_key: Mapped[str] = mapped_column(key_column(30), default="")
    #: The client that this one turned out to be; nobody finds it any more, and its address leads there.
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("client.id"), info={"title": _l("Merged into")}
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name

    @property
    def is_company(self) -> bool:
        """Whether this is a firm."""
        return self.kind is ClientKind.COMPANY
