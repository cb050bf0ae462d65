import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.catalogue.models import CatalogueItem
from core.catalogue.services import ItemData, change_item, create_item, get_item
from core.db import session, unit_of_work
from core.foundation.settings.services import save_group
from core.testing import QueryRecorder, Shop, csrf_token, idempotency_key
from core.types import Money

pytestmark = pytest.mark.both_databases

BAD_TEXTS = (
    "x" * 20_000,
    "a\0b",
    "\ud800",
    "9" * 5_000,
    "-1",
    str(2**63),
    "1e999999999",
    "NaN",
    "<script>alert(1)</script>",
)
FIELDS = (
    "kind", "code", "name_ro", "name_en", "unit", "standard_minutes", "price", "cost", "vat_key", "guarantee_months", "notes",
)  # fmt: skip
TYPED = {"kind": "labour", "name_ro": "Înlocuire ecran", "unit": "one", "price": "120", "vat_key": "standard"}


def data(name: str = "Înlocuire ecran", **facts: Any) -> ItemData:
    told = {
        "kind": "labour",
        "names": {"ro": name},
        "price": Money(Decimal(120), "RON"),
        "vat_key": "standard",
    }
    return ItemData(**{**told, **facts})


def add(shop: Shop, name: str = "Înlocuire ecran", **facts: Any) -> int:
    with shop.context(), unit_of_work():
        return create_item(data(name, **facts)).id


def send(browser: FlaskClient, url: str, **typed: str) -> TestResponse:
    """Open the form at ``url`` and send it with ``typed``."""
    page = browser.get(url).text
    hidden = {"csrf_token": csrf_token(page), "_key": idempotency_key(page)}
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    if version is not None:
        hidden["version"] = version.group(1)
    body = urlencode({**hidden, **typed}, errors="surrogatepass")
    return browser.post(url, data=body, content_type="application/x-www-form-urlencoded")


def count(shop: Shop) -> int:
    with shop.context():
        return int(session().scalar(select(func.count()).select_from(CatalogueItem)) or 0)


def test_an_item_is_added_shown_changed_and_taken_off_offer(shop: Shop) -> None:
    browser = shop.client("manager")
    typed = TYPED | {
        "name_en": "Screen replacement",
        "cost": "40,5",
        "standard_minutes": "45",
        "guarantee_months": "6",
    }
    added = send(browser, f"{shop.root}/catalogue/new", **typed)
    assert added.status_code == 303
    page = browser.get(added.location).text
    for text in (
        "Înlocuire ecran",
        "Screen replacement",
        "L-0001",
        "120,00\xa0lei",
        "99,17\xa0lei",
        "40,50\xa0lei",
        "21\xa0%",
        "45\xa0min",
        "6 luni",
    ):
        assert text in page
    assert "Înlocuire ecran" in browser.get(f"{shop.root}/catalogue/").text
    assert send(browser, f"{added.location}/edit", **typed | {"price": "1.480,00"}).status_code == 303
    page = browser.get(added.location).text
    assert "1.480,00\xa0lei" in page
    token = {"csrf_token": csrf_token(page), "offered": "no"}
    assert browser.post(f"{added.location}/offer", data=token).status_code == 303
    assert "scos din uz" in browser.get(added.location).text
    assert "Înlocuire ecran" not in browser.get(f"{shop.root}/catalogue/?offered=yes").text
    assert "Înlocuire ecran" in browser.get(f"{shop.root}/catalogue/?offered=no").text


def test_the_same_form_sent_twice_adds_one_item(shop: Shop) -> None:
    browser = shop.client("manager")
    page = browser.get(f"{shop.root}/catalogue/new").text
    sent = {**TYPED, "csrf_token": csrf_token(page), "_key": idempotency_key(page)}
    first, second = (browser.post(f"{shop.root}/catalogue/new", data=sent) for _time in range(2))
    assert first.location == second.location
    assert count(shop) == 1


def test_a_known_code_leads_to_the_item_that_has_it(shop: Shop) -> None:
    known = add(shop, code="ECR-13")
    answer = send(
        shop.client("manager"), f"{shop.root}/catalogue/new", **TYPED, code="ecr 13", name_en="Kept"
    )
    assert answer.status_code == 422
    assert f'href="{shop.root}/catalogue/{known}"' in answer.text
    assert 'value="Kept"' in answer.text


@pytest.mark.parametrize("field", FIELDS)
def test_bad_input_is_answered_beside_its_field_and_typing_is_kept(shared_shop: Shop, field: str) -> None:
    browser = shared_shop.client("manager")
    for text in ("", *BAD_TEXTS):
        typed = TYPED | {"name_en": "Păstrat", field: text}
        answer = send(browser, f"{shared_shop.root}/catalogue/new", **typed)
        assert answer.status_code in {303, 422}, (field, text[:20])
        if answer.status_code == 422:
            assert "wm-error" in answer.text, (field, text[:20])
            if field != "name_en":
                assert "Păstrat" in answer.text
        assert "<script>alert" not in answer.text


def test_who_was_overtaken_sees_both(shop: Shop) -> None:
    browser = shop.client("manager")
    item_id = add(shop)
    url = f"{shop.root}/catalogue/{item_id}/edit"
    page = browser.get(url).text
    with shop.context(), unit_of_work():
        change_item(item_id, data("Înlocuire geam"), version=1)
    mine = TYPED | {
        "csrf_token": csrf_token(page),
        "version": "1",
        "name_ro": "Înlocuire display",
        "code": "L-1",
    }
    answer = browser.post(url, data=mine)
    assert answer.status_code == 409
    assert "Înlocuire display" in answer.text
    assert "Înlocuire geam" in answer.text
    again = browser.post(url, data=mine | {"csrf_token": csrf_token(answer.text), "version": "2"})
    assert again.status_code == 303
    with shop.context():
        assert get_item(item_id).names == {"ro": "Înlocuire display"}


