"""Pages of the product beside those of the bare stack, over HTTP, at one and at eight users."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench import reference, reference_shop
from tests.bench.browser import EMAIL, PASSWORD, Browser
from tests.bench.databases import fresh_database
from tests.bench.load import Sample, measure
from tests.bench.product import Product, install
from tests.bench.report import DRIFT, Section, judged, same_size, spread, table
from tests.bench.servers import (
    Server,
    clean_environment,
    free_port,
    product_command,
    reference_command,
    running,
)
from tests.bench.visits import PAGES, Ground, Page

USERS: Final = (1, 8)
#: At the largest size a page may cost so many times what it costs at the smallest.
GROWTH: Final = 1.2
#: What the product may take with two workers, MiB.
MEMORY: Final = 150

_HOW: Final = """\
Two gunicorn workers of four threads each on either side, one load generator on kept connections, all on one machine. *Ratio* is product
by bare stack: median time at one user, requests a second at eight.
"""

_WORK: Final = """\
### Processor time of an answer (ms)

What the web server's own processes work for one answer, at eight users: the figure that other programs on the machine disturb least. The
database server of PostgreSQL is not in it, on either side.
"""


@dataclass(frozen=True, slots=True)
class Rig:
    """Product and bare stack with the same shop on the same database, both running."""

    database: str
    ground: Ground
    #: Product, bare stack.
    browsers: tuple[Browser, Browser]
    servers: tuple[Server, Server]
    #: MiB at rest, product and bare stack.
    memory: tuple[float, float] = (0, 0)


@dataclass
class Rounds:
    """What the rounds of one page gave: product, bare stack."""

    page: Page
    rig: Rig
    users: int
    ours: list[Sample] = field(default_factory=list)
    theirs: list[Sample] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """How many times the bare stack the product costs, round by round: time at one user, throughput at several."""
        pairs = list(zip(self.ours, self.theirs, strict=True))
        if self.users == 1:
            return [ours.p50 / theirs.p50 for ours, theirs in pairs]
        return [theirs.rate / ours.rate for ours, theirs in pairs]


@contextlib.contextmanager
def rigged(folder: Path, database: str, tickets: int) -> Iterator[Rig]:
    """Fill and start product and bare stack with a shop of so many tickets."""
    with contextlib.ExitStack() as stack:
        place = folder / f"{database}-{tickets}"
        place.mkdir()
        ours = theirs = None
        if database == "postgresql":
            ours, theirs = stack.enter_context(fresh_database()), stack.enter_context(fresh_database())
        product: Product = install(place / "instance", ours, tickets)
        url = theirs or f"sqlite:///{place / 'reference.db'}"
        reference_shop.fill(url, tickets)
        port = free_port()
        bare = stack.enter_context(
            running(reference_command(port), port, clean_environment(BENCH_DATABASE=url), "/")
        )
        command = product_command(product.port)
        full = stack.enter_context(
            running(command, product.port, product.environment, f"{product.root}/login")
        )
        browser = Browser(product.port, product.root)
        browser.log_in(EMAIL, PASSWORD)
        rig = Rig(database, Ground.of(product), (browser, Browser(port, reference.ROOT)), (full, bare))
        _warm(rig)
        yield replace(rig, memory=(full.memory(), bare.memory()))


def _warm(rig: Rig) -> None:
    """Ask for every page until each worker has compiled its templates and opened its connections."""
    for page in PAGES:
        check(_play(page, rig, users=8, seconds=0.2), page)


def check(samples: tuple[Sample, Sample], page: Page) -> None:
    """Refuse a measurement that was answered with something else than the page.

    :raises RuntimeError: it was.
    """
    for who, sample in zip(("product", "bare stack"), samples, strict=True):
        if sample.wrong or not sample.times:
            message = f"{page.name}: the {who} answered {sample.wrong[:5]}, not {page.expected}"
            raise RuntimeError(message)


def _play(page: Page, rig: Rig, *, users: int, seconds: float) -> tuple[Sample, Sample]:
    """Let both sides answer for so long; the bare stack takes no more forms than the product took, so that both shops grow alike."""
    samples: list[Sample] = []
    for server, browser, script in zip(rig.servers, rig.browsers, page.scripts(rig.ground), strict=True):
        windows = [browser.twin() for _ in range(users)]
        visits = [window.look if page.shown else window.ask for window in windows]
        before = server.worked()
        most = len(samples[0].times) if samples and page.writes else inf
        samples.append(measure(visits, script, seconds=seconds, expect=page.expected, most=most))
        samples[-1].worked = server.worked() - before
        for window in windows:
            window.line.close()
    return samples[0], samples[1]


def run(
    folder: Path,
    *,
    pages: Sequence[Page],
    sizes: Sequence[int],
    databases: Sequence[str],
    rounds: int,
    seconds: float,
) -> dict[str, Section]:
    """Measure ``pages`` on every database at every size, all of them running side by side so that they share the noise."""
    with contextlib.ExitStack() as stack:
        rigs = []
        for database in databases:
            for tickets in sizes:
                print(f"filling {database} with {tickets:,} tickets", flush=True)
                rigs.append(stack.enter_context(rigged(folder, database, tickets)))
        cells = [Rounds(page, rig, users) for page in pages for users in USERS for rig in rigs]
        for number in range(rounds):
            print(f"pages, round {number + 1} of {rounds}", flush=True)
            for cell in cells:
                samples = _play(cell.page, cell.rig, users=cell.users, seconds=seconds)
                check(samples, cell.page)
                cell.ours.append(samples[0])
                cell.theirs.append(samples[1])
    note = f"{rounds} rounds of {seconds:g} s"
    found = {"pages": Section("Pages beside the bare stack", _pages_text(cells, rigs), note)}
    if len(set(sizes)) > 1:
        found["growth"] = Section("Growing", _growth_text(cells, sizes), note)
    return found


def _pages_text(cells: Sequence[Rounds], rigs: Sequence[Rig]) -> str:
    parts = [_HOW]
    for users, unit in ((1, "ms, median of the answers"), (8, "requests a second")):
        rows = [_row(cell) for cell in cells if cell.users == users]
        head = ["Page", "Database", "Tickets", "Product", "Bare stack", "Ratio", "Target"]
        parts.append(f"### {users} user{'s' if users > 1 else ''} ({unit})\n\n{table(head, rows)}\n")
    rows = [_work_row(cell) for cell in cells if cell.users == USERS[-1]]
    head = ["Page", "Database", "Tickets", "Product", "Bare stack", "Ratio", "Target"]
    parts.append(_WORK + "\n" + table(head, rows) + "\n")
    memory = [
        (
            rig.database,
            f"{rig.ground.shop.tickets:,}",
            judged(f"{rig.memory[0]:.0f}", good=rig.memory[0] <= MEMORY),
            f"{rig.memory[1]:.0f}",
            f"≤ {MEMORY}",
        )
        for rig in rigs
    ]
    parts.append("### Memory of all processes after warming up (PSS, MiB)\n")
    parts.append(table(["Database", "Tickets", "Product", "Bare stack", "Target"], memory) + "\n")
    parts.append("### Size of the pages (KiB)\n")
    head = ["Page", "Product", "Bare stack", "Bare stack by product", "Target"]
    parts.append(table(head, _size_rows(cells)) + "\n")
    return "\n".join(parts)


def _size_rows(cells: Sequence[Rounds]) -> list[tuple[str, ...]]:
    """Compare the page of each name once, at one user."""
    rows: dict[str, tuple[str, ...]] = {}
    for cell in cells:
        if cell.page.has_body and cell.users == 1:
            ours, theirs = (median(sample.size for sample in samples) for samples in (cell.ours, cell.theirs))
            shown = judged(f"{theirs / ours:.2f}", good=same_size(ours, theirs))
            figures = (f"{ours / 1024:.1f}", f"{theirs / 1024:.1f}")
            rows.setdefault(cell.page.name, (cell.page.name, *figures, shown, f"± {DRIFT} %"))
    return list(rows.values())


def _row(cell: Rounds) -> tuple[str, ...]:
    ratio = spread(cell.ratios)
    one = cell.users == 1
    figures = [
        spread([sample.p50 if one else sample.rate for sample in samples]).text(2 if one else 0)
        for samples in (cell.ours, cell.theirs)
    ]
    shown = judged(ratio.text(2), good=ratio.middle <= cell.page.target)
    return (
        cell.page.name,
        cell.rig.database,
        f"{cell.rig.ground.shop.tickets:,}",
        *figures,
        shown,
        f"≤ {cell.page.target:g}",
    )


def _work_row(cell: Rounds) -> tuple[str, ...]:
    ratio = spread([ours.work / theirs.work for ours, theirs in zip(cell.ours, cell.theirs, strict=True)])
    figures = [spread([sample.work for sample in samples]).text(2) for samples in (cell.ours, cell.theirs)]
    shown = judged(ratio.text(2), good=ratio.middle <= cell.page.target)
    target = f"≤ {cell.page.target:g}"
    return (cell.page.name, cell.rig.database, f"{cell.rig.ground.shop.tickets:,}", *figures, shown, target)


def _growth_text(cells: Sequence[Rounds], sizes: Sequence[int]) -> str:
    """Compare the largest shop with the smallest, product with product."""
    small, large = min(sizes), max(sizes)
    rows = []
    for cell in cells:
        if cell.rig.ground.shop.tickets != large or cell.users != 1:
            continue
        base = next(
            other for other in cells
            if other.page is cell.page and other.users == 1 and other.rig.database == cell.rig.database
            and other.rig.ground.shop.tickets == small
        )  # fmt: skip
        ratio = spread([new.p50 / old.p50 for new, old in zip(cell.ours, base.ours, strict=True)])
        bare = spread([new.p50 / old.p50 for new, old in zip(cell.theirs, base.theirs, strict=True)])
        good = judged(ratio.text(2), good=ratio.middle <= GROWTH)
        rows.append((cell.page.name, cell.rig.database, good, bare.text(2), f"≤ {GROWTH:g}"))
    head = ["Page, 1 user", "Database", "Product", "Bare stack", "Target"]
    return f"Time at {large:,} tickets by time at {small:,}.\n\n{table(head, rows)}"
