"""Catalogue items: labour and parts, each with its names, its cost and its price."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.types import Money, UtcDateTime, key_column, now, one_of

MINUTES_OF_AN_HOUR: Final = 60


class ItemKind(StrEnum):
    """Whether somebody's time is sold or a thing; the values are stored and never change."""

    LABOUR = "labour"
    PART = "part"

    @property
    def label(self) -> str:
        """The name, in the reader's language."""
        return str(_KINDS[self])

    @property
    def icon(self) -> str:
        """The name in icons.svg, without ``i-``."""
        return "wrench" if self is ItemKind.LABOUR else "box-seam"


_KINDS: Final = {ItemKind.LABOUR: _l("Labour"), ItemKind.PART: _l("Part")}


class Unit(StrEnum):
    """What a quantity counts; the values are stored and never change."""

    PIECE = "piece"
    ONE = "one"
    HOUR = "hour"
    SET = "set"
    METRE = "metre"
    KILOGRAM = "kilogram"
    LITRE = "litre"

    @property
    def label(self) -> str:
        """The name as it stands behind a number, in the reader's language."""
        return str(_UNITS[self])

    @property
    def code(self) -> str:
        """The code of electronic invoices (UN/ECE recommendation 20)."""
        return _CODES[self]


_UNITS: Final = {
    Unit.PIECE: _l("pcs"),
    Unit.ONE: _l("svc."),
    Unit.HOUR: _l("h"),
    Unit.SET: _l("set"),
    Unit.METRE: _l("m"),
    Unit.KILOGRAM: _l("kg"),
    Unit.LITRE: _l("l"),
}
_CODES: Final = {
    Unit.PIECE: "H87",
    Unit.ONE: "C62",
    Unit.HOUR: "HUR",
    Unit.SET: "SET",
    Unit.METRE: "MTR",
    Unit.KILOGRAM: "KGM",
    Unit.LITRE: "LTR",
}


class CatalogueItem(Model):
    """A labour item or a part as the shop offers it (R62-R64).

    Nothing is deleted: what is no longer offered is not active, and works keep what they had of it.
    """

    __tablename__ = "catalogue_item"
    __title__ = _l("Catalogue item")
    __derived_columns__ = frozenset({"code_key", "name_key"})
    __table_args__ = (
        Index(None, "name_key", "id"),
        Index(None, "updated_at", "id"),
        Index(None, "kind", "name_key", "id"),
        Index(None, "is_active", "name_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ItemKind] = mapped_column(one_of(ItemKind), info={"title": _l("Kind")})
    code: Mapped[str] = mapped_column(String(40), info={"title": _l("Code")})
    #: Without case and separators: no two items share it.
    code_key: Mapped[str] = mapped_column(key_column(40), unique=True)
    #: By language; the firm's own is always there.
    names: Mapped[dict[str, str]] = mapped_column(JSON, info={"title": _l("Name")})
    #: The name in the firm's language, folded, for sorting.
    name_key: Mapped[str] = mapped_column(key_column(200))
    unit: Mapped[Unit] = mapped_column(one_of(Unit), info={"title": _l("Unit")})
    #: How long the work takes as a rule; of labour alone.
    standard_minutes: Mapped[int | None] = mapped_column(info={"title": _l("Standard time, minutes")})
    #: What one unit costs the shop, without VAT, in the smallest unit of ``currency``; ``None`` where nobody said.
    cost_minor: Mapped[int | None] = mapped_column(BigInteger, info={"title": _l("Cost")})
    #: What a client pays for one unit, VAT included, in the smallest unit of ``currency``.
    price_minor: Mapped[int] = mapped_column(BigInteger, info={"title": _l("Price")})
    currency: Mapped[str] = mapped_column(String(3), info={"title": _l("Currency")})
    #: A key of the dated VAT rates: ``standard``; what the rate is, the day says.
    vat_key: Mapped[str] = mapped_column(String(40), info={"title": _l("VAT")})
    guarantee_months: Mapped[int | None] = mapped_column(info={"title": _l("Guarantee, months")})
    is_active: Mapped[bool] = mapped_column(default=True, info={"title": _l("Offered")})
    notes: Mapped[str] = mapped_column(Text, default="", info={"title": _l("Notes")})
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name

    @property
    def cost(self) -> Money | None:
        """What one unit costs the shop, without VAT."""
        return None if self.cost_minor is None else Money.from_minor(self.cost_minor, self.currency)

    @property
    def price(self) -> Money:
        """What a client pays for one unit, VAT included."""
        return Money.from_minor(self.price_minor, self.currency)

    @property
    def usual_quantity(self) -> Decimal:
        """How much of it one job takes: the standard time where it is sold by the hour, else one."""
        return usual_quantity(self.unit, self.standard_minutes)


def usual_quantity(unit: Unit, standard_minutes: int | None) -> Decimal:
    """Return how much of an item one job takes, in thousandths at the finest."""
    if unit is not Unit.HOUR or not standard_minutes:
        return Decimal(1)
    return (Decimal(standard_minutes) / MINUTES_OF_AN_HOUR).quantize(Decimal("0.001"))


def item_name(names: Mapping[str, str], language: str) -> str:
    """Return the name of an item in ``language``, else the first there is: the one of the firm's language."""
    return names.get(language) or next(iter(names.values()), "")
