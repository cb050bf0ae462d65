"""Thirteen months of the demo shop, told through the services with the clock moved: what it shows could have been typed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.clients.models import ClientKind
from core.clients.services import ClientData, create_client
from core.db import session, unit_of_work
from core.demo.catalogue import make_catalogue
from core.demo.fields import make_fields, say_of_client, say_of_device, say_of_ticket
from core.demo.words import (
    CANCEL_REASONS,
    COMPANIES,
    FIRST_NAMES,
    KINDS,
    LAST_NAMES,
    NOTES,
    QUESTIONS,
    STREETS,
    TOWNS,
    UNREPAIRABLE,
    Fault,
    Kind,
)
from core.demo.works import write_works
from core.equipment.models import EquipmentType
from core.equipment.services import EquipmentData, register_equipment
from core.foundation.accounts.identity import Actor, acting_as
from core.foundation.accounts.services import UserFacts, create_user, list_users
from core.foundation.settings.locations import change_location, create_location, list_locations
from core.foundation.settings.services import save_group
from core.tickets.models import Priority, Ticket
from core.tickets.services import TicketData, add_note, assign_ticket, open_ticket
from core.tickets.stages import Stage
from core.tickets.statuses import change_status, first_status
from core.types import Money, clock_at, now

ZONE: Final = ZoneInfo("Europe/Bucharest")
#: Always the same shop, whatever the day.
SEED: Final = 20241
CLIENTS: Final = 140
DEVICES: Final = 190
#: Closed tickets of the past, and open ones of the last days.
PAST: Final = 290
OPEN: Final = 38
MONTHS: Final = 13
#: Closed tickets written in one unit of work.
BATCH: Final = 10

PEOPLE: Final = (
    ("manager", "Carmen Lazăr", "carmen", ()),
    ("receptionist", "Ioana Mureșan", "ioana", ("CJ",)),
    ("receptionist", "Denisa Chiș", "denisa", ("FL",)),
    ("technician", "Radu Câmpean", "radu", ()),
    ("technician", "Andrei Suciu", "andrei", ()),
    ("accountant", "Sorin Nistor", "sorin", ()),
)
FIRM: Final = {
    "name": "Atelier Meteor SRL",
    "tax_id": "RO99010178",
    "phone": "0264 555 100",
    "email": "contact@meteor.example",
    "street": "Str. Memorandumului 14",
    "city": "Cluj-Napoca",
    "county": "CJ",
    "postcode": "400114",
}
#: How a repair usually goes, and how often against the others.
WAYS: Final[tuple[tuple[tuple[Stage, ...], int], ...]] = (
    ((Stage.DIAGNOSIS, Stage.IN_WORK, Stage.READY, Stage.RETURNED), 50),
    ((Stage.DIAGNOSIS, Stage.APPROVAL, Stage.WAITING_CLIENT, Stage.IN_WORK, Stage.READY, Stage.RETURNED), 18),
    ((Stage.DIAGNOSIS, Stage.WAITING_PARTS, Stage.IN_WORK, Stage.READY, Stage.RETURNED), 16),
    ((Stage.DIAGNOSIS, Stage.QUESTION, Stage.IN_WORK, Stage.READY, Stage.RETURNED), 8),
    ((Stage.DIAGNOSIS, Stage.UNREPAIRABLE, Stage.RETURNED), 6),
    ((Stage.CANCELLED,), 2),
)
#: Steps that reception takes; the bench takes the others.
AT_THE_COUNTER: Final = frozenset({Stage.RETURNED, Stage.CANCELLED, Stage.WAITING_CLIENT})
#: Where the open tickets stand today, in turn.
STANDING: Final = (
    Stage.RECEIVED, Stage.RECEIVED, Stage.DIAGNOSIS, Stage.IN_WORK, Stage.IN_WORK, Stage.WAITING_PARTS, Stage.QUESTION,
    Stage.APPROVAL, Stage.WAITING_CLIENT, Stage.READY, Stage.READY, Stage.UNREPAIRABLE,
)  # fmt: skip


@dataclass
class Story:
    """The shop while it is told."""

    dice: random.Random
    today: datetime
    progress: Callable[[int, int], None]
    clients: list[int] = field(default_factory=list)
    #: Id of the device, id of its owner, what it is, its model.
    devices: list[tuple[int, int, Kind, str]] = field(default_factory=list)
    reception: list[Actor] = field(default_factory=list)
    bench: list[Actor] = field(default_factory=list)
    locations: list[int] = field(default_factory=list)
    told: int = 0

    def tell(self, count: int) -> None:
        """Say that ``count`` more tickets are written."""
        self.told += count
        self.progress(self.told, PAST + OPEN)


def tell_story(password_hash: str, *, progress: Callable[[int, int], None]) -> None:
    """Fill the tenant of the context, which has its owner already.

    :param password_hash: Of everybody who works here.
    :param progress: Called with the tickets that are written, and all that will be.
    """
    story = Story(random.Random(SEED), now().astimezone(ZONE), progress)  # noqa: S311 - a story, no secret
    start = story.today - timedelta(days=30 * MONTHS + 10)
    with clock_at(start), unit_of_work():
        _make_shop(story, password_hash)
    with clock_at(start), unit_of_work():
        make_catalogue()
        make_fields(_types())
        _make_clients(story)
        _make_devices(story)
    moments = sorted(_moment(story, start, story.today - timedelta(days=12)) for _ in range(PAST))
    for first in range(0, PAST, BATCH):
        batch = moments[first : first + BATCH]
        with unit_of_work():
            for moment in batch:
                _tell_ticket(story, moment, _choose(story, WAYS))
        story.tell(len(batch))
    _tell_open_tickets(story)


def _make_shop(story: Story, password_hash: str) -> None:
    save_group("firm", FIRM)
    cluj = list_locations()[0]
    change_location(
        cluj,
        code="CJ",
        name="Cluj, Memorandumului",
        address="Str. Memorandumului 14, Cluj-Napoca",
        phone="0264 555 100",
    )
    floresti = create_location(
        code="FL", name="Florești", address="Str. Avram Iancu 210, Florești", phone="0264 555 200"
    )
    codes = {"CJ": cluj.id, "FL": floresti.id}
    story.locations = [cluj.id, cluj.id, floresti.id]
    for role, name, mailbox, places in PEOPLE:
        create_user(
            UserFacts(
                email=f"{mailbox}@meteor.example",
                name=name,
                roles=[role],
                location_ids=frozenset(codes[place] for place in places),
            ),
            password_hash=password_hash,
            language="ro",
        )
    for user in list_users():
        keys = {role.key for role in user.roles}
        if "receptionist" in keys:
            story.reception.append(Actor(user.id, user.name))
        if "technician" in keys:
            story.bench.append(Actor(user.id, user.name))


def _make_clients(story: Story) -> None:
    dice = story.dice
    names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
    for number, name in enumerate(dice.sample(names, CLIENTS - len(COMPANIES))):
        city, county = dice.choices(TOWNS, weights=(60, 20, 8, 4, 4, 4))[0]
        mailbox = name.lower().translate(str.maketrans("ăâîșț ", "aaist."))
        data = ClientData(
            kind=ClientKind.PERSON,
            name=name,
            phone=_phone(story, number),
            email=f"{mailbox}@exemplu.example" if dice.random() < 0.6 else "",
            street=f"Str. {dice.choice(STREETS)} {dice.randint(1, 120)}",
            city=city,
            county=county,
            language="en" if dice.random() < 0.04 else "ro",
        )
        story.clients.append(create_client(data).id)
    for number, (name, tax_id) in enumerate(COMPANIES, start=CLIENTS):
        data = ClientData(
            kind=ClientKind.COMPANY,
            name=name,
            tax_id=tax_id,
            phone=_phone(story, number),
            email=f"office{number}@firma.example",
            street=f"Str. {dice.choice(STREETS)} {dice.randint(1, 120)}",
            city="Cluj-Napoca",
            county="CJ",
        )
        client = create_client(data)
        say_of_client(dice, client)
        story.clients.append(client.id)


def _types() -> dict[str, int]:
    """Return the ids of the equipment types by name."""
    return {name: number for number, name in session().execute(select(EquipmentType.id, EquipmentType.name))}


def _phone(story: Story, number: int) -> str:
    """Return a mobile number in the spelling that people use; numbers with 555 are nobody's here."""
    return f"07{story.dice.randint(20, 79)} 555 {number:03}"


