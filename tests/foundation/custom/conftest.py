"""Fields of the shop's own on the records of a fresh shop."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from core.clients.models import Client
from core.clients.services import ClientData, create_client
from core.db import unit_of_work
from core.foundation.custom.definitions import FieldData, create_field
from core.foundation.custom.fields import Choice, fields_by_key
from core.foundation.custom.hosts import get_host
from core.foundation.custom.models import FieldKind
from core.foundation.custom.values import save_values
from core.testing import Shop

COLOURS = (Choice("", {"ro": "Roșu", "en": "Red"}), Choice("", {"ro": "Albastru", "en": "Blue"}))

AddField = Callable[..., int]


@pytest.fixture
def add_field(shop: Shop) -> AddField:
    """Return the function that adds a field called ``name`` to clients, or to other records, and returns its id."""

    def add(name: str = "Contract", kind: FieldKind = FieldKind.TEXT, on: str = "client", **rest: Any) -> int:
        if kind.has_choices:
            rest.setdefault("choices", COLOURS)
        with shop.context(), unit_of_work():
            return create_field(on, FieldData(names={"ro": name}, kind=kind, **rest)).id

    return add


@pytest.fixture
def add_client(shop: Shop) -> Callable[..., int]:
    """Return the function that adds a client with values by key and returns its id."""

    def add(name: str = "Maria Popescu", values: Mapping[str, Any] | None = None) -> int:
        with shop.context(), unit_of_work():
            client = create_client(ClientData(name=name))
            if values:
                save_values(get_host("client"), client, values, is_new=True)
            return client.id

    return add


def put(shop: Shop, client_id: int, values: Mapping[str, Any]) -> bool:
    """Let values stand in the fields of a client, as a form would."""
    with shop.context(), unit_of_work() as current:
        return save_values(get_host("client"), current.get_one(Client, client_id), values)


def key_of(shop: Shop, field_id: int, on: str = "client") -> str:
    """Return the key of a field."""
    with shop.context():
        return next(field.key for field in fields_by_key(on).values() if field.id == field_id)
