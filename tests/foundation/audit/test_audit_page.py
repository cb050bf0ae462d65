import re

import pytest

from core.db import unit_of_work
from core.foundation.accounts.identity import acting_as
from core.foundation.audit.services import record_change
from core.testing import Shop

pytestmark = pytest.mark.both_databases

PAGE = "/settings/audit"


@pytest.fixture(scope="module")
def busy_shop(shared_shop: Shop) -> Shop:
    """Make a shop in which much has happened."""
    with shared_shop.context(), acting_as("Ioana", user_id=shared_shop.users["receptionist"]), unit_of_work():
        for number in range(1, 121):
            record_change(
                "thing", number % 3, "change", changes={"shelf": (None, f"R{number:03}")}, label="T"
            )
        record_change("thing", 9, "logged_in", changes={"note": ("<b>old</b>", True)}, label="<i>")
    return shared_shop


def shelves(text: str) -> list[str]:
    """Return the values that a page of the trail shows."""
    return re.findall(r"R\d{3}", text)


def test_the_page_shows_the_newest_and_leads_to_the_older_ones(busy_shop: Shop) -> None:
    browser = busy_shop.client("owner")
    seen: list[str] = []
    address = f"{busy_shop.root}{PAGE}?actor={busy_shop.users['receptionist']}"
    while address:
        page = browser.get(address).text
        seen += shelves(page)
        link = re.search(r'href="(\?[^"]*)" rel="next"', page)
        address = f"{busy_shop.root}{PAGE}{link.group(1).replace('&amp;', '&')}" if link else ""
    assert seen == [f"R{number:03}" for number in range(120, 0, -1)]


def test_the_trail_of_one_record_is_found_by_its_table_and_number(busy_shop: Shop) -> None:
    page = busy_shop.client("owner").get(f"{busy_shop.root}{PAGE}?entity=location&entity_id=1").text
    assert "AM" in page
    assert not shelves(page)


def test_what_was_written_down_is_shown_as_text(busy_shop: Shop) -> None:
    page = busy_shop.client("owner").get(f"{busy_shop.root}{PAGE}").text
    assert "&lt;b&gt;old&lt;/b&gt;" in page
    assert "<b>old</b>" not in page


@pytest.mark.parametrize(
    "query", ["entity=nothing", "entity_id=x", "actor=99999999999999999999", "cursor=x", "limit=0"]
)
def test_a_filter_that_cannot_be_read_does_not_count(busy_shop: Shop, query: str) -> None:
    answer = busy_shop.client("owner").get(f"{busy_shop.root}{PAGE}?{query}")
    assert answer.status_code == 200
    assert shelves(answer.text)


def test_tables_columns_and_values_are_called_as_people_call_them(busy_shop: Shop) -> None:
    with busy_shop.context(), unit_of_work():
        record_change("ticket_status", 1, "change", changes={"stage": ("received", "ready")}, label="Gata")
    page = busy_shop.client("owner").get(f"{busy_shop.root}{PAGE}?entity=ticket_status&entity_id=1").text
    assert "Status Gata" in page
    assert "ticket_status</" not in page
    assert ">received<" not in page


def test_only_who_may_see_the_history_sees_it(busy_shop: Shop) -> None:
    assert busy_shop.client("manager").get(f"{busy_shop.root}{PAGE}").status_code == 200
    assert busy_shop.client("technician").get(f"{busy_shop.root}{PAGE}").status_code == 403
