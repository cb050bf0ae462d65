"""The page that shows who changed what, and when."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.access import require
from core.db import session
from core.foundation.accounts.identity import current_user
from core.foundation.accounts.models import User
from core.foundation.audit.forms import TrailFilter
from core.foundation.audit.models import AuditEntry
from core.foundation.audit.naming import naming_kinds
from core.foundation.audit.plans import audited_models, entity_title, placed_entities
from core.foundation.audit.services import trail
from core.foundation.audit.telling import tell_entries
from core.foundation.ui.listing import ListSpec, Order, down

audit = Blueprint("audit", __name__, url_prefix="/settings/audit")
BLUEPRINTS = (audit,)

LISTING: Final = ListSpec((Order("at", (down(AuditEntry.id),), _l("When"), by_time=True),), limit=50)


@audit.get("")
@require("core.audit:view")
def index() -> ResponseReturnValue:
    """List the entries, newest first."""
    known = audited_models().keys() | {one.entity for one in naming_kinds().values() if one.actions}
    entities = sorted(((name, entity_title(name)) for name in known), key=lambda pair: pair[1])
    people = session().execute(select(User.id, User.name).order_by(User.name)).all()
    filters = TrailFilter(request.args, entities=entities, people=[(row.id, row.name) for row in people])
    chosen = filters.chosen
    statement = trail(
        entity=chosen.get("entity"), entity_id=chosen.get("entity_id"), actor_id=chosen.get("actor")
    )
    reader = current_user()
    if reader.location_ids or reader.own_tickets_only:
        # The trail knows of no place: who sees some tickets does not read here what became of all the others.
        statement = statement.where(AuditEntry.entity.not_in(placed_entities()))
    listing = LISTING.page(session(), statement, request.args)
    return render_template(
        "settings/audit.html",
        filters=filters,
        listing=listing,
        entries=tell_entries(listing.rows, reader.can),
    )
