import re
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.clients.lookup import picks_of
from core.clients.services import ClientData, create_client
from core.db import session, unit_of_work
from core.equipment.models import Equipment
from core.equipment.services import EquipmentData, change_equipment, get_equipment, register_equipment
from core.equipment.types import list_types
from core.testing import QueryRecorder, Shop, csrf_token, idempotency_key

pytestmark = pytest.mark.both_databases

BAD_TEXTS = (
    "x" * 20_000,
    "a\0b",
    "\ud800",
    "9" * 5_000,
    "-1",
    str(2**31),
    str(2**63),
    "1e999999999",
    "<script>alert(1)</script>",
    "\u202e\u200b",
)
FIELDS = (
    "unique_id",
    "type_id",
    "manufacturer",
    "model",
    "variant",
    "serial",
    "client_id",
    "notes",
    "owner",
    "keep_id",
)


def add(shop: Shop, **facts: Any) -> int:
    """Register a device through the service and return the id."""
    with shop.context(), unit_of_work():
        return register_equipment(EquipmentData(**facts)).id


def add_client(shop: Shop, name: str = "Maria Popescu") -> int:
    """Create a client through the service and return the id."""
    with shop.context(), unit_of_work():
        return create_client(ClientData(name=name)).id


def send(browser: FlaskClient, url: str, **typed: str) -> TestResponse:
    """Open the form at ``url`` and send it with ``typed``."""
    page = browser.get(url).text
    hidden = {"csrf_token": csrf_token(page), "_key": idempotency_key(page)}
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    if version is not None:
        hidden["version"] = version.group(1)
    body = urlencode({**hidden, **typed}, errors="surrogatepass")
    return browser.post(url, data=body, content_type="application/x-www-form-urlencoded")


def count(shop: Shop) -> int:
    """Return how many devices there are."""
    with shop.context():
        return int(session().scalar(select(func.count()).select_from(Equipment)) or 0)


def test_a_device_is_registered_shown_and_handed_to_another_owner(shop: Shop) -> None:
    browser = shop.client("receptionist")
    maria, ion = add_client(shop), add_client(shop, "Ion Pop")
    with shop.context():
        type_id = list_types()[0].id
    typed = {
        "unique_id": "356789104829153",
        "type_id": str(type_id),
        "manufacturer": "Apple",
        "model": "iPhone 13",
        "variant": "128 GB, albastru",
        "client_id": str(maria),
    }
    added = send(browser, f"{shop.root}/equipment/new", **typed)
    assert added.status_code == 303
    page = browser.get(added.location).text
    for text in ("Apple iPhone 13, 128 GB, albastru", "356789 10 482915 3", "Telefon", "Maria Popescu"):
        assert text in page
    assert send(browser, f"{added.location}/edit", **typed | {"client_id": str(ion)}).status_code == 303
    page = browser.get(added.location).text
    assert "Ion Pop" in page
    assert "Maria Popescu" in page
    assert "356789 10 482915 3" in browser.get(f"{shop.root}/equipment/").text
    assert "Apple iPhone 13" in browser.get(f"{shop.root}/clients/{ion}").text
    assert "Apple iPhone 13" not in browser.get(f"{shop.root}/clients/{maria}").text


def test_a_device_without_an_id_shows_the_one_it_got(shop: Shop) -> None:
    browser = shop.client("receptionist")
    added = send(browser, f"{shop.root}/equipment/new", manufacturer="Arctic", model="APL71022")
    assert added.status_code == 303
    assert re.search(r"WM-\w{4}-\w{4}", browser.get(added.location).text)


def test_the_same_form_sent_twice_registers_one_device(shop: Shop) -> None:
    browser = shop.client("receptionist")
    page = browser.get(f"{shop.root}/equipment/new").text
    data = {"csrf_token": csrf_token(page), "_key": idempotency_key(page), "manufacturer": "Arctic"}
    first, second = (browser.post(f"{shop.root}/equipment/new", data=data) for _time in range(2))
    assert first.location == second.location
    assert count(shop) == 1


def test_an_imei_that_looks_misread_is_asked_about_once(shop: Shop) -> None:
    browser = shop.client("receptionist")
    asked = send(browser, f"{shop.root}/equipment/new", unique_id="356789104829158", variant="albastru")
    assert asked.status_code == 422
    assert 'name="keep_id"' in asked.text
    assert 'value="albastru"' in asked.text
    assert count(shop) == 0
    kept = send(browser, f"{shop.root}/equipment/new", unique_id="356789104829158", keep_id="y")
    assert kept.status_code == 303
    url = kept.location
    assert send(browser, f"{url}/edit", unique_id="356789104829158", notes="ok").status_code == 303


def test_a_known_id_leads_to_the_device_that_has_it(shop: Shop) -> None:
    browser = shop.client("receptionist")
    known = add(shop, unique_id="SN-77")
    answer = send(browser, f"{shop.root}/equipment/new", unique_id="sn 77", variant="albastru")
    assert answer.status_code == 422
    assert f'href="{shop.root}/equipment/{known}"' in answer.text
    assert 'value="albastru"' in answer.text


