"""What happens to a ticket: opened, changed, assigned, noted; each change leaves its event in the timeline."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy import Row, bindparam, select

from core.clients.models import Client
from core.clients.services import ClientData, create_client, get_current_client
from core.db import check_version, session
from core.equipment.models import Equipment
from core.equipment.services import EquipmentData, change_owner, get_equipment, register_equipment
from core.errors import InvalidInputError
from core.foundation.accounts import Actor, CurrentUser
from core.foundation.accounts.models import User
from core.foundation.audit.plans import plain
from core.foundation.settings.locations import get_location
from core.foundation.settings.models import Location
from core.foundation.settings.numbering import NumberKind, take_number
from core.foundation.tenants.context import current_tenant, hooks
from core.foundation.ui.checks import Checks, is_id
from core.foundation.ui.parsing import check_length
from core.tickets.codes import code_digest, decrypt, encrypt, new_access_code
from core.tickets.errors import TicketNotFoundError
from core.tickets.indexing import index_ticket
from core.tickets.models import LONGEST_TEXT, EventKind, Priority, Ticket, TicketEvent, TicketStatus
from core.tickets.stages import Stage
from core.tickets.statuses import first_status
from core.tickets.timeline import record_event
from core.tickets.visibility import narrowed, visible_tickets
from core.types import Money, now

TICKETS: Final = NumberKind(
    "ticket",
    pattern="{location}-",
    per_location=True,
    title=_l("Tickets"),
    help=_l("on every paper of a repair"),
)
ACCESS: Final = "access-code"
UNLOCK: Final = "unlock-code"
#: Most characters of an unlock code.
LONGEST_UNLOCK: Final = 200
#: A term further back than this was not meant: forms are filled in while the clock runs.
GRACE: Final = timedelta(hours=1)
_TICKET: Final = select(Ticket).where(Ticket.id == bindparam("ticket"))
_LOCKED: Final = _TICKET.with_for_update()
_FIRST: Final = (
    select(TicketStatus.id)
    .where(TicketStatus.stage == Stage.RECEIVED, TicketStatus.is_active)
    .order_by(TicketStatus.position, TicketStatus.id)
    .limit(1)
    .scalar_subquery()
)
#: All that a ticket is opened with.
_KNOWN: Final = (
    select(Client, Equipment, Location, TicketStatus)
    .join_from(Client, Equipment, Equipment.id == bindparam("equipment"))
    .join(Location, Location.id == bindparam("location"))
    .join(TicketStatus, TicketStatus.id == _FIRST)
    .where(Client.id == bindparam("client"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketData:
    """What people say of a ticket; texts are empty where nobody said anything."""

    problem: str
    location_id: int
    accessories: str = ""
    condition: str = ""
    initial_findings: str = ""
    estimate: Money | None = None
    due_at: datetime | None = None
    priority: Priority = Priority.NORMAL
    assignee_id: int | None = None


@dataclass(frozen=True, slots=True)
class OpenedTicket:
    """A fresh ticket with the access code that its client gets; the code is not readable from the row."""

    ticket: Ticket
    access_code: str


def open_ticket(
    data: TicketData,
    *,
    client: int | ClientData,
    equipment: int | EquipmentData,
    actor: Actor,
    unlock_code: str = "",
) -> OpenedTicket:
    """Take a device in: one new ticket, and its client and device where they are new, in the caller's unit of work.

    :param client: Id of a client, or the data of a new one.
    :param equipment: Id of a device, or the data of a new one; a known device changes its owner to the client.
    :param unlock_code: Of the device; kept encrypted until the device goes back.
    :raises InvalidInputError: by field; fields of a new client or device are named ``client.…`` and ``equipment.…``.
    :raises NotFoundError: the client or the device does not exist.
    """
    known = _read_known(client, equipment, data.location_id)
    columns = _read(data, of=None, unlock_code=unlock_code)
    location = get_location(data.location_id)
    owner = _client(client)
    device = _equipment(equipment, owner)
    status = first_status(Stage.RECEIVED) if known is None else known.TicketStatus
    moment, code = now(), new_access_code()
    ticket = Ticket(
        access_digest=code_digest(code),
        access_code=encrypt(code, purpose=ACCESS),
        client_id=owner.id,
        equipment_id=device.id,
        unlock_code=encrypt(unlock_code, purpose=UNLOCK) if unlock_code else None,
        status_id=status.id,
        stage=status.stage,
        stage_since=moment,
        opened_by=actor.id,
        opened_at=moment,
        currency=current_tenant().currency,
        cancel_reason="",
        **columns,
    )
    hooks().ticket_opening(ticket=ticket, client=owner, equipment=device)
    ticket.number = take_number(TICKETS, location=location).text
    session().add(ticket)
    opened = {"to": status.id, "stage": status.stage.value}
    record_event(ticket, EventKind.OPENED, actor=actor, at=moment, data=opened)
    index_ticket(ticket, client=owner, equipment=device, is_new=True)
    hooks().ticket_opened(ticket=ticket)
    session().flush()
    return OpenedTicket(ticket, code)


def change_ticket(ticket: Ticket, data: TicketData, *, actor: Actor, version: int | None = None) -> None:
    """Change what people say of ``ticket``; what was and what is now stands in its timeline.

    :param version: The version that the person saw.
    :raises ConflictError: somebody else has changed it since.
    :raises InvalidInputError: by field.
    """
    check_version(ticket.version, version)
    columns = _read(data, of=ticket)
    before = {
        name: getattr(ticket, name) for name, value in columns.items() if getattr(ticket, name) != value
    }
    if not before:
        return
    for name in before:
        setattr(ticket, name, columns[name])
    told = {name: [plain(value), plain(columns[name])] for name, value in before.items()}
    record_event(ticket, EventKind.EDITED, actor=actor, data={"fields": told})
    reindex(ticket)


def assign_ticket(ticket: Ticket, assignee_id: int | None, *, actor: Actor) -> None:
    """Give ``ticket`` to a technician, or back to whoever is free.

    :raises InvalidInputError: there is no such active user.
    """
    if assignee_id == ticket.assignee_id:
        return
    checks = Checks()
    user = checks.read("assignee_id", lambda: _read_assignee(assignee_id, None), None)
    checks.finish()
    before, ticket.assignee_id = ticket.assignee_id, assignee_id
    told = {"from": before, "to": assignee_id, "name": "" if user is None else user.name}
    record_event(ticket, EventKind.ASSIGNED, actor=actor, data=told)


def add_note(ticket: Ticket, text: str, *, actor: Actor) -> None:
    """Write a note into the timeline of ``ticket``, for the people of the shop.

    :raises InvalidInputError: the note is empty or too long.
    """
    checks = Checks()
    text = checks.text("note", text, LONGEST_TEXT, required=True, multiline=True)
    checks.finish()
    record_event(ticket, EventKind.NOTE, actor=actor, text=text)


def get_ticket(ticket_id: int, user: CurrentUser | None, *, lock: bool = False) -> Ticket:
    """Return a ticket that ``user`` may know of.

    :param lock: Keep others from changing it until the unit of work ends.
    :raises TicketNotFoundError: there is none, or it is not theirs to know of.
    """
    statement = narrowed(_LOCKED if lock else _TICKET, visible_tickets(user))
    ticket: Ticket | None = session().scalars(statement, {"ticket": ticket_id}).one_or_none()
    if ticket is None:
        raise TicketNotFoundError(_("There is no such ticket."))
    return ticket


def may_know(ticket_id: int, user: CurrentUser) -> bool:
    """Tell whether ``user`` may know of a ticket that there is; who may know of all is asked nothing."""
    clauses = visible_tickets(user)
    return (
        not clauses or session().scalar(select(Ticket.id).where(Ticket.id == ticket_id, *clauses)) is not None
    )


def find_by_access_code(code: str, user: CurrentUser | None) -> int | None:
    """Return the id of the ticket of an access code as ``read_code`` gives it, ``None`` for a code of no visible ticket."""
    statement = select(Ticket.id).where(Ticket.access_digest == code_digest(code), *visible_tickets(user))
    return session().scalars(statement).one_or_none()


def reveal_access_code(ticket: Ticket, *, actor: Actor) -> str:
    """Return the access code of ``ticket`` and write down who saw it; in a unit of work."""
    record_event(ticket, EventKind.CODE_SHOWN, actor=actor)
    return access_code_of(ticket)


def access_code_of(ticket: Ticket) -> str:
    """Return the access code of ``ticket``, for a use that the caller writes down itself (printing)."""
    return decrypt(ticket.access_code, purpose=ACCESS)


def reveal_unlock_code(ticket: Ticket, *, actor: Actor) -> str:
    """Return the device's unlock code and write down who saw it (X12); in a unit of work.

    :raises TicketNotFoundError: none was given, or it was wiped when the device went back.
    """
    if ticket.unlock_code is None:
        raise TicketNotFoundError(_("No unlock code is kept for this ticket."))
    record_event(ticket, EventKind.UNLOCK_SHOWN, actor=actor)
    return decrypt(ticket.unlock_code, purpose=UNLOCK)


def change_unlock_code(ticket: Ticket, code: str, *, actor: Actor) -> None:
    """Keep another unlock code, or none; only that it changed is written down.

    :raises InvalidInputError: it is too long, or the ticket is closed.
    """
    checks = Checks()
    checks.read("unlock_code", lambda: check_length(code, LONGEST_UNLOCK), "")
    if code and not ticket.is_open:
        checks.refuse("unlock_code", _("The device has gone back: no unlock code is kept."))
    checks.finish()
    ticket.unlock_code = encrypt(code, purpose=UNLOCK) if code else None
    record_event(ticket, EventKind.EDITED, actor=actor, data={"fields": {"unlock_code": ["•••", "•••"]}})


def record_print(ticket: Ticket, document: str, *, reveals: bool, actor: Actor) -> None:
    """Write down that a paper of ``ticket`` was printed; in a unit of work.

    :param document: Name of the document kind.
    :param reveals: It shows the access code (R9): that is a use of the code.
    """
    data = {"document": document, "access_code": True} if reveals else {"document": document}
    record_event(ticket, EventKind.PRINTED, actor=actor, data=data)


def printed_papers(ticket_id: int) -> dict[str, datetime]:
    """Return when each paper of a ticket was last printed, by the name of its kind; those that never were are left out."""
    statement = (
        select(TicketEvent.data, TicketEvent.at)
        .where(TicketEvent.ticket_id == ticket_id, TicketEvent.kind == EventKind.PRINTED)
        .order_by(TicketEvent.id)
    )
    return {str(data["document"]): at for data, at in session().execute(statement)}


def reindex(ticket: Ticket) -> None:
    """Bring the search up to date after ``ticket``, its client or its device changed."""
    client = session().get_one(Client, ticket.client_id)
    index_ticket(ticket, client=client, equipment=session().get_one(Equipment, ticket.equipment_id))


def _read_known(
    client: int | ClientData, equipment: int | EquipmentData, location_id: int
) -> Row[Client, Equipment, Location, TicketStatus] | None:
    """Read client, device, location and first status by one statement, where the shop knows all of them.

    Whoever holds the answer finds each of them in the session. ``None`` where one is new or missing: ask one by one.
    """
    if not isinstance(client, int) or not isinstance(equipment, int):
        return None
    ids = {"client": client, "equipment": equipment, "location": location_id}
    return session().execute(_KNOWN, ids).first() if all(map(is_id, ids.values())) else None


def _client(client: int | ClientData) -> Client:
    if isinstance(client, int):
        return get_current_client(client)
    try:
        return create_client(client)
    except InvalidInputError as error:
        raise _inside(error, "client") from error


def _equipment(equipment: int | EquipmentData, owner: Client) -> Equipment:
    if isinstance(equipment, int):
        device = get_equipment(equipment)
        if device.client_id != owner.id:
            change_owner(device.id, owner.id)
        return device
    given = {one.name: getattr(equipment, one.name) for one in fields(equipment)}
    try:
        return register_equipment(EquipmentData(**{**given, "client_id": owner.id}))
    except InvalidInputError as error:
        raise _inside(error, "equipment") from error


def _inside(error: InvalidInputError, part: str) -> InvalidInputError:
    """Name the fields of a part as the whole form knows them."""
    return InvalidInputError(error.message, {f"{part}.{name}": texts for name, texts in error.errors.items()})


def _read(data: TicketData, *, of: Ticket | None, unlock_code: str = "") -> dict[str, Any]:
    """Return the columns of a ticket from what was said.

    :param of: The ticket that is changed; what it says already may stay.
    :raises InvalidInputError: something cannot be taken, by field.
    """
    checks = Checks()
    values: dict[str, Any] = {one.name: getattr(data, one.name) for one in fields(data)}
    for name in ("problem", "accessories", "condition", "initial_findings"):
        values[name] = checks.text(
            name, values[name], LONGEST_TEXT, required=name == "problem", multiline=True
        )
    checks.read("unlock_code", lambda: check_length(unlock_code, LONGEST_UNLOCK), "")
    estimate: Money | None = values.pop("estimate")
    if estimate is not None and estimate.amount < 0:
        checks.refuse("estimate", _("An estimate is not less than nothing."))
    if data.due_at is not None and _is_past(data.due_at, of):
        checks.refuse("due_at", _("This moment has passed already."))
    checks.read("location_id", lambda: _read_location(data.location_id, of), None)
    checks.read("assignee_id", lambda: _read_assignee(data.assignee_id, of), None)
    checks.finish(_("Not everything can be saved like this."))
    return values | {"estimate_minor": None if estimate is None else estimate.minor}


def _is_past(due_at: datetime, ticket: Ticket | None) -> bool:
    return due_at < now() - GRACE and (ticket is None or ticket.due_at != due_at)


def _read_location(location_id: int, of: Ticket | None) -> Location:
    location = session().get(Location, location_id)
    if location is None or not (location.is_active or (of is not None and of.location_id == location.id)):
        raise ValueError(_("Choose from the list."))
    return location


def _read_assignee(assignee_id: int | None, of: Ticket | None) -> User | None:
    """Return the user to whom a ticket is given anew, ``None`` where it is nobody or stays with who has it."""
    if assignee_id is None or (of is not None and of.assignee_id == assignee_id):
        return None
    user = session().get(User, assignee_id)
    if user is None or not user.is_active:
        raise ValueError(_("Choose from the list."))
    return user


__all__ = [
    "TICKETS",
    "ClientData",
    "EquipmentData",
    "OpenedTicket",
    "TicketData",
    "access_code_of",
    "add_note",
    "assign_ticket",
    "change_ticket",
    "change_unlock_code",
    "find_by_access_code",
    "get_ticket",
    "may_know",
    "open_ticket",
    "printed_papers",
    "record_print",
    "reindex",
    "reveal_access_code",
    "reveal_unlock_code",
]
