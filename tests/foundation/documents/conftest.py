"""An application with the shipped base of papers, an intake protocol of its own, and one render server for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel
from jinja2 import ChoiceLoader, FileSystemLoader

from core.foundation.documents.render import RenderServer
from core.foundation.ui.formats import init_formats
from tests.foundation.documents.papers import ROMANIAN

HERE = Path(__file__).parent
SHIPPED = Path(__file__).parents[3] / "templates"


@pytest.fixture(scope="session")
def render_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RenderServer]:
    """Give one render server to all tests of this process, and end it."""
    server = RenderServer(tmp_path_factory.mktemp("instance"), idle_seconds=60)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def romanian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a Romanian catalogue of the base's words."""
    folder = tmp_path_factory.mktemp("translations")
    messages = folder / "ro" / "LC_MESSAGES"
    messages.mkdir(parents=True)
    catalog = Catalog("ro")
    for source, translation in ROMANIAN.items():
        catalog.add(source, translation)
    with (messages / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    return folder


@pytest.fixture
def paper_app(romanian: Path, tmp_path: Path, render_server: RenderServer) -> Iterator[Flask]:
    """Give an application context with the shipped base, the papers of these tests and the render server."""
    app = Flask("papers", root_path=str(tmp_path))
    app.jinja_loader = ChoiceLoader([FileSystemLoader(HERE / "templates"), FileSystemLoader(SHIPPED)])  # type: ignore[misc]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(romanian)
    Babel(app, default_timezone="Europe/Bucharest")
    init_formats(app)
    app.extensions["wm_documents"] = render_server
    with app.app_context():
        yield app
