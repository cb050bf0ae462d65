import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.clients.models import Client
from core.db import session, unit_of_work
from core.equipment.models import Equipment
from core.equipment.services import EquipmentData, register_equipment
from core.equipment.types import list_types
from core.foundation.custom.fields import fields_by_key, fields_of
from core.foundation.custom.hosts import get_host
from core.foundation.custom.models import CustomValue, FieldKind
from core.foundation.custom.values import dump_values, save_values, values_of
from core.testing import QueryRecorder, Shop, csrf_token
from core.tickets.models import Ticket
from tests.foundation.custom.conftest import AddField, put


def send(browser: FlaskClient, page: str, form: Mapping[str, Any], action: str = "") -> Any:
    """Send the form of ``page`` with its hidden fields."""
    whole = browser.get(page).get_data(as_text=True)
    content = whole.partition("<main")[2]
    hidden = dict(re.findall(r'<input (?:[^>]*)name="(_key|version)"(?:[^>]*)value="([^"]*)"', content))
    return browser.post(action or page, data={**hidden, **form, "csrf_token": csrf_token(whole)})


@pytest.fixture
def owner(shop: Shop) -> FlaskClient:
    """Return the browser of the owner."""
    return shop.client("owner")


def test_a_field_is_added_changed_and_retired_by_its_pages(shop: Shop, owner: FlaskClient) -> None:
    base = f"{shop.root}/settings/fields/"
    form = {"names_ro": "Culoare", "names_en": "Colour", "kind": "choice", "choices_key": ["", ""]}
    form |= {"choices_ro": ["Roșu", ""], "choices_en": ["Red", ""], "is_listed": "y", "default": "red"}
    assert send(owner, f"{base}client/new", form).status_code == 303
    with shop.context():
        (field,) = fields_of("client")
    assert (field.names["en"], field.kind, field.default, field.is_listed) == (
        "Colour",
        "choice",
        "rosu",
        True,
    )
    changed = {**form, "names_ro": "Culori", "choices_key": ["rosu", ""], "choices_ro": ["Roșu", "Verde"]}
    assert send(owner, f"{base}{field.id}", changed).status_code == 303
    page = owner.get(base).get_data(as_text=True)
    assert "Culori" in page or "Colour" in page
    assert send(owner, base, {"retired": "yes"}, f"{base}{field.id}/retire").status_code == 303
    with shop.context():
        assert fields_of("client") == []


def test_the_page_of_a_field_keeps_what_is_typed_when_it_is_refused(shop: Shop, owner: FlaskClient) -> None:
    page = f"{shop.root}/settings/fields/client/new"
    form = {
        "names_ro": "Culoare",
        "kind": "choice",
        "choices_key": ["", ""],
        "choices_ro": ["Unu", "unu"],
        "choices_en": ["", ""],
    }
    answer = send(owner, page, form)
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert 'value="Culoare"' in text
    assert 'value="Unu"' in text
    more = send(owner, page, {**form, "more": "1"})
    assert more.status_code == 200
    assert more.get_data(as_text=True).count('name="choices_key"') == 5


def test_a_kind_is_changed_once_somebody_has_seen_what_becomes_of_the_values(
    shop: Shop, owner: FlaskClient, add_field: AddField, add_client: Any
) -> None:
    field_id = add_field("Sumă")
    client = add_client(values={"suma": "12"})
    page = f"{shop.root}/settings/fields/{field_id}"
    told = owner.get(f"{page}/conversion?kind=number&names_ro=x").get_data(as_text=True)
    assert "wm-note ok" in told
    answer = send(owner, page, {"names_ro": "Sumă", "kind": "number"})
    assert answer.status_code == 409
    assert 'name="seen"' in answer.get_data(as_text=True)
    assert send(owner, page, {"names_ro": "Sumă", "kind": "number", "seen": "yes"}).status_code == 303
    with shop.context():
        assert values_of("client", client) == {"suma": Decimal(12)}
    refused = send(owner, page, {"names_ro": "Sumă", "kind": "yes_no"})
    assert refused.status_code == 409
    assert 'id="kind-e"' in refused.get_data(as_text=True)


def test_fields_are_put_into_order(shop: Shop, owner: FlaskClient, add_field: AddField) -> None:
    first, second = add_field("A"), add_field("B")
    base = f"{shop.root}/settings/fields/"
    for form, order in (({"way": "down"}, [second, first]), ({"at": "1"}, [first, second])):
        assert send(owner, base, form, f"{base}{first}/place").status_code == 303
        with shop.context():
            assert [field.id for field in fields_of("client")] == order


