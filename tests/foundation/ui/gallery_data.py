"""Invented people, tickets and forms of the gallery."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

from core.foundation.ui.forms import (
    CheckField,
    ChoiceField,
    DateField,
    DateTimeField,
    EmailField,
    FilterForm,
    IntegerField,
    MoneyField,
    MultiChoiceField,
    PasswordField,
    PhoneField,
    QuantityField,
    RadioField,
    TextAreaField,
    TextField,
    VersionedForm,
)
from core.foundation.ui.listing import ListSpec, Order, down, up


class Base(DeclarativeBase):
    """Declarative base of the gallery."""


class Ticket(Base):
    """A row of the list."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    what: Mapped[str]
    problem: Mapped[str]
    client: Mapped[str]
    stage: Mapped[str]
    hours: Mapped[int]
    estimate: Mapped[int]


LIST = ListSpec(
    (
        Order("number", (down(Ticket.id),), "No.", by_time=True),
        Order("due", (up(Ticket.hours), up(Ticket.id)), "Due"),
    ),
    limit=12,
)
STAGES = {
    "received": "Received",
    "diagnosis": "Diagnosis",
    "approval": "Offer",
    "waiting_client": "Waiting for client",
    "waiting_parts": "Waiting for parts",
    "in_work": "In work",
    "ready": "Ready",
    "unrepairable": "Unrepairable",
    "returned": "Returned",
}
DEVICES = (
    ("iPhone 13, 128 GB", "Ecran spart, tactil parțial", "Maria Popescu"),
    ("Beko WUE 7612", "Nu centrifughează", "Ștefan Crișan"),
    ("Galaxy A34", "Baterie umflată", "Elena Bîrlea"),
    ("MacBook Air M1", "Nu pornește după update", "Agenția Vâsc SRL"),
    ("Arctic AB 1067", "Scurgere la ușă", "Vasile Mărginean"),
    ("Gorenje WNEI 84", "Rulmenți tambur", "Rodica Văcariu"),
    ("Samsung UE50AU", "Fără imagine", "Pensiunea Brădet"),
)


@dataclass(frozen=True)
class Somebody:
    """The reader."""

    name: str = "Ioana Mureșan"
    email: str = "ioana@meteor.exemplu.ro"
    initials: str = "IM"
    shortcuts: bool = True
    theme: str = "light"


@dataclass(frozen=True)
class Firm:
    """The tenant."""

    name: str = "Atelier Meteor"
    slug: str = "meteor"
    country: str = "RO"


class TicketForm(VersionedForm):
    """A form with every kind of field."""

    name = TextField("Client", required=True, max_length=60)
    phone = PhoneField("Telephone", required=True, hint="finds client and device")
    email = EmailField("E-mail")
    kind = ChoiceField("Type", choices=[("phone", "Telephone"), ("washer", "Washing machine")], required=True)
    serial = TextField("Unique ID: serial or IMEI", required=True, render_kw={"data-scan": True})
    secret = PasswordField("Unlock code", hint="encrypted", render_kw={"autocomplete": "off"})
    problems = MultiChoiceField(
        "What happened", choices=[(1, "Broken screen"), (2, "Does not start"), (3, "Battery"), (4, "Liquid")]
    )
    words = TextAreaField("In the client's words", required=True)
    estimate = MoneyField("Estimate", hint="net 619.83")
    advance = MoneyField("Advance")
    due = DateField("Due", required=True)
    at = DateTimeField("Visit")
    quantity = QuantityField("Quantity", unit="m")
    days = IntegerField("Warranty", unit="days", most=3650)
    priority = RadioField(
        "Priority", choices=[("low", "Low"), ("normal", "Normal"), ("high", "High")], default="normal"
    )
    accepted = CheckField("Accepts the terms of service, version 3", required=True)
    sms = CheckField("Send the message", default=True)


class Filters(FilterForm):
    """The filters of the list."""

    q = TextField("Text")
    stage = MultiChoiceField("Stage", choices=list(STAGES.items()))
    late = CheckField("Late")


def fill() -> Session:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    rows = Session(engine)
    stages = list(STAGES)
    for at in range(60):
        what, problem, client = DEVICES[at % len(DEVICES)]
        rows.add(
            Ticket(
                number=f"CJ-{4762 + at}",
                what=what,
                problem=problem,
                client=client,
                stage=stages[at * 5 % len(stages)],
                hours=(at * 37) % 120 - 30,
                estimate=(at * 7919) % 200_000,
            )
        )
    rows.commit()
    return rows
