"""The blueprint of tickets; the modules ``…_views`` put their pages on it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from core.foundation.accounts import current_user
from core.tickets.services import may_know

tickets: Final = Blueprint("tickets", __name__, url_prefix="/tickets")


def lead_to(ticket_id: int, *, anchor: str | None = None) -> ResponseReturnValue:
    """Lead to a ticket after something was done to it; to the list where it is no longer the reader's to see."""
    if not may_know(ticket_id, current_user()):
        return redirect(url_for("tickets.index"), 303)
    return redirect(url_for("tickets.show", ticket_id=ticket_id, _anchor=anchor), 303)
