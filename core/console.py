"""How commands talk: JSON for scripts, lines and tables for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import click

#: Gives a command ``--json``, which it is handed as ``as_json``.
json_option: Final = click.option("--json", "as_json", is_flag=True, help="For scripts.")


def emit(data: object, text: str | Callable[[], None], *, as_json: bool) -> None:
    """Print ``data`` as JSON for scripts, else ``text`` for people."""
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    elif isinstance(text, str):
        click.echo(text)
    else:
        text()


def show_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows for people, plain when the output is not a terminal."""
    from rich.console import Console  # noqa: PLC0415 - --help takes no second
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
