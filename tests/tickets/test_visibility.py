import pytest

from core.db import session, unit_of_work
from core.foundation.accounts.models import User, UserLocation
from core.foundation.settings.locations import create_location
from core.testing import Shop
from core.tickets.errors import TicketNotFoundError
from core.tickets.queries import filter_lines, select_lines
from core.tickets.services import get_ticket
from tests.tickets.conftest import Take, main_location, person


@pytest.mark.both_databases
def test_a_user_sees_the_tickets_of_their_locations_and_of_themselves(shop: Shop, take: Take) -> None:
    radu = shop.users["technician"]
    with shop.context():
        with unit_of_work():
            branch = create_location(code="FL", name="Florești").id
        here, mine = take().ticket.id, take(assignee_id=radu).ticket.id
        there = take(location_id=branch).ticket.id
        everybody = {here, mine, there}
        for user, visible in (
            (person(1), everybody),
            (person(1, location_ids=frozenset({main_location()})), {here, mine}),
            (person(1, location_ids=frozenset({branch})), {there}),
            (person(radu, own_tickets_only=True), {mine}),
            (person(radu, own_tickets_only=True, location_ids=frozenset({branch})), set()),
        ):
            rows = session().execute(filter_lines(select_lines(user), {}, user)).all()
            assert {row.id for row in rows} == visible
            for ticket_id in everybody:
                if ticket_id in visible:
                    assert get_ticket(ticket_id, user).id == ticket_id
                else:
                    with pytest.raises(TicketNotFoundError):
                        get_ticket(ticket_id, user)
        assert not session().execute(select_lines(None)).all()
        with pytest.raises(TicketNotFoundError):
            get_ticket(here, None)


@pytest.mark.parametrize("restriction", ["location", "own"])
def test_the_trail_tells_no_more_of_tickets_than_their_pages(
    shop: Shop, take: Take, restriction: str
) -> None:
    with shop.context():
        with unit_of_work():
            place = create_location(code="FL", name="Florești").id
        take(problem="Nu mai pornește de marți.")
    facts = {"location_ids": frozenset({place})} if restriction == "location" else {"own_tickets_only": True}
    shop.users["restricted"] = shop.add_user("manager", **facts)
    path = f"{shop.root}/settings/audit"
    assert "de marți" in shop.client("manager").get(path).text
    answer = shop.client("restricted").get(path)
    assert answer.status_code == 200
    assert "Maria Popescu" in answer.text
    assert "de marți" not in answer.text
    assert "de marți" not in shop.client("restricted").get(f"{path}?entity=ticket").text


@pytest.mark.both_databases
@pytest.mark.parametrize("restriction", ["location", "own", "both"])
@pytest.mark.parametrize("live", [False, True], ids=["page", "box"])
def test_the_search_of_a_restricted_user_finds_their_ticket_behind_many_of_others(
    shop: Shop, take: Take, restriction: str, *, live: bool
) -> None:
    radu = shop.users["technician"]
    with shop.context():
        with unit_of_work():
            branch = create_location(code="FL", name="Florești").id
        theirs = take(problem="Ecran spart", location_id=branch, assignee_id=radu).ticket
        for _ in range(25):
            other = take(problem="Ecran spart").ticket
        with unit_of_work() as current:
            user = current.get_one(User, radu)
            if restriction != "own":
                user.locations = [UserLocation(location_id=branch)]
            user.own_tickets_only = restriction != "location"
    headers = {"HX-Request": "true"} if live else {}
    found = shop.client("technician").get(f"{shop.root}/search?q=ecran", headers=headers)
    assert found.status_code == 200
    assert f'/tickets/{theirs.id}"' in found.text
    assert f'/tickets/{other.id}"' not in found.text
    answer = shop.client("technician").get(f"{shop.root}/search?q={other.number}")
    assert answer.status_code == 200
    assert f'/tickets/{other.id}"' not in answer.text
    whole = shop.client("technician").get(f"{shop.root}/search?q={theirs.number}")
    assert (whole.status_code, whole.location) == (302, f"{shop.root}/tickets/{theirs.id}")
