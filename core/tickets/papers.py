"""What a printed paper of a ticket may say: plain facts, copied, in the language of its client (X13).

The access code is masked unless the print was written down first: looking at a paper is a GET, and a GET shows no secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import flask
from flask_babel import force_locale, gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select

from core.clients.models import Client
from core.db import session
from core.equipment.codes import is_imei
from core.equipment.models import Equipment, EquipmentType
from core.equipment.queries import TITLE, join_names
from core.errors import NotFoundError
from core.foundation.accounts import CurrentUser
from core.foundation.accounts.models import User
from core.foundation.documents.kinds import DocumentKind
from core.foundation.settings.models import Location
from core.foundation.settings.services import get_group
from core.foundation.tenants.context import current_tenant, hooks
from core.foundation.ui.formats import format_phone
from core.tickets.codes import shown_code
from core.tickets.models import EventKind, Ticket, TicketEvent
from core.tickets.services import access_code_of
from core.tickets.stages import Stage
from core.types import Money, now

SUBJECT: Final = "ticket"
#: What stands where a secret is not shown.
MASK: Final = "••••-••••-••••"
#: Seconds for which a print that was written down shows the access code.
SEALED_FOR: Final = 15 * 60
#: Stages whose remark closes the repair: the return protocol repeats the newest.
DONE: Final = (Stage.READY, Stage.UNREPAIRABLE, Stage.RETURNED)


@dataclass(frozen=True, slots=True)
class PaperClient:
    """The client as papers name them."""

    name: str
    phone: str
    email: str
    tax_id: str
    #: Street, postcode, city and county in one line.
    address: str
    is_company: bool


@dataclass(frozen=True, slots=True)
class PaperDevice:
    """The device as papers name it."""

    title: str
    type: str
    unique_id: str
    serial: str
    is_imei: bool


@dataclass(frozen=True, slots=True)
class TicketPaper:
    """The facts of one ticket for one paper; everything is plain data."""

    ticket_id: int
    number: str
    #: ``ro`` or ``en``: the client's.
    language: str
    client: PaperClient
    device: PaperDevice
    problem: str
    accessories: str
    condition: str
    initial_findings: str
    estimate: Money | None
    opened_at: datetime
    #: Who took the device in.
    opened_by: str
    due_at: datetime | None
    closed_at: datetime | None
    #: Who is printing.
    printed_by: str
    printed_at: datetime
    is_repaired: bool
    #: The newest remark of those who finished the repair.
    remark: str
    location: Mapping[str, str]
    firm: Mapping[str, str]
    #: In groups, or masked.
    access_code: str
    #: Address of the ticket's page, for the code on the tag.
    url: str
    has_unlock_code: bool

    def facts(self) -> dict[str, object]:
        """Return everything as the plain data that a document kind gives to its template."""
        facts = asdict(self)
        estimate = self.estimate
        facts["estimate"] = None if estimate is None else estimate.amount
        facts["currency"] = None if estimate is None else estimate.currency
        return facts


def read_paper(ticket: Ticket, user: CurrentUser, *, reveal: bool = False) -> TicketPaper:
    """Read the facts of ``ticket`` for its papers.

    :param reveal: Show the access code; only after the print was written down.
    """
    row = session().execute(_select_facts(ticket.id)).one()
    client: Client = row.Client
    with force_locale(client.language):
        location = _location(row.Location)
        firm = firm_facts(row.Location)
    return TicketPaper(
        ticket_id=ticket.id,
        number=ticket.number,
        language=client.language,
        client=_client(client),
        device=PaperDevice(
            row.title, row.type or "", row.unique_id, row.serial, is_imei=is_imei(row.unique_id)
        ),
        problem=ticket.problem,
        accessories=ticket.accessories,
        condition=ticket.condition,
        initial_findings=ticket.initial_findings,
        estimate=ticket.estimate,
        opened_at=ticket.opened_at,
        opened_by=row.opener or "",
        due_at=ticket.due_at,
        closed_at=ticket.closed_at,
        printed_by=user.name,
        printed_at=now(),
        is_repaired=ticket.stage is not Stage.UNREPAIRABLE,
        remark=_remark(ticket.id),
        location=location,
        firm=firm,
        access_code=shown_code(access_code_of(ticket)) if reveal else MASK,
        url=current_tenant().address_of(flask.url_for("tickets.show", ticket_id=ticket.id)),
        has_unlock_code=ticket.unlock_code is not None,
    )


def _select_facts(ticket_id: int) -> Any:  # noqa: ANN401 - a statement of mixed columns
    opener = select(User.name).where(User.id == Ticket.opened_by).scalar_subquery()
    statement = (
        select(
            Client,
            Location,
            TITLE.label("title"),
            EquipmentType.name.label("type"),
            Equipment.unique_id,
            Equipment.serial,
            opener.label("opener"),
        )
        .select_from(Ticket)
        .join(Client, Client.id == Ticket.client_id)
        .join(Location, Location.id == Ticket.location_id)
        .join(Equipment, Equipment.id == Ticket.equipment_id)
        .where(Ticket.id == ticket_id)
    )
    return join_names(statement)


def _client(client: Client) -> PaperClient:
    place = " ".join(part for part in (client.postcode, client.city) if part)
    address = ", ".join(part for part in (client.street, place, client.county) if part)
    phone = format_phone(client.phone) if client.phone else ""
    return PaperClient(client.name, phone, client.email, client.tax_id, address, is_company=client.is_company)


def _location(location: Location) -> dict[str, str]:
    phone = format_phone(location.phone) if location.phone else ""
    return {"name": location.name, "address": location.address, "phone": phone}


def firm_facts(location: Location | None = None) -> dict[str, str]:
    """Return the head of every paper: the firm's data, with phone and address of the place where the device lies."""
    firm = get_group("firm")
    place = " ".join(part for part in (firm["postcode"], firm["city"]) if part)
    seat = ", ".join(part for part in (firm["street"], place, firm["county"]) if part)
    phone = (location.phone if location else None) or firm["phone"]
    return {
        "name": firm["name"] or current_tenant().name,
        "tax_id": firm["tax_id"],
        "registration": firm["trade_register"],
        "address": (location.address if location else "") or seat,
        "phone": format_phone(phone) if phone else "",
        "email": firm["email"],
        "hours": "",
        "logo": "",
    }