def test_the_cost_is_seen_and_kept_by_those_alone_who_may(shop: Shop) -> None:
    item_id = add(shop, cost=Money(Decimal("77.77"), "RON"))
    for role, sees in (
        ("manager", True),
        ("accountant", True),
        ("technician", False),
        ("receptionist", False),
    ):
        browser = shop.client(role)
        for path in ("", f"{item_id}"):
            assert ("77,77" in browser.get(f"{shop.root}/catalogue/{path}").text) is sees, (role, path)
    owner = shop.client("owner")
    role_page = owner.get(f"{shop.root}/settings/roles/2").text
    kept = [
        name for name in re.findall(r'value="(core\.[^"]+)"\s+checked', role_page) if name != "core.cost:view"
    ]
    version = re.search(r'name="version"[^>]*value="(\d+)"', role_page)
    form = {"csrf_token": csrf_token(role_page), "name": "Manager", "permissions": kept}
    answer = owner.post(
        f"{shop.root}/settings/roles/2", data=form | ({"version": version.group(1)} if version else {})
    )
    assert answer.status_code == 302
    manager = shop.client("manager")
    assert "•••" in manager.get(f"{shop.root}/settings/audit").text
    assert "77,77" not in manager.get(f"{shop.root}/settings/audit").text
    assert "77,77" in owner.get(f"{shop.root}/settings/audit").text
    assert 'name="cost"' not in manager.get(f"{shop.root}/catalogue/{item_id}/edit").text
    assert (
        send(manager, f"{shop.root}/catalogue/{item_id}/edit", **TYPED, cost="1", code="X-1").status_code
        == 303
    )
    with shop.context():
        assert get_item(item_id).cost == Money(Decimal("77.77"), "RON")


@pytest.mark.parametrize(("role", "may"), [("manager", True), ("technician", False), ("accountant", False)])
def test_everybody_sees_the_catalogue_and_managers_change_it(shop: Shop, role: str, may: bool) -> None:
    item_id = add(shop)
    browser = shop.client(role)
    for path in ("", f"{item_id}", "lookup?q=ecran"):
        assert browser.get(f"{shop.root}/catalogue/{path}").status_code == 200
    for path in ("new", f"{item_id}/edit"):
        assert browser.get(f"{shop.root}/catalogue/{path}").status_code == (200 if may else 403)


def test_the_list_pages_and_filters_with_a_fixed_number_of_statements(
    shop: Shop, query_recorder: QueryRecorder
) -> None:
    with shop.context(), unit_of_work():
        for number in range(40):
            create_item(
                data(f"Manoperă {number:03}", kind="part" if number % 2 else "labour", code=f"C-{number:03}")
            )
    browser = shop.client("owner")
    browser.get(f"{shop.root}/catalogue/")
    counts = {}
    for query in (
        "",
        "?sort=code",
        "?sort=-changed",
        "?q=manopera+01",
        "?kind=part",
        "?offered=yes",
        "?q=nimic",
    ):
        with query_recorder.recording() as statements:
            assert browser.get(f"{shop.root}/catalogue/{query}").status_code == 200
        counts[query] = len([one for one in statements if one.startswith("SELECT")])
    assert max(counts.values()) <= 4, counts
    page = browser.get(f"{shop.root}/catalogue/?kind=part&sort=-code&limit=3").text
    assert re.findall(r">(C-\d+)<", page) == ["C-039", "C-037", "C-035"]


def test_the_catalogue_is_found_by_the_search_box(shop: Shop) -> None:
    item_id = add(shop, code="ECR-13")
    browser = shop.client("technician")
    assert "<mark>Înlocuire</mark> ecran" in browser.get(f"{shop.root}/search?q=inlocuire").text
    opened = browser.get(f"{shop.root}/search?q=ecr13")
    assert opened.status_code == 302
    assert opened.location.endswith(f"/catalogue/{item_id}")


def test_the_look_up_offers_buttons_and_marks_what_was_typed(shop: Shop) -> None:
    item_id = add(shop, code="ECR-13")
    found = shop.client("technician").get(f"{shop.root}/catalogue/lookup?q=ecr").text
    assert f'name="choose" value="{item_id}"' in found
    assert "<mark>ecr</mark>an" in found
    missed = shop.client("technician").get(f"{shop.root}/catalogue/lookup?description=zzz").text
    assert "„zzz”" in missed


@pytest.mark.parametrize("path", ["0", "1000000", str(2**31), "9" * 40, "-1", "x"])
def test_an_item_that_there_cannot_be_is_not_found(shared_shop: Shop, path: str) -> None:
    browser = shared_shop.client("owner")
    assert browser.get(f"{shared_shop.root}/catalogue/{path}").status_code == 404
    assert browser.get(f"{shared_shop.root}/catalogue/{path}/edit").status_code == 404


def test_a_firm_that_is_not_registered_for_vat_charges_none(shop: Shop) -> None:
    item_id = add(shop)
    browser = shop.client("manager")
    assert re.search(r'value="standard" selected', browser.get(f"{shop.root}/catalogue/new").text)
    with shop.context(), unit_of_work():
        save_group("firm", {"vat_payer": False})
    page = browser.get(f"{shop.root}/catalogue/new").text
    assert re.search(r'value="zero" selected', page)
    assert 'value="standard"' not in page
    assert "alege alta" in browser.get(f"{shop.root}/catalogue/{item_id}").text
