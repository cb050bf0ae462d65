"""Numbers, money, moments and telephones as people of a language write them.

Each ``format_…`` function is pure: it is told the locale and the time zone. The filters of the templates call
them with those of the request. No format holds a space that may break: an amount stays beside its currency.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from typing import Protocol

from babel import Locale
from babel.dates import format_date as babel_date, format_timedelta
from babel.numbers import format_currency, get_currency_precision, get_decimal_symbol, get_group_symbol
from babel.support import NullTranslations
from flask import Flask

from core.foundation.ui.language import current_locale, current_zone, gettext as _, translations
from core.types import now as this_moment

#: Between a number and its unit.
NBSP = "\u00a0"
#: What stands where there is nothing to show.
NOTHING = "\u2013"
#: The currency of a bare ``Decimal``.
HOME_CURRENCY = "RON"

#: How days are written, by language (CLDR patterns); the English ones leave no doubt between day and month.
PATTERNS = {
    "ro": {"day": "dd.MM.yyyy", "short": "dd.MM", "weekday": "EEEEEE"},
    "en": {"day": "d MMM yyyy", "short": "d MMM", "weekday": "EEE"},
}
_ROMANIAN = re.compile(r"(?:\+40|0040|0)([2-9]\d{8})", re.ASCII)


class MoneyLike(Protocol):
    """Whatever has an amount and a currency."""

    @property
    def amount(self) -> Decimal:
        """The exact amount."""

    @property
    def currency(self) -> str:
        """The ISO 4217 code."""


def format_number(value: Decimal | float, *, locale: Locale | str, decimals: int | None = None) -> str:
    """Write ``value`` with the locale's separators and ``decimals`` decimals, by default those it has."""
    text = f"{value:,.{3 if decimals is None else decimals}f}"
    if decimals is None:
        text = text.rstrip("0").rstrip(".")
    if not text.strip("-0.,"):
        # What rounds to nothing is not less than nothing.
        text = text.removeprefix("-")
    return text.translate(_marks(_language(locale)))


@cache
def _marks(language: str) -> dict[int, str]:
    """Return what English marks of thousands and decimals become; lists write numbers by the hundred."""
    return {ord(","): get_group_symbol(language), ord("."): get_decimal_symbol(language)}


def format_money(
    value: MoneyLike | Decimal | int | None, *, locale: Locale | str, currency: str = HOME_CURRENCY
) -> str:
    """Write an amount with its currency: ``1.480,00 lei``, in English ``1,480.00 lei``.

    Lei are called lei in both languages, as on every paper of the shop; other currencies follow the locale.

    :param currency: The currency of a bare number; money brings its own.
    """
    if value is None:
        return NOTHING
    amount = value if isinstance(value, Decimal | int) else value.amount
    if not isinstance(value, Decimal | int):
        currency = value.currency
    if currency == HOME_CURRENCY:
        return f"{format_number(amount, locale=locale, decimals=2)}{NBSP}lei"
    return format_currency(amount, currency, locale=locale).replace(" ", NBSP)


def format_amount(
    value: MoneyLike | Decimal | int | None, *, locale: Locale | str, currency: str = HOME_CURRENCY
) -> str:
    """Write an amount without its currency, for columns that name it in their head: ``1.480,00``."""
    if value is None:
        return NOTHING
    if not isinstance(value, Decimal | int):
        currency, value = value.currency, value.amount
    return format_number(value, locale=locale, decimals=get_currency_precision(currency))


def format_quantity(value: Decimal | float | None, unit: str = "", *, locale: Locale | str) -> str:
    """Write a quantity with at most three decimals and its unit: ``2,5 m``."""
    if value is None:
        return NOTHING
    number = format_number(value, locale=locale)
    return f"{number}{NBSP}{unit}" if unit else number


def local(value: datetime, zone: tzinfo) -> datetime:
    """Move ``value`` into ``zone``; a naive moment is UTC, as the database keeps it."""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)


def local_today() -> date:
    """Return the day that it is where the tenant is."""
    return local(this_moment(), current_zone()).date()


