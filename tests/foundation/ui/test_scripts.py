from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Route, expect

from tests.foundation.ui.visit import WIDE, Visit, box, fill_in

pytestmark = pytest.mark.e2e


def test_slash_goes_to_the_search_box_and_arrows_walk_through_what_it_finds(visit: Visit) -> None:
    page = visit.open("/")
    page.keyboard.press("/")
    expect(page.locator("#wm-q")).to_be_focused()
    page.keyboard.type("tutu/c")
    expect(page.locator("#wm-q")).to_have_value("tutu/c")
    expect(page.locator("#wm-found")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#wm-found a").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#wm-found a").nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#wm-found")).to_be_hidden()
    expect(page.locator("#wm-q")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=tutu%2Fc$"))


def test_nothing_found_is_said(visit: Visit) -> None:
    page = visit.open("/")
    page.locator("#wm-q").fill("nothing")
    expect(page.locator("#wm-found")).to_contain_text("Nothing found for “nothing”.")
    page.locator("#wm-q").fill("")
    expect(page.locator("#wm-found")).to_be_hidden()


def test_the_help_names_the_keys_of_the_page_and_closes_by_escape(visit: Visit) -> None:
    page = visit.open("/ticket")
    page.keyboard.press("?")
    help_dialog = page.locator("dialog#keys")
    expect(help_dialog).to_be_visible()
    expect(help_dialog).to_contain_text("G F Tickets", use_inner_text=False)
    expect(help_dialog.get_by_text("Change stage")).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()


def test_letters_open_pages_but_not_while_typing(visit: Visit) -> None:
    page = visit.open("/tickets")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile(r"/$"))
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/form$"))
    box(page, "In the client's words").press_sequentially("cg f?")
    expect(box(page, "In the client's words")).to_have_value("cg f?")
    expect(page).to_have_url(re.compile("/form$"))


def test_single_letters_can_be_switched_off(visit: Visit) -> None:
    page = visit.open("/")
    page.keyboard.press("?")
    page.get_by_role("button", name="Switch single letters off").click()
    page.wait_for_load_state("networkidle")
    for key in ("c", "/", "?", "j"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"/\??$"))
    expect(page.locator("dialog#keys")).to_be_hidden()
    expect(page.locator("#wm-q")).not_to_be_focused()


