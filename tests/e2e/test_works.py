from __future__ import annotations

from playwright.sync_api import expect

from core.db import session
from core.testing import Shop
from core.works.models import Work
from tests.e2e.conftest import Seat
from tests.e2e.furniture import Furnished, furnish
from tests.e2e.people import Look, Person


def start(seat: Seat, shop: Shop, look: Look, **options: object) -> tuple[Person, Furnished]:
    furnished = furnish(shop)
    person = seat(shop, "technician", look, **options)
    person.open(f"/tickets/{furnished.ticket}")
    return person, furnished


def newest(shop: Shop) -> Work:
    with shop.context():
        work = session().query(Work).order_by(Work.id.desc()).first()
        assert work is not None
        session().expunge(work)
        return work


def test_a_line_is_added_and_taken_back_without_leaving_the_ticket(seat: Seat, shop: Shop) -> None:
    person, furnished = start(seat, shop, Look("en", "phone"))
    page, address = person.page, person.page.url
    works, history = page.locator("#works"), page.locator("#history .wm-time")
    person.tap(works.get_by_role("link", name="Work", exact=True))
    expect(page.locator("#work-form [name=description]")).to_be_focused()
    person.check()
    page.keyboard.type("ecran gal")
    person.tap(page.locator("#work-picks .wm-pick").first)
    expect(page.locator("#work-form [name=price]")).to_have_value("180.00")
    page.locator("#work-form [name=quantity]").fill("nothing")
    person.tap(works.get_by_role("button", name="Add the line"))
    expect(works.locator("[role=alert]")).to_be_focused()
    person.check()
    page.locator("#work-form [name=quantity]").fill("2.5")
    page.locator("#work-form [name=quantity]").press("Enter")
    expect(page.locator("#work-form")).to_have_count(0)
    expect(history.locator("li").first).to_contain_text("Done: Înlocuire ecran Galaxy S23")
    work = newest(shop)
    assert (work.catalogue_item_id, work.worker_id) == (furnished.item, shop.users["technician"])
    person.tap(works.get_by_role("link", name="Take back: Galaxy S23 screen replacement").last)
    expect(page.locator("#undo-form [name=reason]")).to_be_focused()
    person.check()
    page.keyboard.type("Another ticket")
    person.tap(works.get_by_role("button", name="Take the line back"))
    expect(page.locator("#undo-form")).to_have_count(0)
    expect(history.locator("li").first).to_contain_text("Another ticket")
    person.check()
    assert page.url == address
    assert newest(shop).reverses_id == work.id


def test_a_line_is_added_by_keyboard_alone(seat: Seat, shop: Shop) -> None:
    person, furnished = start(seat, shop, Look("ro"))
    page = person.page
    page.keyboard.press("l")
    expect(page.locator("#work-form [name=description]")).to_be_focused()
    # A scanner types the code and presses Enter: the form is filled in. Enter once more adds the line.
    page.keyboard.type("ecr s23")
    page.keyboard.press("Enter")
    expect(page.locator("#work-form [name=price]")).to_have_value("180,00")
    page.keyboard.press("Enter")
    expect(page.locator("#work-form")).to_have_count(0)
    assert newest(shop).catalogue_item_id == furnished.item


def test_a_line_is_added_and_taken_back_without_script(seat: Seat, shop: Shop) -> None:
    person, furnished = start(seat, shop, Look("en"), java_script_enabled=False)
    page = person.page
    page.locator("#works").get_by_role("link", name="Part").click()
    page.locator("[name=description]").fill("ecran")
    page.get_by_role("button", name="Search in the catalogue").click()
    page.locator("#work-picks .wm-pick").first.click()
    page.locator("[name=quantity]").fill("3")
    page.get_by_role("button", name="Add the line").click()
    expect(page.locator("#history .wm-time li").first).to_contain_text("Done: Înlocuire ecran Galaxy S23")
    work = newest(shop)
    assert (work.catalogue_item_id, work.quantity) == (furnished.item, 3)
    page.get_by_role("link", name="Take back: Galaxy S23 screen replacement").last.click()
    page.locator("[name=reason]").fill("Another ticket")
    page.get_by_role("button", name="Take the line back").click()
    expect(page.locator("#history .wm-time li").first).to_contain_text("Another ticket")
