import multiprocessing
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from core.app import create_app
from core.errors import TooManyAttemptsError
from core.foundation.accounts.attempts import (
    ACCOUNT,
    ADDRESS,
    DEVICE,
    OVERALL_UNKNOWN,
    Attempt,
    count_attempt,
    forget_attempts,
    network_of,
)
from core.foundation.accounts.services import get_user
from core.foundation.tenants.context import tenant_context
from core.foundation.tenants.services import directory
from core.testing import PASSWORD, Shop
from tests.foundation.accounts.conftest import Person, fresh_address, send, sign_in

pytestmark = pytest.mark.both_databases
AddPerson = Callable[..., Person]
PER_MINUTE = ACCOUNT[0].hits


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """Stand still in the middle of a minute, so that no window ends while a test counts."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def fail(shop: Shop, email: str, times: int, *, address: str | None = None) -> list[int]:
    """Type a wrong password ``times`` times, each from a browser that has never been here."""
    address = address or fresh_address()
    return [
        sign_in(shop.app.test_client(), shop, email, "wrong password", address=address).status_code
        for _ in range(times)
    ]


def test_guesses_at_one_account_are_slowed(add_person: AddPerson) -> None:
    person = add_person()
    assert fail(person.shop, person.email, PER_MINUTE) == [422] * PER_MINUTE
    answer = sign_in(person.browser(), person.shop, person.email, "wrong password")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert f'value="{person.email}"' in answer.text
    assert "Retry-After" in answer.headers


def test_not_even_the_right_password_is_looked_at_while_an_account_is_slowed(add_person: AddPerson) -> None:
    person = add_person()
    fail(person.shop, person.email, PER_MINUTE)
    assert sign_in(person.browser(), person.shop, person.email).status_code == 429


def test_an_account_is_slowed_and_not_locked(add_person: AddPerson) -> None:
    person = add_person()
    fail(person.shop, person.email, PER_MINUTE + 3)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61), tick=False):
        person.log_in()


def test_an_hour_of_guesses_is_slowed_further(add_person: AddPerson) -> None:
    person = add_person()
    start, heard = datetime.now(UTC), 0
    for minute in range(30):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            heard += fail(person.shop, person.email, PER_MINUTE + 1).count(422)
    assert heard == ACCOUNT[1].hits


def test_a_device_that_the_account_knows_is_not_locked_out_by_others(add_person: AddPerson) -> None:
    person = add_person()
    known = person.log_in()
    send(known, person.shop, "/logout", page="/account/devices")
    fail(person.shop, person.email, PER_MINUTE + 20)
    assert sign_in(person.browser(), person.shop, person.email).status_code == 429
    person.log_in(known)


def test_a_known_device_is_slowed_by_its_own_counter(add_person: AddPerson) -> None:
    person = add_person()
    known = person.log_in()
    send(known, person.shop, "/logout", page="/account/devices")
    codes = [
        sign_in(known, person.shop, person.email, "wrong password").status_code
        for _ in range(DEVICE[0].hits + 1)
    ]
    assert codes == [422] * DEVICE[0].hits + [429]
    person.log_in()


def test_a_device_is_known_to_the_accounts_that_logged_in_from_it_alone(add_person: AddPerson) -> None:
    attacker, victim = add_person(), add_person("owner")
    browser = attacker.log_in()
    send(browser, attacker.shop, "/logout", page="/account/devices")
    codes = [
        sign_in(browser, victim.shop, victim.email, "guess number").status_code for _ in range(PER_MINUTE + 1)
    ]
    assert codes == [422] * PER_MINUTE + [429]


def test_a_forged_device_cookie_is_a_device_that_nobody_knows(add_person: AddPerson) -> None:
    person = add_person()
    fail(person.shop, person.email, PER_MINUTE)
    browser = person.browser()
    for value in ("", "x", "eyJpZCI6ICJhIiwgInVzZXJzIjogWzFdfQ.AAAA", "ș"):
        browser.set_cookie(f"wm_device_{person.shop.tenant.id}", value, path=f"{person.shop.root}/")
        assert sign_in(browser, person.shop, person.email).status_code == 429


def test_the_device_cookie_of_another_tenant_is_not_known_here(
    shared_shop: Shop, make_shop: Callable[..., Shop]
) -> None:
    other = make_shop()
    here, there = (owner_of(shop) for shop in (shared_shop, other))
    assert here.id == there.id
    browser = there.log_in()
    cookie = browser.get_cookie(f"wm_device_{other.tenant.id}", path=f"{other.root}/")
    assert cookie is not None
    fail(shared_shop, here.email, PER_MINUTE)
    stranger = here.browser()
    stranger.set_cookie(f"wm_device_{shared_shop.tenant.id}", cookie.value, path=f"{shared_shop.root}/")
    assert sign_in(stranger, shared_shop, here.email).status_code == 429


def owner_of(shop: Shop) -> Person:
    with shop.context():
        user = get_user(shop.users["owner"])
        return Person(shop, user.id, user.email, user.name)


def test_unknown_addresses_are_answered_like_known_ones(add_person: AddPerson) -> None:
    person, disabled, invited = add_person(), add_person(), add_person()
    with disabled.changed() as user:
        user.is_active = False
    with invited.changed() as user:
        user.password_hash = None

    def answers(email: str, password: str) -> list[tuple[int, str]]:
        found = []
        for _ in range(PER_MINUTE + 1):
            answer = sign_in(person.browser(), person.shop, email, password)
            found.append(
                (answer.status_code, re.sub(r'value="[^"]*"|nonce="[^"]*"|X-CSRFToken[^}]*', "", answer.text))
            )
        return found

    expected = answers(person.email, "wrong password")
    assert [code for code, _page in expected] == [422] * PER_MINUTE + [429]
    for email in ("nobody@example.com", disabled.email, invited.email):
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=False):
            assert answers(email, PASSWORD) == expected


def test_one_address_cannot_try_many_accounts(shop: Shop) -> None:
    with shop.context():
        for number in range(ADDRESS[0].hits):
            count_attempt(Attempt(f"u{number}@example.com", "198.51.100.1"))
        with pytest.raises(TooManyAttemptsError):
            count_attempt(Attempt("one-more@example.com", "198.51.100.1"))
        count_attempt(Attempt("one-more@example.com", "198.51.100.2"))


def test_a_flood_from_one_address_does_not_fill_the_counter_of_the_account(shop: Shop) -> None:
    with shop.context():
        for number in range(ADDRESS[0].hits):
            count_attempt(Attempt(f"u{number}@example.com", "198.51.100.1"))
        for _ in range(PER_MINUTE * 3):
            with pytest.raises(TooManyAttemptsError):
                count_attempt(Attempt("owner@example.com", "198.51.100.1"))
        count_attempt(Attempt("owner@example.com", "198.51.100.2"))


def test_guesses_from_everywhere_stop_unknown_addresses_first(shop: Shop) -> None:
    with shop.context():
        forget_attempts(Attempt("regular@example.com", "192.0.2.44"))
        for number in range(OVERALL_UNKNOWN.hits):
            count_attempt(Attempt(f"u{number}@example.com", f"198.51.100.{number}"))
        with pytest.raises(TooManyAttemptsError):
            count_attempt(Attempt("regular@example.com", "192.0.2.45"))
        count_attempt(Attempt("regular@example.com", "192.0.2.44"))


def test_a_login_forgets_what_was_counted_against_the_account(add_person: AddPerson) -> None:
    person = add_person()
    fail(person.shop, person.email, PER_MINUTE - 1)
    person.log_in(address="192.0.2.77")
    assert fail(person.shop, person.email, PER_MINUTE, address="192.0.2.78") == [422] * PER_MINUTE


def test_a_refused_try_is_counted_although_nothing_is_saved(add_person: AddPerson) -> None:
    person = add_person()
    fail(person.shop, person.email, 1)
    fail(person.shop, person.email.upper(), 1)
    fail(person.shop, f"  {person.email} ", PER_MINUTE - 2)
    assert fail(person.shop, person.email, 1) == [429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_a_caller_is_counted_by_the_network_that_is_theirs(address: str, network: str) -> None:
    assert network_of(address) == network


def _try_in_a_process(folder: str, database_url: str | None, slug: str, times: int, results: object) -> None:
    """Count tries in a process and a store of its own."""
    from core.config import load_config

    environment = {"WORKMANAGER_INSTANCE": folder, "WORKMANAGER_PUBLIC_URL": "http://localhost"}
    if database_url:
        environment["WORKMANAGER_DATABASE_URL"] = database_url
    app = create_app(load_config(environment), plugins=())
    with app.app_context():
        tenant = directory().get(slug)
    heard = 0
    with tenant_context(app, tenant):
        for _ in range(times):
            try:
                count_attempt(Attempt("shared@example.com", "198.51.100.77"))
            except TooManyAttemptsError:
                continue
            heard += 1
    results.put(heard)  # type: ignore[attr-defined]


def test_the_limit_is_one_for_all_processes(shop: Shop) -> None:
    config = shop.app.extensions["wm_config"]
    spawn = multiprocessing.get_context("spawn")
    results = spawn.Queue()
    url = config.database_url.replace("+psycopg", "") if config.database_url else None
    arguments = (str(Path(config.instance)), url, shop.slug, 10, results)
    workers = [spawn.Process(target=_try_in_a_process, args=arguments) for _ in range(2)]
    for worker in workers:
        worker.start()
    heard = [results.get(timeout=90) for _ in workers]
    for worker in workers:
        worker.join(timeout=30)
    assert sum(heard) == PER_MINUTE
    with shop.context(), pytest.raises(TooManyAttemptsError):
        count_attempt(Attempt("shared@example.com", "198.51.100.78"))


def test_confirming_ones_password_is_slowed_too(add_person: AddPerson) -> None:
    person = add_person()
    browser = person.log_in()
    new = {"password": "another long secret", "repeat": "another long secret"}
    codes = [
        send(browser, person.shop, "/account/password", current="wrong password", **new).status_code
        for _ in range(PER_MINUTE + 1)
    ]
    assert codes == [422] * PER_MINUTE + [429]


def test_an_address_counts_the_same_however_its_letters_are_composed(add_person: AddPerson) -> None:
    person = add_person()
    with person.changed() as user:
        user.email = f"ștefăniță{user.id}@example.com"
        email = user.email
    spellings = [unicodedata.normalize(form, email) for form in ("NFC", "NFD")]
    answers = [fail(person.shop, spelling, PER_MINUTE - 1) for spelling in spellings]
    assert answers == [[422] * (PER_MINUTE - 1), [422, *[429] * (PER_MINUTE - 2)]]
