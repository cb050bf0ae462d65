from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.clients.services import SEARCH_KIND
from core.db import session, unit_of_work
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.foundation.custom.definitions import (
    FieldData,
    LossyChangeError,
    UnseenConversionError,
    change_field,
    get_field,
    move_field,
    place_field,
    preview_change,
    retire_field,
)
from core.foundation.custom.fields import Choice, fields_by_key, fields_of
from core.foundation.custom.models import FieldKind
from core.foundation.custom.values import values_of
from core.foundation.search.services import find
from core.testing import QueryRecorder, Shop
from tests.foundation.custom.conftest import COLOURS, AddField, put

pytestmark = pytest.mark.both_databases


def change(shop: Shop, field_id: int, *, seen: bool = False, name: str = "Contract", **rest: Any) -> None:
    with shop.context(), unit_of_work():
        version = get_field(field_id).version
        change_field(field_id, FieldData(names={"ro": name}, **rest), version=version, seen=seen)


def test_a_field_gets_a_key_that_stays(shop: Shop, add_field: AddField) -> None:
    first, second = add_field("Număr de contract"), add_field("Numar de contract!")
    change(shop, first, name="Alt nume")
    with shop.context():
        assert list(fields_by_key("client")) == ["numar_de_contract", "numar_de_contract_2"]
        assert [field.title() for field in fields_of("client")] == ["Alt nume", "Numar de contract!"]
        assert get_field(second).record_kind == "client"


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (FieldData(names={}), "names_en"),
        (FieldData(names={"ro": "x" * 81}), "names_ro"),
        (FieldData(names={"ro": "A"}, kind="nothing"), "kind"),
        (FieldData(names={"ro": "A"}, kind="choice"), "choices"),
        (FieldData(names={"ro": "A"}, kind="choice", choices=[*COLOURS, COLOURS[0]]), "choices"),
        (FieldData(names={"ro": "A"}, kind="number", default="mult"), "default"),
        (FieldData(names={"ro": "A"}, on_paper=True), "on_paper"),
        (FieldData(names={"ro": "A"}, narrowing_id=1), "narrowing_id"),
    ],
)
def test_what_is_wrong_with_a_field_stands_beside_it(shop: Shop, data: FieldData, at: str) -> None:
    from core.foundation.custom.definitions import create_field

    with shop.context() as tenant, pytest.raises(InvalidInputError) as caught, unit_of_work():
        create_field("client", data)
    expected = f"names_{tenant.language}" if at == "names_en" else at
    assert list(caught.value.errors) == [expected]


def test_records_that_nobody_declares_have_no_fields(shop: Shop, add_field: AddField) -> None:
    with pytest.raises(NotFoundError):
        add_field(on="nothing")


def test_who_was_overtaken_is_told(shop: Shop, add_field: AddField) -> None:
    field_id = add_field()
    change(shop, field_id, name="Unu")
    with shop.context(), pytest.raises(ConflictError), unit_of_work():
        change_field(field_id, FieldData(names={"ro": "Doi"}), version=1)


def test_fields_stand_in_the_order_of_the_shop(shop: Shop, add_field: AddField) -> None:
    a, b, c = (add_field(name) for name in "ABC")
    steps = [
        (lambda: move_field(a, up=True), [a, b, c]),
        (lambda: move_field(a, up=False), [b, a, c]),
        (lambda: place_field(c, 0), [c, b, a]),
        (lambda: retire_field(b), [c, a]),
        (lambda: place_field(c, 99), [a, c]),
        (lambda: retire_field(b, retired=False), [a, c, b]),
    ]
    for step, expected in steps:
        with shop.context():
            with unit_of_work():
                step()
            assert [field.id for field in fields_of("client")] == expected


def test_a_retired_field_keeps_what_stands_in_it(shop: Shop, add_field: AddField, add_client: Any) -> None:
    field_id = add_field(is_searchable=True)
    client_id = add_client(values={"contract": "AB-77"})
    for retired, found in ((True, []), (False, [(SEARCH_KIND, client_id)])):
        with shop.context():
            with unit_of_work():
                retire_field(field_id, retired=retired)
            assert values_of("client", client_id) == {"contract": "AB-77"}
            assert find("AB-77", [SEARCH_KIND], 5) == found


