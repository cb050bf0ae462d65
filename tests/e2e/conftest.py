"""What the tests in a real browser share: a running server, Chromium, and people who sit in front of it."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from core.gate import Application
from core.testing import Shop, make_app, open_shop
from tests.e2e.people import Look, Person

#: Seconds for the server's start on a machine that is busy with other tests.
PATIENCE = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def app(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """Serve an installation of its own; the application here is for setting shops up, the server has its own.

    It asks for the browser, so that no server starts where none is found.
    """
    port = free_port()
    folder = tmp_path_factory.mktemp("instance")
    environment = {
        "WORKMANAGER_INSTANCE": str(folder),
        "WORKMANAGER_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    made = make_app(environment)
    with serving(environment, port, folder / "server.log"):
        yield made
    made.extensions["wm_engines"].dispose()


@pytest.fixture(scope="session")
def make_shop(app: Application) -> Callable[..., Shop]:
    """Make shops of the installation that is served."""
    return partial(open_shop, app)


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    """Make a shop for one test alone."""
    return make_shop()


@contextmanager
def serving(environment: dict[str, str], port: int, log: Path) -> Iterator[None]:
    """Run ``python -m workmanager serve`` until the block ends."""
    command = [sys.executable, "-m", "workmanager", "serve", "--port", str(port), "--workers", "2"]
    with log.open("wb") as output:
        server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output)
        try:
            wait_for(server, f"http://127.0.0.1:{port}/healthz", log)
            yield
        finally:
            server.terminate()
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Wait until ``address`` answers."""
    for _attempt in range(PATIENCE * 10):
        with suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own
            return
        with suppress(subprocess.TimeoutExpired):
            server.wait(0.1)
            pytest.fail(f"the server has stopped:\n{log.read_text()}")
    pytest.fail(f"the server does not answer:\n{log.read_text()}")


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


Seat = Callable[..., Person]


@pytest.fixture
def seat(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Seat]:
    """Put people in front of a shop: ``seat(shop, "receptionist", look, **context_options)``.

    At the end of the test nobody may have seen an error: of a script, of the console, of the content security policy, an answer of the
    server that is none, or a page that scrolls sideways.
    """
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    seated: list[Person] = []

    def take(shop: Shop, role: str | None, look: Look | None = None, **options: Any) -> Person:
        person = Person.seated(browser, shop, role, look or Look(), **options)
        seated.append(person)
        return person

    yield take
    complaints = [f"{person.role}: {complaint}" for person in seated for complaint in person.complaints]
    for person in seated:
        person.leave()
    assert complaints == []
