from __future__ import annotations

import re

import pytest
from flask import Flask, Response, abort, make_response
from flask.testing import FlaskClient

from core.foundation.ui.headers import allow_own_frame, csp_nonce, security_headers


@pytest.fixture
def pages(app: Flask) -> FlaskClient:
    """Return a client of an application with pages of each kind."""

    @app.get("/page")
    def page() -> str:
        return f"<script nonce={csp_nonce()} src=/static/a.js></script>"

    @app.get("/data")
    def data() -> dict[str, int]:
        return {"answer": 42}

    @app.get("/kept")
    def kept() -> Response:
        response = make_response("list")
        response.set_etag("7")
        return response

    @app.get("/paper")
    def paper() -> Response:
        return allow_own_frame(Response(b"%PDF", mimetype="application/pdf"))

    @app.get("/download")
    def download() -> Response:
        return Response(
            b"x", headers={"Content-Security-Policy": "sandbox", "Cache-Control": "private, max-age=60"}
        )

    @app.get("/crash")
    def crash() -> str:
        raise ZeroDivisionError

    @app.get("/teapot")
    def teapot() -> str:
        abort(418)

    return app.test_client()


@pytest.mark.parametrize(
    "path", ["/page", "/data", "/missing", "/crash", "/teapot", "/static/app.css", "/static/none.css"]
)
def test_every_answer_is_protected_errors_included(pages: FlaskClient, path: str) -> None:
    headers = pages.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] in {"same-origin", "same-site"}
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "unsafe" not in str(headers)
    assert "Strict-Transport-Security" not in headers


def test_a_page_carries_the_nonce_of_its_policy_and_the_next_page_another(pages: FlaskClient) -> None:
    first, second = pages.get("/page"), pages.get("/page")
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", first.headers["Content-Security-Policy"])
    assert nonce
    assert f"nonce={nonce[1]} " in first.text
    assert nonce[1] not in second.headers["Content-Security-Policy"]


def test_what_is_no_page_may_use_nothing(pages: FlaskClient) -> None:
    assert (
        pages.get("/data").headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    )


def test_https_is_remembered(pages: FlaskClient) -> None:
    response = pages.get("/page", base_url="https://shop.example.com")
    assert response.headers["Strict-Transport-Security"] == "max-age=63072000"


def test_pages_are_not_stored_unless_they_carry_an_etag(pages: FlaskClient) -> None:
    assert pages.get("/page").headers["Cache-Control"] == "no-store"
    assert pages.get("/missing").headers["Cache-Control"] == "no-store"
    assert pages.get("/kept").headers["Cache-Control"] == "private, no-cache"


def test_the_word_of_the_view_stands(pages: FlaskClient) -> None:
    headers = pages.get("/download").headers
    assert headers["Content-Security-Policy"] == "sandbox"
    assert headers["Cache-Control"] == "private, max-age=60"


def test_a_paper_may_be_framed_by_our_own_pages_only(pages: FlaskClient) -> None:
    policy = pages.get("/paper").headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors 'self'"


def test_answers_made_before_flask_take_the_same_headers() -> None:
    headers = security_headers(nonce=None, secure=True)
    assert headers["Strict-Transport-Security"]
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
