from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.db import session
from core.foundation.accounts.models import LoginSession
from core.foundation.accounts.passwords import needs_rehash
from core.foundation.accounts.services import disable_user, get_user, set_roles
from core.testing import PASSWORD, Shop, make_app
from tests.foundation.accounts.conftest import Person, page_token, send, sign_in

pytestmark = pytest.mark.both_databases
AddPerson = Callable[..., Person]


def login_cookie(person: Person, browser: object) -> str:
    shop = person.shop
    found = browser.get_cookie(shop.tenant.cookie, path=f"{shop.root}/")  # type: ignore[attr-defined]
    return "" if found is None else found.value


def test_who_knows_the_password_is_in(add_person: AddPerson) -> None:
    person = add_person()
    answer = sign_in(person.browser(), person.shop, f" {person.email.upper()} ")
    assert answer.status_code == 303
    assert answer.location == f"{person.shop.root}/"


def test_the_cookie_is_for_this_tenant_alone_and_no_script_reads_it(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.browser()
    answer = sign_in(browser, person.shop, person.email)
    tenant = person.shop.tenant
    mine = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{tenant.cookie}=")]
    assert len(mine) == 1
    parts = {part.strip().lower() for part in mine[0].split(";")[1:]}
    assert {"httponly", "samesite=lax", f"path={person.shop.root}/"} == parts
    device = [
        line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"wm_device_{tenant.id}=")
    ]
    assert "HttpOnly" in device[0]
    assert f"Path={person.shop.root}/" in device[0]


def test_a_login_that_is_kept_outlives_the_browser(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.browser()
    answer = sign_in(browser, person.shop, person.email, keep="y")
    mine = [
        line for line in answer.headers.getlist("Set-Cookie") if line.startswith(person.shop.tenant.cookie)
    ]
    assert "Max-Age=2592000" in mine[0]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=20), tick=False):
        assert person.is_in(browser)


