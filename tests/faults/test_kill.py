import random
import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from sqlalchemy import select, text

from core.config import Config
from core.db import session
from core.testing import PASSWORD, Shop
from core.tickets.models import Ticket
from tests.bench.browser import Browser
from tests.bench.servers import clean_environment, free_port, kill, launch, product_command, stop, wait_for
from tests.faults.counter import Counter, serve_clients
from tests.faults.hammer import expected_numbers

pytestmark = [pytest.mark.faults, pytest.mark.both_databases]

#: By database; each takes a start of the server.
KILLS = {"sqlite": 15, "postgresql": 5}
MANY_KILLS = 200
PEOPLE = 4


def kill_under_load(shop: Shop, kills: int) -> Counter:
    """Kill the server of ``shop`` again and again while people open tickets, and return what they were promised."""
    chance = random.Random(kills)
    port = free_port()
    environment = environment_of(shop, port)
    command, page = product_command(port), f"{shop.root}/login"
    counter = Counter()
    with ExitStack() as stack:
        server = launch(command, environment)
        stack.callback(lambda: stop(server))
        wait_for(port, page, server)
        people = [start_person(counter, shop, port, number) for number in range(PEOPLE)]
        stack.callback(lambda: close(counter, people))
        for _ in range(kills):
            counter.up.set()
            if not counter.wait_for(chance.randint(1, 12)):
                break
            # Somewhere inside the next ticket.
            counter.closing.wait(chance.random() * 0.05)
            counter.up.clear()
            kill(server)
            server = launch(command, environment)
            wait_for(port, page, server)
        counter.up.set()
        close(counter, people)
    return counter


def environment_of(shop: Shop, port: int) -> dict[str, str]:
    config: Config = shop.app.extensions["wm_config"]
    values = {
        "WORKMANAGER_INSTANCE": str(config.instance),
        "WORKMANAGER_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    if config.database_url:
        values["WORKMANAGER_DATABASE_URL"] = config.database_url
    return clean_environment(**values)


def start_person(counter: Counter, shop: Shop, port: int, number: int) -> threading.Thread:
    browser = Browser(port, shop.root)
    browser.log_in(email_of(shop), PASSWORD)
    thread = threading.Thread(
        target=serve_clients, args=(counter, browser, f"Client {number}", random.Random(number))
    )
    thread.start()
    return thread


def email_of(shop: Shop) -> str:
    with shop.context():
        found = session().execute(
            text('SELECT email FROM "user" WHERE id = :id'), {"id": shop.users["receptionist"]}
        )
        return str(found.scalar_one())


def close(counter: Counter, people: list[threading.Thread]) -> None:
    counter.closing.set()
    counter.up.set()
    for person in people:
        person.join(120)


def examine(shop: Shop, counter: Counter, kills: int) -> None:
    with shop.context():
        tickets = session().execute(select(Ticket.id, Ticket.number, Ticket.problem)).all()
    kept = {row.problem: row.id for row in tickets}
    assert counter.wrong == []
    assert len(counter.tickets) >= kills
    assert {key: kept.get(key) for key in counter.tickets} == counter.tickets, (
        "an acknowledged ticket is lost"
    )
    assert len(tickets) == len(kept) == len(counter.tickets), "a form that was sent twice made two tickets"
    numbers = sorted(row.number for row in tickets)
    assert numbers == expected_numbers(len(tickets), numbers[0].rpartition("-")[0] + "-")


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    make_shop: Callable[..., Shop], backend: str
) -> None:
    shop = make_shop()
    examine(shop, kill_under_load(shop, KILLS[backend]), KILLS[backend])


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_nothing_acknowledged_is_lost_when_the_server_is_killed_200_times(
    make_shop: Callable[..., Shop],
) -> None:
    shop = make_shop()
    counter = kill_under_load(shop, MANY_KILLS)
    examine(shop, counter, MANY_KILLS)
    assert counter.repeats
