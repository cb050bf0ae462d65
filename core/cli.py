"""The command line: ``workmanager …``. Commands import what they need when they run, so that ``--help`` is quick."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

import click

if TYPE_CHECKING:
    from core.errors import WorkmanagerError
    from core.gate import Application

#: What commands are handed: makes the application when it is called, with its control database ready.
MakeApp: TypeAlias = "Callable[[], Application]"

#: Where each command lives: ``module:attribute`` and its line of help.
COMMANDS: Final = {
    "serve": ("core.commands.serve:serve", "Serve the web application."),
    "demo": ("core.commands.demo:demo", "Make the tenant demo if it is not there, then serve."),
    "tenant": ("core.commands.tenant:tenant", "Create, list, show, suspend, resume and delete tenants."),
    "db": ("core.commands.database:database", "Show and run migrations."),
    "plugin": (
        "core.commands.plugin:plugin",
        "List plugins and switch them on, off or to read-only for a tenant.",
    ),
    "user": ("core.foundation.accounts.cli:user", "Users of a tenant."),
}


class Commands(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command ``cmd_name``."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's own
    del parameter
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"workmanager {version('workmanager')}")
        ctx.exit()


@click.group(cls=Commands)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Workmanager: the software a repair shop runs on."""
    ctx.obj = application


@cache
def application() -> Application:
    """Return the application of the installation in the environment, its control database ready."""
    from core.app import create_app
    from core.config import load_config
    from core.foundation.tenants.storage import prepare_control

    config = load_config()
    prepare_control(config)
    return create_app(config)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line: exit 0 when it was done, 1 when it was refused, 2 when it was called wrongly."""
    from core.errors import WorkmanagerError

    try:
        code = cli.main(
            args=None if arguments is None else list(arguments),
            prog_name="workmanager",
            standalone_mode=False,
        )
        # Out of its stand-alone mode click hands over the exit code of a command that asked for one.
        sys.exit(code if isinstance(code, int) else 0)
    except click.Abort:
        click.echo("workmanager: stopped", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except WorkmanagerError as error:
        click.echo(f"workmanager: {_told(error)}", err=True)
        sys.exit(1)


def _told(error: WorkmanagerError) -> str:
    """Return what is wrong in one line, with the fields at fault."""
    fields = getattr(error, "errors", None) or {}
    told = "; ".join(f"{name}: {' '.join(str(text) for text in texts)}" for name, texts in fields.items())
    return f"{error} ({told})" if told and told not in str(error) else str(error)