def test_a_client_is_written_down_with_its_fields(
    shop: Shop, owner: FlaskClient, add_field: AddField
) -> None:
    number, colours = add_field("Plafon", FieldKind.MONEY), add_field("Culori", FieldKind.CHOICES)
    needed = add_field("Contract", is_required=True)
    page = f"{shop.root}/clients/new"
    form = {"name": "Maria", "kind": "person", "country": "RO", "language": "ro"}
    fields = {f"custom-client-f{number}": "abc", f"custom-client-f{colours}": ["rosu", "albastru"]}
    refused = send(owner, page, {**form, **fields})
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f'id="custom-client-f{number}-e"' in text
    assert f'href="#custom-client-f{needed}"' in text
    assert 'value="abc"' in text
    fields |= {f"custom-client-f{number}": "1.480,50", f"custom-client-f{needed}": "AB-77"}
    assert send(owner, page, {**form, **fields}).status_code == 303
    with shop.context():
        (client_id,) = session().scalars(Client.__table__.select().with_only_columns(Client.id))
        assert dump_values("client", client_id) == {
            "plafon": {"amount": "1480.50", "currency": "RON"},
            "culori": ["rosu", "albastru"],
            "contract": "AB-77",
        }
    shown = owner.get(f"{shop.root}/clients/{client_id}").get_data(as_text=True)
    assert "AB-77" in shown


