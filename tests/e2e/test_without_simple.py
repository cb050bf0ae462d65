from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from core.testing import Shop
from tests.e2e.conftest import Seat
from tests.e2e.desk import (
    Visitor,
    begin_intake,
    change_status,
    number_on_page,
    save,
    search_and_open,
    type_problem,
    type_visitor,
)
from tests.e2e.furniture import furnish
from tests.e2e.people import Look, Person

#: What only the protocols bring, in both languages, and the plugin's name in addresses, classes and ids.
TRACES = re.compile(
    r"proto[ck]ol|proces(e)?-verbal|terms and conditions|condiții de service|\bsimple\b", re.IGNORECASE
)
PAGES = ("/", "/tickets/", "/clients/", "/settings/", "/settings/roles/new", "/settings/audit", "/account/")


def traces(person: Person) -> list[str]:
    """Return what of the protocols stands anywhere in the page, in sight or not."""
    return [found.group(0) for found in TRACES.finditer(person.page.content())]


@pytest.mark.parametrize("look", [Look("ro", "phone", "dark"), Look("en")], ids=str)
def test_a_shop_without_protocols_has_its_day_and_no_trace_of_them(
    look: Look, seat: Seat, make_shop: Callable[..., Shop]
) -> None:
    shop, visitor = make_shop(bundle="core"), Visitor()
    person = seat(shop, "receptionist", look)
    page = person.open("/")
    begin_intake(person)
    assert traces(person) == []
    type_visitor(person, visitor)
    type_problem(person, visitor)
    person.check()
    save(person, "Open the ticket")
    expect(page).to_have_url(re.compile(r"/tickets/\d+$"))
    expect(page.locator("#history")).to_be_visible()
    number = number_on_page(person)
    person.check()
    assert traces(person) == []
    person.open("/")
    search_and_open(person, "tutuianu", number)
    change_status(person, "Returned", "Fără hârtii.")
    assert traces(person) == []
    page.goto(page.url + "/documents/intake")
    expect(page.locator("h1")).to_be_visible()
    person.check()
    person.tap(page.locator("main .btn-primary"))
    expect(page).to_have_url(person.url("/"))
    begin_intake(person)
    page.keyboard.type(visitor.imei)
    expect(page.locator("#devices")).to_contain_text(number)
    assert traces(person) == []


def test_no_page_of_a_shop_without_protocols_shows_a_trace_of_them(
    seat: Seat, make_shop: Callable[..., Shop]
) -> None:
    shop = make_shop(bundle="core")
    furnish(shop)
    owner = seat(shop, "owner", Look("en"))
    for path in PAGES:
        owner.open(path)
        assert traces(owner) == [], path
    owner.open("/simple/")
    expect(owner.page.locator("h1")).to_have_text("There is no such page")


def test_the_traces_are_there_with_protocols(seat: Seat, shop: Shop) -> None:
    owner = seat(shop, "owner", Look("en"))
    for path in ("/", "/settings/", "/settings/roles/new"):
        owner.open(path)
        assert traces(owner) != [], path