def _make_devices(story: Story) -> None:
    dice = story.dice
    types = _types()
    for _ in range(DEVICES):
        kind = dice.choices(KINDS, weights=[kind.weight for kind in KINDS])[0]
        manufacturer, model = dice.choice(kind.models)
        owner = dice.choice(story.clients)
        data = EquipmentData(
            unique_id=_imei(dice)
            if kind.type_name == "Telefon"
            else ""
            if dice.random() < 0.2
            else _serial(dice),
            type_id=types.get(kind.type_name),
            manufacturer=manufacturer,
            model=model,
            client_id=owner,
        )
        device = register_equipment(data)
        say_of_device(dice, device, kind.type_name)
        story.devices.append((device.id, owner, kind, model))


def _imei(dice: random.Random) -> str:
    """Return fifteen digits with the right check digit (3GPP TS 23.003)."""
    from stdnum import luhn  # noqa: PLC0415 - only the story needs it

    body = "35" + "".join(str(dice.randint(0, 9)) for _ in range(12))
    return body + luhn.calc_check_digit(body)


def _serial(dice: random.Random) -> str:
    return "".join(dice.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(10))


def _moment(story: Story, start: datetime, end: datetime) -> datetime:
    """Return a moment within working hours between two others."""
    span = int((end - start).total_seconds())
    moment = start + timedelta(seconds=story.dice.randint(0, span))
    return _in_hours(story, moment)


