"""The page of the shop's equipment types, under Settings (R25, R99)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import require
from core.db import unit_of_work
from core.equipment.forms import RenameTypeForm, TypeForm
from core.equipment.types import (
    create_type,
    get_type,
    list_types,
    move_type,
    rename_type,
    set_type_offered,
)
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.ui.messages import say
from core.foundation.ui.saving import saving

equipment_types = Blueprint("equipment_types", __name__, url_prefix="/settings/equipment-types")


def _back(type_id: int = 0) -> ResponseReturnValue:
    """Return to the list, at the type that was touched."""
    anchor = f"type-{type_id}" if type_id else None
    return redirect(url_for("equipment_types.index", _anchor=anchor), 303)


@equipment_types.get("/")
@require("core.equipment_type:view")
def index() -> ResponseReturnValue:
    """List the types in the shop's order; a shop has few, so all of them."""
    return _page(TypeForm())


@equipment_types.post("/")
@require("core.equipment_type:edit")
@idempotent(answer=_back)
def create() -> ResponseReturnValue:
    """Add a type at the end of the list."""
    form = TypeForm()
    if not form.validate():
        return _page(form), 422
    with saving(form) as attempt:
        created = create_type(form.name.data or "")
        record_result(created.id)
    if attempt.error is not None:
        return _page(form), attempt.status
    say(_("%(name)s: added.", name=created.name))
    return _back(created.id)


@equipment_types.get("/<int:type_id>")
@require("core.equipment_type:edit")
def edit(type_id: int) -> ResponseReturnValue:
    """Show the form of a type's name."""
    found = get_type(type_id)
    return render_template("equipment/type.html", form=RenameTypeForm(obj=found), name=found.name)


@equipment_types.post("/<int:type_id>")
@require("core.equipment_type:edit")
def rename(type_id: int) -> ResponseReturnValue:
    """Give a type another name."""
    found = get_type(type_id)
    form = RenameTypeForm()
    if not form.validate():
        return render_template("equipment/type.html", form=form, name=found.name), 422
    with saving(form, stored=lambda: RenameTypeForm(formdata=None, obj=get_type(type_id))) as attempt:
        rename_type(type_id, form.name.data or "", version=form.version.data or 0)
    if attempt.error is not None:
        return render_template("equipment/type.html", form=form, name=get_type(type_id).name), attempt.status
    say(_("%(name)s: saved.", name=form.name.data))
    return _back(type_id)


@equipment_types.post("/<int:type_id>/place")
@require("core.equipment_type:edit")
def move(type_id: int) -> ResponseReturnValue:
    """Let a type change places with its neighbour: ``way`` is up or down."""
    with unit_of_work():
        move_type(type_id, up=request.form.get("way") == "up")
    return _back(type_id)


@equipment_types.post("/<int:type_id>/offer")
@require("core.equipment_type:edit")
def offer(type_id: int) -> ResponseReturnValue:
    """Offer a type for new devices, or no longer: ``offered`` is yes or no."""
    with unit_of_work():
        set_type_offered(type_id, offered=request.form.get("offered") == "yes")
    return _back(type_id)


def _page(form: TypeForm) -> str:
    return render_template("equipment/types.html", types=list_types(offered=False), form=form)
