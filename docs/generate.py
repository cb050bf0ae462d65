"""Write the reference pages from the code: ``python docs/generate.py``. A test compares them with what is committed."""

from __future__ import annotations

import inspect
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
from flask_babel import force_locale

from core.app import AREAS, Application, create_app, find_module
from core.cli import COMMANDS, cli
from core.config import SETTINGS, load_config
from core.foundation.accounts.permissions import all_permissions
from core.foundation.accounts.presets import PRESETS
from core.plugin import PluginStates, is_action

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Made by docs/generate.py from the code; do not edit. -->\n\n"


def main(folder: Path = FOLDER) -> None:
    """Write every page."""
    with tempfile.TemporaryDirectory() as instance:
        app = create_app(load_config({"WORKMANAGER_INSTANCE": instance}))
        folder.mkdir(exist_ok=True)
        for name, text in pages(app).items():
            (folder / name).write_text(NOTE + text, encoding="utf-8")


def pages(app: Application) -> dict[str, str]:
    """Return the text of each page by its file name."""
    with app.test_request_context(environ_overrides={"wm.tenant": None}), force_locale("en"):
        return {
            "hooks.md": _hooks(app),
            "permissions.md": _permissions(app),
            "configuration.md": _configuration(),
            "commands.md": _commands(),
        }


def _hooks(app: Application) -> str:
    lines = [
        "# Hooks",
        "",
        "Implement a hook by a function of its name in the `hooks` module of your plugin, marked `@hookimpl`; take the arguments that",
        "you need and leave out the rest. **Collect**: return values, heard while the plugin is on or lapsed. **Veto**: raise a",
        "`DomainError` inside the transaction. **React**: inside the transaction, after the rule.",
        "",
    ]
    for owner, module in _spec_modules(app):
        lines += [f"## {owner}", ""]
        for name, spec in _specs(module):
            lines += [f"### `{name}`", "", f"*{_manner(name)}* `{_signature(name, spec)}`", ""]
            lines += [_prose(inspect.getdoc(spec) or ""), ""]
    return "\n".join(lines).rstrip() + "\n"


def _spec_modules(app: Application) -> Iterator[tuple[str, ModuleType]]:
    for area in AREAS:
        module = find_module(area, "hookspecs")
        if module is not None:
            yield area, module
    for plugin in app.extensions["wm_plugins"].plugins.values():
        for name in plugin.hookspecs:
            yield f"plugin {plugin.name}", sys.modules[f"{plugin.package}.{name}"]


def _specs(module: ModuleType) -> list[tuple[str, object]]:
    found = [
        (name, function)
        for name, function in vars(module).items()
        if inspect.isfunction(function) and hasattr(function, "workmanager_spec")
    ]
    return sorted(found, key=lambda pair: inspect.getsourcelines(pair[1])[1])


def _signature(name: str, spec: object) -> str:
    """Return the hook as it is called; annotations stand as they are written."""
    return f"{name}{inspect.signature(spec)}".replace("'", "")  # type: ignore[arg-type]


def _manner(name: str) -> str:
    if not is_action(name):
        return "Collect."
    return "Veto." if name.endswith("ing") else "React."


def _prose(text: str) -> str:
    """Turn the fields of a docstring into a list."""
    lines = []
    for line in text.splitlines():
        if line.startswith(":param "):
            name, _, rest = line.removeprefix(":param ").partition(":")
            lines.append(f"- `{name}`:{rest}")
        elif line.startswith(":raises "):
            name, _, rest = line.removeprefix(":raises ").partition(":")
            lines.append(f"- raises `{name}`:{rest}")
        else:
            lines.append(line.replace("``", "`"))
    return "\n".join(lines)


def _permissions(app: Application) -> str:
    host = app.extensions["wm_plugins"]
    states = PluginStates(frozenset(host.plugins))
    roles = [key for key in PRESETS if key != "owner"]
    lines = [
        "# Permissions",
        "",
        "What roles carry, and which preset has it unless the shop edits the role. The owner has everything.",
        "",
        f"| permission | allows | {' | '.join(roles)} |",
        f"|---|---|{'---|' * len(roles)}",
    ]
    for one in all_permissions(states):
        marks = " | ".join("yes" if key in one.roles else "" for key in roles)
        lines.append(f"| `{one.name}` | {one.title} | {marks} |")
    return "\n".join(lines) + "\n"


def _configuration() -> str:
    lines = [
        "# Configuration",
        "",
        "From the environment, or from `workmanager.env` in the instance folder.",
        "",
    ]
    lines += ["| name | meaning |", "|---|---|"]
    lines += [f"| `{name}` | {text} |" for name, text in SETTINGS.items()]
    return "\n".join(lines) + "\n"


def _commands() -> str:
    lines = [
        "# Commands",
        "",
        "`workmanager COMMAND`, also `python -m workmanager COMMAND`. Every command has `--help`.",
        "",
    ]
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if command is not None:
            lines += list(_command(name, command, level=2))
    return "\n".join(lines).rstrip() + "\n"


def _command(name: str, command: click.Command, *, level: int) -> Iterator[str]:
    yield f"{'#' * level} `{name}`"
    yield ""
    if isinstance(command, click.Group):
        for child, one in sorted(command.commands.items()):
            yield from _command(f"{name} {child}", one, level=level + 1)
        return
    context = click.Context(command, info_name=f"workmanager {name}")
    yield "```text"
    yield command.get_help(context)
    yield "```"
    yield ""


if __name__ == "__main__":
    main()
