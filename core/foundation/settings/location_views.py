"""The pages of the shop's locations."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import require
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.settings.location_forms import LocationForm
from core.foundation.settings.locations import (
    change_location,
    create_location,
    get_location,
    list_locations,
)
from core.foundation.settings.models import Location
from core.foundation.ui.messages import say
from core.foundation.ui.saving import saving

locations = Blueprint("locations", __name__, url_prefix="/settings/locations")


def _back(location_id: int) -> ResponseReturnValue:
    del location_id
    return redirect(url_for("locations.index"), 303)


@locations.get("/")
@require("core.location:view")
def index() -> ResponseReturnValue:
    """List the locations; a shop has few, so all of them."""
    return render_template("settings/locations.html", locations=list_locations())


@locations.get("/new")
@require("core.location:create")
def new() -> ResponseReturnValue:
    """Show the form of a new location."""
    return _page(LocationForm(), None)


@locations.post("/new")
@require("core.location:create")
@idempotent(answer=_back)
def create() -> ResponseReturnValue:
    """Add a location."""
    form = LocationForm()
    if not form.validate():
        return _page(form, None), 422
    with saving(form) as attempt:
        location = create_location(code=form.code.data or "", name=form.name.data or "", **form.facts())
        record_result(location.id)
    if attempt.error is not None:
        return _page(form, None), attempt.status
    say(_("%(name)s: added.", name=location.name))
    return _back(location.id)


@locations.get("/<int:location_id>")
@require("core.location:edit")
def edit(location_id: int) -> ResponseReturnValue:
    """Show the form of a location."""
    location = get_location(location_id)
    return _page(LocationForm.of(location), location)


@locations.post("/<int:location_id>")
@require("core.location:edit")
def save(location_id: int) -> ResponseReturnValue:
    """Change a location."""
    location = get_location(location_id)
    form = LocationForm.of(location)
    if not form.validate():
        return _page(form, location), 422
    with saving(form, stored=lambda: LocationForm.of(get_location(location_id), formdata=None)) as attempt:
        change_location(
            get_location(location_id),
            code=form.code.data or "",
            name=form.name.data or "",
            version=form.version.data or 0,
            **form.facts(),
        )
    if attempt.error is not None:
        return _page(form, get_location(location_id)), attempt.status
    say(_("%(name)s: saved.", name=form.name.data))
    return _back(location_id)


def _page(form: LocationForm, location: Location | None) -> str:
    return render_template("settings/location.html", form=form, location=location)
