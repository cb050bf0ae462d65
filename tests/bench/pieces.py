"""Pieces measured by themselves: hook calls, the start of the program, papers, and processes that write at the same time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from core.app import create_app
from core.config import load_config
from core.foundation.tenants import hookspecs as tenant_specs
from core.foundation.tenants.context import plugin_host
from core.foundation.tenants.services import set_plugin_state
from core.foundation.ui import hookspecs as ui_specs
from core.gate import Application
from core.loading import load_plugins
from core.plugin import Plugin, PluginHost, PluginState, PluginStates
from tests.bench.browser import EMAIL, PASSWORD, Browser, log_in
from tests.bench.databases import fresh_database
from tests.bench.product import SLUG, create_shop, install
from tests.bench.report import Section, judged, spread, table
from tests.bench.servers import (
    ROOT,
    children,
    clean_environment,
    free_port,
    memory_of,
    product_command,
    running,
)
from tests.faults.hammer import expected_numbers, hammer

ROUNDS: Final = 7
_PLUGINS: Final = 6
_CALLS: Final = 2_000
#: What the issue of this measurement allows for the longest wait of eight writers, milliseconds.
LONGEST_WAIT: Final = 500.0

_HOOKS: Final = """
from core.plugin import hookimpl

@hookimpl
def nav_items():
    return ()
