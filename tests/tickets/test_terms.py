import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core.db import session, unit_of_work
from core.foundation.settings.closed import close_days
from core.foundation.settings.hours import Interval
from core.foundation.settings.locations import change_location, get_location
from core.foundation.settings.services import save_group
from core.foundation.tenants.context import current_tenant
from core.testing import Shop
from core.tickets.models import Ticket
from core.tickets.papers import firm_facts
from core.types import clock_at
from tests.tickets.test_intake import send

pytestmark = pytest.mark.both_databases

ZONE = ZoneInfo("Europe/Bucharest")
#: A Friday; the Monday after it and the Tuesday are public holidays.
FRIDAY = datetime(2026, 11, 27, 11, tzinfo=ZONE)
WEEK = [(Interval(540, 1110),)] * 5 + [(), ()]


def intake(shop: Shop) -> str:
    with clock_at(FRIDAY):
        return shop.client("receptionist").get(f"{shop.root}/tickets/new").text


def quick(page: str) -> list[str]:
    return re.findall(r'data-due="([^"]+)"', page)


def test_the_intake_suggests_working_days_of_the_location(shop: Shop) -> None:
    assert quick(intake(shop)) == ["27.11.2026", "02.12.2026", "04.12.2026", "10.12.2026"]
    with shop.context(), unit_of_work():
        close_days(first=date(2026, 11, 27), last=date(2026, 12, 2))
    assert quick(intake(shop)) == ["03.12.2026", "07.12.2026", "11.12.2026"]


def test_the_usual_term_is_filled_in_and_may_be_changed(shop: Shop) -> None:
    assert 'value=""' in field(intake(shop))
    with shop.context(), unit_of_work():
        save_group("intake", {"term_days": 3})
    assert 'value="04.12.2026"' in field(intake(shop))
    browser = shop.client("receptionist")
    assert send(shop, browser, due_day="").status_code == 303
    with shop.context():
        assert session().scalars(select(Ticket.due_at)).one() is None


def test_a_shop_that_is_closed_for_years_still_takes_devices_in(shop: Shop) -> None:
    with shop.context(), unit_of_work():
        save_group("intake", {"term_days": 3})
        for year in (2026, 2027, 2028, 2029):
            close_days(first=date(year, 1, 1), last=date(year, 12, 31))
    page = intake(shop)
    assert quick(page) == []
    assert 'value=""' in field(page)


def field(page: str) -> str:
    found = re.search(r'<input[^>]*name="due_day"[^>]*>', page)
    assert found is not None
    return found[0]


def test_a_term_without_a_time_ends_with_the_work_of_that_day(shop: Shop) -> None:
    with shop.context(), unit_of_work():
        change_location(get_location(1), code="CJ", name="Cluj", hours=WEEK)
    browser = shop.client("receptionist")
    for day, end in (("04.12.2150", "18:30"), ("05.12.2150", "17:00")):
        assert send(shop, browser, due_day=day, **{"equipment-unique_id": ""}).status_code == 303
        with shop.context():
            due = session().scalars(select(Ticket.due_at).order_by(Ticket.id.desc())).first()
            assert due is not None
            assert f"{due.astimezone(ZoneInfo(current_tenant().time_zone)):%d.%m.%Y %H:%M}" == f"{day} {end}"


def test_papers_carry_the_address_telephone_mail_and_hours_of_the_location(shop: Shop) -> None:
    with shop.context():
        with unit_of_work():
            save_group("firm", {"phone": "0264555100", "email": "firma@meteor.example", "street": "Horea 7"})
        facts = firm_facts(get_location(1))
        assert (facts["phone"], facts["email"], facts["hours"]) == (
            "0264\u00a0555\u00a0100",
            "firma@meteor.example",
            "",
        )
        assert facts["address"] == "Horea 7"
        with unit_of_work():
            change_location(
                get_location(1),
                code="CJ",
                name="Cluj",
                address="Memo 14",
                email="cluj@meteor.example",
                phone="0264555200",
                hours=WEEK,
            )
        facts = firm_facts(get_location(1))
        assert facts["address"] == "Memo 14"
        assert facts["phone"] == "0264\u00a0555\u00a0200"
        assert facts["email"] == "cluj@meteor.example"
        assert facts["hours"].endswith("09:00\u201318:30")
