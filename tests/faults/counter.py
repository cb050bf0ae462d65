"""People at the counter: they open tickets through the pages, and send a form again when the server died under it."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass, field
from typing import Final

from tests.bench.browser import Browser

#: Seconds that somebody waits for the server to be back.
PATIENCE: Final = 60.0
_KEY: Final = re.compile(r'name="_key"[^>]*?value="([0-9a-f-]{36})"')
_TICKET: Final = re.compile(r"/tickets/(\d+)")


@dataclass
class Counter:
    """What the people at the counter know: whether the server is up, and which tickets they were promised."""

    up: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)
    #: Set at each acknowledgement.
    served: threading.Condition = field(default_factory=threading.Condition)
    #: Id of the ticket by the key of the form that opened it.
    tickets: dict[str, int] = field(default_factory=dict)
    #: Forms that were sent more than once.
    repeats: int = 0
    #: Answers that nobody wants: neither the ticket nor the death of the server.
    wrong: list[str] = field(default_factory=list)

    def note(self, key: str, ticket: int) -> None:
        """Keep that the form ``key`` was acknowledged with ``ticket``."""
        with self.served:
            if self.tickets.setdefault(key, ticket) != ticket:
                self.wrong.append(f"{key} led to {self.tickets[key]} and to {ticket}")
            self.served.notify_all()

    def complain(self, what: str) -> None:
        """Keep that something went wrong."""
        with self.served:
            self.wrong.append(what)
            self.served.notify_all()

    def wait_for(self, tickets: int) -> bool:
        """Wait until so many more tickets were acknowledged; false where something went wrong or nothing happens any more."""
        with self.served:
            wanted = len(self.tickets) + tickets
            self.served.wait_for(lambda: self.wrong or len(self.tickets) >= wanted, PATIENCE)
            return len(self.tickets) >= wanted


def serve_clients(counter: Counter, browser: Browser, name: str, chance: random.Random) -> None:
    """Open tickets until the counter closes; each form is sent until it is acknowledged."""
    try:
        while not counter.closing.is_set():
            key = _open_form(counter, browser)
            if key is not None:
                _send(
                    counter, browser, key, {"client-name": f"{name} {chance.randrange(100)}", "problem": key}
                )
    except Exception as error:  # noqa: BLE001 - whatever ends this person's day is what the test is about
        counter.complain(repr(error))
    finally:
        browser.line.close()


def _open_form(counter: Counter, browser: Browser) -> str | None:
    """Return the key of a fresh form; ``None`` where the server died meanwhile."""
    if not counter.up.wait(PATIENCE):
        message = "the server did not come back"
        raise TimeoutError(message)
    try:
        answer = browser.get("/tickets/new")
    except OSError:
        return None
    found = _KEY.search(answer.body.decode())
    if answer.status != 200 or found is None:
        message = f"the intake form was answered with {answer.status}"
        raise RuntimeError(message)
    return found[1]


def _send(counter: Counter, browser: Browser, key: str, typed: dict[str, str]) -> None:
    form = {
        "_key": key,
        "client-kind": "person",
        "client-phone": "0744 555 207",
        "priority": "normal",
        "location_id": "1",
        **typed,
    }
    for attempt in range(100):
        if not counter.up.wait(PATIENCE):
            message = "the server did not come back"
            raise TimeoutError(message)
        counter.repeats += attempt > 0
        try:
            answer = browser.post("/tickets/new", form)
        except OSError:
            continue
        found = _TICKET.search(answer.header("Location") or "")
        if answer.status != 303 or found is None:
            message = f"the form was answered with {answer.status}: {answer.body[:2000]!r}"
            raise RuntimeError(message)
        counter.note(key, int(found[1]))
        return
    message = "the server never lived long enough"
    raise TimeoutError(message)
