"""What the bench of the demo shop writes on its tickets: parts while it repairs, labour when it is done."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from core.catalogue.models import CatalogueItem, ItemKind
from core.clients.keys import name_key
from core.db import session
from core.demo.words import DIAGNOSIS, Fault
from core.foundation.accounts.identity import Actor
from core.tickets.models import Ticket
from core.tickets.stages import Stage
from core.types import Money
from core.works.services import WorkData, add_work, reverse_work

#: How many of a part one repair takes, where it is not one.
TAKES: Final = {"Condensator 1000 µF": 4}
#: How often a line is wrong at first and taken back.
SLIPS: Final = 0.03
SLIP: Final = "Preț greșit, linia se scrie din nou."
#: What a part that is ordered for one device costs of what it is sold for.
COST_SHARE: Final = Decimal("0.58")


def write_works(
    dice: random.Random, ticket: Ticket, stage: Stage, fault: Fault, *, model: str, actor: Actor
) -> None:
    """Write what is done on ``ticket`` as it comes to ``stage``, in the caller's unit of work."""
    for found in _works(dice, stage, fault, model):
        data = replace(found, worker_id=actor.id)
        work = add_work(ticket, data, actor=actor)
        if dice.random() < SLIPS:
            reverse_work(work, SLIP, ticket=ticket, actor=actor)
            add_work(ticket, data, actor=actor)


def _works(dice: random.Random, stage: Stage, fault: Fault, model: str) -> Iterator[WorkData]:
    names = (DIAGNOSIS,) if stage is Stage.UNREPAIRABLE else fault.items
    kinds = {Stage.IN_WORK: ItemKind.PART, Stage.READY: ItemKind.LABOUR, Stage.UNREPAIRABLE: ItemKind.LABOUR}
    kind = kinds.get(stage)
    for item in (_item(name) for name in names):
        if item.kind is kind:
            yield WorkData(
                kind=kind, catalogue_item_id=item.id, quantity=Decimal(TAKES.get(item.names["ro"], 1))
            )
    if kind is ItemKind.PART and fault.part:
        price = Decimal(dice.randrange(*fault.price, 10)) * Decimal("0.75")
        yield WorkData(
            kind=kind,
            description=fault.part.format(model=model.partition(",")[0]),
            price=Money(price),
            cost=Money((price * COST_SHARE).quantize(Decimal("0.01"))),
        )


def _item(name: str) -> CatalogueItem:
    return session().scalars(select(CatalogueItem).where(CatalogueItem.name_key == name_key(name))).one()
