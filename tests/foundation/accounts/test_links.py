import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.db import session, unit_of_work
from core.errors import DomainError
from core.foundation.accounts.links import HOLDS, Purpose, issue_link
from core.foundation.accounts.models import AccountToken
from core.foundation.accounts.services import disable_user, get_user
from core.foundation.audit.models import AuditEntry
from core.testing import Shop
from tests.foundation.accounts.conftest import Person, page_token, sign_in

pytestmark = pytest.mark.both_databases
AddPerson = Callable[..., Person]
NEW = "șurubelniță mică"


def invited(person: Person) -> Person:
    with person.changed() as user:
        user.password_hash = None
    return person


def link_for(person: Person) -> str:
    """Return the path of a new link, as a browser asks for it."""
    with person.changed() as user:
        link = issue_link(user)
    return "/" + link.split("/", 3)[3]


def follow(person: Person, path: str, password: str = NEW, repeat: str | None = None) -> object:
    browser = person.browser()
    shown = browser.get(path)
    if shown.status_code != 200:
        return shown.status_code
    data = {"csrf_token": page_token(shown.text), "password": password, "repeat": repeat or password}
    answer = browser.post(path, data=data)
    return answer.status_code if answer.status_code != 303 else browser


def test_a_link_is_made_of_the_canonical_address_and_kept_as_a_hash(add_person: AddPerson) -> None:
    person = invited(add_person())
    with person.changed() as user:
        link = issue_link(user)
    assert link.startswith(f"{person.shop.tenant.url}/invite/")
    token = link.rpartition("/")[2]
    with person.shop.context():
        kept = session().scalars(select(AccountToken.token_hash)).all()
    assert len(token) >= 43
    assert token not in kept


def test_an_invited_user_sets_a_password_and_is_in(add_person: AddPerson) -> None:
    person = invited(add_person())
    assert sign_in(person.browser(), person.shop, person.email).status_code == 422
    browser = follow(person, link_for(person))
    assert person.is_in(browser)  # type: ignore[arg-type]
    person.log_in(password=NEW)


def test_a_reset_ends_every_login_and_the_old_password(add_person: AddPerson) -> None:
    person = add_person()
    old = person.log_in()
    path = link_for(person)
    assert "/reset/" in path
    assert person.is_in(old)
    assert person.is_in(follow(person, path))  # type: ignore[arg-type]
    assert not person.is_in(old)
    assert sign_in(person.browser(), person.shop, person.email).status_code == 422
    person.log_in(password=NEW)


def test_a_link_is_used_once(add_person: AddPerson) -> None:
    person = invited(add_person())
    path = link_for(person)
    assert not isinstance(follow(person, path), int)
    assert follow(person, path) == 404


def test_looking_at_a_link_does_not_use_it_up(add_person: AddPerson) -> None:
    person = invited(add_person())
    path = link_for(person)
    for _ in range(3):
        answer = person.browser().get(path)
        assert answer.status_code == 200
        assert person.email in answer.text
    assert not isinstance(follow(person, path), int)


@pytest.mark.parametrize(
    ("password", "repeat"),
    [("short", "short"), ("parola12345", "parola12345"), (NEW, NEW + "x"), ("x" * 201, "x" * 201), ("", "")],
)
def test_a_refused_password_leaves_the_link_in_force(
    add_person: AddPerson, password: str, repeat: str
) -> None:
    person = invited(add_person())
    path = link_for(person)
    assert follow(person, path, password, repeat) == 422
    assert not isinstance(follow(person, path), int)


def test_the_name_of_the_person_is_no_password(add_person: AddPerson) -> None:
    person = invited(add_person(name="Alexandrina Popescu"))
    assert follow(person, link_for(person), "alexandrina1") == 422


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_link_ends_by_itself(add_person: AddPerson, purpose: Purpose) -> None:
    person = add_person() if purpose is Purpose.RESET else invited(add_person())
    path = link_for(person)
    moment = datetime.now(UTC) + HOLDS[purpose]
    with time_machine.travel(moment - timedelta(minutes=1), tick=False):
        assert person.browser().get(path).status_code == 200
    with time_machine.travel(moment + timedelta(minutes=1), tick=False):
        assert follow(person, path) == 404


