"""The dashboard and the bell: what areas and plugins have to say, for one reader."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core.access import logged_in
from core.foundation.accounts import current_user
from core.foundation.tenants.context import hooks
from core.foundation.ui.headers import asks_for_fragment
from core.foundation.ui.panels import panel_body, readable_panels
from core.types import now

dashboard = Blueprint("dashboard", __name__)

#: What stands first under the bell.
TONES = ("bad", "warn", "info")


@dashboard.get("/")
@logged_in
def index() -> ResponseReturnValue:
    """Show the cards that the reader may see."""
    cards = readable_panels(hooks().dashboard_cards(), current_user().can)
    return render_template("dashboard/index.html", cards=cards, panel_body=panel_body, moment=now())


@dashboard.get("/alerts")
@logged_in
def alerts() -> ResponseReturnValue:
    """Show what waits for the reader: a page, or for htmx what stands under the bell."""
    found = [alert for part in hooks().alerts() for alert in part]
    found.sort(key=lambda alert: TONES.index(alert.tone) if alert.tone in TONES else len(TONES))
    template = "partials/alerts.html" if asks_for_fragment() else "dashboard/alerts.html"
    return render_template(template, alerts=found)
