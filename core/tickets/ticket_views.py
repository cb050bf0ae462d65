"""The page of a ticket, and what is done on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import bindparam

from core.access import require
from core.db import session
from core.foundation.accounts import current_actor, current_user
from core.foundation.accounts.models import User
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.settings.models import Location
from core.foundation.tenants.context import hooks
from core.foundation.ui.forms import BaseForm
from core.foundation.ui.language import current_locale
from core.foundation.ui.messages import say
from core.foundation.ui.panels import panel_body, readable_panels
from core.foundation.ui.saving import saving
from core.foundation.ui.sections import add_sections, save_sections
from core.tickets.blueprint import lead_to, tickets
from core.tickets.errors import TicketMovedError
from core.tickets.forms import AssignForm, NoteForm, StatusForm, TicketForm
from core.tickets.models import Ticket, TicketStatus
from core.tickets.page import TicketPage, read_page
from core.tickets.panels import lines_of
from core.tickets.queries import find_people, newest_lines
from core.tickets.services import (
    add_note,
    assign_ticket,
    change_ticket,
    change_unlock_code,
    get_ticket,
)
from core.tickets.statuses import change_status

#: Earlier tickets of the device that its page names.
EARLIER = 5
_EARLIER: Final = newest_lines(
    Ticket.equipment_id == bindparam("device"), Ticket.id != bindparam("but"), limit=EARLIER + 1
)
#: Who may not do this finds the technician fixed when they change a ticket.
ASSIGN = "core.ticket:assign"


@tickets.get("/<int:ticket_id>")
@require("core.ticket:view")
def show(ticket_id: int) -> ResponseReturnValue:
    """Show a ticket: everything on one page."""
    return _page(read_page(ticket_id, current_user()))


@tickets.post("/<int:ticket_id>/notes")
@require("core.ticket:edit")
@idempotent(answer=lead_to)
def note(ticket_id: int) -> ResponseReturnValue:
    """Write a note into the timeline."""
    form = NoteForm()
    get_ticket(ticket_id, current_user())
    if not form.validate():
        return _page(read_page(ticket_id, current_user()), note_form=form), 422
    with saving(form) as attempt:
        add_note(get_ticket(ticket_id, current_user()), form.note.data, actor=current_actor())
        record_result(ticket_id)
    if attempt.error is not None:
        return _page(read_page(ticket_id, current_user()), note_form=form), attempt.status
    return lead_to(ticket_id, anchor="history")


@tickets.get("/<int:ticket_id>/status")
@require("core.ticket:status")
def status(ticket_id: int) -> ResponseReturnValue:
    """Show the change of status as a page of its own, for browsers without script."""
    page = read_page(ticket_id, current_user())
    return _status_page(page, _status_form(page.ticket, page.next_statuses))


@tickets.post("/<int:ticket_id>/status")
@require("core.ticket:status")
@idempotent(answer=lead_to)
def change(ticket_id: int) -> ResponseReturnValue:
    """Change the status."""
    form = StatusForm()
    form.take_any()
    if not form.validate():
        return _refused(ticket_id, form), 422
    with saving(form) as attempt:
        ticket = get_ticket(ticket_id, current_user(), lock=True)
        _refuse_moved(ticket, form.from_id.data)
        to = change_status(ticket, to=form.status_id.data, actor=current_actor(), note=form.note.data)
        record_result(ticket_id)
    if attempt.error is not None:
        return _refused(ticket_id, form), attempt.status
    name = to.title(current_locale().language)
    say(_("%(number)s: now “%(status)s”.", number=ticket.number, status=name))
    return lead_to(ticket_id)


@tickets.post("/<int:ticket_id>/assign")
@require(ASSIGN)
def assign(ticket_id: int) -> ResponseReturnValue:
    """Give the ticket to a technician."""
    form = _assign_form(get_ticket(ticket_id, current_user()))
    if not form.validate():
        return _page(read_page(ticket_id, current_user()), assign_form=form), 422
    with saving(form) as attempt:
        assign_ticket(get_ticket(ticket_id, current_user()), form.assignee_id.data, actor=current_actor())
    if attempt.error is not None:
        return _page(read_page(ticket_id, current_user()), assign_form=form), attempt.status
    return lead_to(ticket_id)


@tickets.get("/<int:ticket_id>/edit")
@require("core.ticket:edit")
def edit(ticket_id: int) -> ResponseReturnValue:
    """Show what is said of a ticket, to be changed."""
    ticket = get_ticket(ticket_id, current_user())
    return _edit_page(ticket, _stored_form(ticket))


@tickets.post("/<int:ticket_id>/edit")
@require("core.ticket:edit")
def save(ticket_id: int) -> ResponseReturnValue:
    """Change what is said of a ticket; who was overtaken by somebody else sees both."""
    ticket = get_ticket(ticket_id, current_user())
    form = _offered(TicketForm(), ticket)
    add_sections(form, hooks().form_sections(form="ticket"), current_user().can, ticket)
    if not form.validate():
        return _edit_page(ticket, form), 422
    with saving(
        form, stored=lambda: _stored_form(get_ticket(ticket_id, current_user()), stored=True)
    ) as attempt:
        _save(get_ticket(ticket_id, current_user()), form)
    if attempt.error is not None:
        return _edit_page(get_ticket(ticket_id, current_user()), form), attempt.status
    say(_("%(number)s: saved.", number=ticket.number))
    return lead_to(ticket_id)


def _save(ticket: Ticket, form: TicketForm) -> None:
    actor = current_actor()
    data = form.ticket_data
    if not current_user().can(ASSIGN):
        data = replace(data, assignee_id=ticket.assignee_id)
    change_ticket(ticket, data, actor=actor, version=form.version.data or 0)
    if form.unlock_code.data or (form.forget_unlock_code.data and ticket.unlock_code is not None):
        change_unlock_code(ticket, form.unlock_code.data or "", actor=actor)
    save_sections(form, ticket)


def _stored_form(ticket: Ticket, *, stored: bool = False) -> TicketForm:
    """Return the form of a ticket as it is stored; ``stored`` leaves out the sections that cannot say what that is."""
    form = TicketForm(formdata=None)
    form.fill(ticket)
    add_sections(form, hooks().form_sections(form="ticket"), current_user().can, ticket, stored=stored)
    return _offered(form, ticket)


def _offered(form: TicketForm, ticket: Ticket) -> TicketForm:
    """Set what may be chosen; what the ticket has already stays on offer under its name."""
    names = {}
    place = session().get(Location, ticket.location_id)
    people = find_people(current_user())
    if place is not None and place.id not in dict(people.locations):
        names[place.id] = place.name
    form.offer(people, ticket, names=names)
    if ticket.assignee_id is not None and ticket.assignee_id not in dict(people.technicians):
        user = session().get(User, ticket.assignee_id)
        kept = [(ticket.assignee_id, "" if user is None else user.name)]
        form.assignee_id.choices = [*kept, *people.technicians]
    if not current_user().can(ASSIGN):
        present = [choice for choice in form.assignee_id.choices if choice[0] == ticket.assignee_id]
        form.assignee_id.choices = present
        form.assignee_id.blank = None if present else form.assignee_id.blank
    return form


def _refuse_moved(ticket: Ticket, from_id: int | None) -> None:
    """Refuse a change that was decided while the ticket had another status.

    :raises TicketMovedError: somebody has moved it since.
    """
    if from_id is None or from_id == ticket.status_id:
        return
    present = session().get_one(TicketStatus, ticket.status_id)
    title = present.title(current_locale().language)
    raise TicketMovedError(
        _("Somebody moved the ticket to “%(status)s” meanwhile. Check and choose again.", status=title)
    )


def _status_form(ticket: Ticket, choices: Sequence[TicketStatus]) -> StatusForm:
    form = StatusForm(from_id=ticket.status_id)
    form.offer(choices, current_locale().language)
    wanted = request.args.get("to", "")
    if form.status_id.data is None and form.status_id.sent is None and wanted.isascii() and wanted.isdigit():
        form.status_id.data = next((one.id for one in choices if str(one.id) == wanted), None)
    return form


def _assign_form(ticket: Ticket) -> AssignForm:
    form = AssignForm(assignee_id=ticket.assignee_id)
    form.assignee_id.choices = find_people(current_user()).technicians
    return form


def _page(
    page: TicketPage, *, note_form: BaseForm | None = None, assign_form: AssignForm | None = None
) -> str:
    ticket = page.ticket
    earlier = lines_of(_EARLIER, {"device": ticket.equipment_id, "but": ticket.id})
    return render_template(
        "tickets/show.html",
        page=page,
        ticket=ticket,
        names=page.names,
        earlier=earlier[:EARLIER],
        more_earlier=len(earlier) > EARLIER,
        note_form=note_form or NoteForm(formdata=None),
        status_form=_status_form(ticket, page.next_statuses),
        assign_form=assign_form or _assign_form(ticket),
        assigning=assign_form is not None,
        only_notes=request.args.get("history") == "notes",
        parts=readable_panels(hooks().ticket_panels(ticket=ticket), current_user().can),
        panel_body=panel_body,
    )


def _refused(ticket_id: int, form: StatusForm) -> str:
    """Show the change of status again: what may follow is another choice once somebody else has moved the ticket."""
    page = read_page(ticket_id, current_user())
    form.offer(page.next_statuses, current_locale().language)
    form.from_id.data, form.from_id.typed = page.ticket.status_id, str(page.ticket.status_id)
    return _status_page(page, form)


def _status_page(page: TicketPage, form: StatusForm) -> str:
    return render_template(
        "tickets/status.html", page=page, ticket=page.ticket, form=form, stages=page.stages
    )


def _edit_page(ticket: Ticket, form: TicketForm) -> str:
    return render_template("tickets/edit.html", ticket=ticket, form=form, sections=form.sections)
