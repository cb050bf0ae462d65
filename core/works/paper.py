"""The works of a ticket as its papers print them (R46): plain data, in the language of the paper."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from core.catalogue.amounts import PricedLine, Totals, count_totals
from core.catalogue.models import Unit
from core.catalogue.vat import chargeable_key, find_vat_rate
from core.foundation.tenants.context import current_tenant
from core.foundation.ui.formats import HOME_CURRENCY, local_today
from core.tickets.papers import TicketPaper
from core.types import Money
from core.works.sheet import WorkLine, read_works

#: What an invented ticket shows before there is a real one: name by language, price, guarantee in months.
_SAMPLE: Final = (
    ({"ro": "Înlocuire ecran", "en": "Screen replacement"}, Decimal(150), 6),
    ({"ro": "Ecran, ansamblu", "en": "Screen assembly"}, Decimal(590), 12),
)


@dataclass(frozen=True, slots=True)
class _PaperLine:
    """A line before it is put into words."""

    name: str
    quantity: Decimal
    unit: Unit
    price: Money
    amount: Money
    guarantee_months: int | None


def paper_works(paper: TicketPaper) -> dict[str, object]:
    """Return what a paper says of the works of its ticket that stand.

    ``works`` is a list of lines (``name``, ``quantity``, ``unit``, ``price`` of one, ``total``, ``guarantee_months``), ``works_vat`` one of
    rates that are not zero (``rate`` in percent, ``net``, ``vat``), ``works_rounding`` what base and VAT lack of ``works_total``,
    ``works_currency`` the currency and ``works_unit`` how people call it. All amounts but ``net`` include VAT.
    """
    lines, totals = _sample(paper.language) if not paper.ticket_id else _read(paper)
    return {
        "works": [_fact(line) for line in lines],
        "works_vat": [
            {
                "rate": one.rate,
                "net": _amount(one.net_minor, totals),
                "vat": _amount(one.vat_minor, totals),
            }
            for one in totals.rates
            if one.rate
        ],
        "works_rounding": totals.rounding.amount,
        "works_total": totals.payable.amount,
        "works_currency": totals.currency,
        "works_unit": "lei" if totals.currency == HOME_CURRENCY else totals.currency,
    }


def _read(paper: TicketPaper) -> tuple[list[_PaperLine], Totals]:
    sheet = read_works(paper.ticket_id)
    return [_paper_line(line, paper.language) for line in sheet.standing], sheet.totals


def _paper_line(line: WorkLine, language: str) -> _PaperLine:
    return _PaperLine(
        line.title(language), line.quantity, line.unit, line.price, line.amount, line.guarantee_months
    )


def _sample(language: str) -> tuple[list[_PaperLine], Totals]:
    currency, key = current_tenant().currency, chargeable_key("", local_today())
    rate = find_vat_rate(key, local_today()) or Decimal(0)
    lines = [
        _PaperLine(
            names.get(language, names["en"]),
            Decimal(1),
            Unit.PIECE,
            Money(price, currency),
            Money(price, currency),
            months,
        )
        for names, price, months in _SAMPLE
    ]
    priced = [PricedLine(line.quantity, line.price.minor, rate, key) for line in lines]
    return lines, count_totals(priced, currency)


def _fact(line: _PaperLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "quantity": line.quantity,
        "unit": line.unit.label,
        "price": line.price.amount,
        "total": line.amount.amount,
        "guarantee_months": line.guarantee_months,
    }


def _amount(minor: int, totals: Totals) -> Decimal:
    return Money.from_minor(minor, totals.currency).amount
