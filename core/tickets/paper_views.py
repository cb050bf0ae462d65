"""The papers of a ticket: looked at, printed, downloaded. Printing is a POST, because it leaves a trace."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import require
from core.db import end_reading, unit_of_work
from core.foundation.accounts import current_actor, current_user
from core.foundation.documents.kinds import (
    DocumentKind,
    RenderedDocument,
    compose_document,
    render_document,
)
from core.foundation.documents.responses import send_pdf, show_paper
from core.tickets.blueprint import tickets
from core.tickets.models import Ticket
from core.tickets.papers import get_kind, is_sealed, make_seal, read_paper
from core.tickets.services import get_ticket, record_print


@tickets.get("/<int:ticket_id>/documents/<kind>")
@require("core.ticket:view")
def paper(ticket_id: int, kind: str) -> ResponseReturnValue:
    """Show a paper before it is printed; after a print was written down, print it."""
    ticket = get_ticket(ticket_id, current_user())
    found = get_kind(kind, current_user())
    sealed = _is_sealed(ticket, found)
    return render_template(
        "tickets/paper.html",
        ticket=ticket,
        kind=found,
        seal=request.args.get("seal") if sealed else None,
        printing=sealed and "print" in request.args,
    )


@tickets.get("/<int:ticket_id>/documents/<kind>/preview")
@require("core.ticket:view")
def preview(ticket_id: int, kind: str) -> ResponseReturnValue:
    """Answer with the paper as the page shows it in a frame: its own stylesheet, no script, in a sandbox."""
    ticket = get_ticket(ticket_id, current_user())
    found = get_kind(kind, current_user())
    subject = read_paper(ticket, current_user(), reveal=found.reveals and _is_sealed(ticket, found))
    texts = found.written_texts(subject, subject.language)
    return show_paper(compose_document(found, found.data(subject), language=subject.language, texts=texts))


@tickets.get("/<int:ticket_id>/documents/<kind>.pdf")
@require("core.ticket:view")
def pdf(ticket_id: int, kind: str) -> ResponseReturnValue:
    """Answer with the PDF of a paper, to be shown in place or, with ``?download=1``, to be kept."""
    ticket = get_ticket(ticket_id, current_user())
    found = get_kind(kind, current_user())
    made = _render(ticket, found, reveal=found.reveals and _is_sealed(ticket, found))
    return send_pdf(made, download="download" in request.args)


@tickets.post("/<int:ticket_id>/documents/<kind>/print")
@require("core.ticket:view")
def print_paper(ticket_id: int, kind: str) -> ResponseReturnValue:
    """Write down that a paper is printed, and lead to it with the access code in clear."""
    with unit_of_work():
        ticket = get_ticket(ticket_id, current_user())
        found = get_kind(kind, current_user())
        record_print(ticket, found.name, reveals=found.reveals, actor=current_actor())
    seal = make_seal(ticket_id, found.name, current_user())
    if "download" in request.form:
        return redirect(url_for(".pdf", ticket_id=ticket_id, kind=found.name, seal=seal, download=1), 303)
    return redirect(url_for(".paper", ticket_id=ticket_id, kind=found.name, seal=seal, print=1), 303)


def _is_sealed(ticket: Ticket, kind: DocumentKind) -> bool:
    return is_sealed(request.args.get("seal"), ticket.id, kind.name, current_user())


def _render(ticket: Ticket, kind: DocumentKind, *, reveal: bool) -> RenderedDocument:
    """Read what the paper says, end the read, then make the PDF."""
    subject = read_paper(ticket, current_user(), reveal=reveal)
    data, texts = kind.data(subject), kind.written_texts(subject, subject.language)
    end_reading()
    return render_document(kind, data, language=subject.language, texts=texts)
