"""Processor time of the pages inside one process: what an engineer looks at before and after a change, on a machine as busy as it may be.

No server, no connection, no other process: every request is handed to either application as WSGI. Processor time does not grow while
somebody else has the processor, and the two sides alternate, so that what slows one down slows the other down as well.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import fmean
from typing import Any, Final
from urllib.parse import unquote
from wsgiref.types import WSGIApplication, WSGIEnvironment

from core.app import create_app
from core.config import load_config
from tests.bench import reference, reference_shop
from tests.bench.browser import EMAIL, PASSWORD, Browser
from tests.bench.load import Answer, Request
from tests.bench.product import install
from tests.bench.report import Section, judged, same_size, spread, table
from tests.bench.visits import Ground, Page

#: Tickets of the shop: what a page does in Python does not depend on it.
TICKETS: Final = 1_000
#: Requests of one round.
EACH: Final = 6

_HOW: Final = """\
Processor time of one page inside one process (ms): no server, no connection, no other user, SQLite, 1,000 tickets. Rounds of the two
alternate, garbage of the start frozen. What the database of PostgreSQL or the disk would add is not in it.
"""


class InProcess:
    """An application in this process, asked as a server would."""

    def __init__(self, application: WSGIApplication, port: int) -> None:
        """Ask ``application``, which believes to be on ``port``."""
        self.application = application
        self.port = port

    def ask(self, request: bytes) -> Answer:
        """Return the whole answer."""
        return self.answer(self.environ(request))

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def environ(self, request: bytes) -> WSGIEnvironment:
        """Return what a server makes of a request."""
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _protocol = first.split(" ")
        path, _, query = target.partition("?")
        found: dict[str, Any] = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": unquote(path, "latin-1"), "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": str(self.port), "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), "wsgi.errors": BytesIO(),
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        for line in lines:
            name, _, value = line.partition(": ")
            key = name.upper().replace("-", "_")
            found[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
        return found

    def answer(self, environ: WSGIEnvironment) -> Answer:
        """Return the answer to one request."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _info: Any = None) -> Any:
            begun.append((status, headers))

        result = self.application(environ, start_response)
        body = b"".join(result)
        if hasattr(result, "close"):
            result.close()
        status, headers = begun[0]
        head = "\r\n".join([f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)])
        return Answer(int(status[:3]), head.encode("latin-1"), body)


@dataclass
class Side:
    """Product or bare stack, in this process."""

    browser: Browser
    wire: InProcess
    #: Bytes of the answers of the last round, on average.
    size: float = 0.0

    def round(self, requests: Sequence[Request], page: Page) -> float:
        """Ask for all of ``requests`` and return the mean processor time of one, ms.

        :raises RuntimeError: one was answered with something else than the page.
        """
        prepared = [
            self.wire.environ(self.browser.request(one.method, one.path, one.form)) for one in requests
        ]
        answers = []
        began = time.process_time()
        for environ in prepared:
            answer = self.wire.answer(environ)
            if page.shown and answer.status == page.status:
                answer = self.wire.ask(self.browser.next_page(answer))
            answers.append(answer)
        took = time.process_time() - began
        wrong = [answer.status for answer in answers if answer.status != page.expected]
        if wrong:
            message = f"{page.name}: answered with {wrong[:5]}, not {page.expected}"
            raise RuntimeError(message)
        self.size = fmean(len(answer.body) for answer in answers)
        return took / len(requests) * 1000


def run(folder: Path, *, pages: Sequence[Page], rounds: int) -> Section:
    """Measure ``pages`` in this process, product and bare stack in turn."""
    product = install(folder / "inside", None, TICKETS)
    ground = Ground.of(product)
    full = create_app(load_config(product.environment))
    url = f"sqlite:///{folder / 'inside.db'}"
    reference_shop.fill(url, TICKETS)
    os.environ["BENCH_DATABASE"] = url
    bare = reference.application()
    sides = (
        _side(full, product.port, product.root),
        _side(bare, product.port, reference.ROOT),
    )
    sides[0].browser.log_in(EMAIL, PASSWORD)
    rows = [_measure(page, ground, sides, rounds) for page in pages]
    full.extensions["wm_engines"].dispose()
    bare.extensions["bench_engine"].dispose()
    head = ["Page", "Product", "Bare stack", "Ratio", "Ratio of the quickest rounds", "Target", "Sizes, KiB"]
    return Section(
        "Processor time inside one process",
        f"{_HOW}\n{table(head, rows)}",
        f"{rounds} rounds of {EACH} pages",
    )


def _side(application: WSGIApplication, port: int, root: str) -> Side:
    wire = InProcess(application, port)
    return Side(Browser(port, root, wire), wire)


def _measure(page: Page, ground: Ground, sides: tuple[Side, Side], rounds: int) -> tuple[str, ...]:
    scripts = page.scripts(ground)
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(-1, rounds):
        if number == 0:
            gc.collect()
            gc.freeze()
        for side, script, found in zip(sides, scripts, times, strict=True):
            requests = [script(0, (number + 1) * EACH + step) for step in range(EACH)]
            took = side.round(requests, page)
            if number >= 0:
                found.append(took)
    ours, theirs = times
    ratio = spread([mine / other for mine, other in zip(ours, theirs, strict=True)])
    best = min(ours) / min(theirs)
    sizes = ""
    if page.has_body:
        sizes = " / ".join(f"{side.size / 1024:.1f}" for side in sides)
        sizes = judged(sizes, good=same_size(sides[0].size, sides[1].size))
    return (
        page.name, spread(ours).text(2), spread(theirs).text(2), judged(ratio.text(2), good=ratio.middle <= page.target),
        f"{best:.2f}", f"≤ {page.target:g}", sizes,
    )  # fmt: skip
