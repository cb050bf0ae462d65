import re
from collections.abc import Callable

import pytest

from core.db import session, unit_of_work
from core.foundation.accounts.roles import add_role, get_role, list_roles
from core.foundation.accounts.services import get_user, get_user_by_email, set_roles
from core.testing import Shop
from tests.foundation.accounts.conftest import Person, page_token, send

AddPerson = Callable[..., Person]
NEW_PASSWORD = "a long new secret"


def version_on(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found is not None
    return found.group(1)


def role_id(shop: Shop, key: str) -> int:
    with shop.context():
        return next(role.id for role in list_roles() if role.key == key)


def test_an_invitation_is_shown_once_and_leads_in(add_person: AddPerson) -> None:
    manager = add_person("manager")
    browser = manager.log_in()
    facts = {"name": "Dan Nou", "email": "dan.nou@example.com", "roles": ["technician", "receptionist"]}
    answer = send(browser, manager.shop, "/settings/users/new", **facts)
    assert answer.status_code == 201
    link = re.search(r'value="http://localhost(/t/[^"]+/invite/[^"]+)"', answer.text)
    assert link is not None
    with manager.shop.context():
        user = get_user_by_email("dan.nou@example.com")
        user_id = user.id
        assert {role.key for role in user.roles} == {"technician", "receptionist"}
    assert link.group(1) not in browser.get(f"{manager.shop.root}/settings/users/{user_id}").text
    newcomer = manager.browser()
    data = {
        "csrf_token": page_token(newcomer.get(link.group(1)).text),
        "password": NEW_PASSWORD,
        "repeat": NEW_PASSWORD,
    }
    assert newcomer.post(link.group(1), data=data).status_code == 303
    assert Person(manager.shop, user_id, "", "Dan Nou").is_in(newcomer)


def test_the_same_invitation_sent_again_invites_nobody_twice(add_person: AddPerson) -> None:
    manager = add_person("manager")
    browser = manager.log_in()
    facts = {"name": "Eva", "email": "eva@example.com", "roles": "technician"}
    assert send(browser, manager.shop, "/settings/users/new", **facts).status_code == 201
    again = send(browser, manager.shop, "/settings/users/new", **facts)
    assert again.status_code == 422
    assert 'value="eva@example.com"' in again.text
    assert 'id="email-e"' in again.text


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"name": "X"},
        {"name": "X", "email": "x@example.com"},
        {"name": "X", "email": "x@example.com", "roles": "king"},
        {"name": "X" * 101, "email": "x@example.com", "roles": "technician"},
        {"name": "X", "email": "x", "roles": "technician"},
        {"name": "X\0", "email": "x@example.com", "roles": "technician"},
        {"name": "X", "email": "x@example.com", "roles": "technician", "location_ids": "987654"},
        {"name": "X", "email": "x@example.com", "roles": "technician", "location_ids": "9" * 5000},
        {"name": "X", "email": "x@example.com", "roles": "technician", "version": "9" * 40},
    ],
)
def test_a_wrong_invitation_is_shown_again_with_its_errors(
    add_person: AddPerson, facts: dict[str, str]
) -> None:
    manager = add_person("manager")
    answer = send(manager.log_in(), manager.shop, "/settings/users/new", **facts)
    assert answer.status_code == 422
    assert "wm-note bad" in answer.text
    if facts.get("name") == "X":
        assert 'value="X"' in answer.text


def test_a_manager_cannot_invite_an_owner(add_person: AddPerson) -> None:
    manager = add_person("manager")
    facts = {"name": "Boss", "email": "boss@example.com", "roles": "owner"}
    answer = send(manager.log_in(), manager.shop, "/settings/users/new", **facts)
    assert answer.status_code == 403
    assert 'value="boss@example.com"' in answer.text


def test_a_user_is_changed_and_holds_the_new_role_at_once(add_person: AddPerson) -> None:
    manager, person = add_person("manager"), add_person("technician")
    theirs = person.log_in()
    browser = manager.log_in()
    path = f"/settings/users/{person.id}"
    shown = browser.get(manager.shop.root + path).text
    facts = {"name": "Renamed", "email": person.email, "roles": "manager", "version": version_on(shown)}
    assert theirs.get(f"{person.shop.root}/settings/users/").status_code == 403
    assert send(browser, manager.shop, path, **facts).status_code == 302
    assert theirs.get(f"{person.shop.root}/settings/users/").status_code == 200


