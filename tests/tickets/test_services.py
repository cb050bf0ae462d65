from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from core.clients.models import Client
from core.clients.services import change_client
from core.db import session, unit_of_work
from core.equipment.models import Equipment, EquipmentOwnership
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.foundation.accounts.models import User
from core.foundation.audit.models import AuditEntry
from core.foundation.search.services import find
from core.testing import QueryRecorder, Shop
from core.tickets import services
from core.tickets.codes import ALPHABET, shown_code
from core.tickets.models import EventKind, Priority, Ticket, TicketEvent
from core.tickets.services import ClientData, EquipmentData
from core.tickets.stages import Stage
from core.types import Money, now
from tests.tickets.conftest import IOANA, Take, person, ticket_data, timeline


@pytest.mark.both_databases
def test_a_device_is_taken_in_with_a_new_client_in_one_unit_of_work(shop: Shop, take: Take) -> None:
    with shop.context():
        opened = take(estimate=Money(Decimal("750.00")), accessories="husă", due_at=now() + timedelta(days=2))
        ticket = session().get_one(Ticket, opened.ticket.id)
        assert (ticket.stage, ticket.priority, ticket.estimate) == (
            Stage.RECEIVED,
            Priority.NORMAL,
            Money(Decimal("750.00"), "RON"),
        )
        client = session().get_one(Client, ticket.client_id)
        assert client.name == "Maria Popescu"
        assert session().get_one(Equipment, ticket.equipment_id).client_id == client.id
        assert [event.kind for event in timeline(ticket.id)] == [EventKind.OPENED]


@pytest.mark.both_databases
def test_numbers_follow_each_other_without_a_gap_even_after_a_refusal(shop: Shop, take: Take) -> None:
    with shop.context():
        first = take().ticket.number
        with pytest.raises(InvalidInputError):
            take(problem="  ")
        with pytest.raises(InvalidInputError):
            take(equipment=EquipmentData(model="fără producător"))
        second = take().ticket.number
    prefix, digits = first.split("-")
    assert second == f"{prefix}-{int(digits) + 1:06d}"


def test_a_refused_intake_leaves_neither_client_nor_device(shop: Shop, take: Take) -> None:
    with shop.context():
        with pytest.raises(InvalidInputError) as refusal:
            take(equipment=EquipmentData(model="fără producător"))
        assert set(refusal.value.errors) == {"equipment.manufacturer"}
        assert session().scalar(select(func.count()).select_from(Client)) == 0
        with pytest.raises(InvalidInputError) as refusal:
            take(client=ClientData(name="", phone="12"))
        assert set(refusal.value.errors) == {"client.name", "client.phone"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"problem": " \n "}, "problem"),
        ({"problem": "x" * 10_001}, "problem"),
        ({"condition": "x" * 10_001}, "condition"),
        ({"estimate": Money(Decimal(-1))}, "estimate"),
        ({"due_at": now() - timedelta(days=1)}, "due_at"),
        ({"location_id": 999}, "location_id"),
        ({"assignee_id": 999}, "assignee_id"),
        ({"unlock_code": "1" * 201}, "unlock_code"),
    ],
)
def test_what_no_ticket_may_say_is_refused_by_field(
    shop: Shop, take: Take, facts: dict[str, Any], field: str
) -> None:
    with shop.context(), pytest.raises(InvalidInputError) as refusal:
        take(**facts)
    assert set(refusal.value.errors) == {field}


def test_a_known_device_keeps_its_id_and_changes_hands_with_its_new_client(shop: Shop, take: Take) -> None:
    with shop.context():
        first = take(equipment=EquipmentData(unique_id="356789104829153")).ticket
        second = take(client=ClientData(name="Ion Pop"), equipment=first.equipment_id).ticket
        device = session().get_one(Equipment, first.equipment_id)
        assert second.equipment_id == device.id
        assert device.client_id == second.client_id != first.client_id
        owners = select(func.count()).where(EquipmentOwnership.equipment_id == device.id)
        assert session().scalar(owners) == 2