@pytest.mark.parametrize("field", FIELDS)
def test_bad_input_is_answered_beside_its_field_and_typing_is_kept(shared_shop: Shop, field: str) -> None:
    browser = shared_shop.client("receptionist")
    for text in ("", *BAD_TEXTS):
        typed = {"manufacturer": "Păstrat SA", field: text}
        answer = send(browser, f"{shared_shop.root}/equipment/new", **typed)
        assert answer.status_code in {303, 422}, (field, text[:20])
        if answer.status_code == 422 and field != "manufacturer":
            assert "Păstrat SA" in answer.text
            assert "wm-error" in answer.text, (field, text[:20])
        assert "<script>alert" not in answer.text


def test_an_owner_is_found_without_script_too(shop: Shop) -> None:
    browser = shop.client("receptionist")
    maria = add_client(shop)
    found = send(browser, f"{shop.root}/equipment/new", find="owner", owner="popes", unique_id="X-1")
    assert found.status_code == 200
    assert re.search(rf'name="client_id" value="{maria}"', found.text)
    assert 'value="X-1"' in found.text
    assert count(shop) == 0


def test_a_device_of_a_client_is_begun_from_the_clients_page(shop: Shop) -> None:
    browser = shop.client("receptionist")
    maria = add_client(shop)
    page = browser.get(f"{shop.root}/clients/{maria}").text
    assert f'href="{shop.root}/equipment/new?client_id={maria}"' in page
    form = browser.get(f"{shop.root}/equipment/new?client_id={maria}").text
    assert re.search(rf'value="{maria}" checked', form)


def test_a_client_says_how_many_devices_there_are_to_who_may_see_them(shop: Shop) -> None:
    maria = add_client(shop)
    for number in range(2):
        add(shop, unique_id=f"A{number}", client_id=maria)
    assert "2 echipamente" in shop.client("receptionist").get(f"{shop.root}/clients/{maria}").text
    assert "2 echipamente" in shop.client("technician").get(f"{shop.root}/clients/lookup?q=maria").text
    with shop.context():
        assert picks_of([maria])[0].figures == ()


def test_who_was_overtaken_sees_both(shop: Shop) -> None:
    browser = shop.client("receptionist")
    device_id = add(shop, unique_id="A1", variant="alb")
    url = f"{shop.root}/equipment/{device_id}/edit"
    page = browser.get(url).text
    with shop.context(), unit_of_work():
        change_equipment(device_id, EquipmentData(unique_id="A1", variant="negru"), version=1)
    mine = {"csrf_token": csrf_token(page), "version": "1", "unique_id": "A1", "variant": "roșu"}
    answer = browser.post(url, data=mine)
    assert answer.status_code == 409
    assert "roșu" in answer.text
    assert "negru" in answer.text
    again = browser.post(url, data=mine | {"csrf_token": csrf_token(answer.text), "version": "2"})
    assert again.status_code == 303
    with shop.context():
        assert get_equipment(device_id).variant == "roșu"


@pytest.mark.parametrize("path", ["0", "1000000", str(2**31), str(2**63 - 1), "9" * 40, "-1", "x"])
def test_a_device_that_there_cannot_be_is_not_found(shared_shop: Shop, path: str) -> None:
    browser = shared_shop.client("owner")
    assert browser.get(f"{shared_shop.root}/equipment/{path}").status_code == 404
    assert browser.get(f"{shared_shop.root}/equipment/{path}/edit").status_code == 404
    assert browser.get(f"{shared_shop.root}/settings/equipment-types/{path}").status_code == 404


def test_the_list_pages_and_filters_with_a_fixed_number_of_statements(
    shop: Shop, query_recorder: QueryRecorder
) -> None:
    browser = shop.client("owner")
    maria = add_client(shop)
    with shop.context():
        type_id = list_types()[0].id
        with unit_of_work():
            for number in range(40):
                register_equipment(
                    EquipmentData(
                        unique_id=f"SN-{number:03}",
                        manufacturer="Arctic",
                        model=f"M{number % 4}",
                        client_id=maria,
                        type_id=type_id if number % 2 else None,
                    )
                )
    browser.get(f"{shop.root}/equipment/")
    counts = {}
    for query in ("", "?sort=code", "?sort=changed", "?q=arctic+m1", f"?type_id={type_id}", "?q=nimic"):
        with query_recorder.recording() as statements:
            assert browser.get(f"{shop.root}/equipment/{query}").status_code == 200
        counts[query] = len([one for one in statements if one.startswith("SELECT")])
    assert max(counts.values()) <= 4, counts
    codes = re.findall(
        r">(SN-\d+)<", browser.get(f"{shop.root}/equipment/?sort=code&q=arctic+m1&limit=3").text
    )
    assert codes == ["SN-001", "SN-005", "SN-009"]


