"""Where a tenant's database and files are made and removed: a folder, or a schema and a role on PostgreSQL."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from core.config import Config
from core.engines import EXTENSIONS_SCHEMA, Placement, quote
from core.errors import ConfigError
from core.migrate import Owner, upgrade

CONTROL_SCHEMA = "control"
CONTROL_OWNER = Owner("control", Path(__file__).parent / "migrations")
#: From here on a role is granted to the login role for SET ROLE only.
POSTGRESQL_16 = 160000


def control_placement(config: Config) -> Placement:
    """Return where the control database of this installation lives."""
    if config.database_url is None:
        return Placement.sqlite(config.instance / "control.db")
    return Placement(config.database_url, schema=CONTROL_SCHEMA)


def tenant_placement(config: Config, *, slug: str, url: str | None, schema: str | None) -> Placement:
    """Return where a tenant's database lives."""
    if url is None:
        return Placement.sqlite(tenant_folder(config, slug) / "data.db")
    return Placement(url, schema=schema, role=schema)


def tenant_folder(config: Config, slug: str) -> Path:
    """Return the folder of a tenant: its SQLite database, and its files on either database."""
    return config.instance / "tenants" / slug


def prepare_control(config: Config) -> None:
    """Make or upgrade the control database.

    :raises ConfigError: PostgreSQL does not answer, or lacks the rights that docs/operator.md lists.
    """
    placement = control_placement(config)
    if not placement.is_sqlite:
        _prepare_server(placement.url)
    upgrade(placement, [CONTROL_OWNER])
    engine = create_engine(placement.url, poolclass=NullPool)
    with engine.begin() as connection:
        if not placement.is_sqlite:
            connection.exec_driver_sql(f"SET LOCAL search_path TO {CONTROL_SCHEMA}")
        if connection.execute(text("SELECT count(*) FROM installation")).scalar() == 0:
            connection.execute(
                text("INSERT INTO installation (id, key) VALUES (1, :key)"),
                {"key": secrets.token_hex(3)},
            )
    engine.dispose()


def _server_engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")


def _prepare_server(url: str) -> None:
    """Make the schemas of the installation and the extension that search needs, once for a database."""
    engine = _server_engine(url)
    with engine.connect() as connection:
        for schema in (CONTROL_SCHEMA, EXTENSIONS_SCHEMA):
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {EXTENSIONS_SCHEMA} TO PUBLIC")
        connection.exec_driver_sql(f"CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA {EXTENSIONS_SCHEMA}")
        where = connection.execute(
            text(
                "SELECT nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'pg_trgm'"
            )
        ).scalar()
    engine.dispose()
    if where != EXTENSIONS_SCHEMA:
        msg = f"pg_trgm is in the schema {where}; run: ALTER EXTENSION pg_trgm SET SCHEMA {EXTENSIONS_SCHEMA}"
        raise ConfigError(msg)


def make_storage(config: Config, placement: Placement, slug: str) -> None:
    """Make the empty database of a tenant, and its folder."""
    (tenant_folder(config, slug) / "files").mkdir(parents=True, exist_ok=True, mode=0o700)
    if placement.is_sqlite:
        return
    engine = _server_engine(placement.url)
    with engine.connect() as connection:
        _make_wall(connection, str(placement.schema))
    engine.dispose()


def _make_wall(connection: Connection, name: str) -> None:
    """Make the role and the schema of a tenant; the grant comes first, or the schema cannot be given away."""
    role = quote(name)
    connection.exec_driver_sql(f"CREATE ROLE {role} NOLOGIN")
    version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    limits = " WITH INHERIT FALSE, SET TRUE" if version >= POSTGRESQL_16 else ""
    connection.exec_driver_sql(f"GRANT {role} TO CURRENT_USER{limits}")
    connection.exec_driver_sql(f"CREATE SCHEMA {role} AUTHORIZATION {role}")


def remove_storage(config: Config, placement: Placement, slug: str) -> None:
    """Remove a tenant's database and files for good; what is not there any more is passed over."""
    if not placement.is_sqlite:
        engine = _server_engine(placement.url)
        with engine.connect() as connection:
            if _role_exists(connection, str(placement.role)):
                role = quote(str(placement.role))
                connection.exec_driver_sql(f"SET ROLE {role}")
                connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {role} CASCADE")
                connection.exec_driver_sql("RESET ROLE")
                connection.exec_driver_sql(f"DROP ROLE {role}")
        engine.dispose()
    shutil.rmtree(tenant_folder(config, slug), ignore_errors=True)


def _role_exists(connection: Connection, name: str) -> bool:
    return (
        connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}).scalar()
        is not None
    )
