from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, flash, render_template_string
from flask.testing import FlaskClient

from core.foundation.ui.messages import Message, messages, say, warn
from core.foundation.ui.shell import NavGroup, NavLink, Option, Shell


@dataclass
class Reader:
    """Somebody who reads a page."""

    name: str = "Ana <b>Pop</b>"
    email: str = "ana@exemplu.ro"
    initials: str = "AP"


def page(app: Flask, **values: Any) -> str:
    """Return a page of the shell with ``values`` around it."""
    app.context_processor(lambda: values)

    @app.get("/page")
    def show() -> str:
        return render_template_string(
            "{% extends 'base.html' %}{% block title %}Page{% endblock %}{% block content %}Content{% endblock %}"
        )

    return app.test_client().get("/page").text


def test_a_page_stands_with_nothing_around_it(app: Flask) -> None:
    html = page(app)
    assert "<h1>Page</h1>" in html
    assert "<title>Page</title>" in html
    for absent in ("wm-search", "wm-bell", "wm-me", "wm-tabs", "data-nav-toggle", "data-theme-switch"):
        assert f'class="{absent}' not in html
        assert f" {absent}" not in html


def test_what_the_shell_offers_is_drawn_and_escaped(app: Flask) -> None:
    link = NavLink("<i>Tickets</i>", "/tickets", "list-task", active=True, count=7, key="F")
    html = page(
        app,
        user=Reader(),
        nav=(NavGroup("Management & more", (link,)),),
        shell=Shell(
            search_url="/search", alerts_url="/alerts", alerts=120, tabs=(link,), main_action=link, logout_url="/logout",
            location_url="/location", locations=(Option("1", "Cluj", active=True),), theme_url="/theme", language_url="/language",
        ),
    )  # fmt: skip
    assert "&lt;i&gt;Tickets&lt;/i&gt;" in html
    assert "<i>" not in html
    assert "Ana &lt;b&gt;" in html
    assert "99+" in html
    assert 'data-key="g f"' in html
    assert html.count('name="csrf_token"') >= 4
    assert "Management &amp; more" in html
    assert ' style="' not in html
    assert "onclick" not in html


def test_every_script_of_a_page_carries_the_nonce(app: Flask) -> None:
    html = page(app, user=Reader())
    assert html.count("<script") == html.count('<script defer nonce="') + html.count(
        '<script type="module" nonce="'
    ) + html.count('<script nonce="')


@pytest.fixture
def saying(app: Flask) -> FlaskClient:
    """Return a client of an application that says things."""

    @app.get("/say")
    def speak() -> str:
        say("Saved <b>", undo_url="/undo")
        say("And more")
        warn("Careful")
        warn("Broken", tone="bad")
        return ""

    @app.get("/hear")
    def hear() -> dict[str, Any]:
        passing, staying = messages()
        return {
            "passing": [[message.text, message.undo_url] for message in passing],
            "staying": [[message.text, message.tone, message.icon] for message in staying],
        }

    return app.test_client()


def test_what_is_said_is_heard_once_on_the_next_page(saying: FlaskClient) -> None:
    saying.get("/say")
    assert saying.get("/hear").get_json() == {
        "passing": [["Saved <b>", "/undo"], ["And more", ""]],
        "staying": [["Careful", "warn", "exclamation-triangle"], ["Broken", "bad", "exclamation-circle"]],
    }
    assert saying.get("/hear").get_json() == {"passing": [], "staying": []}


def test_flashes_of_flask_itself_are_heard_too(app: Flask) -> None:

    with app.test_request_context("/"):
        flash("Plain")
        flash("Bad", "error")
        flash("Odd", "elsewhere")
        assert messages() == ([Message("Plain")], [Message("Bad", "bad"), Message("Odd", "info")])


def test_the_colour_of_the_firm_follows_the_stylesheet(app: Flask) -> None:
    html = page(app, accent="#ff6600")
    assert html.index("/static/app.css") < html.index("/static/theme/ff6600.css")


def test_a_firm_without_a_colour_loads_no_further_stylesheet(app: Flask) -> None:
    assert "/static/theme/" not in page(app, accent=None)
