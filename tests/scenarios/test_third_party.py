"""A plugin of a third party beside ours: on, lapsed, off and back, for one tenant of two."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from core.clients.merging import merge_clients, undo_client_merge
from core.clients.services import ClientData, create_client
from core.db import session, unit_of_work
from core.foundation.merging.services import preview_merge
from core.foundation.merging.values import Merging
from core.foundation.tenants.services import set_plugin_state
from core.loading import discover
from core.plugin import PluginState
from core.testing import Shop, csrf_token, installation, open_shop
from core.tickets.models import Ticket
from core.tickets.stages import Stage
from core.tickets.statuses import first_status
from tests.shelf import plugin as shelf
from tests.shelf.models import Place

pytestmark = pytest.mark.both_databases


@pytest.fixture(scope="module")
def shops(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Shop]]:
    folder = tmp_path_factory.mktemp(f"third-party-{backend}")
    with installation(backend, folder, plugins=[*discover(), shelf]) as app:
        yield (
            open_shop(app, plugins=["simple", "shelf"], language="en"),
            open_shop(app, plugins=["simple"], language="en"),
        )


def intake(shop: Shop, label: str | None = None) -> tuple[int, str]:
    """Open a ticket through the page and return status and address."""
    browser = shop.client("manager")
    page = browser.get(f"{shop.root}/tickets/new").get_data(as_text=True)
    with shop.context():
        from core.foundation.settings.locations import list_locations

        location = list_locations(active=True)[0].id
    form = {
        "csrf_token": csrf_token(page), "_key": str(uuid.uuid4()), "client-kind": "person", "client-name": "Ana Pop",
        "equipment-manufacturer": "Apple", "equipment-model": "iPhone", "problem": "Broken", "priority": "normal",
        "location_id": location,
    }  # fmt: skip
    if label is not None:
        form["shelf-label"] = label
    response = browser.post(f"{shop.root}/tickets/new", data=form)
    return response.status_code, response.headers.get("Location", response.get_data(as_text=True))


def switch(shop: Shop, state: PluginState) -> None:
    with shop.app.app_context():
        set_plugin_state(shop.slug, "shelf", state)


def tickets(shop: Shop) -> int:
    with shop.context():
        return session().scalar(select(func.count()).select_from(Ticket)) or 0


def text(shop: Shop, path: str) -> str:
    return shop.client("manager").get(path).get_data(as_text=True)


def test_its_section_is_saved_with_the_ticket_and_shown_on_it(shops: tuple[Shop, Shop]) -> None:
    shop, _other = shops
    status, place = intake(shop, "B-7")
    assert status in {302, 303}
    assert "Lies at B-7" in text(shop, place.split("?")[0].replace("/documents/intake", ""))


def test_what_its_section_refuses_saves_nothing_of_the_ticket(shops: tuple[Shop, Shop]) -> None:
    shop, _other = shops
    before = tickets(shop)
    status, page = intake(shop, "full")
    assert (status, tickets(shop)) == (409, before)
    assert "The shelf is full." in page
    assert "iPhone" in page


def test_a_neighbour_without_it_sees_no_trace(shops: tuple[Shop, Shop]) -> None:
    _shop, other = shops
    for path in ("/tickets/new", "/", "/settings/", "/alerts"):
        assert "shelf" not in text(other, f"{other.root}{path}").lower(), path
    assert other.client("manager").get(f"{other.root}/shelf/").status_code == 404


def test_it_adds_to_dashboard_menu_and_bell(shops: tuple[Shop, Shop]) -> None:
    shop, _other = shops
    assert "On the shelf" in text(shop, f"{shop.root}/")
    assert f'{shop.root}/shelf/"' in text(shop, f"{shop.root}/")
    assert "Dust the shelf" in text(shop, f"{shop.root}/alerts")


def test_lapsed_it_reads_and_off_it_is_gone_and_back_its_rows_are_there(shops: tuple[Shop, Shop]) -> None:
    from core.db import session

    shop, _other = shops
    status, place = intake(shop, "C-9")
    assert status in {302, 303}
    ticket_id = int(place.split("/tickets/")[1].split("/")[0].split("?")[0])
    page = f"{shop.root}/tickets/{ticket_id}"
    switch(shop, PluginState.LAPSED)
    assert "Lies at C-9" in text(shop, page)
    assert intake(shop, "D-1")[0] in {302, 303}
    switch(shop, PluginState.OFF)
    assert "Lies at" not in text(shop, page)
    assert intake(shop, "E-1")[0] in {302, 303}
    switch(shop, PluginState.ON)
    assert "Lies at C-9" in text(shop, page)
    with shop.context():
        assert set(session().scalars(select(Place.label).where(Place.label.in_(["C-9", "D-1", "E-1"])))) == {
            "C-9"
        }


@pytest.mark.parametrize(("state", "status"), [(PluginState.ON, 409), (PluginState.LAPSED, 302)])
def test_its_veto_holds_while_it_is_on(shops: tuple[Shop, Shop], state: PluginState, status: int) -> None:
    shop, _other = shops
    _status, place = intake(shop, "F-1")
    ticket_id = int(place.split("/tickets/")[1].split("/")[0].split("?")[0])
    switch(shop, state)
    browser = shop.client("manager")
    page = browser.get(f"{shop.root}/tickets/{ticket_id}/status").get_data(as_text=True)
    with shop.context():
        returned = first_status(Stage.RETURNED).id
    response = browser.post(
        f"{shop.root}/tickets/{ticket_id}/status",
        data={"csrf_token": csrf_token(page), "_key": str(uuid.uuid4()), "status_id": returned, "note": ""},
    )
    switch(shop, PluginState.ON)
    assert response.status_code in ({409} if status == 409 else {302, 303})


def test_what_is_switched_off_follows_a_merge_and_comes_back(shops: tuple[Shop, Shop]) -> None:
    shop, other = shops
    switch(shop, PluginState.ON)
    with shop.context(), unit_of_work():
        loser, winner = (create_client(ClientData(name=name)).id for name in ("Ana Pop", "A. Pop"))
        session().add(Place(label="C-1", client_id=loser))
    switch(shop, PluginState.OFF)
    with shop.context():
        assert preview_merge(Merging("client", loser, winner)) == ["1 places"]
        with unit_of_work():
            merge_id = merge_clients(winner, loser).id
        assert session().scalars(select(Place.client_id).where(Place.label == "C-1")).one() == winner
        with unit_of_work():
            undo_client_merge(merge_id)
        assert session().scalars(select(Place.client_id).where(Place.label == "C-1")).one() == loser
    with other.context():
        # The neighbour has no table of the plugin: nobody asks for it.
        with unit_of_work():
            ids = [create_client(ClientData(name=name)).id for name in ("Ana Pop", "A. Pop")]
        assert preview_merge(Merging("client", *ids)) == []
    switch(shop, PluginState.ON)
