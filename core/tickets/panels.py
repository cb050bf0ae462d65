"""What tickets show on the pages of others: clients, devices, search. Each asks only for what the reader may know of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import flask
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
from sqlalchemy import FromClause, Select, bindparam, func, select

from core.clients.models import Client
from core.db import session
from core.equipment.codes import shown_code
from core.equipment.models import Equipment
from core.equipment.queries import TITLE, join_names
from core.equipment.values import Visit, Visits
from core.foundation.accounts import find_user
from core.foundation.ui.formats import format_date, format_money, format_phone
from core.foundation.ui.language import current_locale, current_zone
from core.foundation.ui.values import Panel, SearchHit
from core.tickets.codes import read_code
from core.tickets.models import Ticket, TicketStatus, status_title
from core.tickets.queries import SHORT, TicketLine, newest_lines, read_lines
from core.tickets.services import find_by_access_code
from core.tickets.stages import Stage
from core.tickets.visibility import narrowed, visible_tickets
from core.types import Money

#: Tickets on the page of a client or a device; the rest stands in the list.
SHOWN: Final = 10
#: Earlier stays that a pick of the intake tells.
TOLD: Final = 2
VIEW: Final = "core.ticket:view"
_OF_CLIENT: Final = newest_lines(Ticket.client_id == bindparam("of"), limit=SHOWN + 1)
_OF_DEVICE: Final = newest_lines(Ticket.equipment_id == bindparam("of"), limit=SHOWN + 1)


def _may_view() -> bool:
    user = find_user()
    return user is not None and user.can(VIEW)


def lines_of(statement: Select[Any], values: Mapping[str, int]) -> list[TicketLine]:
    """Return what the reader may know of the tickets of a statement of ``newest_lines``, with its ``values`` put in."""
    readable = narrowed(statement, visible_tickets(find_user()))
    return read_lines(session().execute(readable, values).all(), current_locale().language)


def client_panels(client_id: int) -> Sequence[Panel]:
    """Return the panel of a client's tickets."""
    if not _may_view():
        return ()
    data = _panel(lines_of(_OF_CLIENT, {"of": client_id}), {"client": client_id})
    return (Panel("tickets", _l("Tickets"), "tickets/_history.html", data, VIEW, order=20),)


def equipment_panels(equipment_id: int) -> Sequence[Panel]:
    """Return the panel of a device's history."""
    if not _may_view():
        return ()
    data = _panel(lines_of(_OF_DEVICE, {"of": equipment_id}), {"equipment": equipment_id})
    return (Panel("tickets", _l("Repair history"), "tickets/_history.html", data, VIEW, order=10),)


def _panel(lines: list[TicketLine], subject: dict[str, Any]) -> dict[str, Any]:
    more = len(lines) > SHOWN
    all_url = flask.url_for("tickets.index", view="all", **subject) if more else None
    return {"lines": lines[:SHOWN], "all_url": all_url, "subject": subject}


def client_figures(client_ids: list[int]) -> Mapping[int, str]:
    """Return how many tickets each client has, in words."""
    if not _may_view():
        return {}
    statement = (
        select(Ticket.client_id, func.count())
        .where(Ticket.client_id.in_(client_ids), *visible_tickets(find_user()))
        .group_by(Ticket.client_id)
    )
    return {client_id: told_tickets(count) for client_id, count in session().execute(statement)}


def told_tickets(count: int) -> str:
    """Say how many tickets they are."""
    return ngettext("%(num)s ticket", "%(num)s tickets", count)


def equipment_visits(equipment_ids: list[int]) -> Mapping[int, Visits]:
    """Return how often each device was here, with its newest stays; one statement."""
    if not _may_view():
        return {}
    ranked = (
        select(
            Ticket.id,
            Ticket.number,
            Ticket.equipment_id,
            Ticket.stage,
            func.substr(Ticket.problem, 1, 60).label("problem"),
            Ticket.estimate_minor,
            Ticket.currency,
            Ticket.opened_at,
            func.count().over(partition_by=Ticket.equipment_id).label("stays"),
            func.row_number()
            .over(partition_by=Ticket.equipment_id, order_by=[Ticket.opened_at.desc(), Ticket.id.desc()])
            .label("place"),
        )
        .where(Ticket.equipment_id.in_(equipment_ids), *visible_tickets(find_user()))
        .subquery()
    )
    found: dict[int, Visits] = {}
    statement = select(ranked).where(ranked.c.place <= TOLD).order_by(ranked.c.equipment_id, ranked.c.place)
    for row in session().execute(statement):
        before = found.get(row.equipment_id, Visits(row.stays))
        found[row.equipment_id] = Visits(row.stays, (*before.last, _visit(row)))
    return found


def _visit(row: Any) -> Visit:  # noqa: ANN401 - a row
    parts = [" ".join(row.problem.split())]
    if row.estimate_minor is not None:
        money = Money.from_minor(row.estimate_minor, row.currency)
        parts.append(format_money(money, locale=current_locale()))
    when = format_date(row.opened_at, locale=current_locale(), zone=current_zone())
    here = f" · {still}" if (still := Stage(row.stage).is_open and _("still here")) else ""
    url = flask.url_for("tickets.show", ticket_id=row.id)
    return Visit(row.number, url, f"{', '.join(parts)} · {when}{here}")


def shown_in_search(found: FromClause) -> Select[Any]:
    """Return the statement of what the search shows of tickets."""
    statement: Select[Any] = (
        select(
            Ticket.number,
            TITLE.label("device"),
            Client.name.label("client"),
            func.substr(Ticket.problem, 1, SHORT).label("problem"),
            Ticket.stage,
            TicketStatus.name.label("status"),
            Client.phone,
            Equipment.unique_id,
            Equipment.serial,
        )
        .select_from(found)
        .join(Ticket, Ticket.id == found.c.record_id)
        .join(TicketStatus, TicketStatus.id == Ticket.status_id)
        .join(Client, Client.id == Ticket.client_id)
        .join(Equipment, Equipment.id == Ticket.equipment_id)
    )
    return join_names(statement)


def search_hit(ticket_id: int, texts: Sequence[str]) -> SearchHit:
    """Return a ticket as the search shows it."""
    number, device, client, problem, stage, status, phone, unique_id, serial = texts
    wording: dict[str, str] | None = json.loads(status or "null")
    return SearchHit(
        ticket_id,
        f"{number} {device}",
        flask.url_for("tickets.show", ticket_id=ticket_id),
        f"{client} · {' '.join(problem.split())}",
        stage,
        status_title(wording, Stage(stage), current_locale().language),
        found_by=(format_phone(phone) if phone else "", shown_code(unique_id), serial),
    )


def find_by_code(text: str) -> int | None:
    """Return the id of the ticket whose access code ``text`` is, in any spelling."""
    code = read_code(text)
    return None if code is None else find_by_access_code(code, find_user())


def subject_name(client_id: int | None, equipment_id: int | None) -> str | None:
    """Return whose tickets a list shows, for its heading; ``None`` where it shows everybody's."""
    if client_id is not None:
        return session().scalars(select(Client.name).where(Client.id == client_id)).one_or_none()
    if equipment_id is not None:
        return (
            session().scalars(select(Equipment.unique_id).where(Equipment.id == equipment_id)).one_or_none()
        )
    return None
