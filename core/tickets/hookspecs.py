"""Hooks in the life of a ticket, and what a plugin may add to its page."""

from __future__ import annotations

from collections.abc import Sequence

from core.clients.models import Client
from core.equipment.models import Equipment
from core.foundation.ui.values import Panel
from core.plugin import hookspec
from core.tickets.models import Ticket, TicketStatus


@hookspec
def ticket_opening(ticket: Ticket, client: Client, equipment: Equipment) -> None:
    """Veto the opening of ``ticket`` by raising a ``DomainError``; an ``InvalidInputError`` names fields of the intake.

    Called inside the transaction, before the number is taken.

    :param ticket: The ticket to be, without id and number.
    :param client: Its client, saved in this transaction where it is new.
    :param equipment: Its device, saved in this transaction where it is new.
    """


@hookspec
def ticket_opened(ticket: Ticket) -> None:
    """React to a new ticket, inside its transaction.

    :param ticket: The ticket, with id and number.
    """


@hookspec
def ticket_status_changing(ticket: Ticket, to: TicketStatus) -> None:
    """Veto a change of status by raising a ``DomainError``.

    Called inside the transaction, before anything changes.

    :param ticket: The ticket, still in its present status.
    :param to: The status that it shall have.
    """


@hookspec
def ticket_status_changed(ticket: Ticket, before: TicketStatus) -> None:
    """React to a change of status, inside its transaction.

    :param ticket: The ticket, already in its new status.
    :param before: The status that it had.
    """


@hookspec
def ticket_panels(ticket: Ticket) -> Sequence[Panel]:
    """Return what stands on the page of ``ticket`` beside what the core says; shown to who has the panel's permission.

    Called once a view of the page, in its read-only transaction.

    :param ticket: The ticket that is shown; the reader may see it.
    """
    del ticket
    return ()
