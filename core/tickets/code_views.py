"""Secrets of a ticket: shown by a POST alone, which writes down who saw them."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import require
from core.db import unit_of_work
from core.foundation.accounts import current_actor, current_user
from core.foundation.ui.headers import asks_for_fragment
from core.tickets.blueprint import tickets
from core.tickets.codes import shown_code
from core.tickets.services import get_ticket, reveal_access_code, reveal_unlock_code


@tickets.post("/<int:ticket_id>/access-code")
@require("core.ticket:reveal")
def access_code(ticket_id: int) -> ResponseReturnValue:
    """Show the access code that the client has."""
    with unit_of_work():
        ticket = get_ticket(ticket_id, current_user())
        code = reveal_access_code(ticket, actor=current_actor())
    return _code_page(ticket_id, ticket.number, _("Access code"), shown_code(code))


@tickets.post("/<int:ticket_id>/unlock-code")
@require("core.ticket:reveal")
def unlock_code(ticket_id: int) -> ResponseReturnValue:
    """Show the unlock code of the device (X12)."""
    with unit_of_work():
        ticket = get_ticket(ticket_id, current_user())
        code = reveal_unlock_code(ticket, actor=current_actor())
    return _code_page(ticket_id, ticket.number, _("Unlock code"), code)


def _code_page(ticket_id: int, number: str, title: str, code: str) -> str:
    """Return the code: a page, or for htmx the code alone, in place of the button that asked for it."""
    template = "tickets/_code.html" if asks_for_fragment() else "tickets/code.html"
    return render_template(template, ticket_id=ticket_id, number=number, title=title, code=code)
