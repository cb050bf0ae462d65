"""``workmanager db …``: where the tables of each tenant stand, and bringing them to this code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from rich.progress import Progress

from core.cli import MakeApp
from core.console import emit, json_option, show_table
from core.engines import Engines
from core.foundation.tenants.context import Tenant
from core.foundation.tenants.services import directory, owners_of
from core.gate import Application
from core.migrate import Owner, standings, upgrade


@click.group("db")
def database() -> None:
    """Show and run migrations."""


@database.command()
@click.option("--tenant", "slug", help="One tenant instead of all.")
@json_option
@click.pass_obj
def status(make: MakeApp, slug: str | None, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Show where each owner of tables stands; exit 1 when one is behind."""
    app = make()
    engines: Engines = app.extensions["wm_engines"]
    rows: list[dict[str, Any]] = []
    with app.app_context():
        for tenant in _tenants(slug):
            with engines.at(tenant.placement).connect() as connection:
                rows += [
                    {
                        "tenant": tenant.slug,
                        "owner": standing.owner.name,
                        "current": standing.current,
                        "head": standing.owner.head,
                        "behind": standing.is_behind,
                    }
                    for standing in standings(connection, owners_of(tenant))
                ]
    cells = [
        (
            row["tenant"],
            row["owner"],
            row["current"] or "-",
            row["head"],
            "behind" if row["behind"] else "current",
        )
        for row in rows
    ]
    emit(rows, lambda: show_table(("tenant", "owner", "at", "newest", ""), cells), as_json=as_json)
    if any(row["behind"] for row in rows):
        raise click.exceptions.Exit(1)


@database.command("upgrade")
@click.option("--tenant", "slug", help="One tenant instead of all.")
@click.option("--plugin", "plugin", help="One owner of tables instead of all: core, or a plugin.")
@json_option
@click.pass_obj
def upgrade_command(make: MakeApp, slug: str | None, plugin: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Run the migrations that wait; stopped in the middle, it goes on where it was."""
    done = upgrade_tenants(make(), slug=slug, plugin=plugin, quiet=as_json)
    emit(done, f"{len(done)} revisions run", as_json=as_json)


def upgrade_tenants(
    app: Application, *, slug: str | None = None, plugin: str | None = None, quiet: bool = False
) -> list[dict[str, str]]:
    """Run the waiting migrations of all tenants, or of one, and return what was run."""
    done: list[dict[str, str]] = []
    with app.app_context():
        tenants = _tenants(slug)
        work = [(tenant, _waiting(app, tenant, plugin)) for tenant in tenants]
    work = [(tenant, owners) for tenant, owners in work if owners]
    with Progress(disable=quiet or not work, transient=True) as progress:
        task = progress.add_task("Upgrading", total=len(work))
        for tenant, owners in work:

            def note(owner: Owner, revision: str, tenant: Tenant = tenant) -> None:
                done.append({"tenant": tenant.slug, "owner": owner.name, "revision": revision})

            upgrade(tenant.placement, owners, progress=note)
            progress.advance(task)
    return done


def _waiting(app: Application, tenant: Tenant, plugin: str | None) -> list[Owner]:
    """Return the owners whose revisions wait in a tenant's database."""
    engines: Engines = app.extensions["wm_engines"]
    owners = [owner for owner in owners_of(tenant) if plugin in {None, owner.name}]
    with engines.at(tenant.placement).connect() as connection:
        behind = [standing.owner for standing in standings(connection, owners) if standing.is_behind]
    engines.forget(tenant.placement)
    return behind


def _tenants(slug: str | None) -> Sequence[Tenant]:
    return directory().list_tenants() if slug is None else [directory().get(slug)]
