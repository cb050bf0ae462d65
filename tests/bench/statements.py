"""How many SQL statements each page takes, in a small shop and in a larger one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from core.app import create_app
from core.config import load_config
from tests.bench.browser import log_in
from tests.bench.product import install
from tests.bench.report import Section, judged, table

SIZES: Final = (100, 5_000)
#: Pages by name: address, and the most statements that it may take; ``None`` where nothing is promised.
PAGES: Final = {
    "Dashboard": ("/", None),
    "List of tickets": ("/tickets/", 4),
    "Search": ("/search?q=Popescu", None),
    "Open a ticket": ("/tickets/{last}", 10),
    "Intake form": ("/tickets/new", None),
    "List of clients": ("/clients/", 4),
    "Open a client": ("/clients/1", 10),
    "List of equipment": ("/equipment/", 4),
    "Open a device": ("/equipment/1", 10),
}


def run(folder: Path) -> Section:
    """Count the statements of every page at either size."""
    counts = [count(folder / f"statements-{tickets}", tickets) for tickets in SIZES]
    rows = []
    for name, (_path, most) in PAGES.items():
        found = [one[name] for one in counts]
        good = len(set(found)) == 1 and (most is None or max(found) <= most)
        rows.append(
            (name, *found[:-1], judged(str(found[-1]), good=good), "" if most is None else f"≤ {most}")
        )
    head = ["Page", *(f"{tickets:,} tickets" for tickets in SIZES), "Target"]
    text = "With the plugins of the first tier on; session, user and permissions are one statement. BEGIN and ROLLBACK are not counted.\n\n"
    return Section("SQL statements of a page", text + table(head, rows))


def count(folder: Path, tickets: int) -> dict[str, int]:
    """Return the number of statements of every page in a shop of so many tickets."""
    product = install(folder, None, tickets)
    app = create_app(load_config(product.environment))
    client = app.test_client()
    host = f"http://127.0.0.1:{product.port}"

    def get(path: str) -> Any:
        return client.get(host + product.root + path)

    log_in(client, host + product.root)
    found = {}
    for name, (path, _most) in PAGES.items():
        address = path.format(last=tickets)
        get(address)
        found[name] = _statements(partial(get, address))
    app.extensions["wm_engines"].dispose()
    return found


def _statements(ask: Callable[[], Any]) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        answer = ask()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        message = f"{answer.request.path} was answered with {answer.status_code}"
        raise RuntimeError(message)
    return len(seen)
