"""Works on a ticket: a line is added or taken back without leaving the page of the ticket, with script and without."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from core.access import require
from core.catalogue.lookup import item_picks
from core.catalogue.models import CatalogueItem, ItemKind
from core.catalogue.naming import sees_cost
from core.catalogue.services import find_item, find_item_by_code
from core.foundation.accounts import current_actor, current_user
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.search.marks import marker
from core.foundation.ui.checks import read_id
from core.foundation.ui.panels import panel_body
from core.foundation.ui.saving import saving
from core.tickets.blueprint import lead_to
from core.tickets.models import Ticket
from core.tickets.queries import find_people
from core.tickets.services import get_ticket
from core.works.forms import LET_GO, ReverseForm, WorkForm
from core.works.models import Work
from core.works.panels import CREATE, NAME, REVERSE, Writing, works_panel
from core.works.services import add_work, get_work, reverse_work, usual_unit

works = Blueprint("works", __name__, url_prefix="/tickets")
BLUEPRINTS = (works,)


def _lead_back(ticket_id: int) -> ResponseReturnValue:
    return lead_to(ticket_id, anchor=NAME)


@works.get("/<int:ticket_id>/works/new")
@require(CREATE)
def new(ticket_id: int) -> ResponseReturnValue:
    """Show the works of a ticket with the form of a new line: of labour, or of the part that ``kind`` asks for."""
    ticket = get_ticket(ticket_id, current_user())
    kind = ItemKind.PART if request.args.get("kind") == ItemKind.PART else ItemKind.LABOUR
    worker = ticket.assignee_id or current_user().id
    return _form_page(ticket, _offered(WorkForm(kind=kind, unit=usual_unit(kind), worker_id=worker), ticket))


@works.post("/<int:ticket_id>/works/new")
@require(CREATE)
@idempotent(answer=_lead_back)
def create(ticket_id: int) -> ResponseReturnValue:
    """Add a line; ``choose`` names a pick of the catalogue and fills the form in, ``find`` looks for one."""
    ticket = get_ticket(ticket_id, current_user())
    form = _offered(WorkForm(), ticket)
    if _chooses(form) or form.is_find:
        return _form_page(ticket, form)
    if not form.validate():
        return _form_page(ticket, form), 422
    with saving(form) as attempt:
        locked = get_ticket(ticket_id, current_user(), lock=True)
        add_work(locked, form.values(), actor=current_actor())
        record_result(ticket_id)
    if attempt.error is not None:
        return _form_page(get_ticket(ticket_id, current_user()), form), attempt.status
    return _lead_back(ticket_id)


@works.get("/<int:ticket_id>/works/<int:work_id>/reverse")
@require(REVERSE)
def undo(ticket_id: int, work_id: int) -> ResponseReturnValue:
    """Show the works of a ticket, and ask why one of them is taken back."""
    ticket, work = _find(ticket_id, work_id)
    return _undo_page(ticket, work, ReverseForm())


@works.post("/<int:ticket_id>/works/<int:work_id>/reverse")
@require(REVERSE)
@idempotent(answer=_lead_back)
def reverse(ticket_id: int, work_id: int) -> ResponseReturnValue:
    """Take a line back, with its reason."""
    ticket, work = _find(ticket_id, work_id)
    form = ReverseForm()
    if not form.validate():
        return _undo_page(ticket, work, form), 422
    with saving(form) as attempt:
        locked = get_ticket(ticket_id, current_user(), lock=True)
        work = get_work(work_id, locked)
        reverse_work(work, form.reason.data, ticket=locked, actor=current_actor())
        record_result(ticket_id)
    if attempt.error is not None:
        return _undo_page(*_find(ticket_id, work_id), form), attempt.status
    return _lead_back(ticket_id)


def _find(ticket_id: int, work_id: int) -> tuple[Ticket, Work]:
    ticket = get_ticket(ticket_id, current_user())
    return ticket, get_work(work_id, ticket)


def _offered(form: WorkForm, ticket: Ticket) -> WorkForm:
    people = find_people(current_user()).technicians
    return form.offer(people, currency=ticket.currency, sees_cost=sees_cost())


def _chooses(form: WorkForm) -> bool:
    """Tell whether a pick of the catalogue is chosen, let go of or scanned rather than a line sent; do so."""
    chosen = request.form.get("choose")
    if chosen == LET_GO:
        form.let_go()
        return True
    item = None
    if chosen is not None:
        item = find_item(read_id(chosen))
    elif form.is_plain_code and not form.is_find:
        item = find_item_by_code(form.description.data)
    if item is not None and item.is_active:
        form.take(item)
        return True
    return chosen is not None


def _form_page(ticket: Ticket, form: WorkForm) -> str:
    question = form.description.data or "" if form.is_find else ""
    item: CatalogueItem | None = find_item(form.catalogue_item_id.data)
    writing = Writing(form, item_picks(question), question, code="" if item is None else item.code)
    return _page(ticket, writing)


def _undo_page(ticket: Ticket, work: Work, form: ReverseForm) -> str:
    return _page(ticket, Writing(undo=form, undoing=work))


def _page(ticket: Ticket, writing: Writing) -> str:
    return render_template(
        "works/page.html",
        ticket=ticket,
        part=works_panel(ticket, writing),
        panel_body=panel_body,
        marked=marker(writing.question),
    )
