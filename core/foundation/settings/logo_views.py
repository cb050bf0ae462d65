"""The address of the firm's logo: for everybody, because the login page and clients' pages show it."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import public
from core.errors import NotFoundError
from core.foundation.files.responses import send_stored
from core.foundation.settings.logo import find_logo

logo = Blueprint("logo", __name__, url_prefix="/logo")


@logo.get("")
@public
def show() -> ResponseReturnValue:
    """Answer with the logo."""
    found = find_logo()
    if found is None:
        raise NotFoundError(_("This firm has no logo."))
    return send_stored(found)
