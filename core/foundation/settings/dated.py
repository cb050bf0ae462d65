"""Legal rates, thresholds and deadlines by day: what holds on a day, what held, what will hold.

Of a key the row with the newest first day that is not after the day in question holds, unless its own last day has passed. So a new value
changes no row that is there: the past stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import flask
from flask_babel import gettext as _
from sqlalchemy import select

from core.db import in_unit_of_work, session
from core.errors import DomainError, InvalidInputError, NotFoundError, PluginError
from core.foundation.settings.legal import PERCENT, VAT, WHOLE, LegalValue
from core.foundation.settings.models import DatedValue
from core.foundation.settings.services import get_setting
from core.foundation.tenants.context import hooks
from core.foundation.ui.formats import local_today

#: The first day of what has held since before anybody asks.
EVER: Final = date(1900, 1, 1)
MOST_PERCENT: Final = 100
#: The rate of what is exempt and of firms that are not registered: no law changes it.
ZERO: Final = "zero"


class MissingValueError(DomainError):
    """Nobody has written down what the law says on that day; a guess would be worse."""


class BegunError(DomainError):
    """A value that has begun to hold cannot be taken back; papers may stand on it."""


@dataclass(frozen=True, slots=True)
class Dated:
    """What the law says on the days from ``valid_from`` to ``valid_to``."""

    id: int
    key: str
    value: Decimal
    #: One of ``legal.UNITS``, or the code of a currency.
    unit: str
    valid_from: date
    #: Last day, ``None`` while no end is known.
    valid_to: date | None
    source: str
    reason: str

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class VatRate:
    """A rate of VAT that may be chosen."""

    #: What is stored where one is chosen: ``standard``.
    key: str
    title: str
    #: In percent.
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """What somebody says that the law fixes."""

    value: Decimal
    unit: str
    valid_from: date
    valid_to: date | None = None
    source: str
    #: Needed where ``valid_from`` is not in the future.
    reason: str = ""


def legal_values() -> Mapping[str, LegalValue]:
    """Return what core and plugins know that the law fixes, by key, in their order.

    :raises PluginError: two of them have one key.
    """
    found: dict[str, LegalValue] = {}
    for declared in (one for values in hooks().legal_values() for one in values):
        if declared.key in found:
            msg = f"the legal value {declared.key} is declared twice"
            raise PluginError(msg)
        found[declared.key] = declared
    return found


def get_legal_value(key: str) -> LegalValue:
    """Return the declaration of ``key``.

    :raises NotFoundError: nobody that is on declares it.
    """
    found = legal_values().get(key)
    if found is None:
        raise NotFoundError(_("There is no such legal value."))
    return found


def history(key: str) -> Sequence[Dated]:
    """Return all that the law of the firm's country said, says and will say of ``key``, oldest first."""
    return _stored().get(key, ())


def find_dated(key: str, on: date) -> Dated | None:
    """Return what holds for ``key`` on the day ``on``, ``None`` where nothing does or nobody has written it down."""
    return next((one for one in history(key) if one.holds_on(on)), None)


def dated_value(key: str, on: date) -> Dated:
    """Return what holds for ``key`` on the day ``on`` in the firm's country.

    :param key: As it is declared: ``invoice.report_deadline``.
    :raises MissingValueError: nothing is written down for that day.
    """
    found = find_dated(key, on)
    if found is None:
        raise MissingValueError(
            _(
                "Settings → Legal values has nothing for “%(title)s” on %(day)s.",
                title=get_legal_value(key).title,
                day=f"{on:%d.%m.%Y}",
            )
        )
    return found


def vat_rate(key: str, on: date) -> Decimal:
    """Return a rate of VAT in percent on the day ``on``: 21 for ``standard`` in Romania since August 2025.

    :param key: As ``vat_rates`` gives it.
    :raises MissingValueError: there is no such rate on that day.
    """
    return Decimal(0) if key == ZERO else dated_value(f"{VAT}{key}", on).value


def vat_rates(on: date) -> list[VatRate]:
    """Return the rates of VAT that the firm may charge on the day ``on``, the usual one first, for choices.

    ``zero`` is always among them, and alone for a firm that is not registered for VAT (setting ``firm.vat_payer``).
    """
    charged = legal_values() if get_setting("firm.vat_payer") else {}
    rates = [
        VatRate(key.removeprefix(VAT), str(declared.title), found.value)
        for key, declared in charged.items()
        if key.startswith(VAT) and (found := find_dated(key, on)) is not None
    ]
    return [*rates, VatRate(ZERO, _("Without VAT"), Decimal(0))]