def test_a_lost_race_shows_both_and_keeps_the_typing(add_person: AddPerson) -> None:
    manager, person = add_person("manager"), add_person("technician")
    browser = manager.log_in()
    path = f"/settings/users/{person.id}"
    version = version_on(browser.get(manager.shop.root + path).text)
    with person.changed() as user:
        user.name = "Changed By Another"
    facts = {"name": "Typed By Me", "email": person.email, "roles": "technician"}
    answer = send(browser, manager.shop, path, **facts, version=version)
    assert answer.status_code == 409
    assert 'value="Typed By Me"' in answer.text
    assert "Changed By Another" in answer.text
    again = send(browser, manager.shop, path, **facts, version=version_on(answer.text))
    assert again.status_code == 302
    with manager.shop.context():
        assert get_user(person.id).name == "Typed By Me"


def test_a_restriction_to_a_location_that_is_no_longer_in_use_is_not_lost(add_person: AddPerson) -> None:
    manager, person = add_person("manager"), add_person("technician", location_ids=frozenset({777}))
    browser = manager.log_in()
    path = f"/settings/users/{person.id}"
    shown = browser.get(manager.shop.root + path).text
    assert re.search(r'name="location_ids"[^>]*value="777" checked', shown)
    facts = {"name": "Renamed", "email": person.email, "roles": "technician", "location_ids": "777"}
    assert send(browser, manager.shop, path, **facts, version=version_on(shown)).status_code == 302
    with manager.shop.context():
        assert get_user(person.id).location_ids == {777}


def test_a_user_is_disabled_and_let_in_again(add_person: AddPerson) -> None:
    manager, person = add_person("manager"), add_person("technician")
    theirs, browser = person.log_in(), manager.log_in()
    page = f"/settings/users/{person.id}"
    assert send(browser, manager.shop, f"{page}/disable", page=page).status_code == 302
    assert not person.is_in(theirs)
    assert send(browser, manager.shop, f"{page}/enable", page=page).status_code == 302
    person.log_in()


def test_the_last_owner_is_told_why_not(shop: Shop) -> None:
    browser = shop.client("owner")
    page = f"/settings/users/{shop.users['owner']}"
    answer = send(browser, shop, f"{page}/disable", page=page)
    assert answer.status_code == 409
    with shop.context():
        owner = get_user(shop.users["owner"])
        assert owner.is_active
        facts = {"name": owner.name, "email": owner.email, "roles": "manager"}
    answer = send(browser, shop, page, **facts)
    assert answer.status_code == 409
    assert f'value="{facts["name"]}"' in answer.text


def test_a_manager_logs_a_user_out_everywhere(add_person: AddPerson) -> None:
    manager, person = add_person("manager"), add_person("technician")
    theirs, browser = person.log_in(), manager.log_in()
    page = f"/settings/users/{person.id}"
    assert send(browser, manager.shop, f"{page}/log-out", page=page).status_code == 302
    assert not person.is_in(theirs)


def test_a_reset_link_is_shown_to_who_makes_it(add_person: AddPerson) -> None:
    manager, person = add_person("manager"), add_person("technician")
    page = f"/settings/users/{person.id}"
    answer = send(manager.log_in(), manager.shop, f"{page}/link", page=page)
    assert answer.status_code == 201
    assert f"http://localhost{manager.shop.root}/reset/" in answer.text


@pytest.mark.parametrize("deed", ["disable", "link", "log-out", "enable"])
def test_a_manager_gets_no_hold_of_an_owner(add_person: AddPerson, deed: str) -> None:
    manager, owner = add_person("manager"), add_person("owner")
    browser = manager.log_in()
    page = f"/settings/users/{owner.id}"
    assert f"{page}/{deed}" not in browser.get(manager.shop.root + page).text
    answer = send(browser, manager.shop, f"{page}/{deed}", page="/settings/users/")
    assert answer.status_code == 403
    facts = {"name": "Taken", "email": "taken@example.com", "roles": "owner"}
    assert send(browser, manager.shop, page, **facts).status_code == 403


