"""What the tests of works share: a ticket, a catalogue item, lines written as a technician would."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.catalogue.services import ItemData, create_item
from core.db import session, unit_of_work
from core.foundation.accounts import Actor
from core.tickets.models import Ticket
from core.types import Money
from core.works.models import Work
from core.works.services import WorkData, add_work, reverse_work
from tests.tickets.conftest import take

__all__ = ["RADU", "add", "item", "lei", "line", "reverse", "take"]

RADU = Actor(None, "Radu Câmpean")


def lei(text: str) -> Money:
    return Money(Decimal(text), "RON")


def item(**facts: Any) -> int:
    """Add an item to the catalogue of the context's tenant and return its id."""
    told: dict[str, Any] = {
        "kind": "labour",
        "code": "ECR-1",
        "names": {"ro": "Înlocuire ecran", "en": "Screen replacement"},
        "unit": "one",
        "price": lei("120"),
        "cost": lei("40"),
        "vat_key": "standard",
        "guarantee_months": 6,
    }
    with unit_of_work():
        return create_item(ItemData(**{**told, **facts})).id


def line(**facts: Any) -> WorkData:
    """Return a free line of labour, changed by ``facts``."""
    return WorkData(**{"kind": "labour", "description": "Curățare", "price": lei("50"), **facts})


def add(ticket_id: int, *, actor: Actor = RADU, **facts: Any) -> Work:
    """Write a line in a unit of work of its own."""
    data = line(**facts)
    with unit_of_work() as current:
        work = add_work(current.get_one(Ticket, ticket_id, with_for_update=True), data, actor=actor)
    session().expunge(work)
    return work


def reverse(work_id: int, reason: str = "Altă fișă", *, actor: Actor = RADU) -> Work:
    """Take a line back in a unit of work of its own."""
    with unit_of_work() as current:
        work = current.get_one(Work, work_id)
        ticket = current.get_one(Ticket, work.ticket_id, with_for_update=True)
        taken_back = reverse_work(work, reason, ticket=ticket, actor=actor)
    session().expunge(taken_back)
    return taken_back
