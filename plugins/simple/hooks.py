"""What the protocols add to the core."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from plugins.simple import services
from plugins.simple.forms import AcceptanceForm
from plugins.simple.models import TicketWording, Wording
from plugins.simple.papers import KINDS
from plugins.simple.settings import SIMPLE
from plugins.simple.wordings import ACCEPTED, wording_names
from workmanager import (
    DocumentKind,
    FormSection,
    NavItem,
    RecordNames,
    SettingsGroup,
    Ticket,
    TicketStatus,
    hookimpl,
    names_in,
)


@hookimpl
def settings_groups() -> Sequence[SettingsGroup]:
    """Let the shop set its terms and texts."""
    return (SIMPLE,)


@hookimpl
def document_kinds() -> Sequence[DocumentKind]:
    """Print the protocols of intake and return."""
    return KINDS


@hookimpl
def nav_items() -> Sequence[NavItem]:
    """Lead those who set the texts to the papers that carry them."""
    return (
        NavItem(_l("Protocols"), "simple.index", "file-earmark-text", "core.settings:edit", group="manage"),
    )


@hookimpl
def record_names() -> Sequence[RecordNames]:
    """Name the terms of tickets, and say that a client accepted them."""
    return (
        RecordNames(Wording.__tablename__, wording_names),
        RecordNames(
            TicketWording.__tablename__,
            names_in(Ticket.id, Ticket.number),
            actions={ACCEPTED: _l("accepted by the client")},
        ),
    )


@hookimpl
def form_sections(form: str) -> Sequence[FormSection]:
    """Ask at the intake whether the client accepts the terms."""
    if form != "intake":
        return ()
    return (
        FormSection(
            "simple",
            _l("Terms"),
            "simple/_acceptance.html",
            make=lambda _ticket: AcceptanceForm(prefix="simple-"),
            save=lambda ticket, form: services.accept_terms(ticket) if form.accepts.data else None,
        ),
    )


@hookimpl
def ticket_opening(ticket: Ticket) -> None:
    """Refuse a device without its condition, where the shop wants it."""
    services.check_opening(ticket)


@hookimpl
def ticket_opened(ticket: Ticket) -> None:
    """Keep the terms of the day."""
    services.keep_words_of_intake(ticket)


@hookimpl
def ticket_status_changing(ticket: Ticket, to: TicketStatus) -> None:
    """Refuse a return without its protocol, where the shop wants it."""
    services.check_return(ticket, to)


@hookimpl
def ticket_status_changed(ticket: Ticket) -> None:
    """Keep the guarantee of the day."""
    services.keep_words_of_return(ticket)
