from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.db import session, unit_of_work
from core.foundation.accounts.devices import (
    HOLDS,
    REMEMBERED,
    describe_browser,
    list_devices,
    revoke_device,
    revoke_sessions,
)
from core.foundation.accounts.models import LoginSession
from tests.foundation.accounts.conftest import Person, send

pytestmark = pytest.mark.both_databases
AddPerson = Callable[..., Person]


def session_ids(person: Person) -> list[int]:
    with person.shop.context():
        statement = select(LoginSession.id).where(LoginSession.user_id == person.id).order_by(LoginSession.id)
        return list(session().scalars(statement))


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
            "Chrome · Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Linux"),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-A55) SamsungBrowser/25.0 Chrome/121.0 Safari",
            "Samsung Internet · Android",
        ),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_two_words(user_agent: str, name: str) -> None:
    assert describe_browser(user_agent) == name


def test_devices_are_listed_with_their_last_use(add_person: AddPerson) -> None:
    person = add_person()
    start = datetime.now(UTC)
    first, second = person.log_in(), person.log_in()
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        assert person.is_in(first)
    with time_machine.travel(start + timedelta(hours=3), tick=False):
        assert person.is_in(second)
    with time_machine.travel(start + timedelta(hours=4), tick=False), person.shop.context():
        found = list_devices(person.id, current=session_ids(person)[0])
    assert [device.is_current for device in found] == [True, False]
    assert [round((device.last_used_at - start) / timedelta(hours=1)) for device in found] == [2, 3]
    page = first.get(f"{person.shop.root}/account/devices")
    assert page.text.count('/revoke"') == 1
    assert "/revoke-others" in page.text


def test_what_is_over_is_not_listed(add_person: AddPerson) -> None:
    person = add_person()
    start = datetime.now(UTC)
    browsers = [person.log_in() for _ in range(4)]
    person.log_in(keep="y")
    send(browsers[0], person.shop, "/logout", page="/account/devices")
    for hours in (10, 20):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert person.is_in(browsers[1])
    with time_machine.travel(start + timedelta(hours=21), tick=False), person.shop.context():
        assert len(list_devices(person.id)) == 2
    with time_machine.travel(start + HOLDS + timedelta(hours=1), tick=False), person.shop.context():
        assert len(list_devices(person.id)) == 1


def test_one_device_is_logged_out(add_person: AddPerson) -> None:
    person = add_person()
    here, there = person.log_in(), person.log_in()
    answer = send(
        here, person.shop, f"/account/devices/{session_ids(person)[1]}/revoke", page="/account/devices"
    )
    assert answer.status_code == 302
    assert person.is_in(here)
    assert not person.is_in(there)


def test_all_other_devices_are_logged_out(add_person: AddPerson) -> None:
    person, other = add_person(), add_person()
    here, there, elsewhere = person.log_in(), person.log_in(), person.log_in()
    bystander = other.log_in()
    send(here, person.shop, "/account/devices/revoke-others", page="/account/devices")
    assert person.is_in(here)
    assert not person.is_in(there)
    assert not person.is_in(elsewhere)
    assert other.is_in(bystander)


def test_the_device_of_another_is_answered_like_one_that_is_not_there(add_person: AddPerson) -> None:
    person, other = add_person(), add_person()
    browser, victim = person.log_in(), other.log_in()
    theirs = session_ids(other)[0]
    answers = [
        send(browser, person.shop, f"/account/devices/{number}/revoke", page="/account/devices").status_code
        for number in (theirs, 999_999)
    ]
    assert answers == [404, 404]
    assert other.is_in(victim)
    with person.shop.context(), unit_of_work():
        assert not revoke_device(person.id, theirs)


def test_revoking_counts_what_was_in_force(add_person: AddPerson) -> None:
    person = add_person()
    person.log_in()
    person.log_in()
    with person.shop.context(), unit_of_work():
        assert revoke_sessions(person.id) == 2
        assert revoke_sessions(person.id) == 0


def test_sessions_that_ended_long_ago_are_removed_at_a_login(add_person: AddPerson) -> None:
    person, other = add_person(), add_person()
    with time_machine.travel(datetime.now(UTC) - HOLDS - REMEMBERED - timedelta(days=1), tick=False):
        person.log_in()
        other.log_in()
    with time_machine.travel(datetime.now(UTC) - HOLDS - REMEMBERED + timedelta(days=1), tick=False):
        person.log_in()
    person.log_in()
    assert len(session_ids(person)) == 2
    assert len(session_ids(other)) == 1
