"""People and browsers for the tests of accounts."""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.db import unit_of_work
from core.foundation.accounts.identity import CurrentUser
from core.foundation.accounts.models import User
from core.foundation.accounts.services import get_user
from core.testing import PASSWORD, Shop

_numbers = itertools.count(1)


@dataclass
class Person:
    """A user of a shop, and what their browser does."""

    shop: Shop
    id: int
    email: str
    name: str

    def browser(self) -> FlaskClient:
        """Return a browser that has never been here."""
        return self.shop.app.test_client()

    def log_in(self, browser: FlaskClient | None = None, **sent: Any) -> FlaskClient:
        """Log in by the page and return the browser."""
        browser = browser or self.browser()
        answer = sign_in(browser, self.shop, self.email, **sent)
        assert answer.status_code == 303, answer.text
        return browser

    def is_in(self, browser: FlaskClient) -> bool:
        """Tell whether ``browser`` is logged in as this user."""
        answer = browser.get(f"{self.shop.root}/account/devices")
        return answer.status_code == 200 and self.name in answer.text

    @contextmanager
    def changed(self) -> Iterator[User]:
        """Change the user in a unit of work."""
        with self.shop.context(), unit_of_work():
            yield get_user(self.id)


def fresh_address() -> str:
    """Return an address from which nobody has tried to log in: the counters are those of the whole test run."""
    number = next(_numbers)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def page_token(page: str) -> str:
    """Return the CSRF token that a page gives its scripts; every page has one."""
    found = re.search(r'"X-CSRFToken": "([^"]+)"', page)
    assert found is not None, page
    return found.group(1)


def sign_in(
    browser: FlaskClient,
    shop: Shop,
    email: str,
    password: str = PASSWORD,
    *,
    query: dict[str, str] | None = None,
    **sent: Any,
) -> TestResponse:
    """Fill in the login page and send it from ``address``, by default one that no other test has used."""
    token = page_token(browser.get(f"{shop.root}/login").text)
    options = {"environ_base": {"REMOTE_ADDR": sent.pop("address", None) or fresh_address()}}
    data = {"email": email, "password": password, "csrf_token": token, **sent}
    return browser.post(f"{shop.root}/login", data=data, query_string=query, **options)


def send(
    browser: FlaskClient, shop: Shop, path: str, /, *, page: str | None = None, **data: Any
) -> TestResponse:
    """POST a form to ``path`` with the token of the page that holds it."""
    shown = browser.get(shop.root + (page or path))
    assert shown.status_code == 200, shown.text
    return browser.post(shop.root + path, data={"csrf_token": page_token(shown.text), **data})


@pytest.fixture
def add_person(shared_shop: Shop) -> Callable[..., Person]:
    """Add users to the shop of the module: ``add_person("technician", name="Dan")``; the password is ``PASSWORD``."""

    def add(role: str = "receptionist", *, shop: Shop = shared_shop, **facts: Any) -> Person:
        user_id = shop.add_user(role, **facts)
        with shop.context():
            user = get_user(user_id)
            return Person(shop, user.id, user.email, user.name)

    return add


@pytest.fixture
def acting() -> Callable[..., CurrentUser]:
    """Make the snapshot of an acting user: ``acting("manager", permissions={"core.user:edit"})``."""

    def make(
        *roles: str, user_id: int = 10_000, permissions: set[str] | None = None, **facts: Any
    ) -> CurrentUser:
        values: dict[str, Any] = {
            "id": user_id,
            "email": "acting@example.com",
            "name": "Acting",
            "language": None,
            "theme": "auto",
            "nav_narrow": False,
            "shortcuts": True,
            "roles": frozenset(roles),
            "permissions": frozenset(permissions or ()),
            "location_ids": frozenset(),
            "own_tickets_only": False,
            "session_id": 0,
        }
        return CurrentUser(**{**values, **facts})

    return make
