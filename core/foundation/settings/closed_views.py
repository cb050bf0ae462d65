"""The page of closed days: the shop's own, and the public holidays beside them."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, lazy_gettext as _l

from core.access import require
from core.db import unit_of_work
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.settings.calendar import public_holidays
from core.foundation.settings.closed import close_days, list_closed_days, open_days
from core.foundation.settings.locations import list_locations
from core.foundation.settings.models import NAME_LENGTH
from core.foundation.settings.services import get_setting
from core.foundation.ui.formats import local_today
from core.foundation.ui.forms import BaseForm, ChoiceField, DateField, TextField
from core.foundation.ui.language import current_locale
from core.foundation.ui.messages import say
from core.foundation.ui.saving import saving

closed_days = Blueprint("closed_days", __name__, url_prefix="/settings/closed")
#: How far ahead public holidays are shown.
AHEAD = timedelta(days=365)


class ClosedDayForm(BaseForm):
    """Days on which the shop or a location is closed."""

    first_day = DateField(_l("From"), required=True)
    last_day = DateField(_l("Until"), hint=_l("empty for a single day"))
    location_id = ChoiceField(_l("Location"), blank=_l("All locations"))
    name = TextField(_l("Reason"), max_length=NAME_LENGTH)


def _back(closed_id: int = 0) -> ResponseReturnValue:
    del closed_id
    return redirect(url_for("closed_days.index"), 303)


@closed_days.get("/")
@require("core.location:view")
def index() -> ResponseReturnValue:
    """List the closed days to come, with the public holidays of the country."""
    return _page(_form())


@closed_days.post("/")
@require("core.location:edit")
@idempotent(answer=_back)
def create() -> ResponseReturnValue:
    """Close the shop or a location for some days."""
    form = _form()
    if not form.validate() or form.first_day.data is None:
        return _page(form), 422
    with saving(form) as attempt:
        closed = close_days(
            first=form.first_day.data,
            last=form.last_day.data,
            name=form.name.data or "",
            location_id=form.location_id.data,
        )
        record_result(closed.id)
    if attempt.error is not None:
        return _page(form), attempt.status
    say(_("The closed days are saved."))
    return _back()


@closed_days.post("/<int:closed_id>/delete")
@require("core.location:edit")
def delete(closed_id: int) -> ResponseReturnValue:
    """Take closed days back."""
    with unit_of_work():
        open_days(closed_id)
    say(_("The shop works on these days again."))
    return _back()


def _form() -> ClosedDayForm:
    form = ClosedDayForm()
    form.location_id.choices = [(one.id, one.name) for one in list_locations()]
    return form


def _page(form: ClosedDayForm) -> str:
    today = local_today()
    country, language = str(get_setting("firm.country")), current_locale().language
    days = {
        **public_holidays(country, today.year, language),
        **public_holidays(country, today.year + 1, language),
    }
    return render_template(
        "settings/closed.html",
        form=form,
        closed=list_closed_days(since=today),
        names={one.id: one.name for one in list_locations()},
        holidays=[(day, name) for day, name in days.items() if today <= day <= today + AHEAD],
    )
