import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.catalogue.models import ItemKind, Unit
from core.db import session
from core.foundation.accounts.services import get_user
from core.foundation.audit.models import AuditEntry
from core.testing import QueryRecorder, Shop, csrf_token, idempotency_key
from core.tickets.stages import Stage
from core.works.models import Work
from tests.tickets.conftest import Take, move
from tests.works.conftest import add, item, lei, reverse

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
    "<script>x</script>",
)
FIELDS = (
    "kind", "catalogue_item_id", "description", "quantity", "unit", "price", "vat_key", "cost", "worker_id", "done_at",
)  # fmt: skip
TYPED = {
    "kind": "labour",
    "description": "Curățare",
    "quantity": "1,5",
    "unit": "hour",
    "price": "50",
    "vat_key": "standard",
}


@pytest.fixture
def ticket_id(shop: Shop, take: Take) -> int:
    with shop.context():
        return take(assignee_id=shop.users["technician"]).ticket.id


def send(browser: FlaskClient, url: str, **typed: str) -> TestResponse:
    """Open the form at ``url`` and send it with ``typed``."""
    page = browser.get(url).text
    hidden = {"csrf_token": csrf_token(page), "_key": idempotency_key(page)}
    body = urlencode({**hidden, **typed}, errors="surrogatepass")
    return browser.post(url, data=body, content_type="application/x-www-form-urlencoded")


def lines(shop: Shop) -> list[Work]:
    with shop.context():
        found = list(session().scalars(select(Work).order_by(Work.id)))
        session().expunge_all()
        return found


def value_of(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    return "" if found is None else found.group(1)


def chosen(page: str, name: str) -> str:
    select_box = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)
    assert select_box is not None
    found = re.search(r'value="([^"]*)" selected', select_box[0])
    return "" if found is None else found.group(1)


def test_a_technician_adds_a_line_and_finds_it_on_the_ticket(shop: Shop, ticket_id: int) -> None:
    browser = shop.client("technician")
    url = f"{shop.root}/tickets/{ticket_id}/works/new"
    page = browser.get(url).text
    assert chosen(page, "worker_id") == str(shop.users["technician"])
    answer = send(browser, url, **TYPED, worker_id=str(shop.users["technician"]))
    assert (answer.status_code, answer.location) == (303, f"{shop.root}/tickets/{ticket_id}#works")
    (work,) = lines(shop)
    assert (work.description, work.quantity, work.unit) == ("Curățare", Decimal("1.5"), Unit.HOUR)
    assert (work.price_minor, work.vat_rate) == (5000, Decimal(21))
    assert (work.entered_by, work.worker_id) == (shop.users["technician"], shop.users["technician"])
    shown = browser.get(f"{shop.root}/tickets/{ticket_id}").text
    for text in ("Curățare", "1,5\N{NO-BREAK SPACE}h", "75,00", "61,98", "13,02", "Făcut: Curățare"):
        assert text in shown, text


def test_a_pick_of_the_catalogue_fills_the_form_and_saves_nothing(shop: Shop, ticket_id: int) -> None:
    with shop.context():
        item_id = item(unit="hour", standard_minutes=90)
    browser = shop.client("manager")
    url = f"{shop.root}/tickets/{ticket_id}/works/new"
    page = send(browser, url, **TYPED | {"quantity": "1"}, choose=str(item_id))
    assert page.status_code == 200
    assert value_of(page.text, "catalogue_item_id") == str(item_id)
    assert value_of(page.text, "description") == "Înlocuire ecran"
    assert (value_of(page.text, "price"), value_of(page.text, "cost")) == ("120,00", "40,00")
    assert (value_of(page.text, "quantity"), chosen(page.text, "unit")) == ("1,5", "hour")
    typed = send(browser, url, **TYPED | {"quantity": "4"}, choose=str(item_id)).text
    assert value_of(typed, "quantity") == "4"
    let_go = send(browser, url, **TYPED, catalogue_item_id=str(item_id), choose="none").text
    assert value_of(let_go, "catalogue_item_id") == ""
    assert value_of(let_go, "description") == "Curățare"
    for nothing in ("999999", "x", str(2**40), ""):
        assert send(browser, url, **TYPED, choose=nothing).status_code == 200
    assert lines(shop) == []