"""


def hooks(_folder: Path) -> Section:
    """Measure one call of a collecting hook with six plugins, and with those that are off left out."""
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        try:
            host = _host_of_listeners(Path(folder))
        finally:
            sys.path.remove(folder)
    names = list(host.plugins)
    rows = []
    for title, on in (("6 on", names), ("3 on, 3 off", names[:3]), ("none on, 6 off", [])):
        seen = host.hooks(PluginStates(on=frozenset(on), lapsed=frozenset()))
        seen.nav_items()
        figures = spread([_each(seen.nav_items) * 1e6 for _ in range(ROUNDS)])
        rows.append((title, figures.text()))
    rows.append(("a plain Python call", spread([_each(tuple) * 1e6 for _ in range(ROUNDS)]).text(2)))
    text = "One call of a collecting hook; what is off is not called at all, and its part of the time is gone.\n\n"
    return Section(
        "Hook calls", text + table(["Plugins", "µs"], rows), f"{ROUNDS} rounds of {_CALLS:,} calls"
    )


def plugins(folder: Path) -> Section:
    """Measure what each installed plugin costs on each page, in the process, switched on and off in turn."""
    product = install(folder / "plugins", None, 1_000)
    app = create_app(load_config(product.environment))
    client = app.test_client()
    root = f"http://127.0.0.1:{product.port}{product.root}"
    log_in(client, root)
    rows = []
    with app.app_context():
        names = list(plugin_host().plugins)
    for name in names:
        for title, path in _PAGES.items():
            rows.append((name, title, *_with_and_without(app, name, partial(client.get, root + path))))
    app.extensions["wm_engines"].dispose()
    head = ["Plugin", "Page", "off, ms", "on, ms", "it costs, ms"]
    text = (
        "Processor time of a page in the process, SQLite, 1,000 tickets. What is off is not there at all.\n\n"
    )
    return Section(
        "What a plugin costs", text + table(head, rows), f"{ROUNDS} rounds of {_ASKED} pages, alternating"
    )


_PAGES: Final = {"Dashboard": "/", "List": "/tickets/", "Open a ticket": "/tickets/500"}
_ASKED: Final = 15


def _with_and_without(app: Application, name: str, ask: Callable[[], object]) -> tuple[str, str, str]:
    times: dict[PluginState, list[float]] = {PluginState.OFF: [], PluginState.ON: []}
    for _ in range(ROUNDS):
        for state, found in times.items():
            with app.app_context():
                set_plugin_state(SLUG, name, state)
            ask()
            began = time.process_time()
            for _ in range(_ASKED):
                ask()
            found.append((time.process_time() - began) / _ASKED * 1000)
    off, on = times.values()
    costs = [with_it - without for with_it, without in zip(on, off, strict=True)]
    return spread(off).text(2), spread(on).text(2), spread(costs).text(2)


def _host_of_listeners(folder: Path) -> PluginHost:
    plugins = []
    for number in range(_PLUGINS):
        name = f"listener{number}"
        package = folder / f"wmbench_{name}"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "hooks.py").write_text(textwrap.dedent(_HOOKS))
        plugins.append(Plugin(name=name, package=package.name, title=name, version="1", hooks=("hooks",)))
    return load_plugins(plugins, specs=[tenant_specs, ui_specs], core_hooks=[])


def _each(call: Callable[[], object]) -> float:
    """Return the seconds of one of many calls."""
    began = time.perf_counter()
    for _ in range(_CALLS):
        call()
    return (time.perf_counter() - began) / _CALLS


def start(folder: Path) -> Section:
    """Measure how long the program takes to be there, each time in a fresh process."""
    values = {"WORKMANAGER_INSTANCE": str(folder / "start")}
    programs = {
        "Python alone": "pass",
        "`import flask, sqlalchemy.orm`": "import flask, sqlalchemy.orm",
        "`workmanager --help`": "import runpy, sys; sys.argv = ['workmanager', '--help']; "
        "runpy.run_module('workmanager', run_name='__main__', alter_sys=True)",
        "imports and `create_app`": "from core.app import create_app; create_app()",
    }
    rows = []
    for title, program in programs.items():
        runs = [_run(program, folder / "peak", clean_environment(**values)) for _ in range(ROUNDS)]
        times = [seconds * 1000 for seconds, _memory in runs]
        rows.append((title, spread(times).text(0), f"{max(memory for _seconds, memory in runs):.0f}"))
    rows += [_first_page(folder), *_demo(folder)]
    text = (
        "From the start of a fresh process to its end, and to the first page for those that serve. `workmanager demo` is what `make run`\n"
        "runs once the environment is there: the first time it makes the demo shop.\n\n"
    )
    return Section("Start", text + table(["What", "ms", "MiB"], rows), f"{ROUNDS} starts")


def _run(program: str, peak: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Run a program in a fresh process and return the seconds and the most memory (RSS, MiB) that it took."""
    began = time.perf_counter()
    command = [sys.executable, "-c", _NOTE_PEAK + program]
    subprocess.run(
        command, env={**environment, "BENCH_PEAK": str(peak)}, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    seconds = time.perf_counter() - began
    return seconds, int(peak.read_text().split()[1]) / 1024


#: The kernel's own count for children begins with the memory of their parent; each program writes its own down.
_NOTE_PEAK: Final = (
    "import atexit, os; "
    "atexit.register(lambda: open(os.environ['BENCH_PEAK'], 'w').write("
    "next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))));\n"
)


def _first_page(folder: Path) -> tuple[str, str, str]:
    port = free_port()
    values = {
        "WORKMANAGER_INSTANCE": str(folder / "first"),
        "WORKMANAGER_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    create_shop(values, SLUG)
    times, memory = [], 0.0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with running(product_command(port), port, clean_environment(**values), f"/t/{SLUG}/login") as server:
            times.append((time.perf_counter() - began) * 1000)
            memory = max(memory, server.memory())
    return ("`serve`, 2 workers, to the first page", spread(times).text(0), f"{memory:.0f}")


def _demo(folder: Path) -> list[tuple[str, str, str]]:
    """Start the demo shop for the first time, and again."""
    port = free_port()
    environment = clean_environment(WORKMANAGER_INSTANCE=str(folder / "demo"))
    command = [sys.executable, "-m", "workmanager", "demo", "--host", "127.0.0.1", "--port", str(port)]
    rows = []
    for title, rounds in (("`demo`, the first time, to the first page", 1), ("`demo`, again", 3)):
        times, memory = [], 0.0
        for _ in range(rounds):
            began = time.perf_counter()
            with running(command, port, environment, "/t/demo/login") as server:
                times.append((time.perf_counter() - began) * 1000)
                memory = max(memory, server.memory())
        rows.append((title, spread(times).text(0), f"{memory:.0f}"))
    return rows


def papers(folder: Path) -> Section:
    """Measure the intake protocol as a PDF, over HTTP, through the render server."""
    product = install(folder / "papers", None, 1_000)
    command = product_command(product.port)
    with running(command, product.port, product.environment, f"{product.root}/login") as server:
        browser = Browser(product.port, product.root)
        browser.log_in(EMAIL, PASSWORD)
        began = time.perf_counter()
        _paper(browser, 1)
        first = (time.perf_counter() - began) * 1000
        times = []
        for number in range(2, 12):
            began = time.perf_counter()
            _paper(browser, number)
            times.append((time.perf_counter() - began) * 1000)
        rates = [_throughput(browser) for _ in range(5)]
        web = server.memory()
        rendering = sum(memory_of(pid) for pid in _render_servers(folder))
    rows = [
        ("First paper, the render server starts, ms", f"{first:.0f}"),
        ("One paper, ms", spread(times).text(0)),
        ("8 users, papers a second", spread([rate for rate, _refusals in rates]).text(1)),
        ("of 120 papers, told to come again (503)", f"{sum(refusals for _rate, refusals in rates)}"),
        ("Render server at rest (PSS), MiB", f"{rendering:.0f}"),
        ("Web server with 2 workers beside it (PSS), MiB", f"{web:.0f}"),
    ]
    text = "The intake protocol of one ticket over HTTP: data, template, sandbox, xhtml2pdf in a fork of its own with limits.\n\n"
    return Section("Papers", text + table(["Intake protocol", ""], rows), "10 papers; 5 rounds of 24 papers")


def _paper(browser: Browser, ticket: int) -> int:
    """Fetch a paper, and return how often the server said to come again."""
    for refusals in range(10):
        answer = browser.line.ask(browser.request("GET", f"/tickets/{ticket}/documents/intake.pdf"))
        if answer.status == 200 and answer.body.startswith(b"%PDF"):
            return refusals
        if answer.status != 503:
            break
    message = f"the paper of ticket {ticket} was answered with {answer.status}"
    raise RuntimeError(message)


def _throughput(browser: Browser) -> tuple[float, int]:
    """Return the papers a second at eight users, and how often they were told to come again."""
    count, users = 24, 8

    def work(user: int) -> int:
        mine = browser.twin()
        refusals = sum(_paper(mine, 100 + user * 10 + number) for number in range(count // users))
        mine.line.close()
        return refusals

    began = time.perf_counter()
    with ThreadPoolExecutor(users) as pool:
        refusals = sum(pool.map(work, range(users)))
    return count / (time.perf_counter() - began), refusals


def _render_servers(folder: Path) -> list[int]:
    """Return the ids of the render servers whose socket lies in ``folder``, and of their children."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"core.foundation.documents.server" in command and str(folder).encode() in command:
                found += [int(entry.name), *children(int(entry.name))]
    return list(dict.fromkeys(found))


def contention(folder: Path, *, databases: Sequence[str], each: int) -> Section:
    """Let eight processes open tickets at the same time, on every database."""
    rows = []
    for database in databases:
        if database == "sqlite":
            rows.append(_strike("sqlite", {"WORKMANAGER_INSTANCE": str(folder / "hammer")}, each))
        else:
            with fresh_database() as url:
                values = {"WORKMANAGER_INSTANCE": str(folder / "hammer-pg"), "WORKMANAGER_DATABASE_URL": url}
                rows.append(_strike(database, values, each))
    head = ["8 processes", "Tickets", "Locked", "Gapless", "A second", "Longest wait, ms", "Target"]
    text = (
        "Eight processes open tickets, each with a new client and a new device, through the services as fast as they can. The wait\n"
        "is that of the slowest single ticket, from the wish to the commit.\n\n"
    )
    return Section("Writers side by side", text + table(head, rows), f"{each} tickets a process")


def _strike(database: str, values: dict[str, str], each: int) -> tuple[str, ...]:
    create_shop(values, SLUG)
    blows = hammer(load_config(clean_environment(**values)), SLUG, processes=8, each=each)
    prefix = blows.numbers[0].rpartition("-")[0] + "-"
    gapless = sorted(blows.numbers) == expected_numbers(8 * each, prefix)
    longest = blows.longest * 1000
    return (
        database,
        f"{len(blows.numbers):,}",
        judged(str(blows.busy), good=not blows.busy),
        judged("yes" if gapless else "no", good=gapless),
        f"{len(blows.numbers) / blows.seconds:.0f}",
        judged(f"{longest:.0f}", good=longest < LONGEST_WAIT),
        f"< {LONGEST_WAIT:.0f}",
    )
