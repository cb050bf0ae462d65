"""What the law fixes and changes: rates, thresholds and deadlines that a shop looks up by day instead of knowing them.

Here stands what there is; what each is from which day on are rows (``core.foundation.settings.dated``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _l

PERCENT: Final = "percent"
DAYS: Final = "days"
WORKING_DAYS: Final = "working_days"
MONTHS: Final = "months"
YEARS: Final = "years"
LEI: Final = "RON"
EURO: Final = "EUR"
#: What a value counts in; any other unit is the ISO 4217 code of a currency.
UNITS: Final = {
    PERCENT: "%",
    DAYS: _l("calendar days"),
    WORKING_DAYS: _l("working days"),
    MONTHS: _l("months"),
    YEARS: _l("years"),
}
#: Units of which there are only whole ones.
WHOLE: Final = frozenset({DAYS, WORKING_DAYS, MONTHS, YEARS})
KEY: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
#: Every key under it is a rate of VAT, and is offered where one is chosen.
VAT: Final = "vat."


@dataclass(frozen=True, slots=True)
class LegalValue:
    """One thing that the law fixes."""

    #: ``vat.standard``; a plugin's begins with its name and a full stop.
    key: str
    title: Any
    #: What it may count in, the usual one first; a currency by its ISO 4217 code.
    units: Sequence[str]
    help: Any = ""

    def __post_init__(self) -> None:
        """Refuse a key that no address can carry."""
        if not KEY.fullmatch(self.key) or not self.units:
            msg = f"{self.key!r} is no key of a legal value, or says no unit"
            raise ValueError(msg)


def is_currency(unit: str) -> bool:
    """Tell whether a value in ``unit`` is an amount of money."""
    return unit not in UNITS


AMOUNT: Final = (LEI, EURO)
#: What the core itself knows of; a country for which nothing is stored has these without a value.
CORE_VALUES: Final = (
    LegalValue("vat.standard", _l("VAT, standard rate"), (PERCENT,)),
    LegalValue("vat.reduced", _l("VAT, reduced rate"), (PERCENT,)),
    LegalValue("vat.second_reduced", _l("VAT, second reduced rate"), (PERCENT,)),
    LegalValue(
        "vat_scheme.exemption_threshold",
        _l("Turnover of a year up to which a firm is exempt from VAT"),
        AMOUNT,
    ),
    LegalValue(
        "vat_scheme.on_collection_ceiling",
        _l("Turnover of a year up to which VAT may be paid on collection"),
        AMOUNT,
    ),
    LegalValue(
        "vat_scheme.reverse_charge_threshold",
        _l("Invoice of phones, laptops, tablets, consoles or chips from which the buyer owes the VAT"),
        AMOUNT,
        _l("without VAT, both sides registered for VAT"),
    ),
    LegalValue(
        "invoice.report_deadline",
        _l("Time to send an invoice to RO e-Factura"),
        (WORKING_DAYS, DAYS),
        _l("the day of issue is not counted"),
    ),
    LegalValue(
        "invoice.simplified_ceiling",
        _l("Total up to which a simplified invoice is enough"),
        AMOUNT,
        _l("with VAT"),
    ),
    LegalValue("cash.from_firm", _l("Cash taken from a firm"), AMOUNT, _l("for one firm and day")),
    LegalValue(
        "cash.from_person", _l("Cash taken from a private person"), AMOUNT, _l("for one person and day")
    ),
    LegalValue("cash.to_firm", _l("Cash paid to a firm"), AMOUNT, _l("for one firm and day")),
    LegalValue("cash.to_firms", _l("Cash paid to all firms together"), AMOUNT, _l("in one day")),
    LegalValue(
        "archive.documents",
        _l("Keeping of accounting documents"),
        (YEARS,),
        _l("from 1 July after the financial year"),
    ),
    LegalValue("archive.statements", _l("Keeping of annual statements"), (YEARS,)),
    LegalValue("guarantee.new", _l("Legal guarantee on new goods"), (YEARS, MONTHS)),
    LegalValue("guarantee.used", _l("Legal guarantee on used goods, at least"), (YEARS, MONTHS)),
    LegalValue(
        "guarantee.repair",
        _l("Time to repair under guarantee"),
        (DAYS, WORKING_DAYS),
        _l("from the client's notice"),
    ),
)
