"""How many SQL statements each page and each form takes: the same in a small shop and in a larger one, never more than was promised."""

import uuid
from collections.abc import Callable, Mapping

import pytest

from core.clients.services import ClientData
from core.db import unit_of_work
from core.equipment.services import EquipmentData
from core.foundation.accounts import acting_as
from core.foundation.settings.locations import list_locations
from core.testing import QueryRecorder, Shop, csrf_token
from core.tickets.services import TicketData, open_ticket
from core.tickets.stages import Stage
from core.tickets.statuses import first_status

#: By address: the statements of the page, session, user and permissions being one.
PAGES = {
    "/tickets/": 4,
    "/tickets/1": 10,
    "/tickets/new": 7,
    "/clients/": 4,
    "/clients/1": 10,
    "/equipment/": 4,
    "/equipment/1": 10,
    "/catalogue/": 4,
    "/search?q=Popescu": 4,
    "/": 8,
    "/settings/statuses/": 3,
    "/settings/statuses/1": 6,
    "/settings/numbers/": 5,
    "/settings/numbers/ticket?location=1": 10,
}
#: By what is sent: the statements of the whole request, accepted; the audit, search entries and idempotency key included.
OPEN_A_TICKET = 14
CHANGE_THE_STATUS = 8
#: More than the search shows of a kind: one statement more asks whether the question is a whole number that stands behind them.
FEW = 21
MANY = 40


def open_tickets(shop: Shop, count: int) -> None:
    with shop.context(), acting_as("test") as actor:
        location = list_locations()[0].id
        with unit_of_work():
            for number in range(count):
                open_ticket(
                    TicketData(problem="Nu pornește", location_id=location),
                    client=ClientData(name=f"Popescu {number}", phone="0744555207"),
                    equipment=EquipmentData(manufacturer="Bosch", model=f"WAN {number}"),
                    actor=actor,
                )


@pytest.fixture(scope="module")
def shops(make_shop: Callable[..., Shop]) -> tuple[Shop, Shop]:
    small, large = make_shop(), make_shop()
    open_tickets(small, FEW)
    open_tickets(large, MANY)
    return small, large


def statements(shop: Shop, path: str, recorder: QueryRecorder) -> list[str]:
    browser = shop.client("owner")
    # What a worker asks once in its life and the last-use stamp of the session are not the page's.
    assert browser.get(shop.root + path).status_code == 200
    with recorder.recording() as found:
        assert browser.get(shop.root + path).status_code == 200
    return list(found)


@pytest.mark.parametrize(("path", "most"), PAGES.items())
def test_a_page_takes_no_more_statements_than_promised(
    shops: tuple[Shop, Shop], query_recorder: QueryRecorder, path: str, most: int
) -> None:
    found = statements(shops[1], path, query_recorder)
    assert len(found) <= most, "\n".join(found)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_takes_as_many_statements_in_a_small_shop_as_in_a_large_one(
    shops: tuple[Shop, Shop], query_recorder: QueryRecorder, path: str
) -> None:
    few, many = (statements(shop, path, query_recorder) for shop in shops)
    assert len(few) == len(many)


def sent(shop: Shop, path: str, recorder: QueryRecorder, forms: list[Mapping[str, object]]) -> list[str]:
    """Return the statements of the last form; the first of a process asks what the others know."""
    browser = shop.client("owner")
    token = csrf_token(browser.get(f"{shop.root}/tickets/new").text)
    for form in forms:
        with recorder.recording() as found:
            data = {**form, "csrf_token": token, "_key": str(uuid.uuid4())}
            assert browser.post(shop.root + path, data=data).status_code == 303
    return list(found)


def test_opening_a_ticket_takes_no_more_statements_than_promised(
    shops: tuple[Shop, Shop], query_recorder: QueryRecorder
) -> None:
    known = {
        "client_id": 1,
        "equipment_id": 1,
        "location_id": 1,
        "priority": "normal",
        "problem": "Nu pornește",
    }
    few, many = (sent(shop, "/tickets/new", query_recorder, [known, known]) for shop in shops)
    assert len(many) <= OPEN_A_TICKET, "\n".join(many)
    assert len(few) == len(many)


def test_changing_a_status_takes_no_more_statements_than_promised(
    shops: tuple[Shop, Shop], query_recorder: QueryRecorder
) -> None:
    with shops[1].context():
        ids = [first_status(stage).id for stage in (Stage.DIAGNOSIS, Stage.IN_WORK)]
    found = sent(shops[1], "/tickets/2/status", query_recorder, [{"status_id": one} for one in ids])
    assert len(found) <= CHANGE_THE_STATUS, "\n".join(found)
