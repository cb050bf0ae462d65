"""The VAT rates of a day as forms offer them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from core.foundation.settings.dated import vat_rates
from core.foundation.ui.formats import NBSP, format_number, local_today
from core.foundation.ui.language import current_locale


class VatChoices:
    """The rates that hold on a day, read anew for every form; a key that a record has already stays among them."""

    def __init__(self, besides: str | None = None, *, on: date | None = None) -> None:
        """Offer ``besides`` too, whether it still holds or not."""
        self._besides, self._on = besides, on

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield key and label: ``21 %``."""
        rates = vat_rates(self._on or local_today())
        for one in rates:
            yield one.key, f"{percent(one.rate)} · {one.title}"
        if self._besides and all(one.key != self._besides for one in rates):
            yield self._besides, self._besides


def default_vat_key() -> str:
    """Return the rate that is chosen before anybody says: the standard one where the firm is registered for VAT, else none."""
    return vat_rates(local_today())[0].key


def chargeable_key(key: str, on: date) -> str:
    """Return the rate that a firm charges for what is usually sold at ``key``: none where it is not registered for VAT.

    :param key: Empty stands for the usual rate.
    """
    keys = [one.key for one in vat_rates(on)]
    return key if key and (key in keys or len(keys) > 1) else keys[0]


def find_vat_rate(key: str, on: date) -> Decimal | None:
    """Return the rate of ``key`` in percent, ``None`` where the firm may not charge it on the day ``on``."""
    return next((one.rate for one in vat_rates(on) if one.key == key), None)


def percent(rate: Decimal) -> str:
    """Write a rate: ``21 %``."""
    return f"{format_number(rate, locale=current_locale())}{NBSP}%"
