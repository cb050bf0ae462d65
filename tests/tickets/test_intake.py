import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.clients.models import Client
from core.db import session
from core.equipment.models import Equipment
from core.foundation.settings.locations import create_location
from core.testing import QueryRecorder, Shop, csrf_token, idempotency_key
from core.tickets.models import EventKind, Ticket
from core.tickets.services import ClientData, EquipmentData
from tests.tickets.conftest import Take, timeline

NEW = {
    "client-kind": "person",
    "client-name": "Maria Popescu",
    "client-phone": "0742 555 138",
    "equipment-manufacturer": "Apple",
    "equipment-model": "iPhone 13",
    "equipment-unique_id": "356789104829153",
    "problem": "Ecran spart, tactilul răspunde pe jumătate.",
    "accessories": "husă",
    "condition": "colț lovit",
    "initial_findings": "pornește",
    "estimate": "750,00",
    "priority": "high",
    "unlock_code": "482916",
    "then": "open",
}


def send(shop: Shop, browser: FlaskClient, **fields: Any) -> TestResponse:
    page = browser.get(f"{shop.root}/tickets/new").text
    location = re.search(r'name="location_id".*?value="(\d+)" ?selected|<option selected value="(\d+)"', page)
    sent = {
        **NEW,
        "csrf_token": csrf_token(page),
        "_key": idempotency_key(page),
        "location_id": "1",
        **fields,
    }
    assert location is None or location.group(0)
    return browser.post(f"{shop.root}/tickets/new", data=sent)


def count(model: type[Any]) -> int:
    return session().scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.both_databases
def test_one_screen_leads_from_hello_to_an_open_ticket(shop: Shop) -> None:
    browser = shop.client("receptionist")
    answer = send(shop, browser)
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.location)
    for text in ("iPhone 13", "Maria Popescu", "husă", "colț lovit", "356789104829153", "750,00"):
        assert text in page.text
    assert "482916" not in page.text
    with shop.context():
        ticket = session().scalars(select(Ticket)).one()
        assert ticket.opened_by == shop.users["receptionist"]
        assert ticket.unlock_code