def add_value(key: str, new: NewValue) -> DatedValue:
    """Write down what the law fixes for ``key`` from a day on, in the caller's unit of work.

    A value with the same first day is corrected; everything else stays as it is.

    :raises InvalidInputError: a part is none that it may be, or a value that has begun comes without a reason; by name.
    """
    declared = get_legal_value(key)
    country = str(get_setting("firm.country"))
    _check(declared, new)
    of_key = select(DatedValue).where(DatedValue.country == country, DatedValue.key == key)
    rows = session().scalars(of_key.order_by(DatedValue.valid_from).with_for_update()).all()
    _check_end(new, rows)
    row = next((one for one in rows if one.valid_from == new.valid_from), None)
    if row is None:
        row = DatedValue(country=country, key=key, valid_from=new.valid_from)
        session().add(row)
    row.value, row.unit, row.valid_to = new.value, new.unit, new.valid_to
    row.source, row.reason = new.source, new.reason
    session().flush()
    _forget()
    return row


def withdraw_value(value_id: int) -> DatedValue:
    """Take back a value that has not begun to hold, in the caller's unit of work.

    :raises NotFoundError: there is none of this id in the firm's country.
    :raises BegunError: it holds or has held.
    """
    row = session().get(DatedValue, value_id, with_for_update=True)
    if row is None or row.country != get_setting("firm.country"):
        raise NotFoundError(_("There is no such legal value."))
    if row.valid_from <= local_today():
        raise BegunError(
            _("This value holds already, and papers may stand on it. Add another one from a later day.")
        )
    session().delete(row)
    session().flush()
    _forget()
    return row


def _check(declared: LegalValue, new: NewValue) -> None:
    errors: dict[str, list[str]] = {}
    if new.unit not in declared.units:
        errors["unit"] = [_("Choose from the list.")]
    if new.value < 0 or (new.unit == PERCENT and new.value > MOST_PERCENT):
        errors["value"] = [
            _("Write a percentage from 0 to 100.") if new.unit == PERCENT else _("Write 0 or more.")
        ]
    elif new.unit in WHOLE and new.value != new.value.to_integral_value():
        errors["value"] = [_("Write a whole number.")]
    if new.valid_to is not None and new.valid_to < new.valid_from:
        errors["valid_to"] = [_("The last day is before the first.")]
    if new.valid_from <= local_today() and not new.reason:
        errors["reason"] = [
            _(
                "The first day is not in the future. Write why: papers of the days since then may say otherwise."
            )
        ]
    if errors:
        raise InvalidInputError(_("Not everything can be saved like this."), errors)


def _check_end(new: NewValue, rows: Sequence[DatedValue]) -> None:
    """Refuse a last day that reaches into what follows."""
    follows = next((row.valid_from for row in rows if row.valid_from > new.valid_from), None)
    if new.valid_to is not None and follows is not None and new.valid_to >= follows:
        message = _("Another value holds from %(day)s. End this one before it.", day=f"{follows:%d.%m.%Y}")
        raise InvalidInputError(message, {"valid_to": [message]})


def _forget() -> None:
    """Let the rest of this request read anew: what is read now may be rolled back."""
    flask.g.pop("_dated", None)
    flask.g._dated_touched = True  # noqa: SLF001 - flask.g is a namespace


def _stored() -> Mapping[str, Sequence[Dated]]:
    """Return all dated values of the firm's country by key, read once a request."""
    country = str(get_setting("firm.country"))
    known: tuple[str, Mapping[str, Sequence[Dated]]] | None = flask.g.get("_dated")
    if known is not None and known[0] == country:
        return known[1]
    columns = [getattr(DatedValue, name) for name in Dated.__dataclass_fields__]
    statement = select(*columns).where(DatedValue.country == country)
    found: dict[str, list[Dated]] = {}
    for row in session().execute(statement.order_by(DatedValue.key, DatedValue.valid_from)):
        one = Dated(*row)
        found.setdefault(one.key, []).append(one)
    ended = {key: _ended(values) for key, values in found.items()}
    if not (in_unit_of_work() and flask.g.get("_dated_touched")):
        flask.g._dated = (country, ended)  # noqa: SLF001 - flask.g is a namespace
    return ended


def _ended(values: Sequence[Dated]) -> Sequence[Dated]:
    """Return ``values`` with the last day that the one that follows gives each."""
    days = [one.valid_from - timedelta(days=1) for one in values[1:]]
    last: list[date | None] = [*days, None]
    return [
        replace(one, valid_to=min(filter(None, (one.valid_to, end)), default=None))
        for one, end in zip(values, last, strict=True)
    ]
