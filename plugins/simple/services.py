"""The rules of the protocols: what must be there before a ticket is opened or closed, and which words it keeps."""

from __future__ import annotations

from flask_babel import gettext as _

from plugins.simple.errors import ConditionMissingError, ReturnNotPrintedError
from plugins.simple.papers import INTAKE, RETURN
from plugins.simple.wordings import accept_wording, keep_wording
from workmanager import Client, Stage, Ticket, TicketStatus, get_group, printed_papers, session


def check_opening(ticket: Ticket) -> None:
    """Refuse a ticket without the condition of its device, where the shop wants it.

    :raises ConditionMissingError: nobody wrote it down.
    """
    if get_group("simple")["require_condition"] and not ticket.condition:
        message = _("Write how the device looks: it stands on the intake protocol.")
        raise ConditionMissingError(message, field="condition")


def check_return(ticket: Ticket, to: TicketStatus) -> None:
    """Refuse to hand a device back before its return protocol was printed, where the shop wants it.

    :raises ReturnNotPrintedError: it was not.
    """
    if to.stage is not Stage.RETURNED or not get_group("simple")["require_return"]:
        return
    if RETURN.name not in printed_papers(ticket.id):
        raise ReturnNotPrintedError(_("Print the return protocol first: the client signs it."))


def keep_words(ticket: Ticket, kind: str) -> None:
    """Keep with ``ticket`` the words that a paper of it has today, in the client's language."""
    client = session().get_one(Client, ticket.client_id)
    keep_wording(ticket.id, kind, client.language)


def keep_words_of_intake(ticket: Ticket) -> None:
    """Keep the terms that the client agrees to when the ticket is opened."""
    keep_words(ticket, INTAKE.name)


def accept_terms(ticket: Ticket) -> None:
    """Note that the client accepted the terms at the counter."""
    accept_wording(ticket.id, INTAKE.name)


def keep_words_of_return(ticket: Ticket) -> None:
    """Keep the guarantee that the client is given when the device goes back."""
    if ticket.stage is Stage.RETURNED:
        keep_words(ticket, RETURN.name)
