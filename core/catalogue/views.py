"""The pages of the catalogue, and the picks that other screens look up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import require
from core.catalogue.amounts import net_of
from core.catalogue.errors import KnownCodeError
from core.catalogue.forms import CatalogueFilters, ItemForm
from core.catalogue.listings import CATALOGUE, catalogue_rows
from core.catalogue.lookup import item_picks
from core.catalogue.models import CatalogueItem, ItemKind, item_name
from core.catalogue.naming import sees_cost
from core.catalogue.services import change_item, create_item, get_item, set_item_offered
from core.catalogue.vat import find_vat_rate, percent
from core.db import session, unit_of_work
from core.errors import DomainError
from core.foundation.audit.idempotency import idempotent, record_result
from core.foundation.search.marks import marker
from core.foundation.search.questions import read_question
from core.foundation.ui.formats import local_today
from core.foundation.ui.language import current_locale
from core.foundation.ui.messages import say
from core.foundation.ui.saving import saving
from core.types import Money

catalogue = Blueprint("catalogue", __name__, url_prefix="/catalogue")
BLUEPRINTS = (catalogue,)

OFFERED: Final = {"yes": True, "no": False}


def _lead_to(item_id: int) -> ResponseReturnValue:
    return redirect(url_for("catalogue.show", item_id=item_id), 303)


@catalogue.get("/")
@require("core.catalogue_item:view")
def index() -> ResponseReturnValue:
    """List the items by name; narrowed down by a text in any spelling, by kind and by whether they are offered."""
    filters = CatalogueFilters(request.args)
    statement = catalogue_rows(
        question=filters.q.data or "",
        kind=filters.kind.data,
        offered=OFFERED.get(filters.offered.data or ""),
    )
    return render_template(
        "catalogue/index.html",
        listing=CATALOGUE.page(session(), statement, request.args),
        filters=filters,
        item_name=item_name,
        money=Money.from_minor,
        language=current_locale().language,
    )


@catalogue.get("/new")
@require("core.catalogue_item:create")
def new() -> ResponseReturnValue:
    """Show the form of a new item."""
    kind = ItemKind.PART if request.args.get("kind") == ItemKind.PART else ItemKind.LABOUR
    return _form_page(_offered(ItemForm(kind=kind)), None)


@catalogue.post("/new")
@require("core.catalogue_item:create")
@idempotent(answer=_lead_to)
def create() -> ResponseReturnValue:
    """Add an item; one without a code gets one."""
    form = _offered(ItemForm())
    if not form.validate():
        return _form_page(form, None), 422
    with saving(form) as attempt:
        item = create_item(form.values())
        record_result(item.id)
    if attempt.error is not None:
        return _form_page(form, None, known=_known(attempt.error)), attempt.status
    say(_("%(name)s is in the catalogue.", name=_name(item)))
    return _lead_to(item.id)


@catalogue.get("/lookup")
@require("core.catalogue_item:view")
def lookup() -> ResponseReturnValue:
    """Show the items on offer that the typed text finds, as buttons of the form around them. A fragment."""
    question = read_question("q") or read_question("description")
    return render_template(
        "catalogue/_lookup.html", picks=item_picks(question), question=question, marked=marker(question)
    )


@catalogue.get("/<int:item_id>")
@require("core.catalogue_item:view")
def show(item_id: int) -> ResponseReturnValue:
    """Show an item: what it is, what it costs."""
    item = get_item(item_id)
    rate = find_vat_rate(item.vat_key, local_today())
    return render_template(
        "catalogue/show.html",
        item=item,
        name=_name(item),
        vat=None if rate is None else percent(rate),
        net=_net(item, rate),
        minutes=lambda count: timedelta(minutes=count),
        sees_cost=sees_cost(),
    )


@catalogue.get("/<int:item_id>/edit")
@require("core.catalogue_item:edit")
def edit(item_id: int) -> ResponseReturnValue:
    """Show the form of an item."""
    item = get_item(item_id)
    return _form_page(_stored_form(item), item)


@catalogue.post("/<int:item_id>/edit")
@require("core.catalogue_item:edit")
def save(item_id: int) -> ResponseReturnValue:
    """Change an item; who was overtaken by somebody else sees both."""
    item = get_item(item_id)
    form = _offered(ItemForm(), item)
    if not form.validate():
        return _form_page(form, item), 422
    with saving(form, stored=lambda: _stored_form(get_item(item_id))) as attempt:
        item = get_item(item_id)
        change_item(item_id, form.values(of=item), version=form.version.data or 0)
    if attempt.error is not None:
        return _form_page(form, get_item(item_id), known=_known(attempt.error)), attempt.status
    say(_("%(name)s: saved.", name=_name(item)))
    return _lead_to(item_id)


@catalogue.post("/<int:item_id>/offer")
@require("core.catalogue_item:edit")
def offer(item_id: int) -> ResponseReturnValue:
    """Offer an item for new works, or no longer: ``offered`` is yes or no."""
    offered = request.form.get("offered") == "yes"
    with unit_of_work():
        item = set_item_offered(item_id, offered=offered)
    if offered:
        say(_("%(name)s is offered again.", name=_name(item)))
    else:
        say(_("%(name)s is no longer offered.", name=_name(item)))
    return _lead_to(item_id)


def _offered(form: ItemForm, item: CatalogueItem | None = None) -> ItemForm:
    return form.offer(sees_cost=sees_cost(), item=item)


def _stored_form(item: CatalogueItem) -> ItemForm:
    """Return the form of an item as it is stored."""
    form = ItemForm(formdata=None)
    form.fill(item)
    return _offered(form, item)


def _name(item: CatalogueItem) -> str:
    return item_name(item.names, current_locale().language)


def _net(item: CatalogueItem, rate: Decimal | None) -> Money | None:
    return None if rate is None else Money.from_minor(net_of(item.price_minor, rate), item.currency)


def _known(error: DomainError) -> int | None:
    return error.item_id if isinstance(error, KnownCodeError) else None


def _form_page(form: ItemForm, item: CatalogueItem | None, *, known: int | None = None) -> str:
    return render_template(
        "catalogue/form.html", form=form, item=item, name="" if item is None else _name(item), known=known
    )