def test_a_client_or_device_that_is_not_there_is_refused(shop: Shop, take: Take) -> None:
    with shop.context():
        with pytest.raises(NotFoundError):
            take(client=4711)
        with pytest.raises(NotFoundError):
            take(equipment=4711)


def test_the_access_code_has_sixty_bits_and_is_stored_nowhere_in_clear(shop: Shop, take: Take) -> None:
    with shop.context():
        opened = take(unlock_code="482916")
        code = opened.access_code
        assert len(code) == 12
        assert set(code) <= set(ALPHABET)
        assert len(ALPHABET) == 32
        assert shown_code(code) == f"{code[:4]}-{code[4:8]}-{code[8:]}"
        rows = session().connection(bind_arguments={"mapper": Ticket}).exec_driver_sql("SELECT * FROM ticket")
        stored = repr(rows.all()) + repr([entry.changes for entry in session().scalars(select(AuditEntry))])
        assert code not in stored
        assert "482916" not in stored
        assert opened.ticket.access_digest not in repr(
            [entry.changes for entry in session().scalars(select(AuditEntry))]
        )


def test_a_code_is_found_by_its_digest_and_shown_only_with_a_trace(shop: Shop, take: Take) -> None:
    with shop.context():
        opened = take(unlock_code="L-5-2-8")
        owner = person(shop.users["owner"])
        assert services.find_by_access_code(opened.access_code, owner) == opened.ticket.id
        assert services.find_by_access_code("A" * 12, owner) is None
        assert services.find_by_access_code(opened.access_code, None) is None
        with unit_of_work():
            ticket = services.get_ticket(opened.ticket.id, owner)
            assert services.reveal_access_code(ticket, actor=IOANA) == opened.access_code
            assert services.reveal_unlock_code(ticket, actor=IOANA) == "L-5-2-8"
        assert [event.kind for event in timeline(ticket.id)][1:] == [
            EventKind.CODE_SHOWN,
            EventKind.UNLOCK_SHOWN,
        ]


