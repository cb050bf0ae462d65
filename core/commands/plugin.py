"""``workmanager plugin …``: what is installed, and what is on for a tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from core.cli import MakeApp
from core.console import emit, json_option, show_table
from core.foundation.tenants.services import directory, set_plugin_state
from core.plugin import PluginState


@click.group()
def plugin() -> None:
    """List plugins and switch them on, off or to read-only for a tenant."""


@plugin.command("list")
@click.option("--tenant", "slug", help="Show what is on for this tenant.")
@json_option
@click.pass_obj
def list_command(make: MakeApp, slug: str | None, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """List the installed plugins."""
    app = make()
    with app.app_context():
        states = None if slug is None else directory().get(slug).states
        rows: list[dict[str, Any]] = [
            {
                "name": one.name,
                "version": one.version,
                "title": str(one.title),
                "requires": list(one.requires),
                **({} if states is None else {"state": states.state(one.name).value}),
            }
            for one in app.extensions["wm_plugins"].plugins.values()
        ]
    columns = ("name", "version", "title", "requires", *(() if slug is None else ("state",)))
    cells = [[", ".join(row[key]) if key == "requires" else row[key] for key in columns] for row in rows]
    emit(rows, lambda: show_table(columns, cells), as_json=as_json)


def _switching(command: Callable[..., None]) -> Callable[..., None]:
    """Give ``command`` the arguments of those that switch a plugin for a tenant."""
    for part in (
        click.pass_obj,
        json_option,
        click.option("--tenant", "slug", required=True, help="For this tenant."),
        click.argument("name"),
    ):
        command = part(command)
    return command


def _switch(make: MakeApp, name: str, slug: str, state: PluginState, *, as_json: bool) -> None:
    app = make()
    with app.app_context():
        tenant = set_plugin_state(slug, name, state)
        found = tenant.states.state(name).value
    emit({"tenant": slug, "plugin": name, "state": found}, f"{name} is {found} for {slug}", as_json=as_json)


@plugin.command()
@_switching
def enable(make: MakeApp, name: str, slug: str, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Switch a plugin on for a tenant, with what it requires; its tables are made first."""
    _switch(make, name, slug, PluginState.ON, as_json=as_json)


@plugin.command()
@_switching
def disable(make: MakeApp, name: str, slug: str, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Switch a plugin off for a tenant; its data stay."""
    _switch(make, name, slug, PluginState.OFF, as_json=as_json)


@plugin.command()
@_switching
def lapse(make: MakeApp, name: str, slug: str, as_json: bool) -> None:  # noqa: FBT001 - click's own
    """Make a plugin read-only for a tenant, as when its licence ends."""
    _switch(make, name, slug, PluginState.LAPSED, as_json=as_json)
