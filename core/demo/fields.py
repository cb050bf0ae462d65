"""The fields that the demo shop has added to its records, and what it has written into them."""

from __future__ import annotations

import random
from typing import Any, Final

from core.clients.fields import CLIENT_FIELDS
from core.clients.models import Client
from core.equipment.fields import EQUIPMENT_FIELDS
from core.equipment.models import Equipment
from core.foundation.custom.definitions import CHOICE_KEY, FieldData, create_field, make_key
from core.foundation.custom.fields import Choice
from core.foundation.custom.models import FieldKind
from core.foundation.custom.values import load_values
from core.tickets.fields import TICKET_FIELDS
from core.tickets.models import Ticket

URGENCIES: Final = (
    Choice("", {"ro": "în 24 de ore", "en": "within 24 hours"}),
    Choice("", {"ro": "în 3 zile", "en": "within 3 days"}),
    Choice("", {"ro": "când se poate", "en": "when it can be done"}),
)
#: How often each of them is agreed; else nothing is.
SHARES: Final = (0.12, 0.25, 0.15)


def make_fields(types: dict[str, int]) -> None:
    """Add the fields.

    :param types: Ids of the equipment types by name.
    """
    create_field(
        "client",
        FieldData(
            names={"ro": "Număr contract", "en": "Contract number"},
            help={"ro": "la firme, ca pe contract", "en": "of firms, as on the contract"},
            is_searchable=True,
            is_listed=True,
            is_public=True,
            on_paper=True,
        ),
    )
    create_field(
        "equipment",
        FieldData(
            names={"ro": "Find My oprit", "en": "Find My off"},
            help={"ro": "altfel nu se poate repara", "en": "else it cannot be repaired"},
            kind=FieldKind.YES_NO,
            narrowing_id=types.get("Telefon"),
            at_intake=True,
            is_public=True,
            on_paper=True,
        ),
    )
    create_field(
        "equipment",
        FieldData(
            names={"ro": "Capacitate", "en": "Capacity"},
            help={"ro": "în kilograme", "en": "in kilograms"},
            kind=FieldKind.NUMBER,
            is_listed=True,
            narrowing_id=types.get("Mașină de spălat"),
        ),
    )
    create_field(
        "ticket",
        FieldData(
            names={"ro": "Urgență convenită", "en": "Urgency agreed"},
            kind=FieldKind.CHOICE,
            choices=URGENCIES,
            at_intake=True,
            is_public=True,
            on_paper=True,
        ),
    )


def say_of_client(dice: random.Random, client: Client) -> None:
    """Write down the contract of a firm."""
    if client.is_company:
        number = f"CTR-{dice.randint(2021, 2026)}-{client.id:03}"
        load_values(CLIENT_FIELDS, client, {"numar_contract": number}, is_new=True)


def say_of_device(dice: random.Random, device: Equipment, type_name: str) -> None:
    """Write down what is asked of a device of its type."""
    said: dict[str, Any] = {}
    if type_name == "Telefon" and dice.random() < 0.7:
        said = {"find_my_oprit": dice.random() < 0.9}
    elif type_name == "Mașină de spălat":
        said = {"capacitate": dice.choice(("6", "7", "8.5", "9"))}
    load_values(EQUIPMENT_FIELDS, device, said, is_new=True)


def say_of_ticket(dice: random.Random, ticket: Ticket) -> None:
    """Write down what was agreed."""
    none = 1 - sum(SHARES)
    name = dice.choices(["", *(choice.names["ro"] for choice in URGENCIES)], weights=(none, *SHARES))[0]
    if name:
        key = make_key(name, set(), CHOICE_KEY)
        load_values(TICKET_FIELDS, ticket, {"urgenta_convenita": key}, is_new=True)
