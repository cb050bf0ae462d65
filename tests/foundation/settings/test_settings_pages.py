import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.db import unit_of_work
from core.foundation.settings.locations import create_location, list_locations
from core.foundation.settings.services import get_group, get_setting, save_group
from core.foundation.tenants.services import set_plugin_state
from core.plugin import PluginState
from core.testing import Shop, csrf_token, idempotency_key

pytestmark = pytest.mark.both_databases


def typed(page: str) -> dict[str, str]:
    """Return what the fields of a page hold, as a browser would send them."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or " checked" in tag):
            fields[name[1]] = value[1] if value else ""
    fields.update(re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\s*([^<]*)</textarea>', page))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(
            r'<option[^>]*selected[^>]*value="([^"]*)"|<option value="([^"]*)"[^>]*selected', options
        )
        fields[name] = (chosen[1] or chosen[2]) if chosen else ""
    return {
        name: text
        for name, text in fields.items()
        if name not in {"q", "location", "language", "theme", "next"}
    }


@pytest.fixture
def browser(shop: Shop) -> FlaskClient:
    """Give the manager's browser."""
    return shop.client("manager")


def test_the_index_leads_to_all_that_the_reader_may_change(shop: Shop, browser: FlaskClient) -> None:
    page = browser.get(f"{shop.root}/settings/").text
    for address in ("firm", "locations/", "users/", "roles/", "audit"):
        assert f'href="{shop.root}/settings/{address}"' in page
    assert shop.client("technician").get(f"{shop.root}/settings/").status_code == 403