def test_the_same_form_sent_twice_opens_one_ticket(shop: Shop) -> None:
    browser = shop.client("receptionist")
    page = browser.get(f"{shop.root}/tickets/new").text
    sent = {**NEW, "csrf_token": csrf_token(page), "_key": idempotency_key(page), "location_id": "1"}
    answers = [browser.post(f"{shop.root}/tickets/new", data=sent) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    with shop.context():
        assert count(Ticket) == count(Client) == count(Equipment) == 1


def test_what_was_typed_stays_when_something_is_refused(shop: Shop) -> None:
    browser = shop.client("receptionist")
    answer = send(shop, browser, **{"client-name": "", "problem": "", "client-email": "nu e adresă"})
    assert answer.status_code == 422
    for text in ("iPhone 13", "0742 555 138", "husă", "750,00", "482916", "nu e adresă", "356789104829153"):
        assert text in answer.text
    assert answer.text.count("wm-error") >= 2
    with shop.context():
        assert count(Ticket) == count(Client) == 0


def test_what_the_services_refuse_stands_beside_its_field(shop: Shop) -> None:
    browser = shop.client("receptionist")
    answer = send(shop, browser, **{"client-name": ""})
    assert answer.status_code == 422
    assert 'id="client-name-e"' in answer.text
    answer = send(shop, browser, **{"equipment-manufacturer": ""})
    assert answer.status_code == 422
    assert 'id="equipment-manufacturer-e"' in answer.text
    answer = send(shop, browser, due_day="01.01.2001")
    assert answer.status_code == 422
    assert 'id="due_day-e"' in answer.text
    answer = send(shop, browser, due_day="", due_time="17:00")
    assert answer.status_code == 422
    assert 'id="due_day-e"' in answer.text


def test_a_known_client_and_device_are_picked(shop: Shop, take: Take) -> None:
    browser = shop.client("receptionist")
    with shop.context():
        known = take(equipment=EquipmentData(unique_id="356789104829153")).ticket
    page = browser.get(f"{shop.root}/tickets/new?q=356789104829153").text
    assert f'name="client_id" value="{known.client_id}" checked' in page
    assert f'name="equipment_id" value="{known.equipment_id}" checked' in page
    assert known.number in page
    answer = send(shop, browser, client_id=known.client_id, equipment_id=known.equipment_id)
    assert answer.status_code == 303
    with shop.context():
        tickets = session().scalars(select(Ticket).order_by(Ticket.id)).all()
        assert {ticket.equipment_id for ticket in tickets} == {known.equipment_id}
        assert (count(Client), count(Equipment), len(tickets)) == (1, 1, 2)


def test_a_device_typed_as_new_that_is_known_is_offered(shop: Shop, take: Take) -> None:
    browser = shop.client("receptionist")
    with shop.context():
        known = take(equipment=EquipmentData(unique_id="356789104829153")).ticket
    answer = send(shop, browser)
    assert answer.status_code == 422
    assert f'name="equipment_id" value="{known.equipment_id}"' in answer.text
    assert 'id="equipment-unique_id-e"' in answer.text


def test_without_script_the_search_button_finds_and_saves_nothing(shop: Shop, take: Take) -> None:
    browser = shop.client("receptionist")
    with shop.context():
        known = take().ticket
    answer = send(shop, browser, find="1", q="popescu", problem="")
    assert answer.status_code == 200
    assert f'name="client_id" value="{known.client_id}"' in answer.text
    assert "iPhone 13" in answer.text
    with shop.context():
        assert count(Ticket) == 1


def test_the_fragments_of_the_search_show_clients_and_their_devices(shop: Shop, take: Take) -> None:
    browser = shop.client("receptionist")
    with shop.context():
        known = take(equipment=EquipmentData(manufacturer="Beko", model="WUE 7612")).ticket
    found = browser.get(f"{shop.root}/tickets/new/found?q=0742555").text
    assert f'value="{known.client_id}"' in found
    assert "<html" not in found
    devices = browser.get(f"{shop.root}/tickets/new/devices?client_id={known.client_id}").text
    assert "WUE 7612" in devices
    assert known.number in devices
    for address in (
        "found?q=%00",
        "found?q=" + "x" * 5000,
        "devices?client_id=x",
        "devices?client_id=99999999999",
    ):
        assert browser.get(f"{shop.root}/tickets/new/{address}").status_code == 200


BAD = [
    "",
    "x" * 20_000,
    "\0",
    "\udcff",
    "9" * 40,
    "-1",
    "1e999999999",
    "NaN",
    "<script>alert(1)</script>",
    "[[[[[[",
]
FIELDS = [
    "client_id",
    "equipment_id",
    "client-kind",
    "client-name",
    "client-phone",
    "client-email",
    "equipment-type_id",
    "equipment-unique_id",
    "problem",
    "accessories",
    "estimate",
    "due_day",
    "due_time",
    "priority",
    "location_id",
    "assignee_id",
    "unlock_code",
    "q",
]


@pytest.mark.parametrize("field", FIELDS)
def test_bad_input_is_refused_clearly_and_never_breaks_the_page(shared_shop: Shop, field: str) -> None:
    browser = shared_shop.client("receptionist")
    for value in BAD:
        raw = value.encode("utf-8", "surrogatepass")
        answer = send(shared_shop, browser, **{field: raw})
        assert answer.status_code in {303, 404, 422, 400, 413}, (field, value[:20], answer.status_code)
        assert "<script>alert" not in answer.text


def test_keys_that_are_missing_or_foreign_are_refused(shop: Shop) -> None:
    browser = shop.client("receptionist")
    assert send(shop, browser, csrf_token="").status_code == 400
    assert send(shop, browser, _key="x").status_code == 400


def test_ids_of_others_answer_like_ids_that_are_not_there(shop: Shop) -> None:
    browser = shop.client("receptionist")
    for fields in ({"client_id": "4711"}, {"equipment_id": "4711"}):
        answer = send(shop, browser, **fields)
        assert answer.status_code == 404
        assert "Ecran spart" in answer.text


def test_a_receptionist_of_one_location_takes_in_there_alone(shop: Shop) -> None:
    with shop.context():
        from core.db import unit_of_work

        with unit_of_work():
            place = create_location(code="FL", name="Florești").id
    restricted = shop.add_user("receptionist", location_ids=frozenset({place}))
    shop.users["restricted"] = restricted
    browser = shop.client("restricted")
    page = browser.get(f"{shop.root}/tickets/new").text
    assert "Florești" in page
    answer = send(shop, browser, location_id="1")
    assert answer.status_code == 422
    assert send(shop, browser, location_id=str(place)).status_code == 303


def test_who_may_not_take_in_sees_no_intake(shop: Shop) -> None:
    browser = shop.client("accountant")
    assert browser.get(f"{shop.root}/tickets/new").status_code == 403
    assert "/tickets/new" not in browser.get(f"{shop.root}/tickets/").text
    assert shop.client(None).get(f"{shop.root}/tickets/new").status_code in {302, 303, 401}


def test_the_intake_costs_a_constant_number_of_statements(
    shop: Shop, take: Take, query_recorder: QueryRecorder
) -> None:
    browser = shop.client("receptionist")
    browser.get(f"{shop.root}/tickets/new")
    counts = []
    for _round in range(2):
        with query_recorder.recording() as statements:
            assert browser.get(f"{shop.root}/tickets/new?q=popescu").status_code == 200
        counts.append(len(statements))
        with shop.context():
            owner = take().ticket.client_id
            for number in range(4):
                take(client=owner, equipment=EquipmentData(model=f"M{number}", manufacturer="Beko"))
            take(client=ClientData(name="Popescu Ion"))
    with query_recorder.recording() as statements:
        assert browser.get(f"{shop.root}/tickets/new?q=popescu").status_code == 200
    assert len(statements) == counts[1] <= 14, statements


def test_opening_prints_only_with_a_trace(shop: Shop) -> None:
    browser = shop.client("receptionist")
    answer = send(shop, browser, then="print")
    assert answer.status_code == 303
    with shop.context():
        ticket = session().scalars(select(Ticket)).one()
        kinds = [event.kind for event in timeline(ticket.id)]
    printed = "/documents/intake" in answer.location
    assert kinds == ([EventKind.OPENED, EventKind.PRINTED] if printed else [EventKind.OPENED])


def test_who_sees_own_tickets_only_takes_in_for_themselves(shop: Shop) -> None:
    shop.users["own"] = shop.add_user("technician", own_tickets_only=True, name="Vlad Țăran")
    browser = shop.client("own")
    page = browser.get(f"{shop.root}/tickets/new").text
    assert re.search(
        rf'<option value="{shop.users["own"]}"[^>]*selected|<option selected[^>]*value="{shop.users["own"]}"',
        page,
    )
    answer = send(shop, browser, assignee_id=str(shop.users["own"]))
    assert browser.get(answer.location).status_code == 200
    given_away = send(shop, browser, assignee_id=str(shop.users["technician"]), **{"equipment-unique_id": ""})
    assert given_away.status_code == 303
    assert given_away.location.endswith("/tickets/")


def test_a_ticket_that_is_opened_asks_for_no_choices_of_the_form(
    shop: Shop, query_recorder: QueryRecorder
) -> None:
    browser = shop.client("receptionist")
    page = browser.get(f"{shop.root}/tickets/new").text
    sent = {
        "csrf_token": csrf_token(page),
        "_key": idempotency_key(page),
        "q": "Popescu",
        "client-kind": "person",
        "client-name": "Maria Popescu",
        "client-phone": "0742 555 138",
        "problem": "Nu pornește.",
        "location_id": "1",
        "priority": "normal",
    }
    with query_recorder.recording() as found:
        assert browser.post(f"{shop.root}/tickets/new", data=sent).status_code == 303
    asked = [one for one in found if one.startswith("SELECT") and ("search_gram" in one or "count(" in one)]
    assert asked == []
