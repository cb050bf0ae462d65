from typing import Any

import pytest
from flask.testing import FlaskClient

from core.foundation.settings.dated import history
from core.testing import Shop, csrf_token, idempotency_key

pytestmark = pytest.mark.both_databases


@pytest.fixture
def browser(shop: Shop) -> FlaskClient:
    """Give the owner's browser."""
    return shop.client("owner")


def send(shop: Shop, browser: FlaskClient, **fields: str) -> Any:
    """Send the form of a new standard rate."""
    address = f"{shop.root}/settings/legal/vat.standard"
    page = browser.get(address).text
    data = {"csrf_token": csrf_token(page), "_key": idempotency_key(page), "unit": "percent", **fields}
    return browser.post(address, data=data)


def test_the_list_says_what_holds_and_what_comes_next(shop: Shop, browser: FlaskClient) -> None:
    send(shop, browser, value="24", valid_from="01.01.2150", source="Legea 1/2149")
    page = browser.get(f"{shop.root}/settings/legal/").text.replace("\u00a0", " ")
    assert "21 %" in page
    assert "395.000,00 lei" in page
    assert "5 zile lucrătoare" in page
    assert "24 %" in page
    assert "01.01.2150" in page


def test_a_value_is_added_once_and_taken_back(shop: Shop, browser: FlaskClient) -> None:
    address = f"{shop.root}/settings/legal/vat.standard"
    page = browser.get(address).text
    data = {
        "csrf_token": csrf_token(page),
        "_key": idempotency_key(page),
        "value": "24",
        "unit": "percent",
        "valid_from": "1.1.2150",
        "source": "Legea 1/2149",
    }
    assert [browser.post(address, data=data).status_code for _ in range(2)] == [303, 303]
    with shop.context():
        (added,) = [one for one in history("vat.standard") if one.value == 24]
    assert f"/settings/legal/values/{added.id}/withdraw" in browser.get(address).text
    answer = browser.post(
        f"{shop.root}/settings/legal/values/{added.id}/withdraw", data={"csrf_token": csrf_token(page)}
    )
    assert answer.status_code == 303
    with shop.context():
        assert [one.value for one in history("vat.standard")] == [19, 21]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"value": "x", "valid_from": "01.01.2150", "source": "Legea"}, "value"),
        ({"value": "24", "valid_from": "", "source": "Legea"}, "valid_from"),
        ({"value": "24", "valid_from": "01.01.2150", "source": ""}, "source"),
        ({"value": "24", "valid_from": "01.01.2020", "source": "Legea"}, "reason"),
        ({"value": "101", "valid_from": "01.01.2150", "source": "Legea"}, "value"),
        ({"value": "24", "valid_from": "01.01.2150", "source": "Legea", "unit": "RON"}, "unit"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_the_typing_kept(
    shop: Shop, browser: FlaskClient, fields: dict[str, str], field: str
) -> None:
    answer = send(shop, browser, **fields)
    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    for text in (text for name, text in fields.items() if name != "unit"):
        assert f'value="{text}"' in answer.text
    with shop.context():
        assert len(history("vat.standard")) == 2


def test_a_value_that_holds_cannot_be_taken_back(shop: Shop, browser: FlaskClient) -> None:
    address = f"{shop.root}/settings/legal/vat.standard"
    page = browser.get(address).text
    with shop.context():
        holding = history("vat.standard")[-1]
    assert "/withdraw" not in page
    answer = browser.post(
        f"{shop.root}/settings/legal/values/{holding.id}/withdraw", data={"csrf_token": csrf_token(page)}
    )
    assert answer.status_code == 409


def test_only_the_owner_adds_values_and_accountants_read_them(shop: Shop) -> None:
    address = f"{shop.root}/settings/legal/vat.standard"
    accountant = shop.client("accountant")
    page = accountant.get(address)
    assert page.status_code == 200
    assert 'name="valid_from"' not in page.text
    token = csrf_token(accountant.get(f"{shop.root}/account/").text)
    assert accountant.post(address, data={"csrf_token": token}).status_code == 403
    assert shop.client("technician").get(address).status_code == 403


def test_a_value_that_nobody_declares_has_no_page(shop: Shop, browser: FlaskClient) -> None:
    assert browser.get(f"{shop.root}/settings/legal/vat.invented").status_code == 404
