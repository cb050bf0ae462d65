from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from flask import Flask, Response, abort, redirect
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import MethodNotAllowed, ServiceUnavailable, TooManyRequests

from core.errors import (
    BusyError,
    ConflictError,
    InvalidInputError,
    LicenceError,
    LoginRequiredError,
    NotAllowedError,
    NotFoundError,
    ProgrammingError,
    TenantBehindError,
    TenantSuspendedError,
    TooManyAttemptsError,
    UnknownHostError,
)
from core.foundation.ui.errors import TEXTS, error_page

PROBLEM = "application/problem+json"
ERRORS: dict[str, tuple[Exception, int, str]] = {
    "suspended": (TenantSuspendedError(), 403, "suspended"),
    "behind": (TenantBehindError(), 503, "upgrading"),
    "busy": (BusyError(), 503, "busy"),
    "host": (UnknownHostError(), 400, "unknown_host"),
    "lapsed": (LicenceError(), 403, "lapsed"),
    "login": (LoginRequiredError(), 401, "login_required"),
    "role": (NotAllowedError(), 403, "not_allowed"),
    "gone": (NotFoundError(), 404, "not_found"),
    "conflict": (ConflictError("Radu was first."), 409, "conflict"),
    "invalid": (InvalidInputError("", {"name": ["Fill this in."], "": ["And look."]}), 422, "invalid"),
    "attempts": (TooManyAttemptsError("Slowly.", retry_after=30), 429, "too_many_attempts"),
    "csrf": (CSRFError("The CSRF token is missing."), 400, "form_expired"),
    "method": (MethodNotAllowed(["GET", "HEAD"]), 405, "method_not_allowed"),
    "crash": (ZeroDivisionError("the secret of the house"), 500, "internal"),
    "broken": (ProgrammingError("the secret of the house"), 500, "internal"),
    "unavailable": (ServiceUnavailable(), 503, "busy"),
    "fast": (TooManyRequests(), 429, "too_many_attempts"),
}


@pytest.fixture
def failing(app: Flask) -> FlaskClient:
    """Return a client of an application that fails as it is told to."""

    @app.get("/fail/<name>", endpoint="fail")
    @app.get("/api/fail/<name>", endpoint="api_fail")
    def fail(name: str) -> str:
        raise ERRORS[name][0]

    @app.get("/abort/<int:status>")
    def abort_with(status: int) -> str:
        abort(status, "Our own words.") if status == 410 else abort(status)

    @app.get("/away")
    def away() -> Response:
        return redirect("/fail/gone")  # type: ignore[return-value]

    @app.get("/folder/")
    def folder() -> str:
        return "folder"

    @app.get("/made")
    def made() -> str:
        abort(Response("made elsewhere", 403))

    return app.test_client()


@pytest.mark.parametrize("name", ERRORS)
def test_each_error_is_a_page_that_says_what_to_do(failing: FlaskClient, name: str) -> None:
    _error, status, code = ERRORS[name]
    response = failing.get(f"/fail/{name}", headers={"Accept": "text/html"})
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert f"<h1>{TEXTS[code].title}</h1>" in response.text
    assert "secret of the house" not in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "script-src 'nonce-" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize(
    ("prefix", "headers"),
    [
        ("", {"Accept": "application/json"}),
        ("", {"Accept": PROBLEM}),
        ("/api", {}),
        ("/api", {"Accept": "text/html"}),
    ],
)
def test_each_error_is_a_problem_for_programs(
    failing: FlaskClient, name: str, prefix: str, headers: Any
) -> None:
    error, status, code = ERRORS[name]
    response = failing.get(f"{prefix}/fail/{name}", headers=headers)
    body = response.get_json()
    assert (response.status_code, response.mimetype, body["status"]) == (status, PROBLEM, status)
    assert body["type"] == f"urn:workmanager:problem:{code}"
    assert body["title"]
    assert body["detail"]
    assert body.get("errors") == (
        {"name": ["Fill this in."], "": ["And look."]} if code == "invalid" else None
    )
    assert ("incident" in body) == (code == "internal")
    if isinstance(error, ConflictError):
        assert body["detail"] == "Radu was first."