def test_firm_data_are_typed_on_a_page_and_kept(shop: Shop, browser: FlaskClient) -> None:
    address = f"{shop.root}/settings/firm"
    page = browser.get(address).text
    assert 'value="Atelier Meteor"' in page
    answer = browser.post(
        address, data={**typed(page), "set_city": "Cluj-Napoca", "set_phone": "0744 555 207"}
    )
    assert (answer.status_code, answer.location) == (303, address)
    with shop.context():
        assert get_group("firm")["phone"] == "+40744555207"
        assert get_setting("firm.city") == "Cluj-Napoca"
    assert 'value="0744 555 207"' in browser.get(address).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("set_tax_id", "RO14399841"),
        ("set_email", "ana"),
        ("set_accent", "#ffff00"),
        ("set_name", ""),
        ("set_city", "x" * 101),
        ("set_bank", "a\x00b"),
        ("set_iban", "\ud800"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field_and_the_typing_kept(
    shop: Shop, browser: FlaskClient, field: str, value: str
) -> None:
    address = f"{shop.root}/settings/firm"
    data: dict[str, Any] = {**typed(browser.get(address).text), "set_street": "Horea 7", field: value}
    body = "&".join(f"{name}={quote(text)}" for name, text in data.items())
    answer = browser.post(address, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert 'value="Horea 7"' in answer.text
    assert f'id="{field}-e"' in answer.text
    with shop.context():
        assert get_setting("firm.street") == ""


def quote(text: str) -> str:
    """Return ``text`` as a hostile client may send it."""
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def test_who_was_overtaken_sees_both_and_may_save_again(shop: Shop, browser: FlaskClient) -> None:
    address = f"{shop.root}/settings/firm"
    mine = {**typed(browser.get(address).text), "set_city": "Gherla"}
    with shop.context(), unit_of_work():
        save_group("firm", {"city": "Dej"})
    answer = browser.post(address, data=mine)
    assert answer.status_code == 409
    assert 'value="Gherla"' in answer.text
    assert "Dej" in answer.text
    with shop.context():
        assert get_setting("firm.city") == "Dej"
    assert browser.post(address, data=typed(answer.text)).status_code == 303
    with shop.context():
        assert get_setting("firm.city") == "Gherla"


def test_a_group_that_nobody_declares_has_no_page(shop: Shop, browser: FlaskClient) -> None:
    token = csrf_token(browser.get(f"{shop.root}/settings/firm").text)
    assert browser.get(f"{shop.root}/settings/sample").status_code == 404
    assert browser.post(f"{shop.root}/settings/sample", data={"csrf_token": token}).status_code == 404


def test_the_settings_of_a_plugin_have_a_page_with_a_field_of_each_kind(sample_shop: Shop) -> None:
    address = f"{sample_shop.root}/settings/sample"
    browser = sample_shop.client("manager")
    fields = typed(browser.get(address).text)
    assert fields["set_greeting_ro"] == "Salut"
    assert fields["set_days"] == "30"
    assert fields["set_paper"] == "a4"
    assert fields["set_fee"] == "50,00"
    sent = {
        **fields,
        "set_greeting_en": "Hello",
        "set_terms_ro": "Unu\nDoi",
        "set_data": "d",
        "set_version": "v",
        "set_errors": "y",
        "set_days": "7",
        "set_paper": "a5",
        "set_fee": "1.250,50",
        "set_colour": "#046",
        "set_email": "ana@exemplu.ro",
        "set_phone": "0744555207",
    }
    answer = browser.post(address, data=sent)
    assert answer.status_code == 303, answer.text
    with sample_shop.context():
        values = get_group("sample")
    assert str(values.pop("fee")) == "1250.50 RON"
    assert values == {
        "greeting": {"ro": "Salut", "en": "Hello"},
        "terms": {"ro": "Unu\nDoi"},
        "data": "d",
        "version": "v",
        "errors": True,
        "days": 7,
        "paper": "a5",
        "colour": "#004466",
        "email": "ana@exemplu.ro",
        "phone": "+40744555207",
    }
    assert typed(browser.get(address).text)["set_terms_ro"].split() == ["Unu", "Doi"]


def test_a_group_is_for_those_who_have_its_permission(sample_shop: Shop) -> None:
    address = f"{sample_shop.root}/settings/sample"
    assert sample_shop.client("technician").get(address).status_code == 403
    assert sample_shop.client("owner").get(address).status_code == 200


def test_the_page_of_a_lapsed_plugin_reads_and_refuses_to_save(sample_shop: Shop) -> None:
    address = f"{sample_shop.root}/settings/sample"
    browser = sample_shop.client("owner")
    fields = typed(browser.get(address).text)
    with sample_shop.app.app_context():
        set_plugin_state(sample_shop.slug, "sample", PluginState.LAPSED)
    assert browser.get(address).status_code == 200
    assert browser.post(address, data={**fields, "set_days": "7"}).status_code == 403
    with sample_shop.context():
        assert get_setting("sample.days") == 30
    with sample_shop.app.app_context():
        set_plugin_state(sample_shop.slug, "sample", PluginState.OFF)
    assert browser.get(address).status_code == 404


@pytest.fixture
def add(shop: Shop, browser: FlaskClient) -> Callable[..., Any]:
    """Send the form of a new location."""

    def added(**fields: str) -> Any:
        page = browser.get(f"{shop.root}/settings/locations/new").text
        data = {"csrf_token": csrf_token(page), "_key": idempotency_key(page), "is_active": "y", **fields}
        return browser.post(f"{shop.root}/settings/locations/new", data=data)

    return added


def test_a_location_is_added_and_changed(shop: Shop, browser: FlaskClient, add: Callable[..., Any]) -> None:
    assert add(name="Florești", code="fl", phone="0264 555 207").status_code == 303
    with shop.context():
        found = next(location for location in list_locations() if location.code == "FL")
    address = f"{shop.root}/settings/locations/{found.id}"
    page = browser.get(address).text
    assert 'value="Florești"' in page
    fields = {**typed(page), "name": "Florești, Avram Iancu", "address": "Avram Iancu 5"}
    del fields["is_active"]
    assert browser.post(address, data=fields).status_code == 303
    with shop.context():
        changed = next(location for location in list_locations() if location.code == "FL")
        assert (changed.name, changed.address, changed.is_active) == (
            "Florești, Avram Iancu",
            "Avram Iancu 5",
            False,
        )
    assert "Florești, Avram Iancu" in browser.get(f"{shop.root}/settings/locations/").text


def test_what_a_location_may_not_be_is_said_beside_its_field(shop: Shop, add: Callable[..., Any]) -> None:
    with shop.context(), unit_of_work():
        create_location(code="FL", name="Florești")
    for fields in ({"name": "Dej", "code": "FL"}, {"name": "Dej", "code": "ș"}):
        answer = add(**fields)
        assert answer.status_code == 422
        assert 'id="code-e"' in answer.text
        assert 'value="Dej"' in answer.text


def test_the_last_location_stays_in_use_and_the_typing_is_kept(shop: Shop, browser: FlaskClient) -> None:
    with shop.context():
        (location,) = list_locations()
    address = f"{shop.root}/settings/locations/{location.id}"
    fields = {**typed(browser.get(address).text), "name": "Cluj"}
    del fields["is_active"]
    answer = browser.post(address, data=fields)
    assert answer.status_code == 409
    assert 'value="Cluj"' in answer.text


def test_two_who_change_one_location_do_not_overwrite_each_other(shop: Shop, browser: FlaskClient) -> None:
    with shop.context():
        (location,) = list_locations()
    address = f"{shop.root}/settings/locations/{location.id}"
    seen = typed(browser.get(address).text)
    browser.post(address, data={**seen, "name": "Cluj"})
    answer = browser.post(address, data={**seen, "name": "Dej"})
    assert answer.status_code == 409
    assert 'value="Dej"' in answer.text
    assert "Cluj" in answer.text
    assert browser.post(address, data=typed(answer.text)).status_code == 303
    with shop.context():
        assert [one.name for one in list_locations()] == ["Dej"]


def test_locations_are_for_those_who_may(shop: Shop) -> None:
    browser = shop.client("receptionist")
    for path in ("", "new", "1"):
        assert browser.get(f"{shop.root}/settings/locations/{path}").status_code == 403


def test_a_location_that_is_not_there_is_not_found(shop: Shop, browser: FlaskClient) -> None:
    page = browser.get(f"{shop.root}/settings/locations/new").text
    for number in ("999", "99999999999999999999", "0"):
        address = f"{shop.root}/settings/locations/{number}"
        assert browser.get(address).status_code == 404
        data = {"csrf_token": csrf_token(page), "name": "x", "code": "X"}
        assert browser.post(address, data=data).status_code == 404
