"""What the installation itself answers, without a tenant: its door and its health."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy import text

from core.access import instance_route
from core.db import db
from core.foundation.tenants.services import SLUG, directory

if TYPE_CHECKING:
    from werkzeug.wrappers.response import Response

blueprint = Blueprint("instance", __name__)
BLUEPRINTS = (blueprint,)


@blueprint.get("/")
@instance_route
def index() -> Response | str | tuple[str, int]:
    """Ask for the firm and lead to its own address."""
    slug = flask.request.args.get("firm", "").strip().lower()
    if not slug:
        return flask.render_template("instance/index.html", slug="", error=None)
    tenant = directory().find_by_slug(slug) if SLUG.fullmatch(slug) else None
    if tenant is None:
        error = _("There is no firm with this name here. It is the part after /t/ in the firm's address.")
        return flask.render_template("instance/index.html", slug=slug, error=error), 404
    return flask.redirect(f"{tenant.url}/")


@blueprint.get("/healthz")
@instance_route
def healthz() -> dict[str, str]:
    """Say that this process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@instance_route
def readyz() -> dict[str, str]:
    """Say that this process reaches the control database; a fault answers 500."""
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM installation"))
    return {"status": "ready"}
