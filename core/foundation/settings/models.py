"""Settings, locations and number series of a tenant."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.types import Rate, UtcDateTime, now

#: Longest code of a location; it stands at the front of every number.
CODE_LENGTH = 8
NAME_LENGTH = 100
ADDRESS_LENGTH = 300


class Setting(Model):
    """One setting that the shop has given a value; one without a row has its default."""

    __tablename__ = "setting"
    __table_args__ = (Index(None, "group_name", "key", unique=True),)
    __audit_label__ = "path"
    #: The label of an entry is the path, and its actor who did it.
    __derived_columns__ = frozenset({"group_name", "key", "updated_by"})
    __title__ = _l("Setting")

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Name of the group that declares it.
    group_name: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(60))
    #: As the declaration of the setting keeps it in JSON.
    value: Mapped[Any] = mapped_column(JSON, info={"title": _l("Value")})
    version: Mapped[int] = mapped_column()
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    #: The user; ``None`` for the product itself.
    updated_by: Mapped[int | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name

    @property
    def path(self) -> str:
        """The name by which code asks for it: ``firm.phone``."""
        return f"{self.group_name}.{self.key}"


class Location(Model):
    """A place where the shop works; never deleted, because tickets and numbers name theirs."""

    __tablename__ = "location"
    __title__ = _l("Location")

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Capital letters and digits; the front of the numbers given out here: ``CJ``.
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True, info={"title": _l("Code")})
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), info={"title": _l("Name")})
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), default="", info={"title": _l("Address")})
    #: With its country, as ``+40744555207``.
    phone: Mapped[str | None] = mapped_column(String(20), info={"title": _l("Phone")})
    email: Mapped[str] = mapped_column(String(254), default="", info={"title": _l("E-mail")})
    #: From Monday to Sunday, each a list of [from, to] in minutes after midnight; ``None`` where the shop has said nothing.
    hours: Mapped[list[list[list[int]]] | None] = mapped_column(
        JSON(none_as_null=True), info={"title": _l("Working hours")}
    )
    keeps_holidays: Mapped[bool] = mapped_column(
        default=True, info={"title": _l("Closed on public holidays")}
    )
    is_active: Mapped[bool] = mapped_column(default=True, info={"title": _l("In use")})
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class ClosedDay(Model):
    """Days on which the shop, or one of its locations, is closed although it usually works."""

    __tablename__ = "closed_day"
    __table_args__ = (Index(None, "location_id"), Index(None, "last_day"))
    __title__ = _l("Closed days")

    id: Mapped[int] = mapped_column(primary_key=True)
    #: ``None``: all of them.
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), info={"title": _l("Location")})
    first_day: Mapped[date] = mapped_column(info={"title": _l("From")})
    #: Closed on it, too.
    last_day: Mapped[date] = mapped_column(info={"title": _l("Until")})
    #: Why, as people call it.
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), info={"title": _l("Name")})


class NumberSeries(Model):
    """The counter of one kind of number, for one location and one year where the kind counts them apart."""

    __tablename__ = "number_series"
    # No two series of a kind begin in the same way: so no two papers ever bear one number.
    __table_args__ = (Index(None, "location_id"), Index(None, "kind", "prefix", unique=True))
    #: The front of the numbers and the location say both.
    __derived_columns__ = frozenset({"scope", "kind"})
    __title__ = _l("Number series")

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Kind, location and year in one text, ``ticket/3/2026``: unique also where one of them is empty. Of a series that is closed,
    #: because the shop numbers in another way, the id follows: ``ticket/3/2026#7``.
    scope: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), info={"title": _l("Location")})
    year: Mapped[int | None] = mapped_column(info={"title": _l("Year")})
    #: What stands before the digits: ``CJ-``.
    prefix: Mapped[str] = mapped_column(String(40), info={"title": _l("Beginning of the numbers")})
    #: The number with which it began; nothing has been given out while the next one is the same.
    first_number: Mapped[int] = mapped_column(BigInteger, default=1, info={"title": _l("First number")})
    #: The number that will be given out next.
    next_number: Mapped[int] = mapped_column(BigInteger, info={"title": _l("Next number")})
    #: Fewest digits, filled up with zeros.
    width: Mapped[int] = mapped_column(info={"title": _l("Digits")})
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class NumberRule(Model):
    """How the shop numbers one kind of paper at one location, where it has said so."""

    __tablename__ = "number_rule"
    __table_args__ = (Index(None, "location_id"),)
    __audit_label__ = "scope"
    __derived_columns__ = frozenset({"scope", "first_year"})
    __title__ = _l("Numbering")

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Kind and location in one text, ``ticket/3``.
    scope: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), info={"title": _l("Location")})
    #: What stands before the digits, with ``{location}`` and ``{year}``.
    pattern: Mapped[str] = mapped_column(String(40), info={"title": _l("Beginning of the numbers")})
    width: Mapped[int] = mapped_column(info={"title": _l("Digits")})
    per_year: Mapped[bool] = mapped_column(info={"title": _l("Begins anew each year")})
    #: With which the next new series begins, one counted by year only in ``first_year``.
    first_number: Mapped[int] = mapped_column(BigInteger, info={"title": _l("First number")})
    first_year: Mapped[int | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class DatedValue(Model):
    """A rate, threshold or deadline of the law as it is from one day on."""

    __tablename__ = "dated_value"
    __table_args__ = (Index(None, "country", "key", "valid_from", unique=True),)
    __audit_label__ = "key"
    __title__ = _l("Legal value")

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Whose law, ISO 3166-1 alpha-2.
    country: Mapped[str] = mapped_column(String(2), info={"title": _l("Country")})
    key: Mapped[str] = mapped_column(String(60), info={"title": _l("Key")})
    value: Mapped[Decimal] = mapped_column(Rate(), info={"title": _l("Value")})
    #: One of ``legal.UNITS``, or the code of a currency.
    unit: Mapped[str] = mapped_column(String(20), info={"title": _l("Unit")})
    valid_from: Mapped[date] = mapped_column(info={"title": _l("From")})
    #: Last day by its own law; a later row ends it as well, without a word here.
    valid_to: Mapped[date | None] = mapped_column(info={"title": _l("Until")})
    #: The law that says so.
    source: Mapped[str] = mapped_column(String(200), info={"title": _l("Source")})
    #: Why a value that had begun already was written down or corrected.
    reason: Mapped[str] = mapped_column(String(200), default="", info={"title": _l("Reason")})
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name
