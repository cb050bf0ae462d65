from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.catalogue.models import ItemKind, Unit
from core.catalogue.services import set_item_offered
from core.db import session, unit_of_work
from core.errors import InvalidInputError, ProgrammingError
from core.foundation.accounts.services import disable_user, get_user
from core.foundation.settings.services import save_group
from core.testing import QueryRecorder, Shop
from core.tickets.models import EventKind, Ticket
from core.tickets.stages import Stage
from core.types import Money, clock_at, now
from core.works.errors import TicketClosedError, WorkNotFoundError, WorkReversedError
from core.works.models import Work
from core.works.services import WorkData, get_work
from core.works.sheet import read_works
from tests.tickets.conftest import Take, move, timeline
from tests.works.conftest import RADU, add, item, lei, line, reverse

pytestmark = pytest.mark.both_databases

BUCHAREST = ZoneInfo("Europe/Bucharest")


def errors_of(ticket_id: int, **facts: Any) -> set[str]:
    with pytest.raises(InvalidInputError) as refused:
        add(ticket_id, **facts)
    return set(refused.value.errors)


def test_a_line_from_the_catalogue_keeps_what_the_item_said_on_that_day(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        item_id = item()
        moment = now()
        work = add(ticket.id, description="", price=None, catalogue_item_id=item_id)
        assert (work.kind, work.code, work.description) == (ItemKind.LABOUR, "ECR-1", "Înlocuire ecran")
        assert work.translations == {"ro": "Înlocuire ecran", "en": "Screen replacement"}
        assert (work.quantity, work.unit) == (Decimal(1), Unit.ONE)
        assert (work.price_minor, work.cost_minor, work.currency) == (12000, 4000, "RON")
        assert (work.vat_key, work.vat_rate, work.guarantee_months) == ("standard", Decimal(21), 6)
        assert (work.entered_by, work.entered_by_name) == (RADU.id, "Radu Câmpean")
        assert moment <= work.entered_at <= now()
        assert moment <= work.done_at <= now()


def test_a_free_line_says_everything_itself(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        work = add(
            ticket.id,
            kind="part",
            description="Cablu",
            quantity=Decimal("2.125"),
            unit="metre",
            price=lei("12.34"),
            cost=lei("5.60"),
            vat_key="reduced",
            worker_id=shop.users["technician"],
        )
        (found,) = read_works(ticket.id).lines
        assert (found.id, found.description, found.unit) == (work.id, "Cablu", Unit.METRE)
        assert found.quantity == Decimal("2.125")
        # 2.125 m at 12.34 is 26.2225, at 5.60 it is 11.9.
        assert (found.amount, found.cost) == (lei("26.22"), lei("11.90"))
        assert found.vat_rate == Decimal(11)
        assert found.worker == get_user(shop.users["technician"]).name


def test_a_name_in_another_language_is_still_the_name_of_the_item(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        item_id = item()
        named = add(ticket.id, catalogue_item_id=item_id, description="Screen replacement")
        changed = add(ticket.id, catalogue_item_id=item_id, description="Înlocuire ecran, urgent")
        assert (named.description, named.translations["en"]) == ("Înlocuire ecran", "Screen replacement")
        assert (changed.description, changed.translations) == ("Înlocuire ecran, urgent", {})


def test_the_timeline_tells_what_was_done_and_what_was_taken_back(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        work = add(ticket.id)
        reverse(work.id, "Greșit")
        added, taken_back = timeline(ticket.id)[-2:]
        assert (added.kind, added.actor_name) == (EventKind.WORK, "Radu Câmpean")
        assert added.data == {"kind": "labour", "what": "Curățare", "work": work.id}
        assert (taken_back.kind, taken_back.text) == (EventKind.WORK_REVERSED, "Greșit")


def test_a_line_that_is_taken_back_stays_and_counts_no_longer(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        kept = add(ticket.id, price=lei("100"))
        wrong = add(ticket.id, price=lei("30"), cost=lei("10"), quantity=Decimal("1.5"))
        reversal = reverse(wrong.id, "Nu era nevoie")
        assert (reversal.quantity, reversal.price_minor, reversal.reverses_id) == (
            Decimal("-1.5"),
            wrong.price_minor,
            wrong.id,
        )
        sheet = read_works(ticket.id)
        assert [one.id for one in sheet.lines] == [kept.id, wrong.id]
        assert [one.id for one in sheet.standing] == [kept.id]
        told = sheet.lines[1].reversal
        assert told is not None
        assert (told.by, told.reason) == ("Radu Câmpean", "Nu era nevoie")
        assert (sheet.totals.payable, sheet.cost) == (lei("100"), lei("0"))


def test_a_line_is_taken_back_once_and_with_a_reason(shop: Shop, take: Take) -> None:
    with shop.context():
        work = add(take().ticket.id)
        with pytest.raises(InvalidInputError) as refused:
            reverse(work.id, "  ")
        assert set(refused.value.errors) == {"reason"}
        reversal = reverse(work.id)
        for one in (work, reversal):
            with pytest.raises(WorkReversedError):
                reverse(one.id)


def test_no_row_of_the_ledger_is_changed_or_deleted(shop: Shop, take: Take) -> None:
    with shop.context():
        work_id = add(take().ticket.id).id
        with pytest.raises(ProgrammingError), unit_of_work() as current:
            current.get_one(Work, work_id).price_minor = 1
        with pytest.raises(ProgrammingError), unit_of_work() as current:
            current.delete(current.get_one(Work, work_id))
        assert session().get_one(Work, work_id).price_minor == 5000


def test_nothing_is_added_to_a_closed_ticket_but_a_mistake_can_be_taken_back(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        work = add(ticket.id)
        move(ticket.id, Stage.RETURNED)
        with pytest.raises(TicketClosedError):
            add(ticket.id)
        assert reverse(work.id).reverses_id == work.id


def test_a_line_carries_the_rate_of_the_day_on_which_it_was_done(shop: Shop, take: Take) -> None:
    july = datetime(2025, 7, 31, 20, 59, tzinfo=ZoneInfo("UTC"))
    with shop.context():
        with clock_at(july - timedelta(days=1)):
            ticket = take().ticket
        # 23:59 in Bucharest is still July, a minute later August has begun.
        before = add(ticket.id, done_at=july, vat_key="standard")
        after = add(ticket.id, done_at=july + timedelta(minutes=1), vat_key="standard")
        assert (before.vat_rate, after.vat_rate) == (Decimal(19), Decimal(21))
        assert [one.rate for one in read_works(ticket.id).totals.rates] == [Decimal(21), Decimal(19)]


def test_a_firm_that_is_not_registered_charges_no_vat(shop: Shop, take: Take) -> None:
    with shop.context():
        with unit_of_work():
            save_group("firm", {"vat_payer": False})
        ticket = take().ticket
        work = add(ticket.id, catalogue_item_id=item(vat_key="zero"), price=None)
        free = add(ticket.id)
        assert {(one.vat_key, one.vat_rate) for one in (work, free)} == {("zero", Decimal(0))}
        assert errors_of(ticket.id, vat_key="standard") == {"vat_key"}


def test_what_cannot_be_taken_is_said_beside_its_field(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        cases: dict[str, list[dict[str, Any]]] = {
            "description": [{"description": ""}, {"description": "x" * 201}, {"catalogue_item_id": 999_999}],
            "kind": [{"kind": "gift"}],
            "quantity": [
                {"quantity": Decimal(text)}
                for text in ("0", "-1", "0.0004", "1.0001", "100001", "NaN", "Infinity")
            ],
            "unit": [{"unit": "barrel"}],
            "price": [{"price": None}, {"price": lei("-0.01")}, {"price": Money(Decimal(1), "EUR")}],
            "cost": [{"cost": lei("-1")}, {"cost": lei("10000000.01")}],
            "vat_key": [{"vat_key": "nothing"}],
            "worker_id": [{"worker_id": 999_999}, {"worker_id": 2**40}],
            "done_at": [{"done_at": now() + timedelta(hours=2)}, {"done_at": now() - timedelta(days=9)}],
        }
        for field, wrong in cases.items():
            for facts in wrong:
                assert errors_of(ticket.id, **facts) == {field}, facts
        assert errors_of(ticket.id, description="", price=None, quantity=Decimal(0)) == {
            "description",
            "price",
            "quantity",
        }


def test_what_is_off_offer_and_who_is_gone_are_not_taken(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        item_id = item()
        gone = shop.add_user("technician")
        with unit_of_work():
            set_item_offered(item_id, offered=False)
            disable_user(get_user(gone))
        assert errors_of(ticket.id, catalogue_item_id=item_id) == {"description"}
        assert errors_of(ticket.id, worker_id=gone) == {"worker_id"}


def test_a_work_is_found_on_its_own_ticket_alone(shop: Shop, take: Take) -> None:
    with shop.context():
        work = add(take().ticket.id)
        other = take().ticket
        for work_id in (work.id, 999_999, 2**40):
            with pytest.raises(WorkNotFoundError):
                get_work(work_id, other)
        assert get_work(work.id, session().get_one(Ticket, work.ticket_id)).id == work.id


def test_a_sheet_is_one_statement(shop: Shop, take: Take, query_recorder: QueryRecorder) -> None:
    with shop.context():
        ticket = take().ticket
        for _number in range(3):
            reverse(add(ticket.id).id)
            add(ticket.id, worker_id=shop.users["owner"])
        session().expire_all()
        with query_recorder.recording() as found:
            assert len(read_works(ticket.id).lines) == 6
        assert len(found) == 1


def test_the_data_of_a_line_has_defaults_that_an_integration_may_leave_out(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        part = add(ticket.id, kind="part", description="Șurub", price=lei("1"))
        assert (part.unit, part.quantity, part.vat_key) == (Unit.PIECE, Decimal(1), "standard")
        assert line() == WorkData(kind="labour", description="Curățare", price=lei("50"))
