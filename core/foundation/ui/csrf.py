"""The CSRF token: Flask-WTF makes and checks it, once a request; forms and templates of ours show it without asking again."""

from __future__ import annotations

from flask import Flask, g
from flask_wtf import CSRFProtect
from flask_wtf.csrf import _FlaskFormCSRF, generate_csrf
from wtforms import Field
from wtforms.csrf.core import CSRFTokenField

from core.foundation.ui.widgets import HiddenInput


def csrf_token() -> str:
    """Return the CSRF token of this request; only the first call of a request makes one."""
    token: str = g.get("csrf_token") or generate_csrf()
    return token


class TokenField(CSRFTokenField):
    """The token in a form."""

    widget = HiddenInput()


class FormToken(_FlaskFormCSRF):
    """Puts the token of the request into a form."""

    field_class = TokenField

    def generate_csrf_token(self, csrf_token_field: Field) -> str:
        """Return the token of the request."""
        del csrf_token_field
        return csrf_token()


def init_csrf(app: Flask) -> None:
    """Check the token of whatever is sent to ``app``, and give templates ``csrf_token``."""
    CSRFProtect(app)
    app.jinja_env.globals["csrf_token"] = csrf_token
