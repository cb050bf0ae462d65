"""Processes that open tickets in one shop at the same time, through the services, each with an application of its own."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from typing import Final

from core.app import create_app
from core.clients.services import ClientData
from core.config import Config
from core.db import unit_of_work
from core.equipment.services import EquipmentData
from core.errors import BusyError
from core.foundation.accounts import acting_as
from core.foundation.settings.locations import list_locations
from core.foundation.tenants.context import tenant_context
from core.foundation.tenants.services import directory
from core.tickets.services import TicketData, open_ticket

#: Seconds that the whole may take.
PATIENCE: Final = 170.0
_barriers: list[Barrier] = []


@dataclass
class Blows:
    """What a hammer brought about."""

    #: Numbers of the tickets whose opening was acknowledged.
    numbers: list[str] = field(default_factory=list)
    #: Openings that found the database locked.
    busy: int = 0
    #: The longest that one opening took from its wish to its commit, seconds.
    longest: float = 0.0
    #: From the first wish to the last commit, seconds.
    seconds: float = 0.0


def hammer(config: Config, slug: str, *, processes: int, each: int) -> Blows:
    """Let ``processes`` open ``each`` tickets in the shop ``slug``, beginning together."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes, timeout=PATIENCE)
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_keep, initargs=(barrier,))
    with pool:
        futures = [pool.submit(_work, config, slug, each) for _ in range(processes)]
        results = [future.result() for future in futures]
    whole = Blows()
    for part in results:
        whole.numbers += part.numbers
        whole.busy += part.busy
        whole.longest = max(whole.longest, part.longest)
        whole.seconds = max(whole.seconds, part.seconds)
    return whole


def _keep(barrier: Barrier) -> None:
    """Keep the barrier for this process: it cannot be sent with the work."""
    _barriers.append(barrier)


def _work(config: Config, slug: str, each: int) -> Blows:
    """Do the part of one process; where it fails, nobody waits for it at the barrier."""
    try:
        return _open_tickets(config, slug, each)
    except BaseException:
        _barriers[0].abort()
        raise


def _open_tickets(config: Config, slug: str, each: int) -> Blows:
    app = create_app(config)
    with app.app_context():
        tenant = directory().get(slug)
    with tenant_context(app, tenant):
        location = list_locations()[0].id
    blows = Blows()
    _barriers[0].wait()
    began = time.perf_counter()
    for number in range(each):
        with tenant_context(app, tenant), acting_as("hammer") as actor:
            asked = time.perf_counter()
            try:
                with unit_of_work():
                    opened = open_ticket(
                        TicketData(problem=f"Nu pornește, {number}", location_id=location),
                        client=ClientData(kind="person", name=f"Client {number}", phone="0744555207"),
                        equipment=EquipmentData(),
                        actor=actor,
                    )
            except BusyError:
                blows.busy += 1
            else:
                blows.numbers.append(opened.ticket.number)
            blows.longest = max(blows.longest, time.perf_counter() - asked)
    blows.seconds = time.perf_counter() - began
    app.extensions["wm_engines"].dispose()
    return blows


def expected_numbers(count: int, prefix: str) -> list[str]:
    """Return the first ``count`` numbers of a series without gaps."""
    return [f"{prefix}{number:06}" for number in range(1, count + 1)]
