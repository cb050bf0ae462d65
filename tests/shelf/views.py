"""The pages of the shelf."""

from flask import Blueprint, redirect, render_template_string, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from tests.shelf.models import Place
from workmanager import InvalidInputError, NotFoundError, require, session, unit_of_work

blueprint = Blueprint("shelf", __name__, url_prefix="/shelf", template_folder="templates")
PAGE = (
    '<main><form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}"></form>'
    "{% for place in places %}<p>{{ place.label }}</p>{% endfor %}</main>"
)


@blueprint.get("/")
@require("shelf.place:view")
def index() -> str:
    """List the places."""
    return render_template_string(PAGE, places=session().scalars(select(Place)).all())


@blueprint.post("/")
@require("shelf.place:edit")
def create() -> Response:
    """Add a place."""
    label = request.form.get("label", "").strip()
    if not label or len(label) > 40:
        raise InvalidInputError("A label has 1 to 40 characters.")
    with unit_of_work():
        session().add(Place(label=label))
    return redirect(url_for("shelf.index"))


@blueprint.get("/<int:place_id>")
@require("shelf.place:view")
def show(place_id: int) -> str:
    """Show one place."""
    place = session().get(Place, place_id)
    if place is None:
        raise NotFoundError("There is no such place.")
    return render_template_string(PAGE, places=[place])


@blueprint.post("/<int:place_id>/remove")
@require("shelf.place:edit")
def remove(place_id: int) -> Response:
    """Remove a place."""
    with unit_of_work():
        place = session().get(Place, place_id)
        if place is None:
            raise NotFoundError("There is no such place.")
        session().delete(place)
    return redirect(url_for("shelf.index"))