@pytest.mark.parametrize("role", ["receptionist", "technician", "accountant"])
@pytest.mark.parametrize(
    "path", ["/settings/users/", "/settings/users/new", "/settings/users/1", "/settings/roles/"]
)
def test_who_may_not_see_users_does_not(shared_shop: Shop, role: str, path: str) -> None:
    assert shared_shop.client(role).get(shared_shop.root + path).status_code == 403


@pytest.mark.parametrize(
    "path", ["/settings/users/999999", "/settings/roles/999999", "/settings/users/" + "9" * 19]
)
def test_what_is_not_there_is_not_found(shared_shop: Shop, path: str) -> None:
    assert shared_shop.client("owner").get(shared_shop.root + path).status_code == 404


def test_every_page_of_users_and_roles_opens(shared_shop: Shop) -> None:
    browser = shared_shop.client("owner")
    paths = ["/settings/users/", "/settings/users/new", "/settings/roles/", "/settings/roles/new"]
    paths += [f"/settings/users/{number}" for number in shared_shop.users.values()]
    paths += [f"/settings/roles/{role_id(shared_shop, key)}" for key in ("owner", "manager", "technician")]
    paths += ["/account/", "/account/password", "/account/devices"]
    for path in paths:
        answer = browser.get(shared_shop.root + path)
        assert answer.status_code == 200, path
        assert "style=" not in answer.text
        assert "onclick=" not in answer.text


def test_a_role_is_made_changed_set_back_and_deleted(shop: Shop) -> None:
    browser = shop.client("owner")
    assert (
        send(browser, shop, "/settings/roles/new", name="Șef", permissions=["core.user:view"]).status_code
        == 302
    )
    made = role_id(shop, "sef")
    page = f"/settings/roles/{made}"
    shown = browser.get(shop.root + page).text
    assert re.search(r'value="core.user:view" checked', shown)
    change = {"name": "Șef", "permissions": ["core.role:view"], "version": version_on(shown)}
    assert send(browser, shop, page, **change).status_code == 302
    with shop.context():
        assert get_role(made).permissions == ["core.role:view"]
    assert send(browser, shop, page, **change).status_code == 409
    assert send(browser, shop, f"{page}/delete", page=page).status_code == 302
    assert browser.get(shop.root + page).status_code == 404
    preset = f"/settings/roles/{role_id(shop, 'technician')}"
    assert send(browser, shop, preset, name="Meșter", permissions=[]).status_code == 302
    assert "/restore" in browser.get(shop.root + preset).text
    assert send(browser, shop, f"{preset}/restore", page=preset).status_code == 302
    with shop.context():
        assert get_role(role_id(shop, "technician")).permissions is None


@pytest.mark.parametrize(
    "sent",
    [{}, {"name": ""}, {"name": "X" * 61}, {"name": "X", "permissions": "core.moon:land"}, {"name": "a\0"}],
)
def test_a_wrong_role_is_shown_again_with_its_errors(shared_shop: Shop, sent: dict[str, str]) -> None:
    answer = send(shared_shop.client("owner"), shared_shop, "/settings/roles/new", **sent)
    assert answer.status_code == 422
    assert "wm-note bad" in answer.text


def test_a_manager_looks_at_roles_and_changes_none(shared_shop: Shop) -> None:
    browser = shared_shop.client("manager")
    number = role_id(shared_shop, "technician")
    assert browser.get(f"{shared_shop.root}/settings/roles/{number}").status_code == 200
    for path in ("new", f"{number}", f"{number}/restore", f"{number}/delete"):
        answer = send(browser, shared_shop, f"/settings/roles/{path}", page="/settings/users/", name="X")
        assert answer.status_code == 403


def test_who_may_edit_roles_cannot_permit_themselves_more(shop: Shop) -> None:
    with shop.context(), unit_of_work():
        clerk = add_role("Clerk", ["core.role:view", "core.role:edit"])
        set_roles(get_user(shop.users["technician"]), [clerk.key])
        number = clerk.id
    browser = shop.client("technician")
    sent = {"name": "Clerk", "permissions": ["core.role:view", "core.role:edit", "core.user:edit"]}
    assert send(browser, shop, f"/settings/roles/{number}", **sent).status_code == 403
    assert (
        send(browser, shop, "/settings/roles/new", name="Mine", permissions="core.user:edit").status_code
        == 403
    )


