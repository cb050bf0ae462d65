from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.foundation.ui.visit import HUGE, NARROW, PHONE, WIDE, Visit, box, fill_in

pytestmark = pytest.mark.e2e

PAGES = ("/", "/tickets", "/tickets?q=zzz", "/tickets?stage=ready&late=y&sort=-due", "/ticket", "/states", "/form", "/login", "/search?q=x",
         "/search?q=nothing", "/error/404", "/error/403", "/error/busy", "/error/crash", "/error/invalid")  # fmt: skip


@pytest.mark.parametrize("visit", [NARROW, HUGE], indirect=True, ids=["360", "1920"])
def test_no_page_scrolls_sideways_on_the_smallest_and_the_largest_screen(visit: Visit) -> None:
    assert [path for path in PAGES if visit.open(path) and visit.scrolls_sideways()] == []


@pytest.mark.parametrize("visit", [WIDE, PHONE], indirect=True, ids=["1280", "390"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_quiet_and_fits(visit: Visit, theme: str) -> None:
    visit.choose(theme=theme)
    faults = {path: found for path in PAGES if visit.open(path) and (found := visit.faults())}
    assert faults == {}
    assert visit.page.locator("html").get_attribute("data-bs-theme") in {theme, "light"}


@pytest.mark.parametrize("visit", [WIDE, PHONE], indirect=True, ids=["1280", "390"])
def test_pages_in_romanian_write_numbers_and_days_as_romanians_do(visit: Visit) -> None:
    visit.choose(language="ro")
    page = visit.open("/form")
    expect(box(page, "Estimate")).to_have_value("750,00")
    assert page.locator("html").get_attribute("lang") == "ro"
    assert visit.faults() == []


@pytest.mark.parametrize("visit", [WIDE, PHONE], indirect=True, ids=["1280", "390"])
def test_what_opens_over_a_page_is_accessible_too(visit: Visit) -> None:
    page = visit.open("/ticket")
    page.get_by_role("link", name="Change stage").click()
    assert visit.faults() == []
    page.keyboard.press("Escape")
    for summary in page.locator("summary:visible").all():
        summary.click()
        page.wait_for_load_state("networkidle")
        assert visit.faults() == []
        page.keyboard.press("Escape")
    page.locator("#wm-q").fill("tutu")
    expect(page.locator("#wm-found a").first).to_be_visible()
    assert visit.faults() == []


def test_the_theme_changes_at_once_and_stays(visit: Visit) -> None:
    page = visit.open("/")
    page.locator(".wm-me").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.wait_for_load_state("networkidle")
    visit.open("/ticket")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


@pytest.mark.parametrize("visit", [{**WIDE, "color_scheme": "dark"}], indirect=True)
def test_the_theme_of_the_system_is_there_before_anything_is_painted(visit: Visit) -> None:
    visit.choose(theme="auto")
    visit.page.add_init_script(
        """new MutationObserver((changes, observer) => {
          if (!document.body) return;
          window.themeAtBody = document.documentElement.dataset.bsTheme;
          observer.disconnect();
        }).observe(document, {childList: true, subtree: true});"""
    )
    page = visit.open("/ticket")
    assert page.evaluate("window.themeAtBody") == "dark"
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_the_menu_is_narrow_at_once_and_stays(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_role("button", name="Narrow menu").click()
    expect(page.locator("#wm-shell")).to_have_class(re.compile("narrow"))
    assert visit.faults() == []
    visit.open("/tickets")
    expect(page.locator("#wm-shell")).to_have_class(re.compile("narrow"))
    page.get_by_role("button", name="Narrow menu").click()
    page.wait_for_load_state("networkidle")
    visit.open("/")
    expect(page.locator("#wm-shell")).not_to_have_class(re.compile("narrow"))


def test_the_language_is_chosen_in_the_menu_of_the_account(visit: Visit) -> None:
    page = visit.open("/form")
    page.locator(".wm-me").click()
    page.get_by_role("button", name="RO", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert page.locator("html").get_attribute("lang") == "ro"
    assert page.url.rstrip("?").endswith("/form")


def test_the_skip_link_leads_past_the_menu(visit: Visit) -> None:
    page = visit.open("/")
    page.keyboard.press("Tab")
    expect(page.locator(".wm-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("visit", [{**WIDE, "java_script_enabled": False}], indirect=True)
def test_everything_works_without_script(visit: Visit, gallery: Flask) -> None:
    page = visit.page
    page.goto(visit.address + "/ticket")
    page.get_by_role("link", name="Change stage").click()
    expect(page.locator("dialog#stage")).to_be_visible()
    page.locator("dialog#stage").get_by_role("link", name="Cancel").click()
    expect(page.locator("dialog#stage")).to_be_hidden()
    page.locator(".wm-bell").click()
    page.get_by_role("link", name="All alerts").click()
    expect(page.get_by_text("CJ-4790 is 2 days late")).to_be_visible()
    page.goto(visit.address + "/tickets")
    page.locator("[data-filters] input[name=q]").fill("Galaxy")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tr[data-row]").first).to_contain_text("Galaxy A34")
    page.goto(visit.address + "/form")
    fill_in(page)
    for _time in range(2):
        page.get_by_role("button", name="Open and print").click()
    expect(page.locator(".wm-toast")).to_contain_text("CJ-4821 is open")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".wm-toast")).to_contain_text("It is gone again")
    page.locator(".wm-me").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="Narrow menu").click()
    expect(page.locator("#wm-shell")).to_have_class(re.compile("narrow"))
    page.locator("#wm-q").fill("tutu")
    page.locator("#wm-q").press("Enter")
    expect(page.locator("h1")).to_have_text("Search")
    page.locator(".wm-me").click()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/login$"))