def test_a_choice_that_is_taken_off_the_list_stays_with_who_has_it(
    shop: Shop, add_field: AddField, add_client: Any
) -> None:
    field_id = add_field("Culoare", FieldKind.CHOICE)
    client_id = add_client(values={"culoare": "rosu"})
    blue = Choice("albastru", {"ro": "Albăstrui"})
    change(shop, field_id, name="Culoare", kind="choice", choices=[blue])
    with shop.context():
        field = fields_by_key("client")["culoare"]
        assert [(one.key, one.offered) for one in field.choices] == [("albastru", True), ("rosu", False)]
        assert values_of("client", client_id) == {"culoare": "rosu"}
    change(shop, field_id, name="Culoare", kind="choice", choices=[blue, Choice("", {"ro": "roșu"})])
    with shop.context():
        choices = fields_by_key("client")["culoare"].choices
        assert [(one.key, one.offered) for one in choices] == [("albastru", True), ("rosu", True)]


def test_values_follow_a_field_that_becomes_another_kind(
    shop: Shop, add_field: AddField, add_client: Any
) -> None:
    field_id = add_field("Sumă")
    clients = [add_client(values={"suma": text}) for text in ("12", "1.480,5")]
    with pytest.raises(UnseenConversionError):
        change(shop, field_id, name="Sumă", kind="number")
    change(shop, field_id, name="Sumă", kind="number", seen=True)
    with shop.context():
        found = [values_of("client", one)["suma"] for one in clients]
        assert found == [Decimal(12), Decimal("1480.5")]
    change(shop, field_id, name="Sumă", kind="text", seen=True)
    with shop.context():
        assert [values_of("client", one)["suma"] for one in clients] == ["12", "1480,5"]


def test_a_field_keeps_its_kind_while_one_value_could_not_be_kept(
    shop: Shop, add_field: AddField, add_client: Any
) -> None:
    field_id = add_field("Ziua")
    kept, wrong = add_client(values={"ziua": "27.11.2026"}), add_client(values={"ziua": "marți"})
    data = FieldData(names={"ro": "Ziua"}, kind="date")
    with shop.context():
        found = preview_change(field_id, data)
        assert (found.total, found.refused) == (2, 1)
        assert [(one.record_id, one.text) for one in found.named] == [(wrong, "marți")]
    with pytest.raises(LossyChangeError, match="marți"):
        change(shop, field_id, name="Ziua", kind="date", seen=True)
    with shop.context():
        assert values_of("client", kept) == {"ziua": "27.11.2026"}
        assert fields_by_key("client")["ziua"].kind is FieldKind.TEXT
    put(shop, wrong, {"ziua": None})
    change(shop, field_id, name="Ziua", kind="date", seen=True)
    with shop.context():
        assert values_of("client", kept) == {"ziua": date(2026, 11, 27)}


def test_a_field_that_the_search_shall_find_is_found_at_once(
    shop: Shop, add_field: AddField, add_client: Any, query_recorder: QueryRecorder
) -> None:
    field_id = add_field()
    clients = [add_client(f"Client {number}", {"contract": f"Meteor-{number}"}) for number in range(9)]
    with query_recorder.recording() as found:
        change(shop, field_id, is_searchable=True)
    reads = [one for one in found if one.startswith("SELECT client.")]
    assert len(reads) == 1
    with shop.context():
        assert find("Meteor-3", [SEARCH_KIND], 5) == [(SEARCH_KIND, clients[3])]
    change(shop, field_id)
    with shop.context():
        assert find("Meteor-3", [SEARCH_KIND], 5) == []


def test_many_values_are_converted_in_portions(
    shop: Shop, add_field: AddField, add_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.foundation.custom.conversions.BATCH", 2)
    field_id = add_field("Sumă", is_searchable=True)
    clients = [add_client(f"Client {number}", {"suma": str(1000 + number)}) for number in range(5)]
    change(shop, field_id, name="Sumă", kind="number", seen=True, is_searchable=True)
    with shop.context():
        assert [values_of("client", one)["suma"] for one in clients] == [Decimal(1000 + n) for n in range(5)]
        assert session().is_active
