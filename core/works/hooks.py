"""What works add to the core: permissions, their part of the page of a ticket, their names."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from core.foundation.ui.records import RecordNames
from core.foundation.ui.values import Panel
from core.plugin import Permission, hookimpl
from core.tickets.hooks import EVERYBODY, SHOP
from core.tickets.models import Ticket
from core.works import panels
from core.works.naming import RECORD


@hookimpl
def permissions() -> Sequence[Permission]:
    """Let everybody see what was done, and the shop write it down."""
    return (
        Permission(panels.VIEW, _l("See works and parts of tickets"), EVERYBODY),
        Permission(panels.CREATE, _l("Add works and parts to tickets"), SHOP),
        Permission(panels.REVERSE, _l("Take works and parts back"), SHOP),
    )


@hookimpl
def ticket_panels(ticket: Ticket) -> Sequence[Panel]:
    """Show what was done on a ticket, and what it comes to."""
    return panels.ticket_panels(ticket)


@hookimpl
def record_names() -> Sequence[RecordNames]:
    """Name works by what was done, and keep their costs from who may not see them."""
    return (RECORD,)