def test_a_change_tells_what_was_and_what_is_now(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        with unit_of_work():
            ticket = session().get_one(Ticket, ticket.id)
            data = ticket_data(problem=ticket.problem, priority=Priority.URGENT, condition="zgâriat")
            services.change_ticket(ticket, data, actor=IOANA, version=ticket.version)
        event = timeline(ticket.id)[-1]
        assert event.kind is EventKind.EDITED
        assert event.data == {"fields": {"priority": ["normal", "urgent"], "condition": ["", "zgâriat"]}}


def test_a_change_of_nothing_leaves_no_trace(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        with unit_of_work():
            ticket = session().get_one(Ticket, ticket.id)
            services.change_ticket(ticket, ticket_data(problem=ticket.problem), actor=IOANA)
        assert len(timeline(ticket.id)) == 1
        assert ticket.version == 1


def test_a_change_over_somebody_elses_is_a_conflict(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        with pytest.raises(ConflictError), unit_of_work():
            ticket = session().get_one(Ticket, ticket.id)
            services.change_ticket(ticket, ticket_data(), actor=IOANA, version=ticket.version + 1)


def test_a_term_that_has_passed_may_stay_but_not_be_set(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take(due_at=now() + timedelta(minutes=1)).ticket
        past = now() - timedelta(days=3)
        with unit_of_work():
            ticket = session().get_one(Ticket, ticket.id)
            ticket.due_at = past
            session().flush()
            services.change_ticket(ticket, ticket_data(due_at=past, condition="ok"), actor=IOANA)
            with pytest.raises(InvalidInputError):
                services.change_ticket(ticket, ticket_data(due_at=past - timedelta(days=1)), actor=IOANA)


def test_tickets_are_given_to_active_users_only(shop: Shop, take: Take) -> None:
    technician = shop.users["technician"]
    with shop.context():
        ticket = take().ticket
        with unit_of_work():
            ticket = session().get_one(Ticket, ticket.id)
            services.assign_ticket(ticket, technician, actor=IOANA)
            services.assign_ticket(ticket, technician, actor=IOANA)
            session().get_one(User, shop.users["manager"]).is_active = False
            session().flush()
            with pytest.raises(InvalidInputError):
                services.assign_ticket(ticket, shop.users["manager"], actor=IOANA)
        events = timeline(ticket.id)
        assert [event.data for event in events if event.kind is EventKind.ASSIGNED] == [
            {"from": None, "to": technician, "name": session().get_one(User, technician).name}
        ]


def test_a_note_needs_words(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        with unit_of_work():
            services.add_note(ticket, " Rama e îndoită. ", actor=IOANA)
            for text in (" ", "x" * 10_001):
                with pytest.raises(InvalidInputError):
                    services.add_note(ticket, text, actor=IOANA)
        assert timeline(ticket.id)[-1].text == "Rama e îndoită."


@pytest.mark.both_databases
def test_a_ticket_is_found_by_number_client_phone_device_and_problem(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take(
            client=ClientData(name="Ștefan Țuțuianu", phone="0744 555 207"),
            equipment=EquipmentData(unique_id="SN-7188/24", serial="B7741"),
            problem="Nu centrifughează și curge apă",
        ).ticket
        take()
        for question in (ticket.number, "stefan", "0744555", "+40744555207", "7188 24", "b7741", "centrifug"):
            assert find(question, ["ticket"], 5)[:1] == [("ticket", ticket.id)], question


def test_the_search_follows_a_client_and_a_device_that_change(shop: Shop, take: Take) -> None:
    from core.clients.services import change_client
    from core.equipment.services import change_equipment

    with shop.context():
        ticket = take().ticket
        with unit_of_work():
            change_client(ticket.client_id, ClientData(name="Ana Șerban", phone="0722 000 111"), version=1)
            change_equipment(ticket.equipment_id, EquipmentData(unique_id="XYZ-998877"), version=1)
        assert find("serban", ["ticket"], 5) == [("ticket", ticket.id)]
        assert find("998877", ["ticket"], 5) == [("ticket", ticket.id)]
        assert find("popescu", ["ticket"], 5) == []


def test_events_are_only_ever_added(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        assert session().scalar(select(func.count()).select_from(TicketEvent)) == 1
        entries = session().scalars(select(AuditEntry.action).where(AuditEntry.entity == "ticket")).all()
        assert list(entries) == ["create"]
        assert ticket.id


@pytest.mark.both_databases
def test_a_client_with_many_tickets_changes_in_as_many_statements_as_one_with_few(
    shop: Shop, take: Take, query_recorder: QueryRecorder
) -> None:
    counts = []
    with shop.context():
        first = take().ticket.client_id
        second = take(client=ClientData(name="Hotel Apollo", phone="0744 100 200")).ticket
        with unit_of_work() as current:
            row = dict(
                current.execute(select(Ticket.__table__).where(Ticket.id == second.id)).mappings().one()
            )
            copies = [
                {**row, "id": 1000 + n, "number": f"CJ-9{n:05}", "access_digest": f"digest{n}"}
                for n in range(500)
            ]
            current.execute(insert(Ticket), copies)
            for ticket in current.scalars(select(Ticket).where(Ticket.id >= 1000)):
                services.reindex(ticket)
        for client_id, name in ((first, "Ana Șerban"), (second.client_id, "Hotel Traian")):
            with query_recorder.recording() as statements, unit_of_work():
                change_client(client_id, ClientData(name=name, phone="0722 000 111"), version=1)
            counts.append(len(statements))
        assert counts[0] == counts[1]
        assert len(find("traian", ["ticket"], 1000)) == 501
        assert find("apollo", ["ticket", "client"], 5) == []
