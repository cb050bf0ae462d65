"""The works of a ticket as pages and papers show them: lines with their names, and what they come to; one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import aliased

from core.catalogue.amounts import PricedLine, Totals, count_totals, line_amount
from core.catalogue.models import ItemKind, Unit
from core.db import session
from core.foundation.accounts.models import User
from core.foundation.tenants.context import current_tenant
from core.types import Money
from core.works.models import Work


@dataclass(frozen=True, slots=True)
class Reversal:
    """That a line was taken back, by whom, when and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A work as pages and papers show it."""

    id: int
    kind: ItemKind
    code: str
    description: str
    #: The description by language, where it is the name of a catalogue item.
    translations: Mapping[str, str]
    quantity: Decimal
    unit: Unit
    #: Of one unit, VAT included.
    price: Money
    #: Quantity times price.
    amount: Money
    #: Quantity times cost, without VAT; ``None`` where nobody said what it cost.
    cost: Money | None
    vat_key: str
    #: In percent.
    vat_rate: Decimal
    guarantee_months: int | None
    #: Who did it; empty where nobody of the shop did.
    worker: str
    done_at: datetime
    entered_by: str
    entered_at: datetime
    #: ``None`` for a line that stands.
    reversal: Reversal | None

    @property
    def priced(self) -> PricedLine:
        """What of it counts."""
        return PricedLine(self.quantity, self.price.minor, self.vat_rate, self.vat_key)

    def title(self, language: str) -> str:
        """Return the description in ``language``, else as it was written."""
        return self.translations.get(language, self.description)


@dataclass(frozen=True, slots=True)
class WorkSheet:
    """All works of a ticket in the order in which they were written down, those that were taken back among them."""

    lines: tuple[WorkLine, ...]
    #: Of the lines that stand.
    totals: Totals
    #: What the lines that stand cost the shop, as far as that is known.
    cost: Money

    @property
    def standing(self) -> tuple[WorkLine, ...]:
        """The lines that stand."""
        return tuple(line for line in self.lines if line.reversal is None)


def read_works(ticket_id: int) -> WorkSheet:
    """Return the works of a ticket."""
    return make_sheet([_line(row) for row in session().execute(_LINES, {"ticket": ticket_id})])


def make_sheet(lines: Sequence[WorkLine]) -> WorkSheet:
    """Return ``lines``, all in the currency of their ticket, with what they come to."""
    currency = lines[0].price.currency if lines else current_tenant().currency
    standing = [line for line in lines if line.reversal is None]
    totals = count_totals([line.priced for line in standing], currency)
    cost = sum(line.cost.minor for line in standing if line.cost is not None)
    return WorkSheet(tuple(lines), totals, Money.from_minor(cost, currency))


_REVERSAL: Final = aliased(Work)
_LINES: Any = (
    select(
        Work,
        User.name.label("worker"),
        _REVERSAL.entered_by_name.label("reversed_by"),
        _REVERSAL.entered_at.label("reversed_at"),
        _REVERSAL.reason.label("reason"),
    )
    .outerjoin(User, User.id == Work.worker_id)
    .outerjoin(_REVERSAL, _REVERSAL.reverses_id == Work.id)
    .where(Work.ticket_id == bindparam("ticket"), Work.reverses_id.is_(None))
    .order_by(Work.id)
)


def _line(row: Row[Any]) -> WorkLine:
    work: Work = row.Work
    amount = line_amount(work.quantity, work.price_minor)
    cost = None if work.cost_minor is None else line_amount(work.quantity, work.cost_minor)
    return WorkLine(
        id=work.id,
        kind=work.kind,
        code=work.code,
        description=work.description,
        translations=work.translations,
        quantity=work.quantity,
        unit=work.unit,
        price=Money.from_minor(work.price_minor, work.currency),
        amount=Money.from_minor(amount, work.currency),
        cost=None if cost is None else Money.from_minor(cost, work.currency),
        vat_key=work.vat_key,
        vat_rate=work.vat_rate,
        guarantee_months=work.guarantee_months,
        worker=row.worker or "",
        done_at=work.done_at,
        entered_by=work.entered_by_name,
        entered_at=work.entered_at,
        reversal=None if row.reversed_at is None else Reversal(row.reversed_by, row.reversed_at, row.reason),
    )
