"""A shop with something on every page: clients, devices and tickets in several stages, with names as long as they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from core.catalogue.services import ItemData, create_item
from core.clients.models import ClientKind
from core.clients.services import ClientData
from core.db import session, unit_of_work
from core.equipment.services import EquipmentData
from core.equipment.types import list_types
from core.foundation.accounts import Actor
from core.foundation.accounts.links import issue_link
from core.foundation.accounts.services import UserFacts, create_user
from core.foundation.custom.definitions import FieldData, create_field
from core.foundation.custom.fields import Choice
from core.foundation.custom.models import FieldKind
from core.foundation.settings.closed import close_days
from core.foundation.settings.models import Location
from core.testing import Shop
from core.tickets.models import Priority, Ticket
from core.tickets.services import TicketData, add_note, open_ticket
from core.tickets.stages import Stage
from core.tickets.statuses import change_status, first_status
from core.types import Money, clock_at, now
from core.works.models import Work
from core.works.services import WorkData, add_work, reverse_work

IOANA: Final = Actor(None, "Ioana Mureșan")
LONG_NAME: Final = "Asociația Proprietarilor Bulevardul Constantin Brâncoveanu nr. 114, scara B"
UNBROKEN: Final = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@dataclass(frozen=True)
class Story:
    """What was brought, what was said of it, when, and the stages that it went through."""

    problem: str
    way: tuple[Stage, ...] = ()
    days_ago: int = 1
    #: Days from then until which it is promised.
    promised: int = 3
    #: Ids of a client and a device that are known, in place of the two below.
    known: tuple[int, int] | None = None
    name: str = "Maria Popescu"
    model: str = "Galaxy S23"


STORIES: Final = (
    Story("Bateria ține două ore.", (Stage.DIAGNOSIS, Stage.IN_WORK), days_ago=4),
    Story(f"{UNBROKEN} nu pornește.", (Stage.WAITING_PARTS,), 9, 2, None, LONG_NAME, UNBROKEN),
    Story("Se încălzește.", (Stage.QUESTION,), 2, 5, None, "Ștefan Țuțuianu", "ThinkPad T14"),
    Story("Nu centrifughează.", (Stage.IN_WORK, Stage.READY), 3, 9, None, "Ana-Maria Bîrlea", "WUE 7612"),
    Story("Nu se mai aude.", (Stage.UNREPAIRABLE,), 1, 1, None, "Ion Pop", "Galaxy A34"),
    Story("Nu încarcă.", name="Elena Țăran", model="Pixel 7a"),
)
CATALOGUE: Final = (
    ItemData(kind="part", names={"ro": UNBROKEN}, price=Money(Decimal("99999.99"), "RON"), vat_key="reduced"),
    ItemData(
        kind="labour",
        code="ECR-S23",
        names={"ro": "Înlocuire ecran Galaxy S23", "en": "Galaxy S23 screen replacement"},
        unit="one",
        standard_minutes=50,
        price=Money(Decimal(180), "RON"),
        cost=Money(Decimal(60), "RON"),
        vat_key="standard",
        guarantee_months=6,
        notes="Se lipește cu adeziv nou.",
    ),
)

COLOURS: Final = (Choice("", {"ro": "Roșu", "en": "Red"}), Choice("", {"ro": "Albastru", "en": "Blue"}))


@dataclass(frozen=True)
class Furnished:
    """A shop that is lived in, and ids of what stands in it."""

    shop: Shop
    ticket: int
    client: int
    equipment: int
    equipment_type: int
    field: int
    item: int
    work: int
    user: int
    #: Path of the page on which somebody who is invited sets a password.
    invitation: str


def furnish(shop: Shop) -> Furnished:
    """Let a shop have been at work for a few days."""
    with shop.context() as tenant:
        field = add_fields()
        first = tell(Story("Ecran spart.", (Stage.IN_WORK, Stage.READY, Stage.RETURNED), days_ago=20))
        known = (first.client_id, first.equipment_id)
        tickets = [tell(story) for story in (Story("Sună încet.", (Stage.IN_WORK,), known=known), *STORIES)]
        with unit_of_work():
            close_days(first=tickets[0].created_at.date() + timedelta(days=30), name=LONG_NAME)
            facts = UserFacts(email="nou@example.com", name="Nicoleta Nou", roles=["technician"])
            invited = create_user(facts)
            link = issue_link(invited)
            for data in CATALOGUE:
                item = create_item(data)
        work = write_works(tickets[0], item.id)
        return Furnished(
            shop,
            ticket=tickets[0].id,
            client=first.client_id,
            equipment=first.equipment_id,
            equipment_type=list_types()[0].id,
            field=field,
            item=item.id,
            work=work.id,
            user=invited.id,
            invitation=link.removeprefix(tenant.url),
        )


def add_fields() -> int:
    """Add fields of every kind to devices, and some to clients and tickets; return one that has choices."""
    with unit_of_work():
        for kind in FieldKind:
            narrowing_id = list_types()[0].id if kind.has_choices else None
            names = {"ro": f"Câmp: {kind.label}", "en": f"Field: {kind.value}"}
            data = FieldData(
                names=names,
                kind=kind,
                choices=COLOURS,
                at_intake=True,
                is_listed=kind is FieldKind.TEXT,
                narrowing_id=narrowing_id,
            )
            create_field("equipment", data)
        create_field("client", FieldData(names={"ro": LONG_NAME[:80]}, is_listed=True, at_intake=True))
        data = FieldData(
            names={"ro": "Urgență", "en": "Urgency"}, kind="choice", choices=COLOURS, is_listed=True
        )
        return create_field("ticket", data).id


def write_works(ticket: Ticket, item_id: int) -> Work:
    """Write what was done on a ticket: from the catalogue, free, and taken back."""
    lines = (
        WorkData(kind="labour", catalogue_item_id=item_id, quantity=Decimal("1.5")),
        WorkData(
            kind="part", description=UNBROKEN, price=Money(Decimal("99999.99"), "RON"), vat_key="reduced"
        ),
        WorkData(kind="part", description="Adeziv capac spate", price=Money(Decimal("20.50"), "RON")),
    )
    with unit_of_work() as current:
        kept = current.get_one(Ticket, ticket.id)
        works = [add_work(kept, data, actor=IOANA) for data in lines]
        reverse_work(works[2], "Nu a fost nevoie de el.", ticket=kept, actor=IOANA)
        return works[0]


def tell(story: Story) -> Ticket:
    """Take a device in and lead it through its stages, a few hours each."""
    moment = now() - timedelta(days=story.days_ago)
    kind = ClientKind.COMPANY if story.name == LONG_NAME else ClientKind.PERSON
    who = ClientData(kind=kind, name=story.name, phone="0742 555 138")
    client, device = story.known or (who, EquipmentData(manufacturer="Samsung", model=story.model))
    with clock_at(moment):
        with unit_of_work():
            opened = open_ticket(
                said(story), client=client, equipment=device, actor=IOANA, unlock_code="2580"
            )
        for step, stage in enumerate(story.way, 1):
            with clock_at(moment + timedelta(hours=3 * step)), unit_of_work() as current:
                ticket = current.get_one(Ticket, opened.ticket.id)
                change_status(ticket, to=first_status(stage), actor=IOANA, note="A sunat clientul.")
                add_note(ticket, f"Rândul următor: {story.problem}", actor=IOANA)
    return opened.ticket


def said(story: Story) -> TicketData:
    """Return what is written down of a device on its intake."""
    return TicketData(
        problem=story.problem,
        location_id=session().scalars(select(Location.id)).first() or 0,
        accessories="husă, încărcător",
        condition="zgârieturi pe rame",
        estimate=Money(Decimal(1480), "RON"),
        due_at=now() + timedelta(days=story.promised),
        priority=Priority.NORMAL if story.way else Priority.URGENT,
    )
