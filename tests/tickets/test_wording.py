import pytest

from core.db import session, unit_of_work
from core.errors import ConflictError, InvalidInputError
from core.foundation.settings.services import settings_groups
from core.testing import Shop, csrf_token
from core.tickets.errors import TransitionError
from core.tickets.models import Ticket, TicketStatus
from core.tickets.stages import Stage
from core.tickets.statuses import change_status, first_status, list_statuses, next_statuses
from core.tickets.wording import (
    PRESETS,
    NeededStatusError,
    add_status,
    apply_preset,
    change_wording,
    get_status,
    move_status,
    use_status,
)
from tests.tickets.conftest import IOANA, Take, move

pytestmark = pytest.mark.both_databases
TESTING = {"ro": "În testare", "en": "Being tested"}


def test_a_status_of_the_shop_stands_behind_those_of_its_stage_and_is_offered(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        with unit_of_work():
            added = add_status(Stage.IN_WORK, TESTING)
        order = [status.title("ro") for status in list_statuses()]
        assert order.index("În testare") == order.index(first_status(Stage.IN_WORK).title("ro")) + 1
        assert added.id in {status.id for status in next_statuses(session().get_one(Ticket, ticket.id))}


def test_what_may_follow_holds_for_the_change_of_a_ticket(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
        ready = first_status(Stage.READY)
        with unit_of_work():
            tested = add_status(Stage.IN_WORK, TESTING)
            change_wording(first_status(Stage.RECEIVED).id, names={}, next_ids=[tested.id], version=None)
        with unit_of_work(), pytest.raises(TransitionError, match="În testare"):
            change_status(session().get_one(Ticket, ticket.id), to=ready, actor=IOANA)
        assert [status.id for status in next_statuses(session().get_one(Ticket, ticket.id))] == [tested.id]


def test_a_ticket_can_always_leave_an_open_status(shop: Shop) -> None:
    with shop.context():
        with unit_of_work(), pytest.raises(InvalidInputError) as refused:
            change_wording(first_status(Stage.IN_WORK).id, names={}, next_ids=[], version=None)
        assert list(refused.value.errors) == ["next_ids"]


def test_two_statuses_in_use_are_never_called_alike(shop: Shop) -> None:
    with shop.context():
        with unit_of_work():
            first = add_status(Stage.IN_WORK, TESTING)
        with unit_of_work(), pytest.raises(InvalidInputError):
            add_status(Stage.READY, {"ro": "în TESTARE"})
        with unit_of_work(), pytest.raises(InvalidInputError):
            add_status(Stage.READY, {})
        with unit_of_work():
            use_status(first.id, in_use=False)
            add_status(Stage.READY, {"ro": "În testare"})
        with unit_of_work(), pytest.raises(InvalidInputError):
            use_status(first.id, in_use=True)


def test_a_retired_status_is_kept_by_its_tickets_and_chosen_no_more(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = move(take().ticket.id, Stage.DIAGNOSIS)
        with unit_of_work():
            use_status(ticket.status_id, in_use=False)
        assert ticket.status_id not in {status.id for status in list_statuses()}
        assert move(ticket.id, Stage.READY).stage is Stage.READY


@pytest.mark.parametrize("stage", [Stage.RECEIVED, Stage.RETURNED, Stage.CANCELLED])
def test_the_last_status_that_opens_or_closes_tickets_stays(shop: Shop, stage: Stage) -> None:
    with shop.context():
        last = first_status(stage).id
        with unit_of_work(), pytest.raises(NeededStatusError):
            use_status(last, in_use=False)
        with unit_of_work():
            add_status(stage, {"ro": "Altul"})
        with unit_of_work():
            use_status(last, in_use=False)


def test_a_status_moves_by_one_place(shop: Shop) -> None:
    with shop.context():
        before = [status.id for status in list_statuses()]
        with unit_of_work():
            move_status(before[1], up=True)
            move_status(before[1], up=True)
        assert [status.id for status in list_statuses()] == [before[1], before[0], *before[2:]]


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_puts_its_statuses_into_use_in_its_order(shop: Shop, key: str) -> None:
    with shop.context():
        for _again in range(2):
            with unit_of_work():
                apply_preset(key)
        wanted = PRESETS[key].statuses
        assert [(one.stage, one.name) for one in list_statuses()] == list(wanted)
        assert len(list_statuses(active=False)) == len({*Stage}) + sum(1 for _stage, name in wanted if name)
        closed = first_status(Stage.RETURNED)
        assert {get_status(one).stage for one in closed.next_ids or []} <= {Stage.READY, Stage.IN_WORK}


def test_who_was_slower_is_told(shop: Shop) -> None:
    with shop.context():
        status = first_status(Stage.READY)
        with unit_of_work():
            change_wording(status.id, names={"ro": "Gata"}, next_ids=None, version=status.version)
        with unit_of_work(), pytest.raises(ConflictError):
            change_wording(status.id, names={"ro": "De ridicat"}, next_ids=None, version=1)


def test_the_page_words_a_status_and_tells_its_history(shop: Shop) -> None:
    owner = shop.client("owner")
    with shop.context():
        ready, received = first_status(Stage.READY).id, first_status(Stage.RECEIVED).id
        assert "statuses" not in settings_groups()
    path = f"{shop.root}/settings/statuses/{ready}"
    sent = {"name_ro": "Poate fi ridicat", "name_en": "", "next_ids": [str(received)], "version": "1"}
    token = csrf_token(owner.get(path).get_data(as_text=True))
    answer = owner.post(path, data={**sent, "csrf_token": token}, follow_redirects=True)
    assert "Poate fi ridicat" in answer.get_data(as_text=True)
    with shop.context():
        kept = session().get_one(TicketStatus, ready)
        assert (kept.name, kept.next_ids) == ({"ro": "Poate fi ridicat"}, [received])
    assert "Poate fi ridicat" in owner.get(path).get_data(as_text=True).partition("<h2")[2]