def test_htmx_gets_a_note_and_keeps_its_page_when_the_fault_is_ours(failing: FlaskClient) -> None:
    ours = failing.get("/fail/crash", headers={"HX-Request": "true", "Accept": "text/html"})
    assert ours.text.startswith('<div class="wm-note')
    assert (ours.headers["HX-Retarget"], ours.headers["HX-Reswap"]) == ("#wm-notes", "beforeend")
    theirs = failing.get("/fail/conflict", headers={"HX-Request": "true", "Accept": "text/html"})
    assert "Radu was first." in theirs.text
    assert "HX-Retarget" not in theirs.headers


def test_htmx_that_takes_a_part_of_a_page_gets_the_note_beside_it(failing: FlaskClient) -> None:
    headers = {"HX-Request": "true", "HX-Request-Type": "full", "Accept": "text/html"}
    answer = failing.get("/fail/gone", headers=headers)
    assert answer.text.startswith('<div class="wm-note')
    assert answer.headers["HX-Reselect"] == ".wm-note"
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#wm-notes", "beforeend")


def test_waiting_times_and_methods_are_in_the_headers(failing: FlaskClient) -> None:
    assert failing.get("/fail/busy").headers["Retry-After"] == "2"
    assert failing.get("/fail/behind").headers["Retry-After"] == "10"
    assert failing.get("/fail/attempts").headers["Retry-After"] == "30"
    assert failing.post("/fail/busy", data={}).status_code in {400, 405}
    assert set(failing.get("/fail/method").headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_a_page_that_is_being_upgraded_asks_again(failing: FlaskClient) -> None:
    assert '<meta http-equiv="refresh" content="10">' in failing.get("/fail/behind").text
    assert "http-equiv" not in failing.get("/fail/busy").text


def test_a_crash_is_in_the_log_under_its_number(
    failing: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        for name in ("crash", "broken"):
            shown = re.search(r'strong">([0-9A-F]{8})<', failing.get(f"/fail/{name}").text)
            assert shown
            assert f"incident {shown[1]}: GET /fail/{name}" in caplog.text
    assert "the secret of the house" in caplog.text


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "bad_request"), (404, "not_found"), (413, "too_large"), (418, "bad_request"), (501, "internal")],
)
def test_an_abort_is_answered_in_our_words(failing: FlaskClient, status: int, code: str) -> None:
    response = failing.get(f"/abort/{status}")
    assert response.status_code == status
    assert str(TEXTS[code].title) in response.text


def test_the_words_of_a_view_come_first(failing: FlaskClient) -> None:
    assert "Our own words." in failing.get("/abort/410").text


def test_redirects_and_ready_answers_go_out_as_they_are(failing: FlaskClient) -> None:
    assert failing.get("/away").status_code == 302
    assert failing.get("/folder").status_code == 308
    assert failing.get("/made").text == "made elsewhere"


def test_error_pages_need_neither_tenant_nor_user_nor_a_working_context(app: Flask) -> None:
    @app.context_processor
    def broken() -> dict[str, Any]:
        raise ConnectionError

    response = app.test_client().get("/nowhere")
    assert response.status_code == 404
    assert "Workmanager" in response.text


def test_what_a_stranger_sent_is_escaped(app: Flask) -> None:
    @app.get("/say")
    def say_back() -> str:
        raise InvalidInputError("<script>", {"<b>": ["<i>"]})

    client = app.test_client()
    assert "&lt;script&gt;" in client.get("/say").text
    assert "<i>" not in client.get("/say").text


def test_a_view_may_answer_with_an_error_page_itself(app: Flask) -> None:
    with app.test_request_context("/"):
        response = error_page("suspended", "Closed", "Come back.", retry_after=5)
        assert (response.status_code, response.headers["Retry-After"]) == (403, "5")
        assert "<h1>Closed</h1>" in response.get_data(as_text=True)
        assert error_page("unheard_of", status=502).status_code == 502