def _remark(ticket_id: int) -> str:
    statement = (
        select(TicketEvent.text)
        .where(
            TicketEvent.ticket_id == ticket_id,
            TicketEvent.kind == EventKind.STATUS,
            TicketEvent.text != "",
            TicketEvent.data["stage"].as_string().in_([stage.value for stage in DONE]),
        )
        .order_by(TicketEvent.id.desc())
        .limit(1)
    )
    return session().scalars(statement).one_or_none() or ""


def ticket_kinds(user: CurrentUser) -> Sequence[DocumentKind]:
    """Return the papers of a ticket that ``user`` may print, in the order of their plugins."""
    declared = [kind for kinds in reversed(hooks().document_kinds()) for kind in kinds]
    return [kind for kind in declared if kind.subject == SUBJECT and user.can(kind.permission)]


def get_kind(name: str, user: CurrentUser) -> DocumentKind:
    """Return one kind of paper of tickets.

    :raises NotFoundError: nobody makes one of this name, or it is not for the reader.
    """
    for kind in ticket_kinds(user):
        if kind.name == name:
            return kind
    raise NotFoundError(_("There is no such paper."))


def make_seal(ticket_id: int, kind: str, user: CurrentUser) -> str:
    """Return the token by which ``user`` sees the paper that was just written down as printed, with its access code."""
    return str(_serializer().dumps([ticket_id, kind, user.id]))


def is_sealed(token: str | None, ticket_id: int, kind: str, user: CurrentUser) -> bool:
    """Tell whether ``token`` is the one of this print, by this user, not long ago."""
    if not token:
        return False
    try:
        told = _serializer().loads(token[:500], max_age=SEALED_FOR)
    except BadData:
        return False
    return bool(told == [ticket_id, kind, user.id])


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        str(flask.current_app.secret_key), salt=f"ticket-paper-{current_tenant().id}"
    )
