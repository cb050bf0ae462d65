from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.db import session, unit_of_work
from core.foundation.settings.services import save_group
from core.testing import Shop, csrf_token, idempotency_key
from core.tickets.models import Ticket
from plugins.simple.models import TicketWording


def send(browser: FlaskClient, shop: Shop, **fields: str) -> TestResponse:
    page = browser.get(f"{shop.root}/tickets/new").text
    assert 'name="simple-accepts"' in page
    sent = {
        "csrf_token": csrf_token(page),
        "_key": idempotency_key(page),
        "client-name": "Maria Popescu",
        "problem": "Ecran spart",
        "location_id": "1",
        **fields,
    }
    return browser.post(f"{shop.root}/tickets/new", data=sent)


def test_the_clients_yes_is_kept_with_the_terms_of_the_day(shop: Shop) -> None:
    browser = shop.client("receptionist")
    answer = send(browser, shop, **{"simple-accepts": "y"})
    assert answer.status_code == 303
    assert send(browser, shop).status_code == 303
    with shop.context():
        kept = session().scalars(select(TicketWording).order_by(TicketWording.ticket_id)).all()
        assert [row.accepted_at is not None for row in kept] == [True, False]
    page = browser.get(answer.location).text
    assert "versiunea 1 a condițiilor, acceptată la" in page


def test_where_the_shop_wants_it_nothing_is_taken_in_without_a_yes(shop: Shop) -> None:
    with shop.context(), unit_of_work():
        save_group("simple", {"require_acceptance": True})
    browser = shop.client("receptionist")
    answer = send(browser, shop)
    assert answer.status_code == 422
    assert 'id="simple-accepts-e"' in answer.text
    assert "Ecran spart" in answer.text
    assert send(browser, shop, **{"simple-accepts": "y"}).status_code == 303
    with shop.context():
        assert len(session().scalars(select(Ticket.id)).all()) == 1
