import pytest
from sqlalchemy import select

from core.db import session, unit_of_work
from core.errors import ConflictError, DomainError
from core.testing import Shop
from core.tickets.errors import ReasonMissingError, TransitionError
from core.tickets.models import EventKind, Ticket, TicketStatus
from core.tickets.stages import CLOSED, OPEN, Stage, Turn
from core.tickets.statuses import change_status, first_status, following, list_statuses
from tests.tickets.conftest import IOANA, Take, move, timeline


def test_a_new_shop_has_one_status_for_each_stage(shop: Shop) -> None:
    with shop.context():
        statuses = list_statuses()
        assert [status.stage for status in statuses] == list(Stage)
        assert [status.title("ro") for status in statuses[:2]] == [
            Stage.RECEIVED.label,
            Stage.DIAGNOSIS.label,
        ]


def test_each_open_stage_says_whose_turn_it_is_and_no_closed_one_does() -> None:
    assert {stage for stage in Stage if stage.turn is None} == CLOSED
    assert {stage.turn for stage in OPEN} == set(Turn)
    assert all(stage.icon for stage in Stage)


@pytest.mark.both_databases
def test_the_day_of_a_ticket_runs_from_received_to_returned(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take(unlock_code="1234").ticket
        for stage in (Stage.DIAGNOSIS, Stage.IN_WORK, Stage.READY):
            ticket = move(ticket.id, stage)
            assert ticket.is_open
            assert ticket.stage is stage
            assert ticket.unlock_code is not None
        ticket = move(ticket.id, Stage.RETURNED, "Totul e în regulă.")
        assert ticket.closed_at == ticket.stage_since
        assert ticket.unlock_code is None
        told = [(event.data["before"], event.data["stage"]) for event in timeline(ticket.id)[1:]]
        assert told[0] == ("received", "diagnosis")
        assert told[-1] == ("ready", "returned")
        assert timeline(ticket.id)[-1].text == "Totul e în regulă."


def test_cancelling_needs_a_reason_and_keeps_it(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        with pytest.raises(ReasonMissingError):
            move(ticket.id, Stage.CANCELLED, "  ")
        ticket = move(ticket.id, Stage.CANCELLED, "Clientul s-a răzgândit.")
        assert (ticket.cancel_reason, ticket.is_open) == ("Clientul s-a răzgândit.", False)


def test_what_was_closed_by_mistake_is_opened_again_with_a_reason(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        move(ticket.id, Stage.RETURNED)
        with pytest.raises(ReasonMissingError):
            move(ticket.id, Stage.READY)
        ticket = move(ticket.id, Stage.READY, "Apăsat din greșeală.")
        assert ticket.closed_at is None


def test_a_transition_that_is_not_allowed_names_those_that_are(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        with unit_of_work():
            received = first_status(Stage.RECEIVED)
            received.next_ids = [first_status(Stage.DIAGNOSIS).id, first_status(Stage.CANCELLED).id]
        with pytest.raises(TransitionError) as refusal:
            move(ticket.id, Stage.READY)
        for stage in (Stage.DIAGNOSIS, Stage.CANCELLED, Stage.READY, Stage.RECEIVED):
            assert stage.label in str(refusal.value)
        assert Stage.IN_WORK.label not in str(refusal.value)
        assert session().get_one(Ticket, ticket.id).stage is Stage.RECEIVED


def test_the_present_status_is_no_transition(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        with pytest.raises(TransitionError):
            move(ticket.id, Stage.RECEIVED)
        move(ticket.id, Stage.RETURNED)
        with unit_of_work():
            first_status(Stage.RETURNED).next_ids = []
        with pytest.raises(TransitionError):
            move(ticket.id, Stage.READY, "Din greșeală.")


def test_a_status_that_is_out_of_use_does_not_follow(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        with unit_of_work():
            first_status(Stage.QUESTION).is_active = False
        with pytest.raises(DomainError):
            first_status(Stage.QUESTION)
        stages = {status.stage for status in following(first_status(Stage.RECEIVED), list_statuses())}
        assert stages == set(Stage) - {Stage.QUESTION, Stage.RECEIVED}
        gone = select(TicketStatus).where(TicketStatus.stage == Stage.QUESTION)
        with pytest.raises(TransitionError), unit_of_work() as current:
            change_status(current.get_one(Ticket, ticket.id), to=current.scalars(gone).one(), actor=IOANA)


def test_the_shops_own_wording_is_shown_and_rules_look_at_the_stage(shop: Shop, take: Take) -> None:
    with shop.context():
        with unit_of_work() as current:
            current.add(
                TicketStatus(
                    name={"ro": "La pictat", "en": "In paint"},
                    stage=Stage.IN_WORK,
                    position=99,
                    is_active=True,
                )
            )
        own = session().scalars(select(TicketStatus).where(TicketStatus.position == 99)).one()
        assert [own.title(language) for language in ("ro", "en", "de")] == [
            "La pictat",
            "In paint",
            "La pictat",
        ]
        ticket = move(take().ticket.id, Stage.IN_WORK)
        since = ticket.stage_since
        with unit_of_work() as current:
            ticket = current.get_one(Ticket, ticket.id)
            change_status(ticket, to=own, actor=IOANA)
        assert (ticket.status_id, ticket.stage, ticket.stage_since) == (own.id, Stage.IN_WORK, since)


def test_two_who_move_a_ticket_at_once_do_not_overwrite_each_other(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        with pytest.raises(ConflictError), unit_of_work() as current:
            loaded = current.get_one(Ticket, ticket.id)
            table = Ticket.__table__
            current.connection().execute(table.update().values(version=7))  # type: ignore[attr-defined]
            change_status(loaded, to=first_status(Stage.READY), actor=IOANA)
        assert [event.kind for event in timeline(ticket.id)] == [EventKind.OPENED]
