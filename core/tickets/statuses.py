"""The shop's statuses: what it starts with, which may follow which, and the change from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask_babel import get_locale, gettext as _
from sqlalchemy import select

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
    """Return those of the active ``statuses`` that may follow ``status``, in the shop's order."""
    return [
        other
        for other in statuses
        if other.id != status.id and (status.next_ids is None or other.id in status.next_ids)
    ]


def next_statuses(ticket: Ticket) -> list[TicketStatus]:
    """Return the statuses that may follow that of ``ticket``, in the shop's order; one statement."""
    statuses = list_statuses(active=False)
    present = next(status for status in statuses if status.id == ticket.status_id)
    return following(present, [status for status in statuses if status.is_active])


def wants_reason(present: Stage, to: Stage) -> bool:
    """Tell whether a change must say why: cancelling, and opening what was closed."""
    return to is Stage.CANCELLED or (to.is_open and not present.is_open)


def change_status(ticket: Ticket, *, to: TicketStatus, actor: Actor, note: str = "") -> None:
    """Move ``ticket`` on to the status ``to`` and write it down; returned and cancelled close it.

    Closing wipes the device's unlock code (X12). Plugins may veto the change before, and react to it after, in the same transaction.

    :raises TransitionError: ``to`` may not follow; the message names what may.
    :raises InvalidInputError: the ``note`` is too long.
    :raises ReasonMissingError: cancelling, or opening what was closed, without a ``note``.
    """
    statuses = list_statuses()
    present = session().get_one(TicketStatus, ticket.status_id)
    allowed = following(present, statuses)
    if to not in allowed:
        raise TransitionError(_refusal(present, to, allowed))
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
    session().flush()
    hooks().ticket_status_changed(ticket=ticket, before=present)


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
