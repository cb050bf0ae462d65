"""The pages of devices, and the picks that other screens look up."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import require
from core.clients.lookup import ClientPick, client_picks, picks_of
from core.clients.views import PICKS
from core.db import session
from core.equipment.codes import shown_code
from core.equipment.errors import KnownEquipmentError
from core.equipment.fields import KIND
from core.equipment.forms import EquipmentFilters, EquipmentForm, TypeNames
from core.equipment.label_views import labels
from core.equipment.listings import EQUIPMENT, equipment_rows, maker_names, model_names, owners_of
from core.equipment.lookup import device_picks, equipment_picks, find_device, picks_of_devices
from core.equipment.models import Equipment
from core.equipment.services import change_equipment, describe, get_equipment, register_equipment
from core.equipment.type_views import equipment_types
from core.errors import DomainError
from core.foundation.accounts import current_user
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.custom.lists import field_filters, list_fields
from core.foundation.search.marks import marker
from core.foundation.search.questions import read_question
from core.foundation.tenants.context import hooks
from core.foundation.ui.checks import read_id
from core.foundation.ui.messages import say
from core.foundation.ui.panels import panel_body, readable_panels
from core.foundation.ui.saving import saving
from core.foundation.ui.sections import add_sections, save_sections

equipment = Blueprint("equipment", __name__, url_prefix="/equipment")
BLUEPRINTS = (equipment, labels, equipment_types)

#: The button that looks for an owner where there is no script.
FIND: Final = "find"


@equipment.get("/")
@require("core.equipment:view")
def index() -> ResponseReturnValue:
    """List the devices, the newest first; narrowed down by a text in any spelling and by type."""
    filters, more = EquipmentFilters(request.args), field_filters(KIND, request.args)
    statement = equipment_rows(question=filters.q.data or "", type_id=filters.type_id.data)
    columns = list_fields(KIND)
    statement = columns.select(more.narrow(statement, Equipment.id), Equipment.id)
    listing = EQUIPMENT.page(session(), statement, request.args)
    return render_template(
        "equipment/index.html",
        listing=listing,
        filters=filters,
        more=more,
        columns=columns,
        cells=columns.cells(listing.rows),
        shown_code=shown_code,
    )


@equipment.get("/new")
@require("core.equipment:create")
def new() -> ResponseReturnValue:
    """Show the form of a new device; of a client where the address names one."""
    form = EquipmentForm(client_id=read_id(request.args.get("client_id")))
    return _form_page(_form(form, None), None)


@equipment.post("/new")
@require("core.equipment:create")
@idempotent(answer=lambda equipment_id: redirect(url_for("equipment.show", equipment_id=equipment_id), 303))
def create() -> ResponseReturnValue:
    """Register a device; one without an ID gets one."""
    form = _form(EquipmentForm(), None)
    if FIND in request.form:
        return _form_page(form, None)
    if not form.validate() or form.doubt():
        return _form_page(form, None), 422
    with saving(form) as attempt:
        device = register_equipment(form.values())
        save_sections(form, device)
        record_result(device.id)
    if attempt.error is not None:
        return _form_page(form, None, known=_known(attempt.error)), attempt.status
    say(_("%(code)s is registered.", code=shown_code(device.unique_id)))
    return redirect(url_for("equipment.show", equipment_id=device.id), 303)


@equipment.get("/lookup")
@require("core.equipment:view")
def lookup() -> ResponseReturnValue:
    """Show devices as picks: those of a client, and those that a text finds. A fragment."""
    question = read_question()
    client_id, chosen = read_id(request.args.get("client_id")), read_id(request.args.get("equipment_id"))
    exact = find_device(question)
    found = [exact] if exact is not None else device_picks(question, PICKS)
    own = equipment_picks(client_id) if client_id is not None else []
    picks = list({pick.id: pick for pick in (*found, *own)}.values())
    return render_template(
        "equipment/_lookup.html",
        picks=picks,
        chosen=exact.id if exact is not None else chosen,
        question=question,
        marked=marker(question),
        client_id=client_id,
    )


@equipment.get("/models")
@require("core.equipment:view")
def models() -> ResponseReturnValue:
    """Offer the models of the manufacturer that is typed. A fragment."""
    manufacturer = read_question("manufacturer")
    return render_template("equipment/_models.html", models=model_names(manufacturer))


@equipment.get("/<int:equipment_id>")
@require("core.equipment:view")
def show(equipment_id: int) -> ResponseReturnValue:
    """Show a device: what it is, who owns it and owned it, and what other areas know: its tickets."""
    device = get_equipment(equipment_id)
    (pick,) = picks_of_devices([equipment_id])
    return render_template(
        "equipment/show.html",
        device=device,
        pick=pick,
        data=describe(device),
        owners=owners_of(equipment_id),
        shown_code=shown_code,
        parts=readable_panels(hooks().equipment_panels(equipment_id=equipment_id), current_user().can),
        panel_body=panel_body,
    )


@equipment.get("/<int:equipment_id>/edit")
@require("core.equipment:edit")
def edit(equipment_id: int) -> ResponseReturnValue:
    """Show the form of a device."""
    device = get_equipment(equipment_id)
    return _form_page(_stored_form(device), device)


@equipment.post("/<int:equipment_id>/edit")
@require("core.equipment:edit")
def save(equipment_id: int) -> ResponseReturnValue:
    """Change a device; who was overtaken by somebody else sees both."""
    device = get_equipment(equipment_id)
    form = _form(EquipmentForm(), device)
    form.type_id.choices = TypeNames(device.type_id)
    if FIND in request.form:
        return _form_page(form, device)
    is_same = form.unique_id.data == device.unique_id
    if not form.validate() or (not is_same and form.doubt()):
        return _form_page(form, device), 422
    with saving(form, stored=lambda: _stored_form(get_equipment(equipment_id))) as attempt:
        device = change_equipment(equipment_id, form.values(), version=form.version.data or 0)
        save_sections(form, device)
    if attempt.error is not None:
        return _form_page(form, get_equipment(equipment_id), known=_known(attempt.error)), attempt.status
    say(_("%(code)s: saved.", code=shown_code(device.unique_id)))
    return redirect(url_for("equipment.show", equipment_id=equipment_id), 303)


def _stored_form(device: Equipment) -> EquipmentForm:
    """Return the form of a device as it is stored."""
    form = EquipmentForm(formdata=None, data={**asdict(describe(device)), "version": device.version})
    form.type_id.choices = TypeNames(device.type_id)
    return _form(form, device, stored=True)


def _form(form: EquipmentForm, device: Equipment | None, *, stored: bool = False) -> EquipmentForm:
    """Give a form the sections that it gets from elsewhere."""
    found = hooks().form_sections(form="equipment")
    add_sections(form, found, current_user().can, device, stored=stored)
    return form


def _known(error: DomainError) -> int | None:
    return error.equipment_id if isinstance(error, KnownEquipmentError) else None


def _form_page(form: EquipmentForm, device: Equipment | None, *, known: int | None = None) -> str:
    question = form.owner.data or ""
    owners: list[ClientPick] = picks_of([form.client_id.data]) if form.client_id.data else []
    if question:
        owners = list({pick.id: pick for pick in (*owners, *client_picks(question, PICKS))}.values())
    return render_template(
        "equipment/form.html",
        form=form,
        device=device,
        known=known,
        owners=owners,
        marked=marker(question),
        manufacturers=maker_names(),
        models=model_names(form.manufacturer.data or ""),
    )
