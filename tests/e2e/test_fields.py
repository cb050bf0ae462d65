from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core.clients.models import Client
from core.db import session
from core.equipment.types import list_types
from core.foundation.custom.fields import fields_of
from core.foundation.custom.values import dump_values
from core.testing import Shop
from tests.e2e.conftest import Seat
from tests.e2e.furniture import furnish
from tests.e2e.people import Look


def titles(shop: Shop, kind: str) -> list[str]:
    with shop.context():
        return [field.title("ro") for field in fields_of(kind)]


@pytest.mark.parametrize("look", [Look("ro", "phone"), Look("en", "desktop")], ids=str)
def test_a_field_is_added_and_filled_in(seat: Seat, shop: Shop, look: Look) -> None:
    manager = seat(shop, "manager", look)
    page, says = manager.page, {"ro": ("Culoare", "roșu"), "en": ("Colour", "red")}[look.language]
    manager.open("/settings/fields/client/new")
    expect(page.locator("[data-for-kinds]")).to_be_hidden()
    page.locator("[name=names_ro]").fill("Culoare")
    page.locator("[name=names_en]").fill("Colour")
    page.locator("[name=kind]").select_option("choice")
    expect(page.locator("[data-for-kinds]")).to_be_visible()
    for number, (romanian, english) in enumerate((("roșu", "red"), ("albastru", "blue"))):
        page.locator("[name=choices_ro]").nth(number).fill(romanian)
        page.locator("[name=choices_en]").nth(number).fill(english)
    page.locator("[name=is_required]").check()
    manager.check()
    page.locator("[name=is_listed]").check()
    page.locator("button.btn-primary[form=field]").click()
    expect(page.locator("#fields-client")).to_contain_text(says[0])
    manager.open("/clients/new")
    page.locator("[name=name]").fill("Maria Popescu")
    page.locator("button.btn-primary[form=client]").click()
    expect(page.locator("[role=alert]").first).to_be_focused()
    manager.check()
    manager.tap(page.locator("label.wm-chip", has_text=says[1]))
    page.locator("button.btn-primary[form=client]").click()
    expect(page.locator("#custom")).to_contain_text(says[1])
    manager.check()
    with shop.context():
        client = session().query(Client).one()
        assert dump_values("client", client.id) == {"culoare": "rosu"}


def test_a_form_shows_the_fields_of_the_chosen_type_alone(seat: Seat, shop: Shop) -> None:
    furnish(shop)
    with shop.context():
        first, second = (one.id for one in list_types()[:2])
    person = seat(shop, "receptionist", Look("ro", "phone"))
    person.open("/equipment/new")
    narrowed = person.page.locator("[data-narrowed-by]")
    expect(narrowed).to_be_hidden()
    person.page.locator("[name=type_id]").select_option(str(first))
    expect(narrowed).to_be_visible()
    person.page.locator("[name=type_id]").select_option(str(second))
    expect(narrowed).to_be_hidden()
    person.check()


def test_a_field_is_dragged_to_another_place(seat: Seat, shop: Shop) -> None:
    furnish(shop)
    before = titles(shop, "equipment")
    manager = seat(shop, "manager", Look("en", "desktop"))
    manager.open("/settings/fields/")
    rows = manager.page.locator("#fields-equipment tr[draggable]")
    rows.nth(0).locator(".wm-grip").drag_to(rows.nth(2))
    expect(rows.nth(2)).to_contain_text("Field: text")
    manager.page.wait_for_load_state()
    assert titles(shop, "equipment")[:3] == [before[1], before[2], before[0]]
    manager.check()
