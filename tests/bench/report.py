"""docs/performance.md: made from the figures, section by section, each with the commit and the day that it was measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.servers import ROOT

PAGE: Final = ROOT / "docs" / "performance.md"
#: The sections as they were last measured; the page is made of them anew each time.
STORE: Final = ROOT / "build" / "performance.json"
RED: Final = "🔴"
#: How far the bare stack's page may be from the size of the product's, per cent: beyond, the two are not the same page.
DRIFT: Final = 15
_INTRODUCTION: Final = """\
# Performance

Written by `make bench`; do not edit. Milliseconds differ from machine to machine, so every figure that matters is a ratio to something
measured in the same run: the *bare stack* (`tests/bench/reference.py`), which is Flask, SQLAlchemy's ORM and Jinja2 rendering the same
pages as somebody who knows them well writes them. It is the limit of the tools; ours is what the whole product costs on top.

What the bare stack does: the same shell with navigation, search box, account menu and dialogs, the same filter form, columns, panels,
timeline, earlier tickets and links, as plain templates and ORM objects, so that each page is as large as the product's within a few
per cent; a search over tickets, clients and devices; a ticket opened with its number, event and search row; a status changed with its
event; the sentence that the next page says once; the same durability. What it leaves out: login, tenant, permissions, the forms' CSRF
tokens, the form sent twice, checks of what was typed, audit, events for other programs, plugins, translation, time zones, searching
without diacritics or across separators. The size of each page stands below; one that is over {drift} % away from the product's is red.

Rounds of the two alternate; a figure is the median of the rounds,
and the smallest and largest stand behind it in brackets: that is the noise, and *load* is the machine's load average over five
minutes. A row that misses its target is marked {red}.

`make bench BENCH_ARGS="--only pages,papers"` measures some sections and keeps the others; `--sizes 1000,100000`, `--databases sqlite` and
`--pages list,open` measure less. `--quick` prints and writes nothing: `--quick --only pages` measures shops of 1,000 tickets on both
databases in under two minutes, `--quick --only processor` gives the processor time of each page in half a minute, for whoever changes
one and wants to know.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page."""

    title: str
    text: str
    #: What stands in brackets behind the date.
    note: str = ""
    commit: str = ""
    date: str = ""
    machine: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """The values of several rounds."""

    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        """Their median."""
        return median(self.values)

    def text(self, digits: int = 1) -> str:
        """Return the median, the smallest and the largest."""
        low, high = min(self.values), max(self.values)
        return f"{self.middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"  # noqa: RUF001 - from, to


def spread(values: Sequence[float]) -> Spread:
    """Return the values of several rounds as one figure."""
    return Spread(tuple(values))


def judged(text: str, *, good: bool) -> str:
    """Return ``text``, marked where the target is missed."""
    return text if good else f"{RED} {text}"


def same_size(ours: float, theirs: float) -> bool:
    """Whether the bare stack's page is about as large as the product's."""
    return abs(theirs / ours - 1) * 100 <= DRIFT


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; all columns but the first are figures."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def write(sections: dict[str, Section], order: Sequence[str], page: Path = PAGE) -> None:
    """Keep the new ``sections`` beside those measured before, and write the page."""
    known: dict[str, Section] = {}
    if STORE.is_file():
        known = {name: Section(**facts) for name, facts in json.loads(STORE.read_text("utf-8")).items()}
    known |= {name: _stamped(section) for name, section in sections.items()}
    STORE.parent.mkdir(exist_ok=True)
    STORE.write_text(json.dumps({name: asdict(one) for name, one in known.items()}, indent=1), "utf-8")
    parts = [_INTRODUCTION.format(red=RED, drift=DRIFT)]
    parts += [_shown(known[name]) for name in order if name in known]
    page.write_text("\n".join(parts), encoding="utf-8")


def _stamped(section: Section) -> Section:
    return Section(
        section.title, section.text, section.note, commit(), f"{datetime.now(UTC):%Y-%m-%d}", machine()
    )


def _shown(section: Section) -> str:
    note = f"; {section.note}" if section.note else ""
    stamp = f"*Commit {section.commit}, {section.date}, {section.machine}{note}.*"
    return f"## {section.title}\n\n{stamp}\n\n{section.text.strip()}\n"


def commit() -> str:
    """Return the commit that is measured, with a plus where files differ from it."""
    name = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!{PAGE.relative_to(ROOT)}")
    return name + ("+" if changed else "")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or ("unknown" if arguments[0] == "rev-parse" else "")


def machine() -> str:
    """Return what the figures were measured on, and how busy it was with the measurement and whatever else ran."""
    load = os.getloadavg()[1]
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {load:.1f}"
    )
