import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select
from werkzeug.test import TestResponse

from core.db import session, unit_of_work
from core.equipment.models import Equipment
from core.foundation.accounts.models import User
from core.foundation.accounts.roles import add_role
from core.foundation.settings.locations import create_location
from core.testing import QueryRecorder, Shop, csrf_token, idempotency_key
from core.tickets.models import EventKind, Ticket
from core.tickets.services import ClientData, EquipmentData
from core.tickets.stages import Stage
from core.tickets.statuses import first_status
from core.types import clock_at, now
from tests.tickets.conftest import Take, move, timeline


def get(browser: FlaskClient, shop: Shop, path: str, status: int = 200) -> str:
    answer = browser.get(f"{shop.root}{path}")
    assert answer.status_code == status, answer.text[-2000:]
    return answer.text


def post(browser: FlaskClient, shop: Shop, page: str, path: str, **fields: Any) -> TestResponse:
    text = get(browser, shop, page)
    sent = {"csrf_token": csrf_token(text), "_key": idempotency_key(text), **fields}
    return browser.post(f"{shop.root}{path}", data=sent)


def status_id(shop: Shop, stage: Stage) -> int:
    with shop.context():
        return first_status(stage).id


def numbers(page: str) -> list[str]:
    return re.findall(r'class="strong" href="[^"]*/tickets/\d+">([A-Z]+-\d+)<', page)


