from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from core.testing import Shop
from tests.e2e.conftest import Seat
from tests.e2e.furniture import furnish
from tests.e2e.people import Look, Person

#: Whether what has the focus lies behind one of the bars that stay in sight.
COVERED = """() => {
  const each = document.activeElement, box = each.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
  return top && !each.contains(top) && !top.contains(each) && top.closest(".wm-actions, .wm-top, .wm-tabs") !== null &&
    each.closest(".wm-actions, .wm-top, .wm-tabs") === null ? each.outerHTML.slice(0, 120) : "";
}"""


@pytest.fixture
def receptionist(seat: Seat, shop: Shop) -> Person:
    """Put a receptionist in front of an English desktop, in a new shop."""
    return seat(shop, "receptionist", Look("en"))


def test_a_question_mark_shows_the_keys_of_the_page(receptionist: Person) -> None:
    page = receptionist.open("/")
    page.keyboard.press("?")
    dialog = page.locator("#keys")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Intake")
    expect(dialog).to_contain_text("Tickets")
    receptionist.check()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize(
    ("keys", "path"), [("c", "/tickets/new"), ("gf", "/tickets/"), ("gl", "/clients/"), ("gd", "/equipment/")]
)
def test_letters_lead_to_pages(keys: str, path: str, receptionist: Person) -> None:
    page = receptionist.open("/")
    for key in keys:
        page.keyboard.press(key)
    expect(page).to_have_url(receptionist.url(path))


def test_letters_are_letters_inside_fields(receptionist: Person) -> None:
    page = receptionist.open("/tickets/")
    page.keyboard.press("/")
    expect(page.locator("#wm-q")).to_be_focused()
    page.keyboard.type("c?gf/")
    expect(page.locator("#wm-q")).to_have_value("c?gf/")
    expect(page).to_have_url(receptionist.url("/tickets/"))
    expect(page.locator("#keys")).to_be_hidden()


def test_letters_can_be_switched_off(receptionist: Person) -> None:
    page = receptionist.open("/")
    page.keyboard.press("?")
    page.locator("[data-shortcuts-switch] button").click()
    expect(page.locator("body")).to_have_attribute("data-shortcuts", "off")
    page.keyboard.press("c")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page).to_have_url(receptionist.url("/"))


def test_a_list_is_walked_by_letters(seat: Seat, shop: Shop) -> None:
    furnish(shop)
    person = seat(shop, "receptionist", Look("en"))
    page = person.open("/tickets/")
    for key in ("j", "j", "k", "j"):
        page.keyboard.press(key)
    link = page.locator("[data-row]").nth(1).locator("a").first
    expect(link).to_be_focused()
    target = str(link.get_attribute("href"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"{target}$"))


def test_the_theme_changes_at_once_and_stays(receptionist: Person) -> None:
    page = receptionist.open("/")
    for theme in ("dark", "light"):
        page.locator(".wm-me").click()
        receptionist.check()
        with page.expect_response(re.compile("/account/preferences")):
            page.locator(f"[data-theme-switch] [value={theme}]").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        receptionist.check()
        receptionist.open("/tickets/")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)


def test_the_language_changes_on_the_page_one_is_on(receptionist: Person) -> None:
    page = receptionist.open("/clients/?q=pop")
    page.locator(".wm-me").click()
    page.locator("button[name=language][value=ro]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ro")
    expect(page.locator("h1")).to_have_text("Clienți")
    expect(page).to_have_url(receptionist.url("/clients/?q=pop"))


def test_a_narrow_menu_stays_narrow(receptionist: Person) -> None:
    page = receptionist.open("/")
    with page.expect_response(re.compile("/account/preferences")):
        page.locator("[data-nav-toggle] button").click()
    expect(page.locator("#wm-shell")).to_have_class(re.compile("narrow"))
    receptionist.check()
    receptionist.open("/clients/")
    expect(page.locator("#wm-shell")).to_have_class(re.compile("narrow"))
    receptionist.check()
    with page.expect_response(re.compile("/account/preferences")):
        page.locator("[data-nav-toggle] button").click()
    receptionist.open("/")
    expect(page.locator("#wm-shell")).not_to_have_class(re.compile("narrow"))


def test_the_menus_of_the_top_bar_open_and_read_well_on_a_phone(seat: Seat, shop: Shop) -> None:
    furnish(shop)
    person = seat(shop, "owner", Look("ro", "phone", "dark"))
    page = person.open("/")
    person.tap(page.locator(".wm-bell"))
    expect(page.locator(".wm-alerts a").first).to_be_visible()
    person.check()
    person.tap(page.locator(".wm-me"))
    expect(page.locator(".wm-alerts").first).to_be_hidden()
    person.check()
    person.tap(page.locator(".wm-menu a[href$='/settings/']"))
    expect(page).to_have_url(person.url("/settings/"))


@pytest.mark.parametrize("language", ["ro", "en"])
def test_the_tabs_of_the_narrowest_phone_show_their_whole_words(
    language: str, seat: Seat, shop: Shop
) -> None:
    person = seat(shop, "owner", Look(language, "phone"), viewport={"width": 360, "height": 740})
    wider = "(all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.innerText)"
    widths = "(all) => all.map((each) => each.getBoundingClientRect().width)"
    for path in ("/", "/equipment/"):
        tabs = person.open(path).locator(".wm-tabs a")
        assert tabs.count() == 5
        assert tabs.evaluate_all(wider) == []
        # A word that is too long takes its room from the tabs beside it.
        assert len(set(tabs.evaluate_all(widths))) == 1


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_what_has_the_focus_is_never_behind_a_bar(size: str, seat: Seat, shop: Shop) -> None:
    person = seat(shop, "receptionist", Look("en", size), reduced_motion="reduce")
    page = person.open("/tickets/new")
    covered = set()
    for key in ["Tab"] * 30 + ["Shift+Tab"] * 30:
        page.keyboard.press(key)
        covered.add(page.evaluate(COVERED))
    assert covered == {""}


def test_filters_send_themselves_and_stay_in_the_address(seat: Seat, shop: Shop) -> None:
    furnish(shop)
    person = seat(shop, "receptionist", Look("en"))
    page = person.open("/tickets/")
    page.locator("summary", has_text="Stage").click()
    person.check()
    page.get_by_role("radio", name="Question").check()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("stage=question"))
    expect(page.locator("[data-row]")).to_have_count(1)
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator("[data-row]")).not_to_have_count(1)


def test_the_first_tab_leads_past_the_menu_to_the_content(receptionist: Person) -> None:
    page = receptionist.open("/")
    page.keyboard.press("Tab")
    expect(page.locator(".wm-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