def format_date(
    value: date | datetime | None, *, locale: Locale | str, zone: tzinfo = UTC, weekday: bool = False
) -> str:
    """Write a day: ``27.11.2026``, with ``weekday`` ``vi 27.11.2026``; a moment is taken in ``zone``."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = local(value, zone).date()
    language = _language(locale)
    day = _written(value, "day", language)
    return f"{_written(value, 'weekday', language)}{NBSP}{day}" if weekday else day


def format_time(value: datetime | None, *, zone: tzinfo) -> str:
    """Write the time of day in ``zone``: ``17:00``, in both languages."""
    return NOTHING if value is None else f"{local(value, zone):%H:%M}"


def format_datetime(
    value: datetime | None, *, locale: Locale | str, zone: tzinfo, weekday: bool = False
) -> str:
    """Write a moment in ``zone``: ``27.11.2026 17:00``."""
    if value is None:
        return NOTHING
    day = format_date(value, locale=locale, zone=zone, weekday=weekday)
    return f"{day}{NBSP}{format_time(value, zone=zone)}"


def format_day(value: date, *, locale: Locale | str, today: date) -> str:
    """Write a day near ``today`` as people say it: today, tomorrow, ``vi 27.11``; another year is named."""
    language = _language(locale)
    match (value - today).days:
        case 0:
            return str(_("today"))
        case 1:
            return str(_("tomorrow"))
        case -1:
            return str(_("yesterday"))
    day = _written(value, "short" if value.year == today.year else "day", language)
    return f"{_written(value, 'weekday', language)}{NBSP}{day}"


@lru_cache(maxsize=4096)
def _written(value: date, pattern: str, language: str) -> str:
    """Write a day by one of ``PATTERNS``, less the full stop that newer locale data put behind a weekday."""
    return (
        babel_date(value, PATTERNS[language][pattern], locale=language).removesuffix(".").replace(" ", NBSP)
    )


def format_duration(value: timedelta, *, units: int = 2) -> str:
    """Write a length of time in at most two units: ``2 h 10 min``, ``3 d 4 h``, ``now`` under a minute.

    :param units: 1 keeps the larger one alone: ``2 h``, ``3 d``.
    """
    return _duration(int(abs(value).total_seconds()) // 60, units, translations())


@lru_cache(maxsize=4096)
def _duration(minutes: int, units: int, catalogue: NullTranslations) -> str:
    del catalogue  # that of the context, in which the texts are looked up
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = []
    if days:
        parts.append(_("%(number)s d", number=days))
    if hours:
        parts.append(_("%(number)s h", number=hours))
    if minutes and not days:
        parts.append(_("%(number)s min", number=minutes))
    return NBSP.join(parts[:units]).replace(" ", NBSP) or str(_("now"))


def format_ago(value: datetime, *, locale: Locale | str, now: datetime) -> str:
    """Write how far ``value`` lies from ``now``: ``2 hours ago``, ``in 3 days``, ``just now``."""
    distance = value.astimezone(UTC) - now.astimezone(UTC)
    if abs(distance) < timedelta(minutes=1):
        return str(_("just now"))
    return format_timedelta(distance, add_direction=True, threshold=1.2, locale=locale)


def format_phone(value: str | None) -> str:
    """Write a telephone number in groups: ``0744 555 207``, numbers abroad with their ``+``."""
    if not value:
        return NOTHING
    romanian = _ROMANIAN.fullmatch(value)
    if romanian:
        rest = romanian[1]
        # Bucharest has two digits before the number, everywhere else has three.
        head = 2 if rest.startswith(("21", "31")) else 3
        return "0" + NBSP.join((rest[:head], rest[head : head + 3], rest[head + 3 :]))
    if not re.fullmatch(r"\+\d{7,15}", value, re.ASCII):
        return value
    head_and_rest = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", NBSP, value[3:])
    return f"{value[:3]}{NBSP}{head_and_rest}"


def _language(locale: Locale | str) -> str:
    """Return the language of ``locale``, English for one that the product does not speak."""
    language = locale.language if isinstance(locale, Locale) else locale.split("_", maxsplit=1)[0]
    return language if language in PATTERNS else "en"


def init_formats(app: Flask) -> None:
    """Give templates the filters, in the locale and time zone of the request.

    ``money`` ``amount`` ``quantity`` ``number`` ``date`` ``weekday`` ``datetime`` ``time`` ``day`` ``ago``
    ``duration`` ``phone``.
    """
    app.jinja_env.filters.update(
        money=lambda value, currency=HOME_CURRENCY: format_money(
            value, locale=current_locale(), currency=currency
        ),
        amount=lambda value, currency=HOME_CURRENCY: format_amount(
            value, locale=current_locale(), currency=currency
        ),
        quantity=lambda value, unit="": format_quantity(value, unit, locale=current_locale()),
        number=lambda value, decimals=None: format_number(value, locale=current_locale(), decimals=decimals),
        date=lambda value: format_date(value, locale=current_locale(), zone=current_zone()),
        weekday=lambda value: format_date(value, locale=current_locale(), zone=current_zone(), weekday=True),
        datetime=lambda value: format_datetime(value, locale=current_locale(), zone=current_zone()),
        time=lambda value: format_time(value, zone=current_zone()),
        day=_day,
        ago=lambda value: format_ago(value, locale=current_locale(), now=this_moment()),
        duration=format_duration,
        phone=format_phone,
    )


def _day(value: date | datetime | None) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = local(value, current_zone()).date()
    return format_day(value, locale=current_locale(), today=local_today())
