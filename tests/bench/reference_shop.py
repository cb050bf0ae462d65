"""The shop of the bare stack, filled straight into its tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, text

from tests.bench import people
from tests.bench.bulk import insert_rows
from tests.bench.product import stage_of
from tests.bench.reference import ACTOR, make_engine
from tests.bench.reference_tables import STAGES, STATUSES, Base

_SEARCHES: Final = ("ticket_search", "client_search", "equipment_search")


def fill(url: str, tickets: int) -> None:
    """Make the tables of the reference at ``url`` and fill them with a shop of so many tickets."""
    engine = make_engine(url)
    shop = people.Shop(tickets)
    with engine.execution_options(writes=True).begin() as connection:
        Base.metadata.create_all(connection)
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        for table in _SEARCHES:
            connection.execute(
                text(
                    f"CREATE VIRTUAL TABLE {table} USING fts5(body, tokenize='trigram')"
                    if sqlite
                    else f"CREATE TABLE {table} (id integer PRIMARY KEY, body text NOT NULL)"
                )
            )
        _fill_lists(connection, shop)
        _fill_tickets(connection, shop)
        _fill_searches(connection, shop, "rowid" if sqlite else "id")
        if not sqlite:
            for table in _SEARCHES:
                connection.execute(
                    text(f"CREATE INDEX {table}_body ON {table} USING gin (body gin_trgm_ops)")
                )
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _fill_lists(connection: Connection, shop: people.Shop) -> None:
    statuses = [(number, *status) for number, status in enumerate(STATUSES, 1)]
    insert_rows(connection, "ticket_status", ("id", "name", "stage", "icon", "turn"), statuses)
    insert_rows(connection, "user", ("id", "name", "initials"), [(1, ACTOR, "RC")])
    insert_rows(connection, "location", ("id", "name"), [(1, "Sediul principal")])
    insert_rows(connection, "counter", ("id", "value"), [(1, shop.tickets)])
    insert_rows(
        connection, "client", ("id", "name", "phone"),
        ((n, people.client_name(n), people.client_phone(n)) for n in range(1, shop.clients + 1)),
    )  # fmt: skip
    insert_rows(
        connection, "equipment", ("id", "unique_id", "manufacturer", "model", "client_id"),
        ((n, people.device_code(n), *people.device_names(n), shop.client_of(n)) for n in range(1, shop.devices + 1)),
    )  # fmt: skip


def _fill_tickets(connection: Connection, shop: people.Shop) -> None:
    numbers = range(1, shop.tickets + 1)
    columns = (
        "id", "number", "client_id", "equipment_id", "location_id", "status_id", "assignee_id", "problem", "accessories",
        "condition", "findings", "estimate", "opened_at", "stage_since", "due_at",
    )  # fmt: skip
    insert_rows(connection, "ticket", columns, (_ticket_row(shop, n) for n in numbers))
    insert_rows(
        connection, "ticket_event", ("ticket_id", "at", "actor", "before_id", "status_id", "text"),
        (event for n in numbers for event in _events(shop, n)),
    )  # fmt: skip


def _ticket_row(shop: people.Shop, ticket: int) -> tuple[object, ...]:
    device = shop.device_of(ticket)
    opened = shop.opened_at(ticket)
    return (
        ticket, people.ticket_number(ticket), shop.client_of(device), device, 1, STAGES[stage_of(shop, ticket)], 1,
        people.ticket_problem(ticket), "Husă, încărcător", "Zgârieturi pe ramă", "", people.ticket_estimate(ticket),
        _moment(opened), _moment(opened), _moment(opened + timedelta(days=3)),
    )  # fmt: skip


def _events(shop: people.Shop, ticket: int) -> Iterator[tuple[Any, ...]]:
    received, status = STAGES["received"], STAGES[stage_of(shop, ticket)]
    opened = shop.opened_at(ticket)
    yield (ticket, _moment(opened), ACTOR, None, received, "")
    if status != received:
        yield (ticket, _moment(opened + timedelta(hours=5)), ACTOR, received, status, "")


def _fill_searches(connection: Connection, shop: people.Shop, place: str) -> None:
    columns = (place, "body")
    insert_rows(
        connection, "ticket_search", columns, ((n, _ticket_body(shop, n)) for n in range(1, shop.tickets + 1))
    )
    insert_rows(
        connection, "client_search", columns,
        ((n, f"{people.client_name(n)} {people.client_phone(n)}".lower()) for n in range(1, shop.clients + 1)),
    )  # fmt: skip
    insert_rows(
        connection, "equipment_search", columns,
        ((n, " ".join((people.device_code(n), *people.device_names(n))).lower()) for n in range(1, shop.devices + 1)),
    )  # fmt: skip


def _ticket_body(shop: people.Shop, ticket: int) -> str:
    device = shop.device_of(ticket)
    client = shop.client_of(device)
    words = (
        people.ticket_number(ticket), people.client_name(client), people.client_phone(client), people.device_code(device),
        people.ticket_problem(ticket),
    )  # fmt: skip
    return " ".join(words).lower()


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