def _in_hours(story: Story, moment: datetime) -> datetime:
    """Return the moment, moved into the opening hours of a working day."""
    while moment.weekday() > 4:
        moment += timedelta(days=1)
    return moment.replace(
        hour=story.dice.randint(9, 17), minute=story.dice.randint(0, 59), second=story.dice.randint(0, 59)
    )


def _choose(story: Story, ways: tuple[tuple[tuple[Stage, ...], int], ...]) -> tuple[Stage, ...]:
    return story.dice.choices([way for way, _ in ways], weights=[weight for _, weight in ways])[0]


def _tell_ticket(story: Story, moment: datetime, way: tuple[Stage, ...]) -> Ticket:
    """Write one ticket from intake as far as ``way`` leads, a few hours or days a step, never past today."""
    dice = story.dice
    device, owner, kind, model = dice.choice(story.devices)
    fault, reception, technician = (
        dice.choice(kind.faults),
        dice.choice(story.reception),
        dice.choice(story.bench),
    )
    with _by(reception, moment):
        ticket = open_ticket(
            _said(story, kind, fault, moment), client=owner, equipment=device, actor=reception
        ).ticket
        say_of_ticket(dice, ticket)
    for stage in way:
        moment = _later(story, moment, stage)
        actor = reception if stage in AT_THE_COUNTER else technician
        with _by(actor, moment):
            _step(story, ticket, stage, fault, actor=actor, technician=technician)
            write_works(dice, ticket, stage, fault, model=model, actor=actor)
    return ticket


@contextmanager
def _by(actor: Actor, moment: datetime) -> Iterator[None]:
    """Let what follows be done by ``actor`` at ``moment``."""
    with clock_at(moment), acting_as(actor.name, user_id=actor.id):
        yield


def _later(story: Story, moment: datetime, stage: Stage) -> datetime:
    hours = {Stage.WAITING_PARTS: (20, 90), Stage.RETURNED: (4, 120), Stage.IN_WORK: (2, 40)}.get(
        stage, (1, 24)
    )
    later = moment + timedelta(hours=story.dice.randint(*hours))
    if later.weekday() > 4 or not 9 <= later.hour < 18:
        later = _in_hours(story, later + timedelta(days=1))
    return min(later, story.today - timedelta(minutes=story.dice.randint(5, 90)))


def _said(story: Story, kind: Kind, fault: Fault, moment: datetime) -> TicketData:
    dice = story.dice
    low, high = fault.price
    return TicketData(
        problem=fault.said,
        location_id=dice.choice(story.locations),
        accessories=", ".join(dice.sample(kind.accessories, dice.randint(0, min(2, len(kind.accessories))))),
        condition=dice.choice(kind.conditions),
        initial_findings="" if dice.random() < 0.6 else "Defectul se reproduce la recepție.",
        estimate=Money(Decimal(dice.randrange(low, high, 10)), "RON") if dice.random() < 0.9 else None,
        due_at=_in_hours(story, moment + timedelta(days=dice.randint(2, 6)))
        if dice.random() < 0.85
        else None,
        priority=dice.choices(list(Priority), weights=(10, 70, 15, 5))[0],
    )


def _step(
    story: Story, ticket: Ticket, stage: Stage, fault: Fault, *, actor: Actor, technician: Actor
) -> None:
    """Move a ticket on as the person would whose step it is."""
    dice = story.dice
    if stage is Stage.DIAGNOSIS:
        assign_ticket(ticket, technician.id, actor=technician)
    note = {
        Stage.READY: fault.found,
        Stage.QUESTION: dice.choice(QUESTIONS),
        Stage.UNREPAIRABLE: dice.choice(UNREPAIRABLE),
        Stage.CANCELLED: dice.choice(CANCEL_REASONS),
    }.get(stage, "")
    change_status(ticket, to=first_status(stage), actor=actor, note=note)
    if dice.random() < 0.18:
        add_note(ticket, dice.choice(NOTES), actor=actor)


def _tell_open_tickets(story: Story) -> None:
    """Write the tickets of the last days, a few in every stage, some of them late."""
    moments = sorted(
        _moment(story, story.today - timedelta(days=9), story.today - timedelta(days=1)) for _ in range(OPEN)
    )
    for moment, stage in zip(moments, _stages(), strict=False):
        with unit_of_work():
            _tell_ticket(story, min(moment, story.today - timedelta(hours=2)), _way_to(stage))
        story.tell(1)


def _stages() -> Iterator[Stage]:
    while True:
        yield from STANDING


def _way_to(stage: Stage) -> tuple[Stage, ...]:
    """Return the steps that lead from intake to ``stage``."""
    if stage is Stage.RECEIVED:
        return ()
    for way, _weight in WAYS:
        if stage in way:
            return way[: way.index(stage) + 1]
    return (stage,)
