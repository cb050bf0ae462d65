from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.clients.merging import merge_clients, undo_client_merge
from core.clients.models import Client
from core.clients.services import SEARCH_KIND, ClientData, change_client
from core.db import session, unit_of_work
from core.errors import ConflictError, InvalidInputError
from core.foundation.audit.models import AuditEntry
from core.foundation.audit.telling import tell_entries
from core.foundation.custom.hosts import get_host
from core.foundation.custom.models import FieldKind
from core.foundation.custom.values import (
    dump_values,
    first_values,
    load_values,
    values_of,
    values_of_many,
)
from core.foundation.search.services import find
from core.testing import QueryRecorder, Shop
from tests.foundation.custom.conftest import AddField, put

pytestmark = pytest.mark.both_databases

EVERYTHING: dict[FieldKind, Any] = {
    FieldKind.TEXT: "AB-77",
    FieldKind.LONG_TEXT: "rând unu\nrând doi",
    FieldKind.NUMBER: Decimal("-12.5"),
    FieldKind.MONEY: Decimal("1480.50"),
    FieldKind.DATE: date(2026, 11, 27),
    FieldKind.CHOICE: "rosu",
    FieldKind.CHOICES: ("rosu", "albastru"),
    FieldKind.YES_NO: False,
    FieldKind.LINK: "https://exemplu.ro/contract",
}


def test_every_kind_is_kept_and_carried_as_json(shop: Shop, add_field: AddField, add_client: Any) -> None:
    keys = {kind: add_field(kind.value, kind) and kind.value for kind in FieldKind}
    values = {keys[kind]: value for kind, value in EVERYTHING.items()}
    one, other = add_client(values=values), add_client("Ion Pop")
    with shop.context():
        assert values_of("client", one) == values
        plain = dump_values("client", one)
        assert plain["money"] == {"amount": "1480.50", "currency": "RON"}
        assert plain["choices"] == ["rosu", "albastru"]
        with unit_of_work() as current:
            assert load_values(get_host("client"), current.get_one(Client, other), plain)
        assert dump_values("client", other) == plain
        assert values_of_many("client", [one, other]) == {one: values, other: values}


def test_records_are_read_in_one_statement(
    shop: Shop, add_field: AddField, add_client: Any, query_recorder: QueryRecorder
) -> None:
    add_field("A"), add_field("B", FieldKind.NUMBER)
    clients = [add_client(f"Client {n}", {"a": "x", "b": Decimal(n)}) for n in range(5)]
    for count in (1, 5):
        with shop.context(), query_recorder.recording() as found:
            if count == 1:
                assert values_of("client", clients[0]) == {"a": "x", "b": Decimal(0)}
            else:
                values_of_many("client", clients)
        assert len([one for one in found if one.startswith("SELECT")]) == (1 if count == 1 else 2)


def test_a_field_that_is_left_out_keeps_what_it_has(shop: Shop, add_field: AddField, add_client: Any) -> None:
    add_field("A"), add_field("B")
    client = add_client(values={"a": "unu", "b": "doi"})
    assert put(shop, client, {"a": None})
    assert not put(shop, client, {"b": "doi"})
    with shop.context():
        assert values_of("client", client) == {"b": "doi"}


@pytest.mark.parametrize("value", ["abc", Decimal("1.2345"), Decimal("NaN"), Decimal(10) ** 30, True])
def test_what_a_field_cannot_have_is_refused_by_its_key(
    shop: Shop, add_field: AddField, add_client: Any, value: Any
) -> None:
    add_field("Sumă", FieldKind.NUMBER)
    client = add_client()
    with pytest.raises(InvalidInputError) as caught:
        put(shop, client, {"suma": value})
    assert list(caught.value.errors) == ["custom.suma"]


def test_an_unknown_field_is_refused(shop: Shop, add_client: Any) -> None:
    client = add_client()
    with pytest.raises(InvalidInputError) as caught:
        put(shop, client, {"nimic": "x"})
    assert list(caught.value.errors) == ["custom.nimic"]


def test_who_changes_a_field_changes_its_record(shop: Shop, add_field: AddField, add_client: Any) -> None:
    add_field()
    client = add_client(values={"contract": "unu"})
    put(shop, client, {"contract": "doi"})
    with shop.context(), pytest.raises(ConflictError), unit_of_work():
        change_client(client, ClientData(name="Altcineva"), version=1)


def test_the_history_tells_changes_by_the_name_of_the_field(
    shop: Shop, add_field: AddField, add_client: Any
) -> None:
    add_field("Culoare preferată", FieldKind.CHOICES), add_field("Plafon", FieldKind.MONEY)
    client = add_client(values={"culoare_preferata": ("rosu",), "plafon": Decimal(20)})
    put(shop, client, {"culoare_preferata": ("rosu", "albastru"), "plafon": None})
    with shop.context():
        rows = session().execute(
            select(*AuditEntry.__table__.columns)  # type: ignore[arg-type]
            .where(AuditEntry.entity == "client", AuditEntry.action == "change")
            .order_by(AuditEntry.id.desc())
        )
        told = [
            change for entry in tell_entries(rows.all(), lambda _permission: True) for change in entry.changes
        ]
    assert ("Culoare preferată", "Roșu", "Roșu, Albastru") in told
    assert ("Plafon", "20,00\N{NO-BREAK SPACE}lei", "") in told


def test_clients_are_found_by_their_fields(shop: Shop, add_field: AddField, add_client: Any) -> None:
    (
        add_field(is_searchable=True),
        add_field("Culoare", FieldKind.CHOICE, is_searchable=True),
        add_field("Taină"),
    )
    client = add_client(values={"contract": "Meteor-77", "culoare": "rosu", "taina": "secret"})
    with shop.context():
        for question, found in (("meteor77", True), ("Red", True), ("rosu", True), ("secret", False)):
            assert find(question, [SEARCH_KIND], 5) == ([(SEARCH_KIND, client)] if found else []), question
        with unit_of_work():
            version = session().get_one(Client, client).version
            change_client(client, ClientData(name="Alt Nume"), version=version)
        assert find("meteor77", [SEARCH_KIND], 5) == [(SEARCH_KIND, client)]


def test_fields_follow_a_client_that_is_merged_and_come_back(
    shop: Shop, add_field: AddField, add_client: Any
) -> None:
    add_field("A", is_searchable=True), add_field("B")
    device_field = add_field("A", on="equipment")
    winner, loser = (
        add_client("Maria", {"b": "al ei"}),
        add_client("Marie", {"a": "Meteor-77", "b": "al lui"}),
    )
    assert device_field
    with shop.context():
        with unit_of_work():
            merge = merge_clients(winner, loser).id
        assert values_of("client", winner) == {"a": "Meteor-77", "b": "al ei"}
        assert values_of("client", loser) == {"b": "al lui"}
        assert find("meteor77", [SEARCH_KIND], 5) == [(SEARCH_KIND, winner)]
        with unit_of_work():
            undo_client_merge(merge)
        assert values_of("client", loser) == {"a": "Meteor-77", "b": "al lui"}
        assert values_of("client", winner) == {"b": "al ei"}
        assert find("meteor77", [SEARCH_KIND], 5) == [(SEARCH_KIND, loser)]


def test_a_new_record_starts_with_the_defaults(shop: Shop, add_field: AddField) -> None:
    add_field("A", default="unu"), add_field("B", FieldKind.YES_NO, default="nu")
    add_field("C", FieldKind.CHOICES, default="Albastru, red"), add_field("D")
    with shop.context():
        assert first_values("client") == {"a": "unu", "b": False, "c": ("rosu", "albastru")}
