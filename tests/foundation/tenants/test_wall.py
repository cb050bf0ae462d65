"""The wall between tenants on PostgreSQL, for a login role without privileges of its own."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from core.db import session
from core.foundation.tenants.services import NewTenant, create_tenant, delete_tenant
from core.testing import Shop, fresh_database, make_app, server_url


@pytest.fixture
def installation(tmp_path: object) -> Iterator[Shop]:
    if server_url() is None:
        pytest.skip("no PostgreSQL server answers")
    role = f"wm_login_{secrets.token_hex(4)}"
    with fresh_database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER CREATEROLE NOINHERIT PASSWORD '{role}'")
            connection.execute(f'ALTER DATABASE "{url.rpartition("/")[2]}" OWNER TO {role}')
        host = url.partition("@")[2]
        app = make_app(
            {
                "WORKMANAGER_INSTANCE": str(tmp_path),
                "WORKMANAGER_DATABASE_URL": f"postgresql://{role}:{role}@{host}",
                "WORKMANAGER_PUBLIC_URL": "http://localhost",
            }
        )
        with app.app_context():
            for slug in ("one", "two"):
                create_tenant(NewTenant(slug, slug), seed=lambda tenant: None)
        yield Shop(app, "one")
        with app.app_context():
            for slug in ("one", "two"):
                delete_tenant(slug)
        app.extensions["wm_engines"].dispose()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"REASSIGN OWNED BY {role} TO CURRENT_USER")
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")


def test_no_statement_of_one_tenant_reads_another(installation: Shop) -> None:
    other = Shop(installation.app, "two").tenant.placement.schema
    with installation.context():
        assert session().execute(text("SELECT count(*) FROM role")).scalar_one() > 0
        with pytest.raises(ProgrammingError, match="permission denied"):
            session().execute(text(f'SELECT * FROM "{other}".role'))


def test_the_control_schema_is_closed_to_a_tenant(installation: Shop) -> None:
    with installation.context(), pytest.raises(ProgrammingError, match="permission denied"):
        session().execute(text("SELECT * FROM control.tenant"))


def test_the_login_role_reads_no_tenant_outside_its_transactions(installation: Shop) -> None:
    placement = installation.tenant.placement
    url = placement.url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f'SELECT * FROM "{placement.schema}".role')


def test_nothing_of_a_tenant_stays_on_the_connection(installation: Shop) -> None:
    with installation.context():
        session().execute(text("SELECT 1"))
    with installation.app.app_context():
        from core.db import db

        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT current_schema")).scalar() == "control"
            assert (
                connection.execute(text("SELECT current_user")).scalar()
                == connection.execute(text("SELECT session_user")).scalar()
            )
