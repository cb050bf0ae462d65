from typing import Any

import pytest
from flask.testing import FlaskClient

from core.foundation.settings.closed import list_closed_days
from core.foundation.settings.hours import Interval, week_from_json
from core.foundation.settings.locations import list_locations
from core.foundation.ui.formats import local_today
from core.testing import Shop, csrf_token, idempotency_key
from tests.foundation.settings.test_settings_pages import typed

pytestmark = pytest.mark.both_databases


@pytest.fixture
def browser(shop: Shop) -> FlaskClient:
    """Give the manager's browser."""
    return shop.client("manager")


def save(shop: Shop, browser: FlaskClient, **fields: str) -> Any:
    """Send the form of the only location."""
    address = f"{shop.root}/settings/locations/1"
    return browser.post(address, data={**typed(browser.get(address).text), **fields})


def test_hours_are_typed_for_each_day_and_shown_again(shop: Shop, browser: FlaskClient) -> None:
    answer = save(shop, browser, day_0="9-13, 14-18", day_5="9-13", email="cluj@meteor.example")
    assert answer.status_code == 303
    with shop.context():
        (location,) = list_locations()
        week = week_from_json(location.hours)
        assert week is not None
        assert week[0] == (Interval(540, 780), Interval(840, 1080))
        assert week[1] == ()
        assert (location.email, location.keeps_holidays) == ("cluj@meteor.example", True)
    fields = typed(browser.get(f"{shop.root}/settings/locations/1").text)
    assert fields["day_5"] == "09:00\u201313:00"
    assert "09:00\u201313:00" in browser.get(f"{shop.root}/settings/audit").text


def test_hours_without_any_say_nothing(shop: Shop, browser: FlaskClient) -> None:
    save(shop, browser, day_0="9-13")
    assert save(shop, browser, day_0="").status_code == 303
    with shop.context():
        assert list_locations()[0].hours is None


@pytest.mark.parametrize(("field", "value"), [("day_2", "18-9"), ("day_6", "x"), ("email", "ana")])
def test_what_cannot_be_is_refused_beside_its_field(
    shop: Shop, browser: FlaskClient, field: str, value: str
) -> None:
    answer = save(shop, browser, name="Cluj", **{field: value})
    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert 'value="Cluj"' in answer.text


def close(shop: Shop, browser: FlaskClient, **fields: str) -> Any:
    address = f"{shop.root}/settings/closed/"
    page = browser.get(address).text
    data = {"csrf_token": csrf_token(page), "_key": idempotency_key(page), "location_id": "", **fields}
    return browser.post(address, data=data)


def test_closed_days_are_added_and_taken_back(shop: Shop, browser: FlaskClient) -> None:
    answer = close(shop, browser, first_day="24.12.2150", last_day="31.12.2150", name="Concediu")
    assert answer.status_code == 303
    page = browser.get(f"{shop.root}/settings/closed/").text
    assert "Concediu" in page
    with shop.context():
        (closed,) = list_closed_days(since=local_today())
    data = {"csrf_token": csrf_token(page)}
    assert browser.post(f"{shop.root}/settings/closed/{closed.id}/delete", data=data).status_code == 303
    with shop.context():
        assert list_closed_days(since=local_today()) == []
    assert browser.post(f"{shop.root}/settings/closed/{closed.id}/delete", data=data).status_code == 404


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"first_day": "x"}, "first_day"),
        ({"first_day": ""}, "first_day"),
        ({"first_day": "24.12.2150", "last_day": "23.12.2150"}, "last_day"),
        ({"first_day": "24.12.2150", "location_id": "99"}, "location_id"),
    ],
)
def test_wrong_closed_days_are_refused_beside_their_field(
    shop: Shop, browser: FlaskClient, fields: dict[str, str], field: str
) -> None:
    answer = close(shop, browser, name="Inventar", **fields)
    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert 'value="Inventar"' in answer.text


def test_the_page_of_closed_days_shows_the_public_holidays(shop: Shop, browser: FlaskClient) -> None:
    page = browser.get(f"{shop.root}/settings/closed/").text
    assert "Crăciunul" in page
    assert "Anul Nou" in page
