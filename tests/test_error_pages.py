"""Errors inside the menu and the search for who is logged in; alone for everybody else, and where the shell cannot be read."""

import logging
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core.app import LARGEST_REQUEST
from core.foundation.tenants.services import resume_tenant, suspend_tenant
from core.loading import discover
from core.plugin import Plugin
from core.testing import Shop, csrf_token, installation, open_shop

VIEWS = """
    from flask import Blueprint
    from core import errors
    from workmanager import logged_in

    stumble = Blueprint("stumble", __name__, url_prefix="/stumble")

    @stumble.get("/<name>")
    @logged_in
    def fall(name):
        raise vars(errors).get(name, ZeroDivisionError)("Radu was first.")
"""
HOOKS = """
    from flask import request
    from workmanager import NavItem, hookimpl

    @hookimpl
    def nav_items():
        return (NavItem("Trip", "no.such.page", "box"),) if "trip" in request.args else ()
"""
#: What every page of who is logged in has around it.
SHELL = ('class="wm-nav"', 'role="search"', 'id="wm-q"')


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("stumble")
    package = folder / "wmtest_stumble"
    package.mkdir()
    for name, text in (("__init__", ""), ("views", VIEWS), ("hooks", HOOKS)):
        (package / f"{name}.py").write_text(textwrap.dedent(text))
    plugin = Plugin(
        "stumble", "wmtest_stumble", "Stumble", "1", blueprints=("views:stumble",), hooks=("hooks",)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        with installation("sqlite", folder / "instance", plugins=[*discover(), plugin]) as app:
            yield open_shop(app, plugins=["simple", "stumble"], language="en")


@pytest.fixture
def technician(shop: Shop) -> FlaskClient:
    return shop.client("technician")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/no/such/page", 404),
        ("/tickets/987654", 404),
        ("/settings/users/", 403),
        ("/logout", 405),
        ("/stumble/NotAllowedError", 403),
        ("/stumble/LicenceError", 403),
        ("/stumble/ConflictError", 409),
        ("/stumble/InvalidInputError", 422),
        ("/stumble/BusyError", 503),
    ],
)
def test_who_is_logged_in_keeps_the_menu_and_the_search(
    shop: Shop, technician: FlaskClient, path: str, status: int
) -> None:
    answer = technician.get(shop.root + path)
    assert answer.status_code == status
    assert [part for part in SHELL if part not in answer.text] == []
    assert answer.text.count("<h1") == 1
    assert "script-src 'nonce-" in answer.headers["Content-Security-Policy"]


def test_what_is_too_large_and_a_form_without_its_token_keep_the_menu(
    shop: Shop, technician: FlaskClient
) -> None:
    token = csrf_token(technician.get(f"{shop.root}/account/").text)
    large = {"csrf_token": token, "name": "x" * (LARGEST_REQUEST + 1)}
    for data, status in ((large, 413), ({}, 400)):
        answer = technician.post(f"{shop.root}/account/", data=data)
        assert answer.status_code == status
        assert [part for part in SHELL if part not in answer.text] == []


@pytest.mark.parametrize("path", ["/no/such/page", "/login/nowhere"])
def test_who_is_not_logged_in_gets_the_page_alone(shop: Shop, path: str) -> None:
    answer = shop.client(None).get(shop.root + path)
    assert answer.status_code == 404
    assert "<h1>There is no such page</h1>" in answer.text
    assert [part for part in SHELL if part in answer.text] == []


def test_a_shell_that_cannot_be_drawn_leaves_the_page_alone_with_its_own_status(
    shop: Shop, technician: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = technician.get(f"{shop.root}/stumble/ConflictError?trip=1")
    assert answer.status_code == 409
    assert "Radu was first." in answer.text
    assert [part for part in SHELL if part in answer.text] == []
    assert "the shell around the error page of GET /stumble/ConflictError" in caplog.text


def test_what_broke_on_our_side_is_told_without_reading_anything_again(
    shop: Shop, technician: FlaskClient
) -> None:
    answer = technician.get(f"{shop.root}/stumble/ZeroDivisionError")
    assert answer.status_code == 500
    assert "Number of this incident:" in answer.text
    assert [part for part in SHELL if part in answer.text] == []


def test_a_suspended_shop_shows_nothing_of_itself(shop: Shop, technician: FlaskClient) -> None:
    with shop.app.app_context():
        suspend_tenant(shop.slug)
    try:
        answer = technician.get(f"{shop.root}/no/such/page")
    finally:
        with shop.app.app_context():
            resume_tenant(shop.slug)
    assert answer.status_code == 403
    assert [part for part in SHELL if part in answer.text] == []


def test_a_database_that_is_gone_answers_once_and_calmly(shop: Shop) -> None:
    other = open_shop(shop.app, plugins=["simple"], language="en")
    browser = other.client("owner")
    assert browser.get(f"{other.root}/").status_code == 200
    database = Path(str(other.engine.url.database))
    shop.app.extensions["wm_engines"].dispose()
    for file in database.parent.glob("data.db*"):
        file.unlink()
    database.write_bytes(b"no database at all" * 100)
    for path in ("/", "/no/such/page"):
        answer = browser.get(other.root + path)
        assert answer.status_code == 500
        assert "Number of this incident:" in answer.text
        assert [part for part in SHELL if part in answer.text] == []


def test_a_note_for_htmx_is_no_page(shop: Shop, technician: FlaskClient) -> None:
    answer = technician.get(f"{shop.root}/stumble/ConflictError", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer.text.startswith('<div class="wm-note warn"')
