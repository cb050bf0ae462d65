"""The intake: one screen from "hello" to the printed sheet."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import require
from core.db import unit_of_work
from core.errors import DomainError
from core.foundation.accounts import current_actor, current_user
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.documents.kinds import DocumentKind
from core.foundation.search.marks import marker
from core.foundation.search.questions import read_question
from core.foundation.ui.checks import read_id
from core.foundation.ui.messages import say
from core.tickets.blueprint import lead_to, tickets
from core.tickets.intake import Intake, look_up, read_intake, remember_place
from core.tickets.papers import make_seal, ticket_kinds
from core.tickets.services import open_ticket, record_print

#: The paper that "Open and print" prints, where a plugin makes it.
INTAKE_PAPER = "intake"


@tickets.get("/new")
@require("core.ticket:create")
def new() -> ResponseReturnValue:
    """Show the empty intake; a link from a client or a device has chosen it already."""
    intake = read_intake(current_user())
    client_id, equipment_id = read_id(request.args.get("client")), read_id(request.args.get("equipment"))
    intake.form.q.data = read_question()
    intake.found = look_up(intake.form.q.data, client_id=client_id, equipment_id=equipment_id, alone=True)
    _choose(intake)
    return _page(intake)


@tickets.get("/new/found")
@require("core.ticket:create")
def found() -> ResponseReturnValue:
    """Show the clients that the typed text finds, and the devices of the chosen one; a fragment for htmx."""
    client_id, equipment_id = (
        read_id(request.args.get("client_id")),
        read_id(request.args.get("equipment_id")),
    )
    result = look_up(read_question(), client_id=client_id, equipment_id=equipment_id, alone=True)
    return render_template("tickets/_found.html", found=result, marked=marker(result.asked), swap=True)


@tickets.get("/new/devices")
@require("core.ticket:create")
def devices() -> ResponseReturnValue:
    """Show the devices of the chosen client; a fragment for htmx."""
    result = look_up("", client_id=read_id(request.args.get("client_id")))
    return render_template("tickets/_devices.html", found=result, marked=marker(""))


def _opened(ticket_id: int) -> ResponseReturnValue:
    """Lead to the paper of the new ticket, or to the ticket."""
    if request.form.get("then") != "print" or _intake_paper() is None:
        return lead_to(ticket_id)
    seal = make_seal(ticket_id, INTAKE_PAPER, current_user())
    return redirect(url_for("tickets.paper", ticket_id=ticket_id, kind=INTAKE_PAPER, seal=seal, print=1), 303)


@tickets.post("/new")
@require("core.ticket:create")
@idempotent(answer=_opened)
def create() -> ResponseReturnValue:
    """Open the ticket; without script the search button comes here too, and saves nothing."""
    intake = read_intake(current_user())
    if intake.is_find or not intake.validate():
        _look_again(intake)
        _choose(intake)
        return _page(intake), 200 if intake.is_find else 422
    try:
        ticket_id, number = _open(intake)
    except DomainError as error:
        _look_again(intake)
        intake.refuse(error)
        return _page(intake), error.status
    remember_place(intake.form.location_id.data)
    say(_("%(number)s is open.", number=number))
    return _opened(ticket_id)


def _open(intake: Intake) -> tuple[int, str]:
    """Open the ticket with all that plugins asked for, in one unit of work; return its id and number."""
    form, actor = intake.form, current_actor()
    prints = _intake_paper() if request.form.get("then") == "print" else None
    with unit_of_work():
        opened = open_ticket(
            form.ticket_data,
            client=intake.who,
            equipment=intake.what,
            actor=actor,
            unlock_code=form.unlock_code.data or "",
        )
        ticket = opened.ticket
        intake.save_sections(ticket)
        if prints is not None:
            record_print(ticket, INTAKE_PAPER, reveals=prints.reveals, actor=actor)
        record_result(ticket.id)
    return ticket.id, ticket.number


def _look_again(intake: Intake) -> None:
    """Find what the form offered, for showing it once more: a ticket that was opened needs none of it."""
    form = intake.form
    intake.found = look_up(
        form.q.data or "", client_id=form.client_id.data, equipment_id=form.equipment_id.data
    )


def _choose(intake: Intake) -> None:
    """Let what the search has chosen be chosen in the form."""
    if intake.found.client_id is not None:
        intake.form.client_id.data = intake.found.client_id
    if intake.found.equipment_id is not None:
        intake.form.equipment_id.data = intake.found.equipment_id


def _page(intake: Intake) -> str:
    return render_template(
        "tickets/intake.html",
        intake=intake,
        form=intake.form,
        found=intake.found,
        marked=marker(intake.found.asked),
        prints=_intake_paper() is not None,
    )


def _intake_paper() -> DocumentKind | None:
    """Return the intake paper that the reader may print, if there is one."""
    return next((kind for kind in ticket_kinds(current_user()) if kind.name == INTAKE_PAPER), None)
