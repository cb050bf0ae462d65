"""``make bench``: measure, print, and write docs/performance.md."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.bench import inside, pages, pieces, statements, tenants
from tests.bench.report import PAGE, Section, write
from tests.bench.visits import PAGES, Page

#: The sections of the page, in its order; growth comes with the pages.
ORDER: Final = (
    "pages",
    "growth",
    "processor",
    "statements",
    "contention",
    "papers",
    "hooks",
    "plugins",
    "start",
    "tenants",
)

#: Tickets of the shops that are measured.
SIZES: Final = [1_000, 100_000, 1_000_000]
QUICK_SIZES: Final = [1_000]


def numbers(text: str) -> list[int]:
    """Read ``1000,100000``."""
    return [int(part.replace("_", "")) for part in text.split(",") if part]


def chosen(text: str) -> list[Page]:
    """Return the pages whose names begin as one of those in ``text``."""
    beginnings = tuple(part.strip().lower() for part in text.split(",") if part)
    return [page for page in PAGES if page.name.lower().startswith(beginnings)]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--sizes", type=numbers, help="tickets of the shops: 1000,100000,1000000, or quickly 1000"
    )
    parser.add_argument(
        "--tenants", type=numbers, default=numbers("1,200,1000"), help="tenants of the installations"
    )
    parser.add_argument("--databases", default="sqlite,postgresql", help="sqlite, postgresql or both")
    parser.add_argument("--rounds", type=int, help="rounds of each page: 5, or quickly 3")
    parser.add_argument("--quick", action="store_true", help="less of everything, printed and not written")
    parser.add_argument("--only", default=",".join(ORDER), help=f"some of {', '.join(ORDER)}")
    parser.add_argument(
        "--pages",
        type=chosen,
        default=PAGES,
        help="some of the pages, by the beginning of their names: list,open",
    )
    parser.add_argument("--output", type=Path, default=PAGE, help="where the page goes")
    asked = parser.parse_args()
    asked.sizes = asked.sizes or (QUICK_SIZES if asked.quick else SIZES)
    asked.rounds = asked.rounds or (3 if asked.quick else 5)
    return asked


def main() -> None:
    """Measure what was asked for; each section is written as soon as it is there, unless it was measured quickly."""
    asked = arguments()
    databases = [name for name in asked.databases.split(",") if name]
    counts = [count for count in asked.tenants if not asked.quick or count <= 200]
    with tempfile.TemporaryDirectory(prefix="wm-bench-") as name:
        folder = Path(name)
        work: dict[str, Callable[[], dict[str, Section]]] = {
            "pages": lambda: pages.run(
                folder,
                pages=asked.pages,
                sizes=asked.sizes,
                databases=databases,
                rounds=asked.rounds,
                seconds=0.2 if asked.quick else 1.0,
            ),
            "processor": lambda: {
                "processor": inside.run(folder, pages=asked.pages, rounds=2 * asked.rounds)
            },
            "statements": lambda: {"statements": statements.run(folder)},
            "contention": lambda: {
                "contention": pieces.contention(folder, databases=databases, each=50 if asked.quick else 250)
            },
            "papers": lambda: {"papers": pieces.papers(folder)},
            "hooks": lambda: {"hooks": pieces.hooks(folder)},
            "plugins": lambda: {"plugins": pieces.plugins(folder)},
            "start": lambda: {"start": pieces.start(folder)},
            "tenants": lambda: {"tenants": tenants.run(folder, counts=counts, databases=databases)},
        }
        for part in ORDER:
            if part in work and part in asked.only.split(","):
                print(f"measuring {part}", flush=True)
                sections = work[part]()
                if not asked.quick:
                    write(sections, ORDER, asked.output)
                for section in sections.values():
                    print(f"\n## {section.title}\n\n{section.text}\n", flush=True)


if __name__ == "__main__":
    main()
