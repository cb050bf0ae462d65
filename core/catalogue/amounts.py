"""What lines with prices come to: to the smallest unit of the currency, with the VAT of each rate.

Prices include VAT: they are what a client is told. So an amount is right when it is the sum of what was told, and VAT is found inside it.

1. The amount of a line is quantity times price, rounded to the ban, half up.
2. For each rate the amounts are added up, and the base is taken out of the sum: 100 / (100 + rate) of it, rounded.
3. VAT is the base times the rate, rounded, once for each rate and never the sum of the lines' own (Fiscal Code art. 319(20): taxable
   base and VAT per rate; EN 16931 BR-S-09).
4. What base and VAT then lack of the sum, a ban at most for each rate, is the rounding: 100.00 with 21 % is 82.64 + 17.35 and 0.01.
   An invoice carries it as such (BT-114), so that invoice and fiscal receipt agree.
5. The bases of the lines are shares of the base of their rate, none further than a ban from its own: they add up to it exactly.

Every step treats less than nothing as it does more, so what is reversed comes to nothing with what it reverses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from core.types import Money

HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """What of a line counts."""

    quantity: Decimal
    #: Of one unit, VAT included, in smallest units.
    price_minor: int
    #: In percent.
    vat_rate: Decimal
    vat_key: str = ""

    @property
    def amount_minor(self) -> int:
        """What the line comes to, VAT included."""
        return line_amount(self.quantity, self.price_minor)


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What the lines of one rate come to, in smallest units."""

    key: str
    #: In percent.
    rate: Decimal
    net_minor: int
    vat_minor: int
    #: What base and VAT lack of what the client was told; may be less than nothing.
    rounding_minor: int

    @property
    def gross_minor(self) -> int:
        """Base and VAT."""
        return self.net_minor + self.vat_minor


@dataclass(frozen=True, slots=True)
class Totals:
    """What lines come to altogether."""

    currency: str
    #: By rate, the highest first.
    rates: tuple[RateTotal, ...]
    #: The base of each line, in the order of the lines.
    line_nets: tuple[int, ...]

    @property
    def net(self) -> Money:
        """Without VAT."""
        return self._sum("net_minor")

    @property
    def vat(self) -> Money:
        """The VAT of every rate."""
        return self._sum("vat_minor")

    @property
    def gross(self) -> Money:
        """Base and VAT, before the rounding."""
        return self._sum("gross_minor")

    @property
    def rounding(self) -> Money:
        """What base and VAT lack of what the client was told."""
        return self._sum("rounding_minor")

    @property
    def payable(self) -> Money:
        """What the client pays: the sum of what was told."""
        minor = sum(one.gross_minor + one.rounding_minor for one in self.rates)
        return Money.from_minor(minor, self.currency)

    def _sum(self, part: str) -> Money:
        return Money.from_minor(sum(getattr(one, part) for one in self.rates), self.currency)


def line_amount(quantity: Decimal, price_minor: int) -> int:
    """Return quantity times price in whole smallest units, half up away from nothing."""
    return _rounded(quantity * price_minor)


def count_totals(lines: Sequence[PricedLine], currency: str) -> Totals:
    """Return what ``lines`` come to."""
    by_rate: dict[tuple[Decimal, str], list[int]] = {}
    for at, line in enumerate(lines):
        by_rate.setdefault((line.vat_rate, line.vat_key), []).append(at)
    nets, rates = [0] * len(lines), []
    for (rate, key), places in sorted(by_rate.items(), key=lambda pair: (-pair[0][0], pair[0][1])):
        amounts = [lines[at].amount_minor for at in places]
        told = sum(amounts)
        net = net_of(told, rate)
        vat = _rounded(net * rate / HUNDRED)
        rates.append(RateTotal(key, rate, net, vat, told - net - vat))
        for at, share in zip(places, _shares(net, amounts, rate), strict=True):
            nets[at] = share
    return Totals(currency, tuple(rates), tuple(nets))


def net_of(amount_minor: int, rate: Decimal) -> int:
    """Return what an amount is without the VAT of ``rate`` percent that it includes."""
    return _rounded(amount_minor * HUNDRED / (HUNDRED + rate))


def _shares(net: int, amounts: Sequence[int], rate: Decimal) -> list[int]:
    """Divide the base of a rate among its lines: each has its own, and those furthest from it by rounding take what is left."""
    exact = [amount * HUNDRED / (HUNDRED + rate) for amount in amounts]
    shares = [_rounded(one) for one in exact]
    left = net - sum(shares)
    way = 1 if left > 0 else -1
    furthest = sorted(range(len(shares)), key=lambda at: ((shares[at] - exact[at]) * way, at))
    for at in furthest[: abs(left)]:
        shares[at] += way
    return shares


def _rounded(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