def test_who_was_overtaken_sees_both_values_of_a_field(
    shop: Shop, owner: FlaskClient, add_field: AddField, add_client: Any
) -> None:
    field_id = add_field()
    client = add_client(values={"contract": "unu"})
    page = f"{shop.root}/clients/{client}/edit"
    form = {"name": "Maria Popescu", "kind": "person", "country": "RO", "language": "ro", "version": "1"}
    put(shop, client, {"contract": "doi"})
    answer = send(owner, page, {**form, f"custom-client-f{field_id}": "trei"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="trei"' in text
    assert re.search(rf'id="custom-client-f{field_id}-s">.*<b class="strong">doi</b>', text)
    with shop.context():
        assert values_of("client", client) == {"contract": "doi"}


def test_the_fields_of_a_device_are_those_of_its_type(
    shop: Shop, owner: FlaskClient, add_field: AddField
) -> None:
    with shop.context():
        phone, laptop = (one.id for one in list_types()[:2])
    common = add_field("Comun", on="equipment")
    of_phone = add_field("Telefon", on="equipment", narrowing_id=phone, is_required=True)
    of_laptop = add_field("Laptop", on="equipment", narrowing_id=laptop, is_required=True)
    page = f"{shop.root}/equipment/new"
    fields = {f"custom-equipment-f{common}": "1", f"custom-equipment-f{of_laptop}": "3"}
    refused = send(owner, page, {"type_id": str(phone), **fields})
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f'id="custom-equipment-f{of_phone}-e"' in text
    assert f'id="custom-equipment-f{of_laptop}-e"' not in text
    assert (
        send(owner, page, {"type_id": str(phone), **fields, f"custom-equipment-f{of_phone}": "2"}).status_code
        == 303
    )
    with shop.context():
        device = session().scalars(Equipment.__table__.select().with_only_columns(Equipment.id)).one()
        assert values_of("equipment", device) == {"comun": "1", "telefon": "2"}
    shown = owner.get(f"{shop.root}/equipment/{device}").get_data(as_text=True)
    assert "<dt>Telefon</dt>" in shown
    assert "<dt>Laptop</dt>" not in shown


def test_the_intake_asks_what_is_required_or_asked_there(
    shop: Shop, owner: FlaskClient, add_field: AddField
) -> None:
    later = add_field("Mai târziu", on="ticket")
    asked = add_field("Urgență", on="ticket", at_intake=True)
    quiet = add_field("Sursă", on="ticket", default="ghișeu")
    needed = add_field("Contract", is_required=True)
    page = f"{shop.root}/tickets/new"
    content = owner.get(page).get_data(as_text=True)
    assert f"custom-ticket-f{asked}" in content
    assert f"custom-ticket-f{later}" not in content
    assert f"custom-ticket-f{quiet}" not in content
    form = {
        "client_id": "", "client-name": "Maria", "client-kind": "person", "equipment_id": "", "equipment-manufacturer": "Bosch",
        "problem": "Nu pornește.", "location_id": "1", "priority": "normal", f"custom-ticket-f{asked}": "mâine", "simple-accepts": "y",
    }  # fmt: skip
    refused = send(owner, page, form)
    assert refused.status_code == 422
    assert f'id="custom-client-f{needed}-e"' in refused.get_data(as_text=True)
    assert send(owner, page, {**form, f"custom-client-f{needed}": "AB-77"}).status_code == 303
    with shop.context():
        ticket = session().get_one(Ticket, 1)
        assert values_of("ticket", 1) == {"urgenta": "mâine", "sursa": "ghișeu"}
        assert values_of("client", ticket.client_id) == {"contract": "AB-77"}
        known = ticket.client_id
    again = {**form, "client_id": str(known), "problem": "Iar nu pornește."}
    assert send(owner, page, again).status_code == 303


def test_a_change_of_a_field_stands_in_the_timeline_of_its_ticket(
    shop: Shop, owner: FlaskClient, add_field: AddField
) -> None:
    test_the_intake_asks_what_is_required_or_asked_there(shop, owner, add_field)
    with shop.context():
        field = fields_by_key("ticket")["urgenta"]
    page = f"{shop.root}/tickets/1/edit"
    form = {
        "problem": "Nu pornește.",
        "location_id": "1",
        "priority": "normal",
        f"custom-ticket-f{field.id}": "azi",
    }
    assert send(owner, page, form).status_code == 303
    assert "Urgență: mâine → azi" in owner.get(f"{shop.root}/tickets/1").get_data(as_text=True)


@pytest.mark.both_databases
def test_lists_show_and_filter_fields_without_a_further_statement(
    shop: Shop, add_field: AddField, add_client: Any, query_recorder: QueryRecorder
) -> None:
    owner = shop.client("owner")
    fields = {kind: add_field(kind.value, kind, is_listed=True) for kind in FieldKind}
    for number in range(12):
        values = {
            "text": f"Țintă {number}", "number": Decimal(number), "money": Decimal(100 * number),
            "choice": ("rosu", "albastru")[number % 2],
            "choices": ("rosu",) if number % 3 else ("rosu", "albastru"), "yes_no": number < 4,
        }  # fmt: skip
        add_client(f"Client {number:02}", values)
    asked = {
        "": 12,
        f"cf-f{fields[FieldKind.TEXT]}=tinta+1": 3,
        f"cf-f{fields[FieldKind.NUMBER]}_from=3&cf-f{fields[FieldKind.NUMBER]}_to=5": 3,
        f"cf-f{fields[FieldKind.MONEY]}_from=1.000": 2,
        f"cf-f{fields[FieldKind.CHOICE]}=rosu": 6,
        f"cf-f{fields[FieldKind.CHOICES]}=albastru": 4,
        f"cf-f{fields[FieldKind.YES_NO]}=no": 8,
        f"cf-f{fields[FieldKind.DATE]}_from=01.01.2026": 0,
        f"cf-f{fields[FieldKind.YES_NO]}=yes&cf-f{fields[FieldKind.CHOICE]}=rosu&kind=person": 2,
        f"cf-f{fields[FieldKind.NUMBER]}_from=nimic": 12,
    }
    owner.get(f"{shop.root}/clients/")
    for query, count in asked.items():
        with query_recorder.recording() as found:
            page = owner.get(f"{shop.root}/clients/?{query}").get_data(as_text=True)
        assert page.count("<tr data-row>") == count, query
        assert len([one for one in found if one.startswith("SELECT")]) <= 4, query
    shown = owner.get(f"{shop.root}/clients/?sort=name&limit=1").get_data(as_text=True)
    assert "Țintă 0" in shown
    assert "0,00" in shown or "0.00" in shown


def test_papers_say_what_the_client_may_see(shop: Shop, owner: FlaskClient, add_field: AddField) -> None:
    add_field("Urgență convenită", on="ticket", is_public=True, on_paper=True)
    add_field("Taină", on="ticket")
    add_field("Find My oprit", FieldKind.YES_NO, on="equipment", is_public=True, on_paper=True)
    test_form = {
        "client_id": "", "client-name": "Maria", "client-kind": "person", "equipment_id": "", "equipment-manufacturer": "Bosch",
        "problem": "Nu pornește.", "location_id": "1", "priority": "normal", "simple-accepts": "y",
    }  # fmt: skip
    assert send(owner, f"{shop.root}/tickets/new", test_form).status_code == 303
    with shop.context(), unit_of_work() as current:
        ticket = current.get_one(Ticket, 1)
        save_values(
            get_host("ticket"), ticket, {"urgenta_convenita": "mâine la prânz", "taina": "nu se spune"}
        )
        device = current.get_one(Equipment, ticket.equipment_id)
        save_values(get_host("equipment"), device, {"find_my_oprit": True})
    paper = owner.get(f"{shop.root}/tickets/1/documents/intake/preview").get_data(as_text=True)
    assert "mâine la prânz" in paper
    assert "Find My oprit" in paper
    assert "nu se spune" not in paper


def test_each_process_sees_a_changed_field_on_its_next_request(
    shop: Shop, owner: FlaskClient, add_field: AddField, query_recorder: QueryRecorder
) -> None:
    add_field("Primul", is_listed=True)
    page = f"{shop.root}/clients/new"
    assert "Primul" in owner.get(page).get_data(as_text=True)
    with query_recorder.recording() as found:
        owner.get(page)
    assert not [one for one in found if "FROM custom_field" in one and "login_session" not in one]
    add_field("Al doilea")
    assert "Al doilea" in owner.get(page).get_data(as_text=True)


def test_a_device_keeps_what_its_former_type_asked(
    shop: Shop, owner: FlaskClient, add_field: AddField
) -> None:
    with shop.context():
        phone, laptop = (one.id for one in list_types()[:2])
    add_field("Telefon", on="equipment", narrowing_id=phone)
    with shop.context(), unit_of_work():
        device = register_equipment(EquipmentData(type_id=phone))
        save_values(get_host("equipment"), device, {"telefon": "da"}, is_new=True)
    assert (
        send(
            owner,
            f"{shop.root}/equipment/{device.id}/edit",
            {"type_id": str(laptop), "unique_id": device.unique_id},
        ).status_code
        == 303
    )
    with shop.context():
        assert session().query(CustomValue).count() == 1
        assert values_of("equipment", device.id) == {"telefon": "da"}