@pytest.mark.both_databases
def test_the_page_of_a_ticket_shows_everything_that_is_said_of_it(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take(
            assignee_id=shop.users["technician"],
            accessories="husă",
            condition="zgâriat",
            initial_findings="pornește",
            unlock_code="4711",
        ).ticket
        earlier = take(client=ticket.client_id, equipment=ticket.equipment_id).ticket
    page = get(shop.client("technician"), shop, f"/tickets/{ticket.id}")
    for text in (ticket.number, "iPhone 13", "Maria Popescu", "husă", "zgâriat", "pornește", earlier.number):
        assert text in page
    assert "4711" not in page
    assert f'href="/t/{shop.slug}/clients/{ticket.client_id}"' in page
    assert f'href="/t/{shop.slug}/equipment/{ticket.equipment_id}"' in page


def test_a_ticket_that_is_not_there_or_not_yours_answers_alike(shop: Shop, take: Take) -> None:
    with shop.context():
        with unit_of_work():
            place = create_location(code="FL", name="Florești").id
        ticket_id = take().ticket.id
    shop.users["elsewhere"] = shop.add_user("manager", location_ids=frozenset({place}))
    shop.users["own"] = shop.add_user("technician", own_tickets_only=True)
    for role in ("elsewhere", "own"):
        browser = shop.client(role)
        foreign, missing = (get(browser, shop, f"/tickets/{number}", 404) for number in (ticket_id, 4711))
        assert re.sub(r"nonce=\S+|\d+", "", foreign) == re.sub(r"nonce=\S+|\d+", "", missing)
        for tail in ("/edit", "/status", "/documents/intake"):
            get(browser, shop, f"/tickets/{ticket_id}{tail}", 404)
        token = csrf_token(get(browser, shop, "/tickets/new"))
        for tail in ("/notes", "/status", "/assign", "/edit", "/access-code", "/unlock-code"):
            answer = browser.post(
                f"{shop.root}/tickets/{ticket_id}{tail}",
                data={"csrf_token": token, "_key": "6a4f4b0c-0000-4000-8000-000000000000"},
            )
            assert answer.status_code in {403, 404}, (role, tail)
            assert answer.status_code == 404 or tail == "/assign"
        assert numbers(get(browser, shop, "/tickets/?view=all")) == []
        assert "Maria" not in get(browser, shop, "/")
    with shop.context():
        assert [event.kind for event in timeline(ticket_id)] == [EventKind.OPENED]


def test_a_status_is_changed_from_the_page_with_its_remark(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket_id = take().ticket.id
    browser = shop.client("technician")
    page = f"/tickets/{ticket_id}/status"
    sent = {"from_id": status_id(shop, Stage.RECEIVED), "status_id": status_id(shop, Stage.IN_WORK)}
    answer = post(browser, shop, page, page, **sent, note="Încep.")
    assert answer.status_code == 303
    shown = get(browser, shop, f"/tickets/{ticket_id}")
    assert 'data-stage="in_work"' in shown
    assert "Încep." in shown
    with shop.context():
        assert session().get_one(Ticket, ticket_id).stage is Stage.IN_WORK


def test_a_status_form_sent_twice_moves_once(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket_id = take().ticket.id
    browser = shop.client("technician")
    text = get(browser, shop, f"/tickets/{ticket_id}/status")
    sent = {
        "csrf_token": csrf_token(text),
        "_key": idempotency_key(text),
        "from_id": status_id(shop, Stage.RECEIVED),
        "status_id": status_id(shop, Stage.IN_WORK),
    }
    answers = [browser.post(f"{shop.root}/tickets/{ticket_id}/status", data=sent) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    with shop.context():
        assert len(timeline(ticket_id)) == 2


def test_a_refused_status_keeps_what_was_typed(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket_id = take().ticket.id
    browser, page = shop.client("technician"), f"/tickets/{ticket_id}/status"
    received, cancelled = status_id(shop, Stage.RECEIVED), status_id(shop, Stage.CANCELLED)
    answer = post(browser, shop, page, page, from_id=received, status_id=cancelled, note="")
    assert answer.status_code == 422
    assert 'id="remark-e"' in answer.text
    for wrong in ("", "x", "4711", str(2**70)):
        answer = post(browser, shop, page, page, from_id=received, status_id=wrong, note="Rămâne scris.")
        assert answer.status_code == 422
        assert "Rămâne scris." in answer.text


def test_who_decides_on_an_old_page_is_told_and_keeps_the_remark(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket_id = take().ticket.id
    browser, page = shop.client("technician"), f"/tickets/{ticket_id}/status"
    received, ready = status_id(shop, Stage.RECEIVED), status_id(shop, Stage.READY)
    with shop.context():
        move(ticket_id, Stage.QUESTION)
    answer = post(browser, shop, page, page, from_id=received, status_id=ready, note="E gata.")
    assert answer.status_code == 409
    assert "E gata." in answer.text
    with shop.context():
        assert session().get_one(Ticket, ticket_id).stage is Stage.QUESTION


def test_a_note_is_written_once_and_stays_when_it_is_refused(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket_id = take().ticket.id
    browser, page = shop.client("technician"), f"/tickets/{ticket_id}"
    text = get(browser, shop, page)
    sent = {"csrf_token": csrf_token(text), "_key": idempotency_key(text), "note": "Rama e <b>îndoită</b>."}
    for _time in range(2):
        assert browser.post(f"{shop.root}{page}/notes", data=sent).status_code == 303
    shown = get(browser, shop, page)
    assert shown.count("Rama e &lt;b&gt;îndoită&lt;/b&gt;.") == 1
    assert "Rama e" in get(browser, shop, f"{page}?history=notes")
    refused = post(browser, shop, page, f"{page}/notes", note="x" * 10_001)
    assert refused.status_code == 422
    assert "x" * 10_001 in refused.text


def test_a_change_is_saved_and_an_overtaken_one_shows_both(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket_id = take(condition="zgâriat").ticket.id
    browser, page = shop.client("receptionist"), f"/tickets/{ticket_id}/edit"
    fields = {"problem": "Ecran spart", "condition": "spart", "priority": "high", "location_id": "1"}
    answer = post(browser, shop, page, page, **fields, version="1", unlock_code="2580")
    assert answer.status_code == 303, answer.text[-1500:]
    with shop.context():
        ticket = session().get_one(Ticket, ticket_id)
        assert (ticket.condition, ticket.priority, bool(ticket.unlock_code)) == ("spart", "high", True)
    answer = post(browser, shop, page, page, **{**fields, "condition": "fără urme"}, version="1")
    assert answer.status_code == 409
    assert "fără urme" in answer.text
    assert "spart" in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert version
    answer = post(browser, shop, page, page, **{**fields, "condition": "fără urme"}, version=version[1])
    assert answer.status_code == 303
    assert post(browser, shop, page, page, **{**fields, "problem": ""}, version="3").status_code == 422
    answer = post(browser, shop, page, page, **{**fields, "condition": "fără urme"}, forget_unlock_code="y")
    assert answer.status_code == 409
    with shop.context():
        version = str(session().get_one(Ticket, ticket_id).version)
    gone = {"condition": "fără urme", "forget_unlock_code": "y", "version": version}
    assert post(browser, shop, page, page, **{**fields, **gone}).status_code == 303
    with shop.context():
        assert session().get_one(Ticket, ticket_id).unlock_code is None


def test_a_ticket_is_given_to_a_technician(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket_id = take().ticket.id
    browser, page = shop.client("manager"), f"/tickets/{ticket_id}"
    radu = shop.users["technician"]
    assert post(browser, shop, page, f"{page}/assign", assignee_id=radu).status_code == 303
    with shop.context():
        assert session().get_one(Ticket, ticket_id).assignee_id == radu
    assert post(browser, shop, page, f"{page}/assign", assignee_id="4711").status_code == 422
    assert post(browser, shop, page, f"{page}/assign", assignee_id="").status_code == 303


def test_codes_are_shown_by_a_post_that_leaves_a_trace(shop: Shop, take: Take) -> None:
    with shop.context():
        opened = take(unlock_code="L-5-2-8")
        code, ticket_id = opened.access_code, opened.ticket.id
    browser, page = shop.client("receptionist"), f"/tickets/{ticket_id}"
    assert browser.get(f"{shop.root}{page}/access-code").status_code == 405
    answer = post(browser, shop, page, f"{page}/access-code")
    assert answer.status_code == 200
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    token = csrf_token(get(browser, shop, page))
    fragment = browser.post(
        f"{shop.root}{page}/unlock-code", data={"csrf_token": token}, headers={"HX-Request": "true"}
    )
    assert "L-5-2-8" in fragment.text
    assert "<html" not in fragment.text
    with shop.context():
        kinds = [event.kind for event in timeline(ticket_id)]
        move(ticket_id, Stage.RETURNED)
    assert kinds[1:] == [EventKind.CODE_SHOWN, EventKind.UNLOCK_SHOWN]
    assert post(browser, shop, page, f"{page}/unlock-code").status_code == 404
    accountant = shop.client("accountant")
    sent = {"csrf_token": csrf_token(get(accountant, shop, page))}
    assert accountant.post(f"{shop.root}{page}/access-code", data=sent).status_code == 403


@pytest.mark.both_databases
def test_the_list_filters_and_sorts(shop: Shop, take: Take) -> None:
    radu = shop.users["technician"]
    with shop.context():
        with unit_of_work():
            place = create_location(code="FL", name="Florești").id
        first = take(due_at=now() + timedelta(days=3)).ticket.number
        second = take(due_at=now() + timedelta(days=1), assignee_id=radu).ticket
        third = take(
            client=ClientData(name="Ștefan Crișan"), location_id=place, problem="Nu centrifughează"
        ).ticket
        late_id, third_id = second.id, third.id
        second, third = second.number, third.number
        closed = take().ticket
        closed_id, closed = closed.id, closed.number
        move(closed_id, Stage.RETURNED)
        move(third_id, Stage.WAITING_PARTS)
        with unit_of_work() as current:
            current.get_one(Ticket, late_id).due_at = now() - timedelta(days=1)
    browser = shop.client("technician")
    for query, found in (
        ("", [third, second, first]),
        ("?view=all", [closed, third, second, first]),
        ("?view=mine", [second]),
        ("?view=late", [second]),
        ("?view=ready", []),
        ("?stage=waiting_parts", [third]),
        ("?stage=returned&view=all", [closed]),
        ("?turn=supplier", [third]),
        (f"?location={place}", [third]),
        (f"?assignee={radu}", [second]),
        ("?assignee=nobody", [third, first]),
        ("?q=crisan", [third]),
        ("?q=centrifug", [third]),
        ("?q=nimic-de-acest-fel", []),
        ("?sort=due", [second, first, third]),
        ("?sort=-newest", [first, second, third]),
        ("?sort=waiting", [first, second, third]),
        ("?sort=changed&view=all", [second, third, closed, first]),
        (f"?sort=changed&view=all&location={place}", [third]),
        ("?sort=changed", [third, second, first]),
        ("?view=%00&stage=x&location=9e9&sort=nope&cursor=abc&limit=-1", [third, second, first]),
    ):
        assert numbers(get(browser, shop, f"/tickets/{query}")) == found, query


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "sort", ["sort=newest", "sort=due", "sort=-due", "sort=waiting", "view=all&sort=changed", "view=all"]
)
def test_pages_of_the_list_lead_to_every_ticket_once(shop: Shop, take: Take, sort: str) -> None:
    with shop.context():
        owner = take().ticket.client_id
        for number in range(6):
            due = None if number % 2 else now() + timedelta(days=number + 1)
            take(client=owner, due_at=due)
    browser, seen, address = shop.client("owner"), [], f"/tickets/?limit=3&{sort}"
    for _page in range(5):
        page = get(browser, shop, address)
        seen += numbers(page)
        onward = re.search(r'href="(\?[^"]*cursor=[^"]*)" rel="next"', page)
        if onward is None:
            break
        address = "/tickets/" + onward[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 7


def test_the_list_costs_four_statements_however_long_it_is(
    shop: Shop, take: Take, query_recorder: QueryRecorder
) -> None:
    browser = shop.client("owner")
    with shop.context():
        owner = take().ticket.client_id
    get(browser, shop, "/tickets/")
    counts = []
    for _round in range(2):
        with query_recorder.recording() as statements:
            get(browser, shop, "/tickets/?stage=received&q=popescu")
        counts.append(len([one for one in statements if "control" not in one and " tenant" not in one]))
        with shop.context():
            for number in range(5):
                take(client=owner, equipment=EquipmentData(manufacturer="Beko", model=f"M{number}"))
    assert counts[0] == counts[1] <= 4, statements


def test_a_ticket_costs_at_most_ten_statements(shop: Shop, take: Take, query_recorder: QueryRecorder) -> None:
    browser = shop.client("owner")
    with shop.context():
        ticket_id = take(unlock_code="1").ticket.id
    get(browser, shop, f"/tickets/{ticket_id}")
    counts = []
    for _round in range(2):
        with query_recorder.recording() as statements:
            get(browser, shop, f"/tickets/{ticket_id}")
        counts.append(len([one for one in statements if " tenant" not in one]))
        with shop.context():
            for stage in (Stage.IN_WORK, Stage.QUESTION, Stage.RECEIVED):
                move(ticket_id, stage)
    assert counts[0] == counts[1] <= 10, statements


@pytest.mark.both_databases
def test_a_closed_ticket_says_when_it_was_closed_and_promises_nothing(shop: Shop, take: Take) -> None:
    promised = now() - timedelta(days=9)
    with shop.context():
        with clock_at(promised - timedelta(days=1)):
            ticket_id = take(due_at=promised).ticket.id
        with clock_at(now() - timedelta(days=1)):
            move(ticket_id, Stage.RETURNED)
    browser = shop.client("receptionist")
    for path in ("/tickets/?view=all", f"/tickets/{ticket_id}"):
        page = get(browser, shop, path)
        main = page[page.index("<main") : page.index("</main>")]
        assert "azi" not in re.findall(r"\w+", re.sub(r"<.*?>", " ", main)), path
        assert "wm-due late" not in main
    assert "închisă\N{NO-BREAK SPACE}ieri" in get(browser, shop, "/tickets/?view=all")


def test_earlier_stays_are_told_in_the_readers_language(shop: Shop, take: Take) -> None:
    with shop.context():
        equipment_id = take().ticket.equipment_id
    page = get(shop.client("receptionist"), shop, f"/tickets/new?equipment={equipment_id}")
    assert "încă aici" in page


def test_the_dashboard_says_what_is_late_whose_turn_it_is_and_what_is_ready(shop: Shop, take: Take) -> None:
    with shop.context():
        late, ready, mine = (take(assignee_id=shop.users["owner"]).ticket for _one in range(3))
        late_id, ready_id = late.id, ready.id
        late, ready, mine = late.number, ready.number, mine.number
        with unit_of_work() as current:
            current.get_one(Ticket, late_id).due_at = now() - timedelta(days=2)
        move(ready_id, Stage.READY)
    page = get(shop.client("owner"), shop, "/")
    for card in ("card-stages", "card-late", "card-ready", "card-mine"):
        assert f'id="{card}"' in page
    assert page.index("card-late") < page.index(late)
    assert ready in page
    assert mine in page
    bell = shop.client("owner").get(f"{shop.root}/alerts", headers={"HX-Request": "true"})
    assert "view=late" in bell.text
    assert "<html" not in bell.text
    assert "view=late" in get(shop.client("owner"), shop, "/alerts")


def test_the_dashboard_costs_a_constant_number_of_statements(
    shop: Shop, take: Take, query_recorder: QueryRecorder
) -> None:
    browser = shop.client("owner")
    with shop.context():
        owner = take().ticket.client_id
    get(browser, shop, "/")
    counts = []
    for _round in range(2):
        with query_recorder.recording() as statements:
            get(browser, shop, "/")
        counts.append(len([one for one in statements if " tenant" not in one]))
        with shop.context():
            for _number in range(4):
                take(client=owner)
    assert counts[0] == counts[1] <= 6, statements


def test_a_new_shop_is_told_what_to_do_next(shop: Shop, take: Take) -> None:
    page = get(shop.client("owner"), shop, "/")
    for address in ("/tickets/new", "/settings/firm"):
        assert f"{shop.root}{address}" in page
    assert "/settings/firm" not in get(shop.client("receptionist"), shop, "/")
    assert "/tickets/new" in get(shop.client("owner"), shop, "/tickets/")
    with shop.context():
        move(take().ticket.id, Stage.RETURNED)
    assert "/settings/firm" not in get(shop.client("owner"), shop, "/")


def test_what_waits_too_long_stands_under_the_bell(shop: Shop, take: Take) -> None:
    with shop.context():
        ids = [take().ticket.id for _one in range(2)]
        move(ids[0], Stage.QUESTION)
        move(ids[1], Stage.READY)
        with unit_of_work() as current:
            current.get_one(Ticket, ids[1]).stage_since = now() - timedelta(days=4)
    page = get(shop.client("receptionist"), shop, "/alerts")
    assert "stage=question" in page
    assert "view=ready" in page
    assert "stage=question" not in get(shop.client("owner"), shop, "/alerts?x=1").replace(
        "stage=question", "", 1
    )


def test_client_and_device_pages_show_their_tickets(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket = take().ticket
    browser = shop.client("receptionist")
    for path in (f"/clients/{ticket.client_id}", f"/equipment/{ticket.equipment_id}"):
        assert ticket.number in get(browser, shop, path)
    shop.users["own"] = shop.add_user("technician", own_tickets_only=True)
    other = shop.client("own")
    assert ticket.number not in get(other, shop, f"/equipment/{ticket.equipment_id}")


def test_the_search_box_finds_tickets_for_who_may_see_them(shop: Shop, take: Take) -> None:
    with shop.context():
        opened = take(problem="Nu centrifughează")
        ticket_id, number, code = opened.ticket.id, opened.ticket.number, opened.access_code
    browser = shop.client("receptionist")
    assert number in get(browser, shop, "/search?q=centrifug")
    for question in (number, code, f"{code[:4]}-{code[4:8]}-{code[8:]}".lower()):
        answer = browser.get(f"{shop.root}/search?q={question}")
        assert answer.status_code == 302, question
        assert answer.location.endswith(f"/tickets/{ticket_id}")
    shop.users["own"] = shop.add_user("technician", own_tickets_only=True)
    own = shop.client("own")
    for question in ("centrifug", number, code):
        answer = own.get(f"{shop.root}/search?q={question}")
        assert answer.status_code == 200
        assert f"/tickets/{ticket_id}" not in answer.text


def test_no_get_writes(shop: Shop, take: Take, query_recorder: QueryRecorder) -> None:
    with shop.context():
        ticket_id = take(unlock_code="1").ticket.id
    browser = shop.client("owner")
    with query_recorder.recording() as statements:
        for path in (
            "/",
            "/alerts",
            "/tickets/",
            "/tickets/new",
            f"/tickets/{ticket_id}",
            f"/tickets/{ticket_id}/edit",
        ):
            get(browser, shop, path)
    writes = [
        one for one in statements if re.match(r"\s*(INSERT|UPDATE|DELETE)", one) and "limit_" not in one
    ]
    assert writes == []
    with shop.context():
        assert session().scalars(select(Ticket.version)).all() == [1]


def weak(shop: Shop, *permissions: str) -> FlaskClient:
    """Return the browser of a user with a role of the shop's own."""
    with shop.context(), unit_of_work():
        key = add_role("Ajutor", permissions).key
    shop.users["weak"] = shop.add_user(key)
    return shop.client("weak")


def test_who_may_change_a_ticket_but_not_assign_it_cannot_do_so_by_changing_it(
    shop: Shop, take: Take
) -> None:
    with shop.context():
        ticket_id = take(assignee_id=shop.users["technician"]).ticket.id
    browser = weak(shop, "core.ticket:view", "core.ticket:edit")
    page = get(browser, shop, f"/tickets/{ticket_id}/edit")
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    offered = re.findall(
        r'<option[^>]*value="(\d*)"', page.partition('name="assignee_id"')[2].partition("</select>")[0]
    )
    assert offered == [str(shop.users["technician"])]
    with shop.context():
        place = session().get_one(Ticket, ticket_id).location_id
    fields = {
        "version": version and version[1],
        "problem": "Alta",
        "priority": "normal",
        "location_id": str(place),
    }
    for sent, status in (("", 303), (str(shop.users["owner"]), 422)):
        path = f"/tickets/{ticket_id}/edit"
        assert post(browser, shop, path, path, assignee_id=sent, **fields).status_code == status
    with shop.context():
        ticket = session().get_one(Ticket, ticket_id)
        assert (ticket.problem, ticket.assignee_id) == ("Alta", shop.users["technician"])


def test_the_heading_of_a_list_names_no_client_and_no_device_to_who_may_not_see_them(
    shop: Shop, take: Take
) -> None:
    with shop.context():
        ticket = take().ticket
        device = session().get_one(Equipment, ticket.equipment_id).unique_id
    shop.users["own"] = shop.add_user("technician", own_tickets_only=True)
    lists = (f"/tickets/?client={ticket.client_id}", f"/tickets/?equipment={ticket.equipment_id}")
    shown = [get(shop.client("own"), shop, path) for path in lists]
    assert ("Maria Popescu" in shown[0], device in shown[1]) == (True, True)
    with shop.context(), unit_of_work():
        session().get_one(User, shop.users["own"]).roles = [add_role("Atelier", ["core.ticket:view"])]
    hidden = [get(shop.client("own"), shop, path) for path in lists]
    assert ("Maria Popescu" in hidden[0], device in hidden[1]) == (False, False)


def test_of_two_who_move_a_ticket_at_the_same_moment_the_slower_one_is_told(shop: Shop, take: Take) -> None:
    with shop.context():
        ticket_id = take().ticket.id
    received, ready = status_id(shop, Stage.RECEIVED), status_id(shop, Stage.READY)
    browser, page = shop.client("technician"), f"/tickets/{ticket_id}/status"
    text = get(browser, shop, page)
    steps: list[str] = []

    def move_first() -> None:
        with shop.context():
            move(ticket_id, Stage.READY)

    def note_reading(*told: Any) -> None:
        steps.extend(["read"] if "FROM login_session" in told[2] and not steps else [])

    def overtake(_connection: Connection) -> None:
        # Who asks is known, the unit of work has not begun.
        if steps == ["read"]:
            steps.append("moved")
            other = threading.Thread(target=move_first)
            other.start()
            other.join()

    event.listen(shop.engine, "after_cursor_execute", note_reading)
    event.listen(shop.engine, "rollback", overtake)
    sent = {"csrf_token": csrf_token(text), "_key": idempotency_key(text), "from_id": received}
    answer = browser.post(f"{shop.root}{page}", data={**sent, "status_id": ready, "note": "E gata."})
    assert (answer.status_code, steps) == (409, ["read", "moved"])
    assert "E gata." in answer.text
    offered = set(re.findall(r'name="status_id"[^>]*value="(\d+)"', answer.text))
    assert str(ready) not in offered
    assert str(received) in offered
