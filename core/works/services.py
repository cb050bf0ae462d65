"""What is done on a ticket: labour and parts are added, and taken back with a reason. What writes belongs into a unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select

from core.catalogue.models import CatalogueItem, ItemKind, Unit, item_name
from core.catalogue.services import LONGEST_NAME, find_item, read_kind, read_price, read_unit
from core.catalogue.vat import chargeable_key, find_vat_rate
from core.db import session
from core.foundation.accounts import Actor
from core.foundation.accounts.models import User
from core.foundation.tenants.context import current_tenant
from core.foundation.ui.checks import Checks, is_id
from core.foundation.ui.formats import local
from core.foundation.ui.language import current_zone
from core.tickets.models import LONGEST_TEXT, EventKind, Ticket
from core.tickets.services import GRACE
from core.tickets.timeline import record_event
from core.types import Money, now
from core.works.errors import TicketClosedError, WorkNotFoundError, WorkReversedError
from core.works.models import Work

MOST_QUANTITY: Final = Decimal(100_000)
#: The finest quantity; a quantity is a whole number of it.
LEAST_QUANTITY: Final = Decimal("0.001")
#: What a row that takes another back repeats of it.
_KEPT: Final = (
    "ticket_id", "kind", "catalogue_item_id", "code", "description", "translations", "unit", "cost_minor", "price_minor",
    "currency", "vat_key", "vat_rate", "guarantee_months", "worker_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkData:
    """What is said of a work, as it was typed; what is left out is taken from the catalogue item, where there is one."""

    kind: ItemKind | str
    catalogue_item_id: int | None = None
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit: Unit | str | None = None
    #: Of one unit, without VAT.
    cost: Money | None = None
    #: Of one unit, VAT included.
    price: Money | None = None
    #: A key of the dated VAT rates; empty is the item's, else the usual one.
    vat_key: str = ""
    worker_id: int | None = None
    #: ``None`` is now.
    done_at: datetime | None = None


def add_work(ticket: Ticket, data: WorkData, *, actor: Actor) -> Work:
    """Write a line of labour or of a part on ``ticket``; who and when is written by itself (R40).

    :param ticket: As ``get_ticket(…, lock=True)`` gives it: nobody else changes it meanwhile.
    :raises TicketClosedError: the device has gone back.
    :raises InvalidInputError: something of ``data`` cannot be taken; the errors stand by field.
    """
    if not ticket.is_open:
        raise TicketClosedError(_("The ticket is closed. Open it again to add works to it."))
    work = Work(
        **_read(ticket, data),
        ticket_id=ticket.id,
        currency=ticket.currency,
        entered_by=actor.id,
        entered_by_name=actor.name,
        entered_at=now(),
    )
    session().add(work)
    session().flush()
    told = {"kind": work.kind.value, "what": work.description, "work": work.id}
    record_event(ticket, EventKind.WORK, actor=actor, data=told)
    session().flush()
    return work


def reverse_work(work: Work, reason: str, *, ticket: Ticket, actor: Actor) -> Work:
    """Take a work back by a second row with the opposite quantity; both stay, and together they are nothing.

    :param ticket: Its ticket as ``get_ticket(…, lock=True)`` gives it.
    :raises WorkReversedError: it is taken back already, or takes another one back.
    :raises InvalidInputError: there is no reason, or it is too long.
    """
    checks = Checks()
    reason = checks.text("reason", reason, LONGEST_TEXT, required=True, multiline=True)
    checks.finish()
    if work.is_reversal or _is_reversed(work):
        raise WorkReversedError(_("This line is taken back already."))
    moment = now()
    reversal = Work(
        **{name: getattr(work, name) for name in _KEPT},
        quantity=-work.quantity,
        done_at=moment,
        entered_by=actor.id,
        entered_by_name=actor.name,
        entered_at=moment,
        reverses_id=work.id,
        reason=reason,
    )
    session().add(reversal)
    session().flush()
    told = {"kind": work.kind.value, "what": work.description, "work": work.id}
    record_event(ticket, EventKind.WORK_REVERSED, actor=actor, text=reason, data=told)
    session().flush()
    return reversal


def get_work(work_id: int, ticket: Ticket) -> Work:
    """Return a work of ``ticket``.

    :raises WorkNotFoundError: there is none, or it is another ticket's.
    """
    work = session().get(Work, work_id) if is_id(work_id) else None
    if work is None or work.ticket_id != ticket.id:
        raise WorkNotFoundError(_("There is no such work."))
    return work


def usual_unit(kind: ItemKind) -> Unit:
    """Return what a line counts unless somebody says otherwise."""
    return Unit.ONE if kind is ItemKind.LABOUR else Unit.PIECE


def _is_reversed(work: Work) -> bool:
    return session().scalars(select(Work.id).where(Work.reverses_id == work.id)).first() is not None


def _read(ticket: Ticket, data: WorkData) -> dict[str, Any]:
    """Return the columns of a work from what was typed and from its catalogue item.

    :raises InvalidInputError: something cannot be taken.
    """
    checks = Checks()
    item = checks.read("description", lambda: _read_item(data.catalogue_item_id), None)
    kind = checks.read("kind", lambda: item.kind if item else read_kind(data.kind), ItemKind.LABOUR)
    usual = item.unit if item else usual_unit(kind)
    description, translations = _read_description(checks, data.description, item)
    done_at = checks.read("done_at", lambda: _read_moment(data.done_at, ticket), now())
    price = data.price or (item.price if item else None)
    cost = data.cost or (item.cost if item else None)
    day = local(done_at, current_zone()).date()
    key = data.vat_key or chargeable_key(item.vat_key if item else "", day)
    values = {
        "kind": kind,
        "catalogue_item_id": item.id if item else None,
        "code": item.code if item else "",
        "description": description,
        "translations": translations,
        "quantity": checks.read("quantity", lambda: _read_quantity(data.quantity), Decimal(1)),
        "unit": checks.read("unit", lambda: read_unit(data.unit or usual), Unit.PIECE),
        "cost_minor": checks.read(
            "cost", lambda: None if cost is None else read_price(cost, ticket.currency), None
        ),
        "price_minor": checks.read("price", lambda: read_price(price, ticket.currency), 0),
        "vat_key": key,
        "vat_rate": checks.read("vat_key", lambda: _read_rate(key, day), Decimal(0)),
        "guarantee_months": item.guarantee_months if item else None,
        "worker_id": checks.read("worker_id", lambda: _read_worker(data.worker_id), None),
        "done_at": done_at,
    }
    checks.finish(_("The line was not added."))
    return values


def _read_description(checks: Checks, text: str, item: CatalogueItem | None) -> tuple[str, dict[str, str]]:
    """Return what was done, and the same by language where it is the name of ``item`` in any of them."""
    own = item_name(item.names, current_tenant().language) if item else ""
    description = checks.text("description", text or own, LONGEST_NAME, required=True)
    if item is None or description not in item.names.values():
        return description, {}
    return own, dict(item.names)


def _read_item(item_id: int | None) -> CatalogueItem | None:
    if item_id is None:
        return None
    item = find_item(item_id)
    if item is None or not item.is_active:
        raise ValueError(_("The catalogue does not offer this any more. Choose again."))
    return item


def _read_quantity(quantity: Decimal) -> Decimal:
    if not quantity.is_finite() or not LEAST_QUANTITY <= quantity <= MOST_QUANTITY:
        raise ValueError(_("Write a quantity above 0, at most %(most)s.", most=f"{MOST_QUANTITY:.0f}"))
    if quantity != quantity.quantize(LEAST_QUANTITY):
        raise ValueError(_("Write at most %(number)s decimals.", number=3))
    return quantity


def _read_rate(key: str, day: date) -> Decimal:
    rate = find_vat_rate(key, day)
    if rate is None:
        raise ValueError(_("Choose from the list."))
    return rate


def _read_worker(worker_id: int | None) -> int | None:
    if worker_id is None:
        return None
    user = session().get(User, worker_id) if is_id(worker_id) else None
    if user is None or not user.is_active:
        raise ValueError(_("Choose from the list."))
    return user.id


def _read_moment(done_at: datetime | None, ticket: Ticket) -> datetime:
    if done_at is None:
        return now()
    if done_at > now() + GRACE:
        raise ValueError(_("This moment is still to come."))
    if done_at < ticket.opened_at - GRACE:
        raise ValueError(_("The device was not here yet at this moment."))
    return done_at
