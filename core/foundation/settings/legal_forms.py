"""The form of a legal value, and how one is written."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l, ngettext

from core.foundation.settings.dated import Dated
from core.foundation.settings.legal import (
    DAYS,
    MONTHS,
    PERCENT,
    UNITS,
    WORKING_DAYS,
    YEARS,
    LegalValue,
    is_currency,
)
from core.foundation.ui.formats import NBSP, format_money, format_number
from core.foundation.ui.forms import BaseForm, ChoiceField, DateField, DecimalField, TextField
from core.foundation.ui.language import current_locale
from core.types import Money

#: Decimals that the column keeps.
DECIMALS = 4


class LegalValueForm(BaseForm):
    """What the law fixes from a day on."""

    value = DecimalField(_l("Value"), decimals=DECIMALS, required=True)
    unit = ChoiceField(_l("Unit"), blank=None, required=True)
    valid_from = DateField(_l("From"), required=True, hint=_l("first day"))
    valid_to = DateField(_l("Until"), hint=_l("last day, empty while none is known"))
    source = TextField(_l("Source"), required=True, hint=_l("the law that says so"))
    reason = TextField(_l("Reason"), hint=_l("where the first day is not in the future"))

    def __init__(self, *, declared: LegalValue, **rest: Any) -> None:  # noqa: ANN401 - WTForms' own
        """Offer the units of ``declared``."""
        super().__init__(**rest)
        self.unit.choices = [(unit, UNITS.get(unit, unit)) for unit in declared.units]


def format_legal(one: Dated) -> str:
    """Write a legal value with its unit: ``21 %``, ``5 working days``, ``395.000,00 lei``."""
    if is_currency(one.unit):
        return format_money(Money(one.value, one.unit), locale=current_locale())
    if one.unit == PERCENT:
        return f"{format_number(one.value, locale=current_locale())}{NBSP}%"
    return _counted(int(one.value), one.unit).replace(" ", NBSP)


def _counted(number: int, unit: str) -> str:
    texts = {
        DAYS: ngettext("%(num)s calendar day", "%(num)s calendar days", number),
        WORKING_DAYS: ngettext("%(num)s working day", "%(num)s working days", number),
        MONTHS: ngettext("%(num)s month", "%(num)s months", number),
        YEARS: ngettext("%(num)s year", "%(num)s years", number),
    }
    return str(texts[unit])