def test_under_https_and_a_host_of_its_own_the_cookie_is_bound_to_the_host(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from core.foundation.accounts.passwords import hash_password
    from core.foundation.accounts.services import UserFacts, create_user
    from core.foundation.tenants.services import NewTenant, create_tenant

    folder = tmp_path_factory.mktemp("https")
    app = make_app(
        {"WORKMANAGER_INSTANCE": str(folder), "WORKMANAGER_PUBLIC_URL": "https://service.example.com"}
    )
    with app.app_context():
        kept = hash_password(PASSWORD)
        facts = UserFacts("ana@example.com", "Ana", ["owner"])
        new = NewTenant("meteor", "Meteor", domain="meteor.example.com")
        create_tenant(new, seed=lambda tenant: create_user(facts, password_hash=kept) and None)
    browser = app.test_client()
    base = "https://meteor.example.com"
    page = browser.get("/login", base_url=base)
    data = {"email": "ana@example.com", "password": PASSWORD, "csrf_token": page_token(page.text)}
    answer = browser.post("/login", base_url=base, data=data, headers={"Referer": f"{base}/login"})
    mine = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-wm=")]
    parts = {part.strip().lower() for part in mine[0].split(";")[1:]}
    assert parts == {"secure", "httponly", "samesite=lax", "path=/"}
    assert browser.get("/account/devices", base_url=base).status_code == 200


def test_a_login_gets_a_new_token_and_ends_the_old_one(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.log_in()
    before = login_cookie(person, browser)
    data = {"email": person.email, "password": PASSWORD}
    token = page_token(browser.get(f"{person.shop.root}/account/devices").text)
    answer = browser.post(f"{person.shop.root}/login", data={**data, "csrf_token": token})
    assert answer.status_code == 303
    assert login_cookie(person, browser) != before
    thief = person.browser()
    thief.set_cookie(person.shop.tenant.cookie, before, path=f"{person.shop.root}/")
    assert not person.is_in(thief)
    assert person.is_in(browser)


def test_a_cookie_fixed_beforehand_is_not_the_one_that_gets_in(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.browser()
    browser.set_cookie(person.shop.tenant.cookie, "A" * 43, path=f"{person.shop.root}/")
    person.log_in(browser)
    assert login_cookie(person, browser) != "A" * 43
    thief = person.browser()
    thief.set_cookie(person.shop.tenant.cookie, "A" * 43, path=f"{person.shop.root}/")
    assert not person.is_in(thief)


def test_the_csrf_token_from_before_a_login_is_worth_nothing_after_it(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.browser()
    token = page_token(browser.get(f"{person.shop.root}/login").text)
    person.log_in(browser)
    answer = browser.post(f"{person.shop.root}/account/devices/revoke-others", data={"csrf_token": token})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/login",
        "/logout",
        "/account/",
        "/account/preferences",
        "/account/password",
        "/account/devices/1/revoke",
        "/account/devices/revoke-others",
        "/invite/x",
        "/reset/x",
        "/settings/users/new",
        "/settings/users/1",
        "/settings/users/1/disable",
        "/settings/users/1/enable",
        "/settings/users/1/link",
        "/settings/users/1/log-out",
        "/settings/roles/new",
        "/settings/roles/2",
        "/settings/roles/2/restore",
        "/settings/roles/2/delete",
    ],
)
def test_nothing_is_done_without_the_token_of_a_form(add_person: AddPerson, path: str) -> None:
    person = add_person("owner")
    browser = person.log_in()
    for data in (
        {},
        {"csrf_token": "x"},
        {"csrf_token": page_token(person.browser().get(f"{person.shop.root}/login").text)},
    ):
        assert browser.post(person.shop.root + path, data=data).status_code == 400
    assert person.is_in(browser)


def test_logging_out_ends_the_login_on_the_server(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.log_in()
    kept = login_cookie(person, browser)
    answer = send(browser, person.shop, "/logout", page="/account/devices")
    assert answer.location == f"{person.shop.root}/login"
    assert login_cookie(person, browser) == ""
    thief = person.browser()
    thief.set_cookie(person.shop.tenant.cookie, kept, path=f"{person.shop.root}/")
    assert not person.is_in(thief)


def test_logging_out_twice_does_no_harm(shared_shop: Shop) -> None:
    browser = shared_shop.app.test_client()
    for _ in range(2):
        assert send(browser, shared_shop, "/logout", page="/login").status_code == 302


@pytest.mark.parametrize("change", ["disable", "role", "logout elsewhere", "password"])
def test_a_change_holds_on_the_very_next_request(add_person: AddPerson, change: str) -> None:
    person = add_person("manager")
    browser = person.log_in()
    page = f"{person.shop.root}/settings/users/"
    assert browser.get(page).status_code == 200
    if change == "disable":
        with person.changed() as user:
            disable_user(user)
    elif change == "role":
        with person.changed() as user:
            set_roles(user, ["technician"])
    elif change == "logout elsewhere":
        send(person.log_in(), person.shop, "/account/devices/revoke-others", page="/account/devices")
    else:
        new = {"current": PASSWORD, "password": "another long secret", "repeat": "another long secret"}
        assert send(person.log_in(), person.shop, "/account/password", **new).status_code == 302
    answer = browser.get(page)
    assert answer.status_code == (403 if change == "role" else 401) or "/login" in (answer.location or "")
    assert answer.status_code != 200


def test_changing_the_password_keeps_this_login_and_ends_the_others(add_person: AddPerson) -> None:
    person = add_person()
    here, there = person.log_in(), person.log_in()
    new = {"password": "another long secret", "repeat": "another long secret"}
    assert send(here, person.shop, "/account/password", current="wrong", **new).status_code == 422
    assert person.is_in(there)
    assert send(here, person.shop, "/account/password", current=PASSWORD, **new).status_code == 302
    assert person.is_in(here)
    assert not person.is_in(there)
    person.log_in(password="another long secret")


@pytest.mark.parametrize(
    ("password", "repeat"),
    [("tooshort", "tooshort"), ("parola12345", "parola12345"), ("a long secret", "a long secreT")],
)
def test_a_new_password_that_breaks_a_rule_changes_nothing(
    add_person: AddPerson, password: str, repeat: str
) -> None:
    person = add_person()
    browser = person.log_in()
    sent = {"current": PASSWORD, "password": password, "repeat": repeat}
    answer = send(browser, person.shop, "/account/password", **sent)
    assert answer.status_code == 422
    assert password not in answer.text
    person.log_in()


@pytest.mark.parametrize(
    "typed", ["", "not an address", "x" * 300 + "@example.com", "nul\0@example.com", "ș@ș"]
)
def test_what_is_no_address_is_shown_again_beside_its_error(shared_shop: Shop, typed: str) -> None:
    answer = sign_in(shared_shop.app.test_client(), shared_shop, typed)
    assert answer.status_code == 422
    assert "wm-error" in answer.text
    if typed == "not an address":
        assert 'value="not an address"' in answer.text


def test_a_wrong_password_keeps_the_address_and_shows_no_password(add_person: AddPerson) -> None:
    person = add_person()
    answer = sign_in(person.browser(), person.shop, person.email, "my wrong password")
    assert answer.status_code == 422
    assert f'value="{person.email}"' in answer.text
    assert "my wrong password" not in answer.text


@pytest.mark.parametrize("password", ["x" * 1000, "nul\0password", "\ud7ff\ue000"])
def test_a_password_of_any_kind_is_simply_wrong(add_person: AddPerson, password: str) -> None:
    person = add_person()
    assert sign_in(person.browser(), person.shop, person.email, password).status_code == 422


def test_after_the_login_one_is_where_one_wanted_to_go(add_person: AddPerson) -> None:
    person = add_person("manager")
    browser = person.browser()
    answer = sign_in(browser, person.shop, person.email, query={"next": "/settings/users/?x=1"})
    assert answer.location == f"{person.shop.root}/settings/users/?x=1"
    again = browser.get(f"{person.shop.root}/login", query_string={"next": "/account/devices"})
    assert again.location == f"{person.shop.root}/account/devices"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "/%2e%2e/other/"]
)
def test_a_login_leads_nowhere_else(add_person: AddPerson, target: str) -> None:
    person = add_person()
    browser = person.browser()
    answer = sign_in(browser, person.shop, person.email, query={"next": target})
    assert answer.location == f"{person.shop.root}/"
    again = browser.get(f"{person.shop.root}/login", query_string={"next": target})
    assert again.location == f"{person.shop.root}/"


def test_older_parameters_of_a_hash_are_renewed_at_a_login(add_person: AddPerson) -> None:
    person = add_person()
    app = person.shop.app
    before = app.config["WM_ARGON2"]
    app.config["WM_ARGON2"] = {**before, "time_cost": 2}
    try:
        with person.shop.context():
            kept, version = get_user(person.id).password_hash, get_user(person.id).version
            assert needs_rehash(str(kept))
        person.log_in()
        with person.shop.context():
            renewed = get_user(person.id)
            assert renewed.password_hash != kept
            assert not needs_rehash(str(renewed.password_hash))
            assert renewed.version == version
    finally:
        app.config["WM_ARGON2"] = before
    person.log_in()


def test_a_login_holds_no_transaction_while_the_password_is_compared(
    add_person: AddPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.foundation.accounts import passwords

    open_then: list[bool] = []
    original = passwords.PasswordHasher.verify

    def verify(self: passwords.PasswordHasher, known: str, given: bytes) -> bool:
        open_then.append(session().in_transaction())
        return original(self, known, given)

    monkeypatch.setattr(passwords.PasswordHasher, "verify", verify)
    person = add_person()
    browser = person.log_in()
    new = {"current": PASSWORD, "password": "another long secret", "repeat": "another long secret"}
    send(browser, person.shop, "/account/password", **new)
    assert open_then == [False, False]


def test_what_a_browser_calls_itself_is_kept_short_and_printable(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.browser()
    page = browser.get(f"{person.shop.root}/login")
    data = {"email": person.email, "password": PASSWORD, "csrf_token": page_token(page.text)}
    answer = browser.post(f"{person.shop.root}/login", data=data, headers={"User-Agent": "\x7f\x01Ăx" * 500})
    assert answer.status_code == 303
    with person.shop.context():
        kept = (
            session().scalars(select(LoginSession.user_agent).where(LoginSession.user_id == person.id)).one()
        )
    assert len(kept) == 200
    assert kept.isprintable()


def test_the_page_for_the_forgetful_says_the_same_to_everybody(shared_shop: Shop) -> None:
    answer = shared_shop.app.test_client().get(f"{shared_shop.root}/forgot")
    assert answer.status_code == 200
    assert "workmanager user password" in answer.text
