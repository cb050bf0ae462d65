"""The list of tickets."""

from __future__ import annotations

from typing import Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access import require
from core.db import session
from core.foundation.accounts import current_user
from core.foundation.custom.lists import field_filters, list_fields
from core.foundation.ui.language import current_locale
from core.tickets.blueprint import tickets
from core.tickets.forms import VIEWS, TicketFilter
from core.tickets.indexing import KIND
from core.tickets.models import Ticket
from core.tickets.panels import subject_name
from core.tickets.queries import filter_lines, find_people, orders_of, read_lines, select_lines

#: What the list may be narrowed down to by a link from elsewhere.
SUBJECTS: Final = ("client", "equipment")


@tickets.get("/")
@require("core.ticket:view")
def index() -> ResponseReturnValue:
    """List the tickets that the reader may know of, the newest first; by default the open ones."""
    user = current_user()
    people = find_people(user)
    filters = TicketFilter(request.args, people)
    chosen = filters.chosen
    more, columns = field_filters(KIND, request.args), list_fields(KIND)
    statement = filter_lines(select_lines(user), chosen, user)
    statement = columns.select(more.narrow(statement, Ticket.id), Ticket.id)
    orders = orders_of({**chosen, **more.chosen})
    listing = orders.page(session(), statement, request.args)
    view = chosen.get("view", "open")
    # The heading names a client or a device of whom the reader may have no ticket.
    named = {name: chosen.get(name) if user.can(f"core.{name}:view") else None for name in SUBJECTS}
    kept = {name: chosen[name] for name in SUBJECTS if name in chosen}
    views = [
        (title, url_for(".index", view=name, **kept), name == view, None) for name, title in VIEWS.items()
    ]
    return render_template(
        "tickets/index.html",
        listing=listing,
        lines=read_lines(listing.rows, current_locale().language),
        filters=filters,
        more=more,
        columns=columns,
        cells=columns.cells(listing.rows),
        is_filtered=bool(chosen.keys() - {"view"} or more.chosen),
        subject=subject_name(named["client"], named["equipment"]),
        view=view,
        views=views,
        sorts={order.key for order in orders.orders},
    )
