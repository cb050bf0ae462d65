from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.testing import Shop
from tests.e2e.conftest import Seat
from tests.e2e.desk import (
    Visitor,
    begin_intake,
    button,
    change_status,
    download,
    number_on_page,
    open_by_number,
    save,
    search_and_open,
    take_over,
    type_problem,
    type_visitor,
)
from tests.e2e.people import PAIRWISE, Look, Person


def take_in(receptionist: Person, visitor: Visitor, folder: Path) -> str:
    receptionist.open("/login")
    receptionist.read(receptionist.look.language)
    receptionist.check()
    receptionist.log_in()
    receptionist.check()
    begin_intake(receptionist)
    receptionist.check()
    type_visitor(receptionist, visitor)
    type_problem(receptionist, visitor)
    receptionist.check()
    save(receptionist, "Open and print")
    number = number_on_page(receptionist)
    paper = receptionist.page.frame_locator("iframe.wm-paper")
    expect(receptionist.page.locator("h1")).to_contain_text(receptionist.word("Intake protocol"))
    expect(paper.locator("body")).to_contain_text(visitor.name)
    receptionist.check()
    text = download(receptionist, folder)
    assert number in text
    assert visitor.name in text
    assert "Proces-verbal de preluare" in text
    assert "Ecranul s-a spart și nu mai reacționează" in " ".join(text.split())
    return number


def repair(technician: Person, number: str) -> None:
    technician.open("/")
    technician.check()
    search_and_open(technician, "tutuianu", number)
    technician.check()
    take_over(technician, technician.user.name)
    change_status(technician, "In work", "Am comandat din stoc un ecran.")
    change_status(technician, "Ready", "Ecran înlocuit, atingerea e verificată.")


def hand_over(receptionist: Person, visitor: Visitor, number: str, folder: Path) -> None:
    page = receptionist.page
    open_by_number(receptionist, number)
    receptionist.check()
    receptionist.tap(page.locator("#papers").get_by_role("link", name=receptionist.word("Return protocol")))
    expect(page).to_have_url(re.compile(r"/documents/return$"))
    receptionist.check()
    receptionist.tap(button(receptionist, "Print"))
    expect(page).to_have_url(re.compile(r"print=1"))
    receptionist.check()
    text = download(receptionist, folder)
    assert "Proces-verbal de predare" in text
    assert number in text
    assert visitor.name in text
    open_by_number(receptionist, number)
    change_status(receptionist, "Returned", "Predat cu husa și încărcătorul.")


def come_back(receptionist: Person, visitor: Visitor, number: str) -> str:
    page = receptionist.page
    begin_intake(receptionist)
    page.keyboard.type(visitor.imei)
    device = page.locator("#devices .wm-pick", has=page.locator("input:checked"))
    expect(device).to_contain_text(visitor.model)
    # What the shop knows of the device stands there before anything else is typed.
    expect(device).to_contain_text(number)
    expect(device).to_contain_text(visitor.problem)
    expect(page.locator("#found .wm-pick", has=page.locator("input:checked"))).to_contain_text(visitor.name)
    receptionist.check()
    page.locator("[name=problem]").fill("Se descarcă repede de la reparație.")
    save(receptionist, "Open and print")
    expect(page.locator("h1")).to_contain_text(receptionist.word("Intake protocol"))
    return number_on_page(receptionist)


@pytest.mark.parametrize("look", PAIRWISE, ids=str)
def test_a_shop_has_its_day(look: Look, seat: Seat, make_shop: Callable[..., Shop], tmp_path: Path) -> None:
    shop, visitor = make_shop(), Visitor()
    receptionist = seat(shop, None, look)
    receptionist.role = "receptionist"
    receptionist.prefer("receptionist")
    number = take_in(receptionist, visitor, tmp_path)

    technician = seat(shop, "technician", look)
    repair(technician, number)

    hand_over(receptionist, visitor, number, tmp_path)

    second = come_back(receptionist, visitor, number)
    assert second != number
    page = receptionist.page
    open_by_number(receptionist, second)
    receptionist.tap(page.locator(".wm-facts").get_by_role("link", name=visitor.model))
    expect(page).to_have_url(re.compile(r"/equipment/\d+$"))
    expect(page.locator("main")).to_contain_text(number)
    expect(page.locator("main")).to_contain_text(second)
    receptionist.check()
    receptionist.tap(page.locator("main").get_by_role("link", name=visitor.name))
    expect(page.locator("main")).to_contain_text(second)
    receptionist.check()
