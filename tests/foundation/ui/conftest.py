"""What the tests of the shell share: a small application with everything of ``init_ui`` and nothing else."""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask, g, request
from flask.testing import FlaskClient
from flask_babel import Babel
from playwright.sync_api import Browser
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from werkzeug.serving import make_server

from core.foundation.ui.csrf import init_csrf
from core.foundation.ui.shell import init_ui
from tests.foundation.ui.gallery import make_gallery
from tests.foundation.ui.visit import WIDE, Visit

TEMPLATES = Path(__file__).parents[3] / "templates"


def make_app(name: str = "shell") -> Flask:
    """Make an application of the shell alone; the request says language and zone in headers of its own."""
    app = Flask(name, static_folder=None, template_folder=str(TEMPLATES))
    app.secret_key = "a key that signs nothing of value"
    app.config.update(WTF_CSRF_TIME_LIMIT=None)
    Babel(
        app,
        locale_selector=lambda: request.headers.get("X-Test-Language", "en") if request else "en",
        timezone_selector=lambda: g.get("zone", "Europe/Bucharest"),
    )
    init_ui(app)
    init_csrf(app)
    return app


@pytest.fixture
def app() -> Flask:
    """Return a fresh application of the shell."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client of ``app``."""
    return app.test_client()


@pytest.fixture
def romanian(app: Flask) -> Iterator[None]:
    """Stand in a request of a Romanian reader."""
    with app.test_request_context("/", headers={"X-Test-Language": "ro"}):
        yield


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    """Stand in a request of an English reader."""
    with app.test_request_context("/"):
        yield


def postgres_url() -> str:
    """Return the address of the test server for SQLAlchemy with psycopg."""
    url = os.environ.get("WORKMANAGER_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def missing(what: str) -> NoReturn:
    """Leave out a test for want of ``what``; under ``CI=true`` that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI needs {what}")
    pytest.skip(f"no {what}")


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an engine on an empty SQLite file, then on an empty PostgreSQL schema."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('lists')}/data.db")
        yield engine
        engine.dispose()
        return
    schema = f"ui_{uuid.uuid4().hex[:12]}"
    options = {"prepare_threshold": None, "options": f"-csearch_path={schema}", "connect_timeout": 3}
    engine = create_engine(postgres_url(), connect_args=options)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        missing("PostgreSQL server")
    yield engine
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(scope="session")
def gallery() -> Iterator[Flask]:
    """Serve the gallery on a free port and return its application; ``app.config["ADDRESS"]`` says where."""
    app = make_gallery()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["ADDRESS"] = f"http://127.0.0.1:{server.server_port}"
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser: Browser, gallery: Flask, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open a window of 1280 by 800; the parameter may change what Playwright's ``new_context`` takes."""
    options = {**WIDE, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    context.set_default_timeout(10_000)
    gallery.extensions["sent"].clear()
    yield Visit(context.new_page(), gallery.config["ADDRESS"])
    context.close()
