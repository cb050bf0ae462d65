"""The pages of clients, and the picks that other screens look up."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import require
from core.clients.duplicates import Duplicate, find_duplicates
from core.clients.fields import KIND
from core.clients.forms import ClientFilters, ClientForm
from core.clients.listings import CLIENTS, client_rows
from core.clients.lookup import client_picks, figures_of, picks_of
from core.clients.models import Client
from core.clients.services import change_client, create_client, get_client
from core.db import session
from core.foundation.accounts import current_user
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.custom.lists import field_filters, list_fields
from core.foundation.search.marks import marker
from core.foundation.search.questions import read_question
from core.foundation.tenants.context import current_tenant, hooks
from core.foundation.ui.checks import read_id
from core.foundation.ui.language import current_locale
from core.foundation.ui.messages import say
from core.foundation.ui.panels import panel_body, readable_panels
from core.foundation.ui.parsing import without_forbidden
from core.foundation.ui.saving import saving
from core.foundation.ui.sections import add_sections, save_sections

clients = Blueprint("clients", __name__, url_prefix="/clients")
BLUEPRINTS = (clients,)

#: Picks that are offered while somebody types.
PICKS: Final = 8


@clients.get("/")
@require("core.client:view")
def index() -> ResponseReturnValue:
    """List the clients, the newest first; narrowed down by a text in any spelling and by kind."""
    filters, more = ClientFilters(request.args), field_filters(KIND, request.args)
    statement = client_rows(question=filters.q.data or "", kind=filters.kind.data)
    columns = list_fields(KIND)
    statement = columns.select(more.narrow(statement, Client.id), Client.id)
    listing = CLIENTS.page(session(), statement, request.args)
    return render_template(
        "clients/index.html",
        listing=listing,
        filters=filters,
        more=more,
        columns=columns,
        cells=columns.cells(listing.rows),
    )


@clients.get("/new")
@require("core.client:create")
def new() -> ResponseReturnValue:
    """Show the form of a new client; what a search brought along stands in it already."""
    name = without_forbidden(request.args.get("name", ""))[:200]
    return _form_page(_form(ClientForm(name=name), None), None)


@clients.post("/new")
@require("core.client:create")
@idempotent(answer=lambda client_id: redirect(url_for("clients.show", client_id=client_id), 303))
def create() -> ResponseReturnValue:
    """Add a client, once those who may be the same person are seen."""
    form = _form(ClientForm(), None)
    if not form.validate():
        return _form_page(form, None), 422
    duplicates = _duplicates(form)
    if duplicates and "confirmed" not in request.form:
        return _form_page(form, None, duplicates=duplicates), 409
    with saving(form) as attempt:
        client = create_client(form.values())
        save_sections(form, client)
        record_result(client.id)
    if attempt.error is not None:
        return _form_page(form, None, duplicates=duplicates), attempt.status
    say(_("%(name)s is in the list of clients.", name=client.name))
    return redirect(url_for("clients.show", client_id=client.id), 303)


@clients.get("/duplicates")
@require("core.client:create")
def duplicates() -> ResponseReturnValue:
    """Show the clients that may be the one who is being typed; a fragment."""
    typed = {name: read_question(name) for name in ("name", "phone", "email", "tax_id")}
    besides = read_id(request.args.get("besides"))
    found = find_duplicates(**typed, country=current_tenant().country, besides=besides)
    return render_template("clients/_duplicates.html", duplicates=found)


@clients.get("/lookup")
@require("core.client:view")
def lookup() -> ResponseReturnValue:
    """Show the clients that the typed text finds, as picks; the one chosen before stays among them. A fragment."""
    # A form that looks an owner up has a field of this name.
    question, chosen = read_question("q") or read_question("owner"), read_id(request.args.get("client_id"))
    found = client_picks(question, PICKS)
    if chosen is not None and all(pick.id != chosen for pick in found):
        found = [*picks_of([chosen]), *found]
    return render_template(
        "clients/_lookup.html", picks=found, chosen=chosen, question=question, marked=marker(question)
    )


@clients.get("/<int:client_id>")
@require("core.client:view")
def show(client_id: int) -> ResponseReturnValue:
    """Show a client: who, the devices, the tickets, and what else other areas know."""
    client, own = get_client(client_id), current_tenant().country
    return render_template(
        "clients/show.html",
        client=client,
        figures=figures_of([client_id]).get(client_id, ()),
        country=current_locale().territories.get(client.country) if client.country != own else None,
        parts=readable_panels(hooks().client_panels(client_id=client_id), current_user().can),
        panel_body=panel_body,
    )


@clients.get("/<int:client_id>/edit")
@require("core.client:edit")
def edit(client_id: int) -> ResponseReturnValue:
    """Show the form of a client."""
    client = get_client(client_id)
    return _form_page(_form(ClientForm(obj=client), client), client)


@clients.post("/<int:client_id>/edit")
@require("core.client:edit")
def save(client_id: int) -> ResponseReturnValue:
    """Change a client; who was overtaken by somebody else sees both."""
    client = get_client(client_id)
    form = _form(ClientForm(), client)
    if not form.validate():
        return _form_page(form, client), 422
    with saving(form, stored=lambda: _stored_form(get_client(client_id))) as attempt:
        client = change_client(client_id, form.values(), version=form.version.data or 0)
        save_sections(form, client)
    if attempt.error is not None:
        return _form_page(form, get_client(client_id)), attempt.status
    say(_("%(name)s: saved.", name=client.name))
    return redirect(url_for("clients.show", client_id=client_id), 303)


def _duplicates(form: ClientForm) -> list[Duplicate]:
    return find_duplicates(
        name=form.name.data or "",
        phone=form.phone.data or "",
        email=form.email.data or "",
        tax_id=form.tax_id.data or "",
        country=current_tenant().country,
    )


def _form(form: ClientForm, client: Client | None, *, stored: bool = False) -> ClientForm:
    """Give a form the sections that it gets from elsewhere."""
    found = hooks().form_sections(form="client")
    add_sections(form, found, current_user().can, client, stored=stored)
    return form


def _stored_form(client: Client) -> ClientForm:
    return _form(ClientForm(formdata=None, obj=client), client, stored=True)


def _form_page(form: ClientForm, client: Client | None, *, duplicates: list[Duplicate] | None = None) -> str:
    return render_template("clients/form.html", form=form, client=client, duplicates=duplicates or ())
