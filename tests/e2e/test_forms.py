from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from core.clients.services import ClientData, create_client, get_client
from core.db import session, unit_of_work
from core.testing import Shop
from core.tickets.models import Ticket
from tests.e2e.conftest import Seat
from tests.e2e.people import Look, Person


def tickets_of(shop: Shop) -> int:
    """Count the tickets of a shop."""
    with shop.context():
        return session().scalar(select(func.count(Ticket.id))) or 0


def fill_intake(page: Page, name: str = "Ana Pop") -> None:
    """Write down what an intake needs at least."""
    page.locator("[name=client-name]").fill(name)
    page.locator("[name=equipment-manufacturer]").fill("LG")
    page.locator("[name=equipment-model]").fill("F2WV3")
    page.locator("[name=problem]").fill("Nu centrifughează.")


@pytest.fixture
def receptionist(seat: Seat, shop: Shop) -> Person:
    """Put a receptionist in front of an English desktop, in a new shop."""
    return seat(shop, "receptionist", Look("en"))


@pytest.mark.parametrize("look", [Look("ro", "phone", "dark"), Look("en")], ids=str)
def test_a_refused_intake_keeps_what_was_typed_and_leads_to_its_errors(
    look: Look, seat: Seat, shop: Shop
) -> None:
    person = seat(shop, "receptionist", look)
    page = person.open("/tickets/new")
    fill_intake(page, "Ștefan Țuțuianu")
    page.locator("[name=client-phone]").fill("12ab")
    page.locator("[name=client-email]").fill("nimic")
    page.locator("[name=problem]").fill("")
    page.locator("[name=estimate]").fill("multe parale")
    page.locator("[name=accessories]").fill("husă, cablu")
    page.locator(".wm-actions .btn-primary").click()
    summary = page.locator("[role=alert]")
    expect(summary).to_be_focused()
    person.check()
    kept = {"client-name": "Ștefan Țuțuianu", "client-phone": "12ab", "client-email": "nimic"}
    kept |= {"estimate": "multe parale", "accessories": "husă, cablu", "equipment-model": "F2WV3"}
    for name, text in kept.items():
        expect(page.locator(f"[name={name}]")).to_have_value(text)
    wrong = ("client-phone", "client-email", "problem", "estimate")
    for name in wrong:
        expect(page.locator(f"[name={name}]")).to_have_attribute("aria-invalid", "true")
    expect(summary.locator("a")).to_have_count(len(wrong))
    person.tap(summary.locator("a").last)
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("aria-invalid", "true")
    assert tickets_of(shop) == 0


def test_a_client_changed_by_two_loses_nothing_of_either(seat: Seat, shop: Shop) -> None:
    with shop.context(), unit_of_work():
        client_id = create_client(ClientData(name="Ana Pop", phone="0742 555 138")).id
    first, second = seat(shop, "receptionist", Look("en")), seat(shop, "manager", Look("ro", "phone"))
    for person in (first, second):
        person.open(f"/clients/{client_id}/edit")
    first.page.locator("[name=phone]").fill("0755 555 200")
    first.page.locator(".wm-actions .btn-primary").click()
    expect(first.page).to_have_url(re.compile(rf"/clients/{client_id}$"))

    page = second.page
    page.locator("[name=phone]").fill("0766 555 300")
    page.locator("[name=city]").fill("Turda")
    second.tap(page.locator(".wm-actions .btn-primary"))
    expect(page.locator("[role=alert]")).to_be_focused()
    second.check()
    # Both are there to choose from: what was typed, and what the other has stored meanwhile.
    expect(page.locator("[name=phone]")).to_have_value("0766 555 300")
    expect(page.locator("[name=city]")).to_have_value("Turda")
    expect(page.locator(".wm-stored", has_text="0755")).to_be_visible()
    second.tap(page.locator(".wm-stored", has_text="0755").locator("button"))
    second.tap(page.locator(".wm-actions .btn-primary"))
    expect(page).to_have_url(re.compile(rf"/clients/{client_id}$"))
    with shop.context():
        stored = get_client(client_id)
        assert (stored.phone, stored.city) == ("+40755555200", "Turda")


def test_a_double_click_opens_one_ticket(receptionist: Person) -> None:
    page = receptionist.open("/tickets/new")
    fill_intake(page)
    page.locator(".wm-actions [value=open]").dblclick()
    expect(page).to_have_url(re.compile(r"/tickets/\d+$"))
    assert tickets_of(receptionist.shop) == 1


def test_an_answer_that_is_lost_and_a_form_that_is_sent_again_open_one_ticket(receptionist: Person) -> None:
    page = receptionist.open("/tickets/new")
    fill_intake(page)
    answers: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            answers.append(route.fetch(max_redirects=0).status)
        route.continue_()

    page.route("**/tickets/new", lose)
    page.locator(".wm-actions [value=open]").click()
    expect(page).to_have_url(re.compile(r"/tickets/\d+$"))
    assert answers == [303]
    assert tickets_of(receptionist.shop) == 1


def test_the_way_back_after_saving_saves_nothing_twice(receptionist: Person) -> None:
    page = receptionist.open("/tickets/")
    page.keyboard.press("c")
    expect(page).to_have_url(receptionist.url("/tickets/new"))
    fill_intake(page)
    page.keyboard.press("Control+s")
    expect(page).to_have_url(re.compile(r"/tickets/\d+$"))
    page.go_back()
    expect(page).to_have_url(receptionist.url("/tickets/new"))
    receptionist.check()
    page.go_back()
    expect(page).to_have_url(receptionist.url("/tickets/"))
    expect(page.locator("h1")).to_have_text("Tickets")
    assert tickets_of(receptionist.shop) == 1


def test_what_is_typed_is_not_left_by_mistake(receptionist: Person) -> None:
    page = receptionist.open("/clients/new")
    page.locator("[name=name]").press_sequentially("Ana")
    page.on("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as question:
        page.locator(".wm-nav a[href$='/tickets/']").click(no_wait_after=True)
    assert question.value.type == "beforeunload"
    expect(page.locator("[name=name]")).to_have_value("Ana")
    expect(page).to_have_url(receptionist.url("/clients/new"))


def test_the_day_goes_on_without_script(seat: Seat, shop: Shop) -> None:
    with shop.context(), unit_of_work():
        create_client(ClientData(name="Ana Pop", phone="0742 555 138"))
    person = seat(shop, "receptionist", Look("en"), java_script_enabled=False)
    page = person.open("/tickets/new")
    page.locator("[name=q][accesskey]").fill("0742 555")
    page.locator("[name=find]").click()
    page.locator("#found .wm-pick", has_text="Ana Pop").locator("input").check()
    page.locator("[name=equipment-manufacturer]").fill("LG")
    page.locator("[name=equipment-model]").fill("F2WV3")
    page.locator("[name=problem]").fill("Nu centrifughează.")
    page.get_by_role("button", name="Open and print").click()
    expect(page.locator("h1")).to_contain_text("Intake protocol")
    expect(page.locator("main")).to_contain_text("Open the PDF")
    page.get_by_role("link", name="Back to the ticket").click()
    expect(page.locator("main")).to_contain_text("Ana Pop")
    page.locator("a[href='#stage']").click()
    page.locator("#stage label.wm-chip", has_text="In work").click()
    page.locator("#stage [name=note]").fill("Pe banc.")
    page.locator("#stage [type=submit]").click()
    expect(page.locator("h1 ~ .wm-stage")).to_have_text("In work")
    expect(page.locator("#history")).to_contain_text("Pe banc.")
    assert tickets_of(shop) == 1
