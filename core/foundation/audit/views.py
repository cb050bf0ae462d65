"""The page that shows who changed what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy import Row, select

from core.access import require
from core.db import session
from core.foundation.accounts.identity import current_user
from core.foundation.accounts.models import User
from core.foundation.audit.forms import TrailFilter
from core.foundation.audit.models import AuditEntry
from core.foundation.audit.plans import (
    audited_models,
    column_names,
    column_title,
    entity_title,
    is_moment,
    placed_entities,
)
from core.foundation.audit.services import trail
from core.foundation.tenants.context import current_tenant
from core.foundation.ui.formats import format_datetime, format_money
from core.foundation.ui.language import current_locale, current_zone
from core.foundation.ui.listing import ListSpec, Order, down
from core.types import Money

audit = Blueprint("audit", __name__, url_prefix="/settings/audit")
BLUEPRINTS = (audit,)

LISTING: Final = ListSpec((Order("at", (down(AuditEntry.id),), _l("When"), by_time=True),), limit=50)
ACTIONS: Final = {
    "create": _l("added"),
    "change": _l("changed"),
    "delete": _l("deleted"),
    "invited": _l("invited"),
    "logged_in": _l("logged in"),
    "logins_ended": _l("logged out everywhere"),
}
#: The actor of what no person did.
NOBODY: Final = "system"
#: How columns are called that hold amounts in smallest units.
MINOR_UNITS: Final = "_minor"
#: Longest value that the page shows in a line; the trail keeps all of it.
SHOWN: Final = 120


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as the page shows it."""

    at: datetime
    actor: str
    entity: str
    entity_key: str
    entity_id: int
    label: str
    action: str
    #: Column, before, after; both empty where nothing was there.
    changes: tuple[tuple[str, str, str], ...]


@audit.get("")
@require("core.audit:view")
def index() -> ResponseReturnValue:
    """List the entries, newest first."""
    entities = sorted(((name, entity_title(name)) for name in audited_models()), key=lambda pair: pair[1])
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
        entries=[_shown(row) for row in listing.rows],
    )


def _shown(row: Row[Any]) -> Shown:
    return Shown(
        at=row.at,
        actor=_("the program") if (row.actor_id, row.actor_name) == (None, NOBODY) else row.actor_name,
        entity=entity_title(row.entity),
        entity_key=row.entity,
        entity_id=row.entity_id,
        label=row.label,
        action=str(ACTIONS.get(row.action) or row.action.replace("_", " ")),
        changes=tuple(
            (
                column_title(row.entity, column),
                _told(row.entity, column, before),
                _told(row.entity, column, after),
            )
            for column, (before, after) in row.changes.items()
        ),
    )


def _told(entity: str, column: str, value: object) -> str:
    """Write a recorded value of a column: one of a list of names by its title, a moment and an amount as people write them."""
    if isinstance(value, str) and is_moment(entity, column):
        return format_datetime(datetime.fromisoformat(value), locale=current_locale(), zone=current_zone())
    if isinstance(value, int) and column.endswith(MINOR_UNITS):
        return format_money(Money.from_minor(value, current_tenant().currency), locale=current_locale())
    return column_names(entity, column).get(str(value)) or _text(value)


def _text(value: object) -> str:
    """Write a recorded value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        text = ", ".join(f"{name}: {_text(one)}" for name, one in value.items())
    elif isinstance(value, list):
        text = ", ".join(_text(one) for one in value)
    else:
        text = str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
