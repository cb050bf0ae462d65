"""The pages of legal values: what holds today, and of each what held and what will hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import require
from core.db import session, unit_of_work
from core.errors import DomainError
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.settings.dated import (
    EVER,
    NewValue,
    add_value,
    get_legal_value,
    history,
    legal_values,
    withdraw_value,
)
from core.foundation.settings.legal import LegalValue
from core.foundation.settings.legal_forms import LegalValueForm, format_legal
from core.foundation.settings.models import DatedValue
from core.foundation.ui.formats import local_today
from core.foundation.ui.messages import say

legal = Blueprint("legal_values", __name__, url_prefix="/settings/legal")


def _to_key(value_id: int) -> ResponseReturnValue:
    """Return to the page of the value that was added."""
    row = session().get(DatedValue, value_id)
    if row is None:
        return redirect(url_for("legal_values.index"), 303)
    return redirect(url_for("legal_values.show", key=row.key), 303)


@legal.get("/")
@require("core.legal_value:view")
def index() -> ResponseReturnValue:
    """List what the law fixes, with what holds today and what comes next."""
    today = local_today()
    rows = []
    for declared in legal_values().values():
        known = history(declared.key)
        now = next((one for one in known if one.holds_on(today)), None)
        coming = next((one for one in known if one.valid_from > today), None)
        last = max(
            (one for one in known if one.valid_from <= today), key=lambda one: one.valid_from, default=None
        )
        rows.append({"declared": declared, "now": now, "next": coming, "last": last})
    return render_template("settings/legal_values.html", rows=rows, ever=EVER, written=format_legal)


@legal.get("/<key>")
@require("core.legal_value:view")
def show(key: str) -> ResponseReturnValue:
    """Show all that the law said, says and will say of one thing, and the form of a new value."""
    declared = get_legal_value(key)
    return _page(declared, LegalValueForm(declared=declared))


@legal.post("/<key>")
@require("core.legal_value:edit")
@idempotent(answer=_to_key)
def add(key: str) -> ResponseReturnValue:
    """Write down what the law fixes from a day on."""
    declared = get_legal_value(key)
    form = LegalValueForm(declared=declared)
    if not form.validate():
        return _page(declared, form), 422
    try:
        with unit_of_work():
            row = add_value(key, _typed(form))
            record_result(row.id)
    except DomainError as error:
        form.refuse(error)
        return _page(declared, form), error.status
    say(_("%(title)s: saved.", title=declared.title))
    return redirect(url_for("legal_values.show", key=key), 303)


@legal.post("/values/<int:value_id>/withdraw")
@require("core.legal_value:edit")
def withdraw(value_id: int) -> ResponseReturnValue:
    """Take back a value that has not begun to hold."""
    with unit_of_work():
        row = withdraw_value(value_id)
    say(_("%(title)s: taken back.", title=get_legal_value(row.key).title))
    return redirect(url_for("legal_values.show", key=row.key), 303)


def _typed(form: LegalValueForm) -> NewValue:
    return NewValue(
        value=form.value.data or Decimal(0),
        unit=form.unit.data or "",
        valid_from=form.valid_from.data or date.max,
        valid_to=form.valid_to.data,
        source=form.source.data or "",
        reason=form.reason.data or "",
    )


def _page(declared: LegalValue, form: LegalValueForm) -> str:
    return render_template(
        "settings/legal_value.html",
        declared=declared,
        form=form,
        values=list(reversed(history(declared.key))),
        today=local_today(),
        ever=EVER,
        written=format_legal,
    )
