"""Column types and values that every model uses: exact money and quantities, aware time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

#: Currencies whose smallest unit is not a hundredth (ISO 4217); all others have two decimals.
DECIMALS: Final = {"JPY": 0, "KRW": 0, "BHD": 3, "KWD": 3, "TND": 3}
#: Largest id: the key columns are INTEGER, four bytes on PostgreSQL.
LARGEST_ID: Final = 2**31 - 1
#: Largest whole number that a BIGINT column and a JSON client both keep exactly.
LARGEST_INTEGER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount in a currency, never a float."""

    amount: Decimal
    currency: str = "RON"

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Money:
        """Return the money of ``minor`` smallest units (bani, cents) of ``currency``."""
        return cls(Decimal(minor).scaleb(-DECIMALS.get(currency, 2)), currency)

    @property
    def minor(self) -> int:
        """Whole smallest units, rounded half up, as the database stores them."""
        scaled = self.amount.scaleb(DECIMALS.get(self.currency, 2))
        return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def __str__(self) -> str:
        """Return the amount with the currency's decimals and its code, for logs and papers without a locale."""
        places = DECIMALS.get(self.currency, 2)
        return f"{self.amount:.{places}f} {self.currency}"


class ScaledDecimal(TypeDecorator[Decimal]):
    """A ``Decimal`` kept as a whole number of ten-to-the-minus-``places`` in a BIGINT: SQLite keeps NUMERIC as float."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        """Keep the number of decimals that survive."""
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Return the whole number that is stored."""
        del dialect
        if value is None:
            return None
        return int(Decimal(value).scaleb(self.places).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ANN401 - a driver's
        """Return the exact value that was stored."""
        del dialect
        return None if value is None else Decimal(value).scaleb(-self.places)


def Quantity() -> ScaledDecimal:  # noqa: N802 - reads as a column type
    """Return the type of quantities: thousandths."""
    return ScaledDecimal(3)


def UnitPrice() -> ScaledDecimal:  # noqa: N802 - reads as a column type
    """Return the type of unit prices: ten-thousandths."""
    return ScaledDecimal(4)


def Rate() -> ScaledDecimal:  # noqa: N802 - reads as a column type
    """Return the type of rates such as VAT and exchange: ten-thousandths."""
    return ScaledDecimal(4)


def key_column(length: int) -> String:
    """Return the type of a folded copy: compared byte by byte, so that both databases sort and range alike."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def one_of(kind: type[StrEnum]) -> Enum:
    """Return the type of a column that keeps a value of ``kind`` as text."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused, because nobody can know what it meant."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use ``timestamptz`` on PostgreSQL, naive UTC text on SQLite."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as the driver stores it.

        :raises ValueError: ``value`` has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a moment without a time zone cannot be stored"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - a driver's
        """Return the moment, aware and in UTC."""
        del dialect
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


def now() -> datetime:
    """Return this moment, aware and in UTC: the one clock of the product."""
    return _moved.get() or datetime.now(UTC)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at ``moment``: for imports of the past and for demo data."""
    token = _moved.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moved.reset(token)