def test_a_list_is_walked_selected_and_opened_by_keys(visit: Visit) -> None:
    page = visit.open("/tickets")
    rows = page.locator("tr[data-row]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class(re.compile("cur"))
    page.keyboard.press("k")
    expect(rows.nth(0).locator("a")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-selection]")).to_contain_text("1 selected")
    page.locator("[data-select-all]").check()
    expect(page.locator("[data-selection]")).to_contain_text("12 selected")
    page.keyboard.press("Escape")
    expect(page.locator("[data-selection]")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/ticket$"))


def test_control_s_saves_and_f_filters(visit: Visit, gallery: Flask) -> None:
    page = visit.open("/tickets")
    page.keyboard.press("f")
    expect(page.locator("[data-filters] input[name=q]")).to_be_focused()
    page = visit.open("/form")
    fill_in(page)
    page.keyboard.press("Control+s")
    page.wait_for_load_state("networkidle")
    assert len(gallery.extensions["sent"]) == 1


def test_choosing_a_filter_sends_it_and_pages_keep_it(visit: Visit) -> None:
    page = visit.open("/tickets")
    expect(page.locator("[data-filter-send]")).to_have_class(re.compile("visually-hidden"))
    page.locator("summary", has_text="Stage").click()
    page.get_by_role("checkbox", name="Ready").check()
    page.get_by_role("checkbox", name="Offer").check()
    page.locator("h1").click()
    page.wait_for_url(re.compile(r"\?stage=approval&stage=ready$"))
    assert {row.get_attribute("data-stage") for row in page.locator("td .wm-stage").all()} == {
        "ready",
        "approval",
    }
    page.get_by_text("Late", exact=True).click()
    page.wait_for_url(re.compile(r"&late=y$"))
    page = visit.open("/tickets")
    first = page.locator("tr[data-row] a").first.inner_text()
    page.get_by_role("link", name="Older").click()
    page.wait_for_load_state("networkidle")
    assert page.locator("tr[data-row] a").first.inner_text() != first
    page.get_by_role("link", name="Newer").click()
    expect(page.locator("tr[data-row] a").first).to_have_text(first)
    page.get_by_role("link", name="Due").click()
    page.wait_for_url(re.compile("sort=due"))
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Due")


def test_a_refused_form_keeps_what_was_typed_and_leads_to_each_error(visit: Visit) -> None:
    page = visit.open("/form")
    box(page, "Telephone").fill("12")
    box(page, "In the client's words").fill("It <b>fell</b>")
    page.get_by_text("Does not start").click()
    page.get_by_role("button", name="Open and print").click()
    summary = page.locator(".wm-note.bad")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("The ticket was not opened.")
    expect(box(page, "Telephone")).to_have_value("12")
    expect(box(page, "In the client's words")).to_have_value("It <b>fell</b>")
    expect(page.get_by_label("Does not start")).to_be_checked()
    assert visit.faults() == []
    summary.get_by_role("link", name="Client").click()
    expect(page.locator("#name")).to_be_focused()
    expect(box(page, "Telephone")).to_have_accessible_description(
        re.compile("finds client.*Write a telephone number")
    )


def test_a_form_is_sent_once_however_often_it_is_pressed(visit: Visit, gallery: Flask) -> None:
    held: list[Route] = []
    page = visit.open("/form")
    fill_in(page)
    page.route("**/form", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the function
    busy = page.evaluate(
        """async () => {
          const button = document.querySelector("[data-save-main]");
          for (let time = 0; time < 3; time += 1) {
            button.click();
            await new Promise((done) => setTimeout(done, 100));
          }
          return button.getAttribute("aria-busy");
        }"""
    )
    assert busy == "true"
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator(".wm-note.warn")).to_be_visible()
    assert len(gallery.extensions["sent"]) == 1
    expect(page.get_by_role("button", name="Open and print")).not_to_have_attribute("aria-busy", "true")


def test_a_conflict_shows_both_values_and_saving_again_keeps_mine(visit: Visit, gallery: Flask) -> None:
    page = visit.open("/form")
    fill_in(page)
    page.get_by_role("button", name="Open and print").click()
    expect(page.locator(".wm-note.warn")).to_contain_text("Somebody else changed this meanwhile.")
    expect(page.locator("#name-s")).to_contain_text("Stored now: Maria Pop")
    expect(box(page, "Client")).to_have_value("Maria Popescu")
    assert visit.faults() == []
    page.locator("#estimate-s").get_by_role("button", name="Take this").click()
    expect(box(page, "Estimate")).to_have_value("800.00")
    page.get_by_role("button", name="Open and print").click()
    expect(page.locator(".wm-toast")).to_contain_text("CJ-4821 is open")
    expect(page.locator(".wm-note.warn")).to_contain_text("nothing was sent")
    first, second = gallery.extensions["sent"]
    assert (first["version"], second["version"]) == ("3", "4")
    assert first["_key"] == second["_key"]


def test_leaving_with_unsaved_typing_asks_first(visit: Visit) -> None:
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page = visit.open("/form")
    page.on("dialog", stay)
    page.get_by_role("link", name="Dashboard").first.click()
    page.wait_for_url(re.compile(r"/$"))
    assert asked == []
    page = visit.open("/form")
    box(page, "Client").press_sequentially("M")
    page.get_by_role("link", name="Dashboard").first.click()
    expect(box(page, "Client")).to_have_value("M")
    assert asked == ["beforeunload"]


def test_a_scanners_enter_moves_on_and_never_sends(visit: Visit, gallery: Flask) -> None:
    page = visit.open("/form")
    box(page, "Unique ID: serial or IMEI").fill("356789104829153")
    box(page, "Unique ID: serial or IMEI").press("Enter")
    expect(page.locator("#problems")).to_be_focused()
    assert gallery.extensions["sent"] == []


def test_a_password_can_be_looked_at(visit: Visit) -> None:
    page = visit.open("/form")
    page.get_by_label("Unlock code", exact=True).fill("1234")
    expect(page.get_by_label("Unlock code", exact=True)).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show password").click()
    expect(page.get_by_label("Unlock code", exact=True)).to_have_attribute("type", "text")


@pytest.mark.parametrize(("language", "day"), [("en", "27 Nov 2026"), ("ro", "27.11.2026")])
def test_the_calendar_writes_the_day_as_the_reader_does(visit: Visit, language: str, day: str) -> None:
    visit.choose(language=language)
    page = visit.open("/form")
    page.get_by_role("button", name="Choose a day").first.click()
    page.locator(".wm-picker").evaluate(
        "(picker) => { picker.value = '2026-11-27'; picker.dispatchEvent(new Event('change')); }"
    )
    expect(box(page, "Due")).to_have_value(day)


@pytest.mark.parametrize(
    "visit", [{**WIDE, "permissions": ["clipboard-read", "clipboard-write"]}], indirect=True
)
def test_a_link_is_copied_by_its_button(visit: Visit) -> None:
    page = visit.open("/states")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "https://exemplu.ro/x"
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()


def test_a_dialog_opens_by_link_address_and_letter_and_closes_every_way(visit: Visit) -> None:
    page = visit.open("/ticket")
    dialog = page.locator("dialog#stage")
    link = page.get_by_role("link", name="Change stage")
    link.click()
    expect(dialog).to_be_visible()
    page.keyboard.press("3")
    expect(page.locator("#to-unrepairable")).to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("s")
    expect(dialog).to_be_visible()
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_be_hidden()
    link.click()
    page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()
    visit.page.goto("about:blank")
    visit.open("/ticket#stage")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("(dialog) => dialog.matches(':modal')")


def test_a_dialog_is_answered_by_control_enter(visit: Visit, gallery: Flask) -> None:
    page = visit.open("/ticket#stage")
    page.keyboard.press("2")
    box(page, "Remark").fill("c")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".wm-toast")).to_be_visible()
    assert gallery.extensions["sent"][0]["stage"] == "waiting_client"


