"""The shop's statuses: what it starts with, which may follow which, and the change from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask_babel import get_locale, gettext as _
from sqlalchemy import bindparam, or_, select

from core.db import session
from core.errors import InvalidInputError
from core.foundation.accounts import Actor
from core.foundation.tenants.context import hooks
from core.foundation.ui.checks import Checks
from core.tickets.errors import ReasonMissingError, TransitionError
from core.tickets.models import LONGEST_TEXT, EventKind, Ticket, TicketStatus
from core.tickets.stages import Stage
from core.tickets.timeline import record_event
from core.types import now

#: What a closed ticket may go back to when it was closed by mistake.
CORRECTIONS = {Stage.RETURNED: (Stage.READY, Stage.IN_WORK), Stage.CANCELLED: (Stage.RECEIVED,)}
_STATUSES: Final = select(TicketStatus).order_by(TicketStatus.position, TicketStatus.id)
_ACTIVE: Final = _STATUSES.where(TicketStatus.is_active)
_BOTH: Final = select(TicketStatus).where(
    or_(TicketStatus.id == bindparam("present"), TicketStatus.id == bindparam("to"))
)


def seed_statuses() -> None:
    """Make one status for each stage, worded by its stage; for a new tenant, inside its transaction."""
    statuses = {
        stage: TicketStatus(stage=stage, position=place, is_active=True)
        for place, stage in enumerate(Stage, start=1)
    }
    session().add_all(statuses.values())
    session().flush()
    for closed, back in CORRECTIONS.items():
        statuses[closed].next_ids = [statuses[stage].id for stage in back]
    session().flush()


def list_statuses(*, active: bool = True) -> Sequence[TicketStatus]:
    """Return the statuses in the shop's order, by default those in use."""
    return session().scalars(_ACTIVE if active else _STATUSES).all()


def first_status(stage: Stage, statuses: Sequence[TicketStatus] | None = None) -> TicketStatus:
    """Return the first status of ``stage`` in the shop's order.

    :raises InvalidInputError: the shop has switched off every status of the stage.
    """
    known = list_statuses() if statuses is None else statuses
    for status in known:
        if status.stage is stage:
            return status
    raise InvalidInputError(_("The shop has no active status for the stage “%(stage)s”.", stage=stage.label))


def following(status: TicketStatus, statuses: Sequence[TicketStatus]) -> list[TicketStatus]:
    """Return those of ``statuses`` that are in use and may follow ``status``, in the shop's order."""
    return [other for other in statuses if _may_follow(status, other)]


def next_statuses(ticket: Ticket) -> list[TicketStatus]:
    """Return the statuses that may follow that of ``ticket``, in the shop's order; one statement."""
    statuses = list_statuses(active=False)
    present = next(status for status in statuses if status.id == ticket.status_id)
    return following(present, statuses)


def wants_reason(present: Stage, to: Stage) -> bool:
    """Tell whether a change must say why: cancelling, and opening what was closed."""
    return to is Stage.CANCELLED or (to.is_open and not present.is_open)


def change_status(ticket: Ticket, *, to: TicketStatus | int, actor: Actor, note: str = "") -> TicketStatus:
    """Move ``ticket`` on to the status ``to`` (one, or the id of one), write it down and return it; returned and cancelled close it.

    Closing wipes the device's unlock code (X12). Plugins may veto the change before, and react to it after, in the same transaction.

    :raises TransitionError: ``to`` may not follow; the message names what may.
    :raises InvalidInputError: there is no such status, or the ``note`` is too long.
    :raises ReasonMissingError: cancelling, or opening what was closed, without a ``note``.
    """
    present, to = _read_both(ticket.status_id, to if isinstance(to, int) else to.id)
    if not _may_follow(present, to):
        raise TransitionError(_refusal(present, to, following(present, list_statuses())))
    checks = Checks()
    note = checks.text("note", note, LONGEST_TEXT, multiline=True)
    checks.finish()
    if wants_reason(present.stage, to.stage) and not note:
        raise ReasonMissingError(_("Write the reason."), field="note")
    hooks().ticket_status_changing(ticket=ticket, to=to)
    moment = now()
    _move(ticket, to, moment, note)
    record_event(
        ticket,
        EventKind.STATUS,
        actor=actor,
        at=moment,
        text=note,
        data={"from": present.id, "to": to.id, "before": present.stage.value, "stage": to.stage.value},
    )
    hooks().ticket_status_changed(ticket=ticket, before=present)
    return to


def _read_both(present: int, to: int) -> tuple[TicketStatus, TicketStatus]:
    """Return two statuses, read by one statement.

    :raises InvalidInputError: there is no second one.
    """
    found = {one.id: one for one in session().scalars(_BOTH, {"present": present, "to": to})}
    if to not in found:
        raise InvalidInputError(_("Choose from the list."), field="status_id")
    return found[present], found[to]


def _may_follow(status: TicketStatus, other: TicketStatus) -> bool:
    return (
        other.id != status.id and (status.next_ids is None or other.id in status.next_ids) and other.is_active
    )


def _move(ticket: Ticket, to: TicketStatus, moment: datetime, note: str) -> None:
    if ticket.stage is not to.stage:
        ticket.stage_since = moment
    ticket.status_id, ticket.stage = to.id, to.stage
    if to.stage.is_open:
        ticket.closed_at = None
        ticket.cancel_reason = ""
        return
    ticket.closed_at = moment
    ticket.unlock_code = None
    if to.stage is Stage.CANCELLED:
        ticket.cancel_reason = note


def _refusal(present: TicketStatus, to: TicketStatus, allowed: Sequence[TicketStatus]) -> str:
    language = _language()
    names = ", ".join(status.title(language) for status in allowed)
    if to.id == present.id:
        return str(_("The ticket is already “%(status)s”.", status=present.title(language)))
    if not allowed:
        return str(_("No status may follow “%(present)s”.", present=present.title(language)))
    return str(
        _(
            "“%(to)s” may not follow “%(present)s”. These may: %(allowed)s.",
            to=to.title(language),
            present=present.title(language),
            allowed=names,
        )
    )


def _language() -> str:
    return str(get_locale() or "en")[:2]