def test_a_scanned_code_fills_the_form(shop: Shop, ticket_id: int) -> None:
    with shop.context():
        item_id = item(kind="part", unit="piece")
    browser = shop.client("technician")
    url = f"{shop.root}/tickets/{ticket_id}/works/new"
    page = send(browser, url, **TYPED | {"description": "ecr 1", "price": ""})
    assert page.status_code == 200
    assert value_of(page.text, "catalogue_item_id") == str(item_id)
    added = send(browser, url, **TYPED | {"description": "ECR-1"}, catalogue_item_id=str(item_id))
    assert added.status_code == 303
    assert lines(shop)[0].kind is ItemKind.PART
    unknown = send(browser, url, **TYPED | {"description": "ecr 2", "price": ""})
    assert unknown.status_code == 422


def test_the_search_works_without_script(shop: Shop, ticket_id: int) -> None:
    with shop.context():
        item_id = item()
    page = send(
        shop.client("technician"),
        f"{shop.root}/tickets/{ticket_id}/works/new",
        **TYPED | {"description": "inlocuire", "price": ""},
        find="1",
    )
    assert page.status_code == 200
    assert f'name="choose" value="{item_id}"' in page.text
    assert value_of(page.text, "description") == "inlocuire"


def test_a_line_is_taken_back_with_its_reason(shop: Shop, ticket_id: int) -> None:
    with shop.context():
        work_id = add(ticket_id).id
    browser = shop.client("technician")
    url = f"{shop.root}/tickets/{ticket_id}/works/{work_id}/reverse"
    assert "Curățare" in browser.get(url).text
    assert send(browser, url, reason=" ").status_code == 422
    answer = send(browser, url, reason="Altă fișă")
    assert (answer.status_code, answer.location) == (303, f"{shop.root}/tickets/{ticket_id}#works")
    page = browser.get(f"{shop.root}/tickets/{ticket_id}").text
    assert "<s>Curățare</s>" in page
    assert "Retras: Curățare" in page
    again = send(browser, url, reason="Încă o dată")
    assert again.status_code == 409
    assert "Linia este deja retrasă." in again.text


def test_a_form_that_is_sent_twice_adds_one_line(shop: Shop, ticket_id: int) -> None:
    browser = shop.client("technician")
    url = f"{shop.root}/tickets/{ticket_id}/works/new"
    page = browser.get(url).text
    sent = {"csrf_token": csrf_token(page), "_key": idempotency_key(page), **TYPED}
    assert [browser.post(url, data=sent).status_code for _time in range(2)] == [303, 303]
    assert len(lines(shop)) == 1


def test_a_closed_ticket_offers_no_line_and_refuses_one(shop: Shop, ticket_id: int) -> None:
    browser = shop.client("technician")
    url = f"{shop.root}/tickets/{ticket_id}/works/new"
    assert url in browser.get(f"{shop.root}/tickets/{ticket_id}").text
    page = browser.get(url).text
    with shop.context():
        move(ticket_id, Stage.RETURNED)
    sent = {"csrf_token": csrf_token(page), "_key": idempotency_key(page), **TYPED}
    refused = browser.post(url, data=sent)
    assert refused.status_code == 409
    assert "Fișa este închisă" in refused.text
    assert value_of(refused.text, "description") == "Curățare"
    assert url not in browser.get(f"{shop.root}/tickets/{ticket_id}").text
    assert lines(shop) == []


def costs(page: str) -> Iterator[str]:
    return (text for text in ("40,00", "33,33", "Cost") if text in page)


def test_what_a_thing_costs_is_seen_by_those_alone_who_may(shop: Shop, ticket_id: int) -> None:
    with shop.context():
        add(ticket_id, cost=lei("33.33"))
        item_id = item()
    manager, technician = shop.client("manager"), shop.client("technician")
    ticket = f"{shop.root}/tickets/{ticket_id}"
    form = f"{ticket}/works/new"
    assert "33,33" in manager.get(ticket).text
    for page in (
        technician.get(ticket).text,
        technician.get(form).text,
        send(technician, form, **TYPED, choose=str(item_id)).text,
    ):
        assert list(costs(page)) == []
    # Who does not see the cost types none; that of the catalogue is kept all the same.
    assert send(technician, form, **TYPED, catalogue_item_id=str(item_id), cost="1").status_code == 303
    assert lines(shop)[-1].cost_minor == 4000


