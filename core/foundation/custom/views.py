"""The pages of the shop's own fields, under Settings (R112)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import require
from core.db import unit_of_work
from core.errors import InvalidInputError
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.custom.definitions import (
    LossyChangeError,
    UnseenConversionError,
    change_field,
    count_values,
    create_field,
    get_field,
    move_field,
    place_field,
    preview_change,
    refusal,
    retire_field,
)
from core.foundation.custom.fields import Field, all_fields, fields_of, in_language
from core.foundation.custom.forms import FieldForm, field_form
from core.foundation.custom.hosts import FieldHost, field_hosts, get_host, narrowing_names
from core.foundation.custom.models import CustomField
from core.foundation.custom.sections import make_fields_form
from core.foundation.tenants.services import LANGUAGE_NAMES
from core.foundation.ui.checks import read_id
from core.foundation.ui.messages import say
from core.foundation.ui.saving import saving

custom_fields = Blueprint("custom_fields", __name__, url_prefix="/settings/fields")
BLUEPRINTS = (custom_fields,)


@dataclass(frozen=True, slots=True)
class HostFields:
    """A kind of record with its fields, as the page lists them."""

    host: FieldHost
    asked: Sequence[Field]
    retired: Sequence[Field]


def _back(field_id: int = 0) -> ResponseReturnValue:
    """Return to the list, at the field that was touched."""
    anchor = f"field-{field_id}" if field_id else None
    return redirect(url_for("custom_fields.index", _anchor=anchor), 303)


@custom_fields.get("/")
@require("core.custom_field:view")
def index() -> ResponseReturnValue:
    """List the fields of each kind of record in the shop's order; a shop has few, so all of them."""
    hosts = field_hosts().values()
    parts = [
        HostFields(
            host, fields_of(host.kind), [field for field in all_fields(host.kind) if not field.is_asked]
        )
        for host in hosts
    ]
    is_narrowed = any(field.narrowing_id for part in parts for field in (*part.asked, *part.retired))
    return render_template(
        "custom/index.html", parts=parts, narrowings=narrowing_names(hosts) if is_narrowed else {}
    )


@custom_fields.get("/<record_kind>/new")
@require("core.custom_field:edit")
def new(record_kind: str) -> ResponseReturnValue:
    """Show the form of a new field."""
    host = get_host(record_kind)
    return _page(field_form(host, None), host, None)


@custom_fields.post("/<record_kind>/new")
@require("core.custom_field:edit")
@idempotent(answer=_back)
def create(record_kind: str) -> ResponseReturnValue:
    """Add a field."""
    host = get_host(record_kind)
    form = field_form(host, None)
    if "more" in request.form:
        return _page(form, host, None)
    if not form.validate():
        return _page(form, host, None), 422
    with saving(form) as attempt:
        created = create_field(record_kind, form.values())
        record_result(created.id)
    if attempt.error is not None:
        return _page(form, host, None), attempt.status
    say(_("%(name)s: added.", name=in_language(created.names)))
    return _back(created.id)


@custom_fields.get("/<record_kind>/preview")
@require("core.custom_field:view")
def preview(record_kind: str) -> ResponseReturnValue:
    """Show the fields of a kind of record as its form shows them."""
    host = get_host(record_kind)
    fields = fields_of(record_kind)
    return render_template("custom/preview.html", host=host, form=make_fields_form(host, fields, None))


@custom_fields.get("/<int:field_id>")
@require("core.custom_field:edit")
def edit(field_id: int) -> ResponseReturnValue:
    """Show the form of a field."""
    row = get_field(field_id)
    host = get_host(row.record_kind)
    return _page(field_form(host, row), host, row)


@custom_fields.post("/<int:field_id>")
@require("core.custom_field:edit")
def save(field_id: int) -> ResponseReturnValue:
    """Change a field; where its values become another kind, once somebody has seen what becomes of them."""
    row = get_field(field_id)
    host = get_host(row.record_kind)
    form = field_form(host, row)
    if "more" in request.form:
        return _page(form, host, row)
    if not form.validate():
        return _page(form, host, row), 422
    with saving(form, stored=lambda: field_form(host, get_field(field_id), formdata=None)) as attempt:
        seen = request.form.get("seen") == "yes"
        change_field(field_id, form.values(), version=form.version.data or 0, seen=seen)
    if attempt.error is not None:
        if isinstance(attempt.error, LossyChangeError):
            form.form_errors.clear()
            form.add_errors({"kind": [attempt.error.message]})
        unseen = isinstance(attempt.error, UnseenConversionError)
        return _page(form, host, get_field(field_id), unseen=unseen), attempt.status
    say(_("%(name)s: saved.", name=in_language(get_field(field_id).names)))
    return _back(field_id)


@custom_fields.get("/<int:field_id>/conversion")
@require("core.custom_field:edit")
def conversion(field_id: int) -> ResponseReturnValue:
    """Say what would become of the values of a field if it were saved like this; a fragment."""
    row = get_field(field_id)
    form = field_form(get_host(row.record_kind), row, formdata=request.args)
    found, why = None, ""
    if form.kind.validate(form) and form.kind.data != row.kind.value:
        try:
            found = preview_change(field_id, form.values())
        except InvalidInputError:
            # What is wrong besides stands beside its field once the form is sent.
            found = None
        why = "" if found is None or found.is_possible else refusal(found)
    return render_template("custom/_conversion.html", found=found, why=why)


@custom_fields.post("/<int:field_id>/place")
@require("core.custom_field:edit")
def place(field_id: int) -> ResponseReturnValue:
    """Let a field change places with its neighbour (``way`` is up or down), or put it at the place ``at``."""
    at = read_id(request.form.get("at"))
    with unit_of_work():
        if at is not None:
            place_field(field_id, at - 1)
        else:
            move_field(field_id, up=request.form.get("way") == "up")
    return _back(field_id)


@custom_fields.post("/<int:field_id>/retire")
@require("core.custom_field:edit")
def retire(field_id: int) -> ResponseReturnValue:
    """Ask a field no longer, or again: ``retired`` is yes or no."""
    with unit_of_work():
        retire_field(field_id, retired=request.form.get("retired") == "yes")
    return _back(field_id)


def _page(form: FieldForm, host: FieldHost, row: CustomField | None, *, unseen: bool = False) -> str:
    return render_template(
        "custom/field.html",
        form=form,
        host=host,
        field=row,
        name="" if row is None else in_language(row.names),
        count=0 if row is None else count_values(row.id),
        languages=LANGUAGE_NAMES,
        unseen=unseen,
    )
