import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from core.errors import WorkmanagerError
from core.foundation.accounts.cli import user
from core.testing import PASSWORD, Shop
from tests.foundation.accounts.conftest import Person, page_token, sign_in

pytestmark = pytest.mark.both_databases
AddPerson = Callable[..., Person]
Run = Callable[..., Result]


@pytest.fixture
def run(shared_shop: Shop) -> Run:
    def call(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(user, list(arguments), input=stdin, obj=lambda: shared_shop.app)

    return call


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_user_is_made_with_a_password_from_standard_input(run: Run, shared_shop: Shop) -> None:
    made = told(
        run(
            "create", shared_shop.slug, "--email", "Cli@Example.com", "--name", "Clara",
            "--role", "owner", "--role", "technician", "--password-stdin", "--json", stdin=f"{PASSWORD}\n",
        )
    )  # fmt: skip
    assert made["email"] == "cli@example.com"
    assert made["roles"] == ["owner", "technician"]
    assert (made["status"], made["link"]) == ("active", None)
    assert sign_in(shared_shop.app.test_client(), shared_shop, "cli@example.com").status_code == 303


def test_without_a_password_the_link_is_printed(run: Run, shared_shop: Shop) -> None:
    made = told(run("create", shared_shop.slug, "--email", "link@example.com", "--role", "owner", "--json"))
    assert made["status"] == "invited"
    assert made["name"] == "link"
    path = made["link"].removeprefix("http://localhost")
    browser = shared_shop.app.test_client()
    data = {"csrf_token": page_token(browser.get(path).text), "password": PASSWORD, "repeat": PASSWORD}
    assert browser.post(path, data=data).status_code == 303


@pytest.mark.parametrize(
    ("arguments", "stdin", "word"),
    [
        (["--email", "x", "--role", "owner"], None, "Check"),
        (["--email", "x@example.com", "--role", "king"], None, "king"),
        (["--email", "x@example.com", "--role", "owner", "--password-stdin"], "short\n", "characters"),
        (["--email", "x@example.com", "--role", "owner", "--password-stdin"], "", "characters"),
    ],
)
def test_what_is_refused_says_why(
    run: Run, shared_shop: Shop, arguments: list[str], stdin: str | None, word: str
) -> None:
    result = run("create", shared_shop.slug, *arguments, stdin=stdin)
    assert result.exit_code == 1
    assert isinstance(result.exception, WorkmanagerError)
    assert word in str(result.exception)


def test_an_unknown_tenant_is_refused(run: Run) -> None:
    result = run("list", "nobody-here")
    assert isinstance(result.exception, WorkmanagerError)


def test_users_are_listed_for_people_and_for_scripts(
    run: Run, shared_shop: Shop, add_person: AddPerson
) -> None:
    person = add_person("technician", location_ids=frozenset({3}), own_tickets_only=True)
    rows = told(run("list", shared_shop.slug, "--json"))
    mine = next(row for row in rows if row["id"] == person.id)
    assert mine == {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "roles": ["technician"],
        "location_ids": [3],
        "own_tickets_only": True,
        "status": "active",
    }
    assert person.email in run("list", shared_shop.slug).output


def test_a_user_is_disabled_and_enabled(run: Run, add_person: AddPerson) -> None:
    person = add_person()
    browser = person.log_in()
    assert told(run("disable", person.shop.slug, "--email", person.email, "--json"))["status"] == "disabled"
    assert not person.is_in(browser)
    assert told(run("enable", person.shop.slug, "--email", person.email, "--json"))["status"] == "active"
    person.log_in()


def test_the_last_owner_is_not_disabled_from_the_command_line_either(run: Run, shop: Shop) -> None:
    owner = told(run("list", shop.slug, "--json"))[0]
    owners = [row for row in told(run("list", shop.slug, "--json")) if row["roles"] == ["owner"]]
    assert len(owners) == 1
    result = run("disable", shop.slug, "--email", owners[0]["email"])
    assert isinstance(result.exception, WorkmanagerError), owner


def test_a_password_is_set_and_every_login_ends(run: Run, add_person: AddPerson) -> None:
    person = add_person("owner")
    browser = person.log_in()
    result = run(
        "password", person.shop.slug, "--email", person.email, "--password-stdin", stdin="a long new secret\n"
    )
    assert result.exit_code == 0
    assert "a long new secret" not in result.output
    assert not person.is_in(browser)
    person.log_in(password="a long new secret")


def test_the_command_line_is_the_way_in_for_an_owner_who_is_slowed(run: Run, add_person: AddPerson) -> None:
    person = add_person("owner")
    for _ in range(6):
        sign_in(person.browser(), person.shop, person.email, "wrong password", address="192.0.2.200")
    assert sign_in(person.browser(), person.shop, person.email, address="192.0.2.201").status_code == 429
    made = told(run("password", person.shop.slug, "--email", person.email, "--json"))
    path = made["link"].removeprefix("http://localhost")
    browser = person.browser()
    data = {"csrf_token": page_token(browser.get(path).text), "password": PASSWORD, "repeat": PASSWORD}
    assert browser.post(path, data=data).status_code == 303
    assert person.is_in(browser)


@pytest.mark.parametrize("command", ["create", "list", "disable", "enable", "password"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "--json" in result.output
