"""``workmanager demo``: the demo shop, made where it is missing, then served."""

from __future__ import annotations

import os
from typing import Final

import click
from rich.progress import Progress

from core.commands.database import upgrade_tenants
from core.commands.serve import run_server, server_options
from core.commands.tenant import create_with_owner
from core.demo.story import PEOPLE, tell_story
from core.engines import Engines
from core.foundation.accounts.passwords import hash_password
from core.foundation.tenants.context import tenant_context
from core.foundation.tenants.services import delete_tenant, directory
from core.gate import Application

SLUG: Final = "demo"
NAME: Final = "Atelier Meteor"
OWNER: Final = ("Ovidiu Meteor", "ovidiu@meteor.example")
#: Of everybody in the demo shop; it guards nothing.
PASSWORD: Final = "lampa verde pe banc"
#: Stands in the instance folder once the shop is told to its end.
DONE: Final = "demo.done"


@click.command()
@server_options
@click.option("--no-serve", is_flag=True, help="Make the shop and stop.")
def demo(host: str, port: int, workers: int, *, no_serve: bool) -> None:
    """Make the tenant demo if it is not there, then serve."""
    from core.cli import application

    os.environ.setdefault("WORKMANAGER_PUBLIC_URL", f"http://{host}:{port}")
    app = application()
    upgrade_tenants(app)
    prepare_demo(app)
    _greet(app)
    engines: Engines = app.extensions["wm_engines"]
    engines.dispose()
    if not no_serve:
        run_server(host=host, port=port, workers=workers)


def prepare_demo(app: Application, *, quiet: bool = False) -> None:
    """Make the demo shop unless it is there; one that was stopped half-way is made anew."""
    config = app.extensions["wm_config"]
    mark = config.instance / DONE
    with app.app_context():
        tenant = directory().find_by_slug(SLUG)
        if tenant is not None and mark.exists():
            return
        if tenant is not None:
            delete_tenant(SLUG)
        create_with_owner(slug=SLUG, name=NAME, admin_email=OWNER[1], admin_name=OWNER[0], password=PASSWORD)
        password_hash = hash_password(PASSWORD)
        tenant = directory().get(SLUG)
    with Progress(disable=quiet, transient=True) as bar, tenant_context(app, tenant):
        task = bar.add_task("Telling thirteen months of the demo shop")
        tell_story(password_hash, progress=lambda done, total: bar.update(task, completed=done, total=total))
    mark.touch()


def _greet(app: Application) -> None:
    with app.app_context():
        url = directory().get(SLUG).url
    click.echo(f"\n  {NAME}: {url}/\n")
    for role, name, mailbox, _places in (("owner", OWNER[0], "ovidiu", ()), *PEOPLE):
        click.echo(f"  {role:13} {mailbox + '@meteor.example':26} {name}")
    click.echo(f"\n  Password of all of them: {PASSWORD}\n")
