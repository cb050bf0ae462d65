"""The bare stack: the pages that the product is measured beside are there, and what is written is all of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.testing import server_url
from tests.bench import people, reference, reference_shop
from tests.bench.browser import Browser
from tests.bench.databases import fresh_database
from tests.bench.inside import InProcess
from tests.bench.load import Request
from tests.bench.reference_tables import STAGES, Event, Ticket
from tests.bench.visits import PAGES, Ground, Page

TICKETS = 60
SHOP = people.Shop(TICKETS)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "postgresql":
        if server_url() is None:
            pytest.skip("no PostgreSQL server answers")
        with fresh_database() as found:
            reference_shop.fill(found, TICKETS)
            yield found
        return
    place: Path = tmp_path_factory.mktemp("bare") / "shop.db"
    reference_shop.fill(f"sqlite:///{place}", TICKETS)
    yield f"sqlite:///{place}"


@pytest.fixture
def session(url: str) -> Iterator[Session]:
    engine = reference.make_engine(url)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def browser(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("BENCH_DATABASE", url)
    app = reference.application()
    yield Browser(80, reference.ROOT, InProcess(app, 80))
    app.extensions["bench_engine"].dispose()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_is_answered(browser: Browser, page: Page) -> None:
    script = page.scripts(Ground(SHOP, STAGES))[1]
    answer = (browser.look if page.shown else browser.ask)(script(0, 1))
    assert answer.status == page.expected


def test_an_opened_ticket_has_its_number_its_event_and_its_search_row(
    browser: Browser, session: Session
) -> None:
    before = session.scalar(select(func.max(Ticket.id))) or 0
    session.rollback()
    form = {"client_id": "1", "equipment_id": "1", "problem": "Zgomot necunoscut"}
    page = browser.look(Request("POST", "/tickets/new", form)).body.decode()
    ticket = session.get_one(Ticket, before + 1)
    assert ticket.number == people.ticket_number(before + 1)
    assert [one.status_id for one in ticket.events] == [STAGES["received"]]
    assert f"{ticket.number}: fișa este deschisă." in page
    found = browser.ask(Request("GET", "/search?q=zgomot")).body.decode()
    assert "<mark>Zgomot</mark> necunoscut" in found


def test_a_moved_ticket_says_from_where(browser: Browser, session: Session) -> None:
    ticket = session.get_one(Ticket, TICKETS - 1)
    before = ticket.status_id
    session.rollback()
    form = {"status_id": str(STAGES["waiting_parts"]), "note": "Sosesc luni"}
    page = browser.look(Request("POST", f"/tickets/{ticket.id}/status", form)).body.decode()
    session.rollback()
    event = session.scalars(
        select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id.desc())
    ).first()
    assert event is not None
    assert (event.before_id, event.status_id) == (before, ticket.status_id)
    assert ticket.status_id == STAGES["waiting_parts"]
    assert "Sosesc luni" in page


def test_a_search_groups_tickets_clients_and_devices(browser: Browser, session: Session) -> None:
    phone = people.client_phone(1)[4:]
    page = browser.ask(Request("GET", f"/search?q={phone}")).body.decode()
    assert 'id="found-ticket"' in page
    assert 'id="found-client"' in page
    code = people.device_code(7)[3:14]
    page = browser.ask(Request("GET", f"/search?q={code}")).body.decode()
    assert 'id="found-equipment"' in page
    assert f"<mark>{code}</mark>" in page
    assert session.scalar(text("SELECT count(*) FROM client_search")) == SHOP.clients