def test_a_page_of_a_device_takes_a_fixed_number_of_statements(
    shop: Shop, query_recorder: QueryRecorder
) -> None:
    browser = shop.client("owner")
    maria, ion = add_client(shop), add_client(shop, "Ion Pop")
    device_id = add(shop, unique_id="A1", manufacturer="Arctic", model="M1", client_id=maria)
    url = f"{shop.root}/equipment/{device_id}"
    browser.get(url)
    counts = []
    for owner in (ion, maria, ion):
        with query_recorder.recording() as statements:
            assert browser.get(url).status_code == 200
        counts.append(len([one for one in statements if one.startswith("SELECT")]))
        with shop.context(), unit_of_work():
            device = get_equipment(device_id)
            data = EquipmentData(unique_id="A1", manufacturer="Arctic", model="M1", client_id=owner)
            change_equipment(device_id, data, version=device.version)
    assert len(set(counts)) == 1
    assert counts[0] <= 10


def test_lists_and_look_ups_take_any_address(shared_shop: Shop) -> None:
    browser = shared_shop.client("owner")
    names = ("q", "type_id", "sort", "cursor", "limit", "client_id", "equipment_id", "manufacturer")
    for text in ("x", "\0", "\ud800", "%", "x" * 5000, "-1", str(2**31), str(2**70)):
        for page in ("", "lookup", "models", "new"):
            for name in names:
                answer = browser.get(
                    f"{shared_shop.root}/equipment/{page}",
                    query_string=urlencode({name: text}, errors="surrogatepass"),
                )
                assert answer.status_code == 200, (page, name, text[:10])


def test_a_scanned_code_chooses_its_device_and_a_client_offers_the_others(shop: Shop) -> None:
    browser = shop.client("receptionist")
    maria = add_client(shop)
    phone = add(shop, unique_id="356789104829153", manufacturer="Apple", model="iPhone 13", client_id=maria)
    washer = add(shop, unique_id="7188240157", manufacturer="Arctic", client_id=maria)
    query = {"q": "35-678910-482915-3", "client_id": str(maria)}
    picks = browser.get(f"{shop.root}/equipment/lookup", query_string=query).text
    assert re.search(rf'value="{phone}" checked', picks)
    assert re.search(rf'value="{washer}"(?! checked)', picks)
    assert "<mark>356789 10 482915 3</mark>" in picks


@pytest.mark.parametrize(("role", "may"), [("manager", True), ("technician", False), ("accountant", False)])
def test_who_may_see_devices_and_who_may_change_them(shop: Shop, role: str, may: bool) -> None:
    device_id = add(shop, unique_id="A1")
    browser = shop.client(role)
    for path in ("", f"{device_id}", "lookup", "models"):
        assert browser.get(f"{shop.root}/equipment/{path}").status_code == 200
    for path in ("new", f"{device_id}/edit"):
        assert browser.get(f"{shop.root}/equipment/{path}").status_code == (200 if may else 403)
    types = browser.get(f"{shop.root}/settings/equipment-types/")
    assert types.status_code == (200 if may else 403)


def test_the_types_are_added_renamed_moved_and_taken_out(shop: Shop) -> None:
    browser = shop.client("manager")
    url = f"{shop.root}/settings/equipment-types/"
    assert f'href="{url}"' in browser.get(f"{shop.root}/settings/").text
    added = send(browser, url, name="Trotinetă")
    assert added.status_code == 303
    with shop.context():
        type_id = list_types()[-1].id
    token = {"csrf_token": csrf_token(browser.get(url).text)}
    assert browser.post(f"{url}{type_id}/place", data=token | {"way": "up"}).status_code == 303
    assert browser.post(f"{url}{type_id}/offer", data=token | {"offered": "no"}).status_code == 303
    assert send(browser, f"{url}{type_id}", name="Trotinetă electrică").status_code == 303
    names = re.findall(r'class="strong" href="[^"]+equipment-types/\d+">([^<]+)<', browser.get(url).text)
    assert names[-2:] == ["Trotinetă electrică", "Altul"]
    assert "Trotinetă" not in browser.get(f"{shop.root}/equipment/new").text
    for bad in ("", "x" * 101, "telefon", "\0", "?"):
        assert send(browser, url, name=bad).status_code == 422
        assert send(browser, f"{url}{type_id}", name=bad).status_code == 422
    for path in ("place", "offer", ""):
        assert browser.post(f"{url}1000000/{path}".rstrip("/"), data=token).status_code == 404


def test_the_search_box_opens_a_scanned_device_at_once(shop: Shop) -> None:
    device_id = add(shop, unique_id="356789104829153", manufacturer="Apple", model="iPhone 13")
    answer = shop.client("technician").get(f"{shop.root}/search?q=356789104829153")
    assert answer.status_code == 302
    assert answer.location.endswith(f"/equipment/{device_id}")