def test_the_history_of_changes_hides_costs_too(shop: Shop, ticket_id: int) -> None:
    with shop.context():
        add(ticket_id, cost=lei("33.33"))
        entry = session().scalars(select(AuditEntry).where(AuditEntry.entity == "work")).one()
        assert entry.changes["cost_minor"] == [None, 3333]
    assert "33,33" not in shop.client("technician").get(f"{shop.root}/tickets/{ticket_id}").text


def test_an_accountant_sees_the_lines_and_adds_none(shop: Shop, ticket_id: int) -> None:
    with shop.context():
        work_id = add(ticket_id).id
    accountant = shop.client("accountant")
    page = accountant.get(f"{shop.root}/tickets/{ticket_id}").text
    assert "Curățare" in page
    assert "/works/" not in page
    for path in ("works/new", f"works/{work_id}/reverse"):
        assert accountant.get(f"{shop.root}/tickets/{ticket_id}/{path}").status_code == 403


def test_works_of_tickets_that_are_not_theirs_are_not_there(shop: Shop, take: Take, ticket_id: int) -> None:
    with shop.context():
        work_id = add(ticket_id).id
        other = take().ticket.id
    browser = shop.client("technician")
    for path in (f"{other}/works/{work_id}/reverse", "999999/works/new", f"{ticket_id}/works/999999/reverse"):
        assert browser.get(f"{shop.root}/tickets/{path}").status_code == 404


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_nothing_that_is_typed_breaks_the_form(shop: Shop, ticket_id: int, text: str) -> None:
    browser = shop.client("manager")
    url = f"{shop.root}/tickets/{ticket_id}/works/new"
    for name in FIELDS:
        assert send(browser, url, **TYPED | {name: text}).status_code in {303, 422}, name


def test_an_error_beside_a_folded_field_unfolds_it(shop: Shop, ticket_id: int) -> None:
    browser = shop.client("technician")
    url = f"{shop.root}/tickets/{ticket_id}/works/new"
    assert '<details class="stack t2">' in browser.get(url).text
    refused = send(browser, url, **TYPED, done_at="2099-01-01 10:00")
    assert refused.status_code == 422
    assert '<details class="stack t2" open>' in refused.text


def test_the_page_of_a_ticket_asks_for_its_works_once(
    shop: Shop, ticket_id: int, query_recorder: QueryRecorder
) -> None:
    with shop.context():
        for _number in range(5):
            reverse(add(ticket_id, worker_id=shop.users["owner"]).id)
            add(ticket_id)
    browser = shop.client("manager")
    address = f"{shop.root}/tickets/{ticket_id}"
    assert browser.get(address).status_code == 200
    with query_recorder.recording() as found:
        assert browser.get(address).status_code == 200
    assert len(found) <= 10
    assert sum(" work " in statement or ' "work" ' in statement for statement in found) == 1


def test_who_did_it_is_named_though_somebody_else_wrote_it_down(shop: Shop, ticket_id: int) -> None:
    with shop.context():
        name = get_user(shop.users["technician"]).name
    browser = shop.client("receptionist")
    send(
        browser,
        f"{shop.root}/tickets/{ticket_id}/works/new",
        **TYPED,
        worker_id=str(shop.users["technician"]),
    )
    (work,) = lines(shop)
    assert (work.worker_id, work.entered_by) == (shop.users["technician"], shop.users["receptionist"])
    panel = browser.get(f"{shop.root}/tickets/{ticket_id}").text.partition('id="works"')[2]
    assert name in panel.partition("</section>")[0]


def test_nobody_loses_a_line_to_a_neighbour(shop: Shop, ticket_id: int, make_shop: Any) -> None:
    other: Shop = make_shop()
    assert other.client("owner").get(f"{other.root}/tickets/{ticket_id}/works/new").status_code == 404
    with other.context():
        assert session().scalar(select(func.count()).select_from(Work)) == 0
    other.delete()