def test_popovers_close_by_escape_and_by_a_click_elsewhere(visit: Visit) -> None:
    page = visit.open("/")
    bell = page.locator(".wm-bell")
    bell.click()
    expect(page.get_by_text("CJ-4790 is 2 days late")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("CJ-4790 is 2 days late")).to_be_hidden()
    expect(bell).to_be_focused()
    page.locator(".wm-me").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.locator("h1").click()
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()


def test_a_toast_takes_back_by_its_button_and_by_z(visit: Visit) -> None:
    page = visit.open("/ticket#stage")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".wm-toast")).to_contain_text("It is gone again")
    page.locator("[data-toast-close]").click()
    expect(page.locator("#wm-toasts .wm-toast")).to_have_count(0)
    page = visit.open("/form")
    fill_in(page)
    page.locator("input[name=version]").evaluate("(field) => { field.value = '9'; }")
    page.get_by_role("button", name="Open and print").click()
    expect(page.locator(".wm-toast")).to_contain_text("CJ-4821 is open")
    assert visit.faults() == []
    page.keyboard.press("z")
    expect(page.locator(".wm-toast")).to_contain_text("It is gone again")


def test_a_toast_of_an_answer_to_htmx_is_shown(visit: Visit) -> None:
    page = visit.open("/states")
    page.get_by_role("button", name="Count").click()
    expect(page.locator("#wm-toasts")).to_contain_text("Counted.")


def test_an_error_under_htmx_is_said_without_losing_the_page(visit: Visit) -> None:
    page = visit.open("/states")
    page.get_by_role("button", name="Conflict").click()
    expect(page.locator("#here .wm-note")).to_contain_text("This is not possible now")
    page.get_by_role("button", name="Break").click()
    expect(page.locator("#wm-notes .wm-note")).to_contain_text("Something broke on our side")
    expect(page.get_by_role("button", name="Break")).to_be_visible()
    assert visit.faults() == []


def test_a_question_stands_before_what_cannot_be_undone(visit: Visit, gallery: Flask) -> None:
    page = visit.open("/states")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Delete draft").click()
    assert gallery.extensions["sent"] == []
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete draft").click()
    expect(page.locator(".wm-toast")).to_be_visible()
