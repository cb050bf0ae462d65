"""The blueprint of tickets; the modules ``…_views`` put their pages on it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

tickets: Final = Blueprint("tickets", __name__, url_prefix="/tickets")