def test_a_newer_link_voids_the_older(add_person: AddPerson) -> None:
    person = invited(add_person())
    older, newer = link_for(person), link_for(person)
    assert follow(person, older) == 404
    assert not isinstance(follow(person, newer), int)


def test_a_changed_password_voids_links(add_person: AddPerson) -> None:
    person = add_person()
    path = link_for(person)
    browser = person.log_in()
    page = f"{person.shop.root}/account/password"
    token = page_token(browser.get(page).text)
    data = {"csrf_token": token, "current": "correct horse battery", "password": NEW, "repeat": NEW}
    assert browser.post(page, data=data).status_code == 302
    assert follow(person, path) == 404


def test_a_link_of_a_disabled_user_is_void(add_person: AddPerson) -> None:
    person = add_person()
    path = link_for(person)
    with person.changed() as user:
        disable_user(user)
    assert follow(person, path) == 404
    with pytest.raises(DomainError), person.changed() as user:
        issue_link(user)


def test_a_link_of_one_purpose_is_none_of_the_other(add_person: AddPerson) -> None:
    person = add_person()
    path = link_for(person)
    assert follow(person, path.replace("/reset/", "/invite/")) == 404


def test_used_expired_and_invented_links_get_one_answer(add_person: AddPerson) -> None:
    person = invited(add_person())
    used = link_for(person)
    follow(person, used)
    invented = f"{person.shop.root}/invite/{'A' * 43}"
    one, other = person.browser().get(used), person.browser().get(invented)
    assert one.status_code == other.status_code == 404
    pages = [re.sub(r'nonce="[^"]*"', "", answer.text) for answer in (one, other)]
    assert pages[0] == pages[1]


def test_a_link_of_another_tenant_is_unknown_here(
    add_person: AddPerson, make_shop: Callable[..., Shop]
) -> None:
    person, other = invited(add_person()), make_shop()
    path = link_for(person)
    assert person.browser().get(path.replace(person.shop.root, other.root)).status_code == 404


def test_whoever_is_logged_in_on_the_browser_is_logged_out_by_a_link(add_person: AddPerson) -> None:
    manager, person = add_person("manager"), invited(add_person())
    browser = manager.log_in()
    cookie = browser.get_cookie(manager.shop.tenant.cookie, path=f"{manager.shop.root}/")
    assert cookie is not None
    path = link_for(person)
    data = {"csrf_token": page_token(browser.get(path).text), "password": NEW, "repeat": NEW}
    assert browser.post(path, data=data).status_code == 303
    assert person.is_in(browser)
    replay = manager.browser()
    replay.set_cookie(cookie.key, cookie.value, path=f"{manager.shop.root}/")
    assert not manager.is_in(replay)


def test_the_trail_tells_who_set_the_password_and_never_which(add_person: AddPerson) -> None:
    person = invited(add_person())
    follow(person, link_for(person))
    with person.shop.context():
        rows = (
            session()
            .scalars(select(AuditEntry).where(AuditEntry.entity == "user", AuditEntry.entity_id == person.id))
            .all()
        )
        password_hash = str(get_user(person.id).password_hash)
        told = [(row.action, row.actor_name) for row in rows]
        assert ("invited", "system") in told
        assert ("logged_in", person.name) in told
        assert any("password_hash" in row.changes and row.actor_id == person.id for row in rows)
        assert all(password_hash not in str(row.changes) for row in rows)


def test_two_who_follow_a_link_at_once_cannot_both(add_person: AddPerson) -> None:
    person = invited(add_person())
    path = link_for(person)
    one, other = person.browser(), person.browser()
    tokens = [page_token(browser.get(path).text) for browser in (one, other)]
    answers = [
        browser.post(path, data={"csrf_token": token, "password": NEW, "repeat": NEW}).status_code
        for browser, token in zip((one, other), tokens, strict=True)
    ]
    assert answers == [303, 404]
    with person.shop.context(), unit_of_work():
        assert get_user(person.id).password_hash is not None
