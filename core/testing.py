"""Fixtures for the product's tests and for plugin authors: real databases, real tenants, logged-in clients.

Published as the pytest plugin ``workmanager.testing``. A test that asks for ``shop`` runs on SQLite; marked ``both_databases`` it runs a
second time on PostgreSQL, where a server answers at ``WORKMANAGER_TEST_DATABASE_URL`` or on 127.0.0.1:5432. Under ``CI=true`` a missing
server is a failure.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from core.app import create_app
from core.config import load_config
from core.db import unit_of_work
from core.engines import Engines
from core.foundation.accounts.devices import start_session
from core.foundation.accounts.passwords import hash_password
from core.foundation.accounts.services import UserFacts, create_user
from core.foundation.licences.bundles import find_bundle
from core.foundation.tenants.context import Tenant, tenant_context
from core.foundation.tenants.services import NewTenant, create_tenant, delete_tenant, directory
from core.foundation.tenants.storage import prepare_control
from core.gate import Application
from core.plugin import Plugin

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
DEFAULT_SERVER: Final = "postgresql://postgres@127.0.0.1:5432/postgres"
#: The password of every user that the fixtures make.
PASSWORD: Final = "correct horse battery"
#: Argon2 parameters that make a hash cheap; never in the product.
CHEAP_ARGON2: Final = {"time_cost": 1, "memory_cost": 8}

_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker that asks for both databases."""
    config.addinivalue_line("markers", "both_databases: run on SQLite and on PostgreSQL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test marked ``both_databases`` once for each database."""
    if "backend" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("both_databases") is not None
        backends = [SQLITE, POSTGRESQL] if marked else [SQLITE]
        metafunc.parametrize("backend", backends, indirect=True, scope="session")


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401 - pytest's own
    """Say what was not run for want of a server."""
    if server_url() is None:
        terminalreporter.write_line("not run: PostgreSQL, no server answers at WORKMANAGER_TEST_DATABASE_URL")


@cache
def server_url() -> str | None:
    """Return the address of the PostgreSQL server that tests may make databases on, ``None`` where none answers.

    :raises RuntimeError: under ``CI=true`` none answers.
    """
    url = os.environ.get("WORKMANAGER_TEST_DATABASE_URL", DEFAULT_SERVER)
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        if os.environ.get("CI") == "true":
            msg = f"CI needs PostgreSQL at {url.rpartition('@')[2]}"
            raise RuntimeError(msg) from error
        return None
    return url


@dataclass
class Shop:
    """A tenant with a user for each role, and the ways to look at it."""

    app: Application
    slug: str
    #: Ids of the users by the key of their role.
    users: dict[str, int] = field(default_factory=dict)

    @property
    def tenant(self) -> Tenant:
        """The tenant as it stands now."""
        with self.app.app_context():
            return directory().get(self.slug)

    @property
    def root(self) -> str:
        """Path of its pages, without a slash at the end."""
        return f"/t/{self.slug}"

    @property
    def engine(self) -> Engine:
        """Its database."""
        engines: Engines = self.app.extensions["wm_engines"]
        return engines.at(self.tenant.placement)

    @contextmanager
    def context(self) -> Iterator[Tenant]:
        """Work inside the tenant, as commands do."""
        with tenant_context(self.app, self.tenant) as tenant:
            yield tenant

    def delete(self) -> None:
        """Remove the tenant, unless the test has done so."""
        with self.app.app_context():
            if directory().find_by_slug(self.slug) is not None:
                delete_tenant(self.slug)

    def client(self, role: str | None = "owner") -> FlaskClient:
        """Return a browser: of the user with ``role``, or of nobody.

        The session is begun by the service that the login page calls; the page has tests of its own.
        """
        browser = self.app.test_client()
        if role is not None:
            with self.context() as tenant:
                password_hash = self._password_hash(self.users[role])
                with unit_of_work():
                    token = start_session(self.users[role], password_hash=password_hash, keep=False)
                browser.set_cookie(tenant.cookie, str(token), path=f"{self.root}/")
        return browser

    @staticmethod
    def _password_hash(user_id: int) -> str:
        from core.foundation.accounts.services import get_user  # noqa: PLC0415 - reads as one step

        return str(get_user(user_id).password_hash)

    def add_user(self, role: str, *, name: str | None = None, **facts: Any) -> int:  # noqa: ANN401 - of UserFacts
        """Add a user with one role and return the id; the password is ``PASSWORD``."""
        number = next(_numbers)
        with self.context():
            password_hash = hash_password(PASSWORD)
            with unit_of_work():
                user = create_user(
                    UserFacts(
                        email=f"{role}{number}@example.com",
                        name=name or f"{role.title()} {number}",
                        roles=[role],
                        **facts,
                    ),
                    password_hash=password_hash,
                )
                return user.id


def csrf_token(page: str) -> str:
    """Return the token that the forms of ``page`` carry."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        pytest.fail("the page has no form")
    return str(found.group(1))


def idempotency_key(page: str) -> str:
    """Return the key of the creating form on ``page``."""
    found = re.search(r'name="_key"[^>]*value="([^"]+)"', page)
    if found is None:
        pytest.fail("the page has no form that creates")
    return str(found.group(1))


ROLES: Final = ("owner", "manager", "receptionist", "technician", "accountant")


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    """Return the database that this test runs on."""
    found: str = getattr(request, "param", SQLITE)
    if found == POSTGRESQL and server_url() is None:
        pytest.skip("no PostgreSQL server answers")
    return found


@pytest.fixture(scope="session")
def app(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """Make the application of an installation of its own, with every installed plugin."""
    with installation(backend, tmp_path_factory.mktemp(f"instance-{backend}")) as made:
        yield made


@contextmanager
def installation(
    backend: str, folder: Path, *, plugins: Sequence[Plugin] | None = None
) -> Iterator[Application]:
    """Make an application on one database, and remove what it made on a server at the end."""
    environment = {"WORKMANAGER_INSTANCE": str(folder), "WORKMANAGER_PUBLIC_URL": "http://localhost"}
    if backend == SQLITE:
        made = make_app(environment, plugins=plugins)
        yield made
        made.extensions["wm_engines"].dispose()
        return
    with fresh_database() as url:
        made = make_app({**environment, "WORKMANAGER_DATABASE_URL": url}, plugins=plugins)
        yield made
        made.extensions["wm_engines"].dispose()


def make_app(environment: dict[str, str], *, plugins: Sequence[Plugin] | None = None) -> Application:
    """Return an application for tests, its control database ready and its hashes cheap.

    :param plugins: Manifests in place of those that are installed.
    """
    config = load_config(environment)
    prepare_control(config)
    made = create_app(config, plugins=plugins)
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WM_ARGON2=CHEAP_ARGON2)
    return made


@contextmanager
def fresh_database() -> Iterator[str]:
    """Make a PostgreSQL database and remove it, with the roles of its tenants, at the end."""
    server = str(server_url())
    name = f"wm_test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        # A test asks what is committed, not what survives a power cut: nothing waits for the disk.
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit TO off')
    try:
        yield server.rpartition("/")[0] + f"/{name}"
    finally:
        with psycopg.connect(server.rpartition("/")[0] + f"/{name}", autocommit=True) as connection:
            schemas = connection.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'wm\\_%' AND nspname IN (SELECT rolname FROM pg_roles)"
            ).fetchall()
            for (schema,) in schemas:
                connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
                connection.execute(f'DROP ROLE "{schema}"')
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def open_shop(
    app: Application,
    *,
    plugins: Sequence[str] | None = None,
    bundle: str = "simplu",
    language: str = "ro",
    name: str = "Atelier Meteor",
    domain: str | None = None,
) -> Shop:
    """Make a tenant of ``app`` with a user for each preset role.

    :param plugins: What is on, in place of what ``bundle`` says.
    """
    shop = Shop(app, f"shop{os.getpid()}-{next(_numbers)}")
    on = find_bundle(bundle).plugins if plugins is None else tuple(plugins)
    with app.app_context():
        create_tenant(
            NewTenant(shop.slug, name, language=language, domain=domain, plugins=on), seed=_nothing_more
        )
    for role in ROLES:
        shop.users[role] = shop.add_user(role)
    return shop


def _nothing_more(tenant: Tenant) -> None:
    """Add nothing to what every shop starts with."""
    del tenant


@pytest.fixture(scope="session")
def make_shop(app: Application) -> Callable[..., Shop]:
    """Make further tenants: ``make_shop(bundle="core", language="en")``; see ``open_shop``."""
    return partial(open_shop, app)


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Iterator[Shop]:
    """Make a tenant with the first tier on, for one test alone."""
    made = make_shop()
    yield made
    if made.app.extensions["wm_control"].is_sqlite:
        made.delete()


@pytest.fixture(scope="module")
def shared_shop(make_shop: Callable[..., Shop]) -> Shop:
    """Make a tenant that the tests of a module share, because they only read or do not mind each other."""
    return make_shop()


@dataclass
class QueryRecorder:
    """The SQL statements of everything that runs while it records."""

    statements: list[str] = field(default_factory=list)

    @contextmanager
    def recording(self) -> Iterator[list[str]]:
        """Record from here on, forgetting what was recorded before."""
        self.statements.clear()
        event.listen(Engine, "before_cursor_execute", self._note)
        try:
            yield self.statements
        finally:
            event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        self.statements.append(statement)


@pytest.fixture
def query_recorder() -> QueryRecorder:
    """Count statements: ``with query_recorder.recording() as statements: …``."""
    return QueryRecorder()