def test_ones_own_name_and_taste_are_saved(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.log_in()
    shown = browser.get(f"{person.shop.root}/account/").text
    sent = {
        "name": "Ana Nouă",
        "language": "en",
        "theme": "dark",
        "nav_narrow": "y",
        "version": version_on(shown),
    }
    assert send(browser, person.shop, "/account/", **sent).status_code == 302
    page = browser.get(f"{person.shop.root}/account/").text
    assert '<html lang="en" data-bs-theme="dark"' in page
    assert 'value="Ana Nouă"' in page
    assert 'data-shortcuts="off"' in page
    stale = send(browser, person.shop, "/account/", **{**sent, "name": "Late"})
    assert stale.status_code == 409
    assert 'value="Late"' in stale.text


@pytest.mark.parametrize(
    "sent", [{"name": ""}, {"name": "X", "theme": "pink"}, {"name": "X", "theme": "dark", "language": "xx"}]
)
def test_a_wrong_profile_is_shown_again(add_person: AddPerson, sent: dict[str, str]) -> None:
    person = add_person()
    assert send(person.log_in(), person.shop, "/account/", **sent).status_code == 422


def test_a_preference_is_kept_for_the_user_and_leads_back(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.log_in()
    answer = send(
        browser,
        person.shop,
        "/account/preferences",
        page="/account/devices",
        theme="dark",
        next="/account/devices?",
    )
    assert answer.location == f"{person.shop.root}/account/devices"
    choices = {"language": "en", "nav_narrow": "1", "shortcuts": "0"}
    send(browser, person.shop, "/account/preferences", page="/account/devices", **choices)
    with person.shop.context():
        user = get_user(person.id)
        assert (user.theme, user.language, user.nav_narrow) == ("dark", "en", True)
        assert not user.single_key_shortcuts
    elsewhere = send(
        browser,
        person.shop,
        "/account/preferences",
        page="/account/devices",
        theme="light",
        next="//evil.example",
    )
    assert elsewhere.location == f"{person.shop.root}/"


def test_a_preference_that_is_not_offered_changes_nothing(add_person: AddPerson) -> None:
    person = add_person()
    sent = {
        "theme": "pink",
        "language": "xx",
        "nav_narrow": "maybe",
        "is_active": "0",
        "own_tickets_only": "1",
    }
    answer = send(person.log_in(), person.shop, "/account/preferences", page="/account/devices", **sent)
    assert answer.status_code == 302
    with person.shop.context():
        user = get_user(person.id)
        assert (user.theme, user.language, user.nav_narrow, user.is_active) == ("auto", None, False, True)


def test_a_script_that_sets_a_preference_gets_no_page(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.log_in()
    token = page_token(browser.get(f"{person.shop.root}/account/devices").text)
    headers = {"HX-Request": "true", "X-CSRFToken": token}
    answer = browser.post(
        f"{person.shop.root}/account/preferences", data={"nav_narrow": "1"}, headers=headers
    )
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_visitor_chooses_the_language_of_the_login_page(shared_shop: Shop) -> None:
    browser = shared_shop.app.test_client()
    for language in ("en", "ro"):
        send(browser, shared_shop, "/account/preferences", page="/login", language=language, next="/login")
        assert f'<html lang="{language}"' in browser.get(f"{shared_shop.root}/login").text
    with shared_shop.context():
        assert session().get_one(type(get_user(1)), 1).language is None


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_nobody_gets_round_the_present_password_by_a_link_for_oneself(
    add_person: AddPerson, role: str
) -> None:
    person = add_person(role)
    browser, page = person.log_in(), f"/settings/users/{person.id}"
    shown = browser.get(person.shop.root + page).text
    assert f"{page}/link" not in shown
    assert f"{person.shop.root}/account/password" in shown
    answer = send(browser, person.shop, f"{page}/link", page=page)
    assert answer.status_code == 403
    assert "/reset/" not in answer.text
