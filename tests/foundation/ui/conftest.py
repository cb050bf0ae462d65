"""What the tests of the shell share: a small application with everything of ``init_ui`` and nothing else."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g, request
from flask.testing import FlaskClient
from flask_babel import Babel
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, create_engine, text

from core.foundation.ui.shell import init_ui

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
    CSRFProtect(app)
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
    """Return the address of the test server's database."""
    return os.environ.get(
        "WORKMANAGER_TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
    )


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an engine on an empty SQLite file, then on an empty PostgreSQL schema."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('lists')}/data.db")
        yield engine
        engine.dispose()
        return
    schema = f"ui_{uuid.uuid4().hex[:12]}"
    options = {"options": f"-csearch_path={schema}"}
    engine = create_engine(postgres_url(), connect_args={"prepare_threshold": None, **options})
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()
