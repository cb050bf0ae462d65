"""An installation of the product with a shop of any size, filled straight into the tables as the services would leave them."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from core.app import create_app
from core.clients.keys import match_key, name_key, phone_key
from core.config import load_config
from core.engines import WRITE, Engines
from core.foundation.search.entries import compose, place
from core.foundation.search.fold import fold_code, fold_text
from core.foundation.search.grams import grams
from core.foundation.search.postgresql import numbers
from core.foundation.tenants.services import directory
from tests.bench import people
from tests.bench.browser import EMAIL, PASSWORD
from tests.bench.bulk import insert_rows
from tests.bench.servers import ROOT, clean_environment, free_port

SLUG: Final = "atelier"
_COUNTRY: Final = "RO"


@dataclass(frozen=True, slots=True)
class Product:
    """An installation: what its processes need to know."""

    port: int
    environment: dict[str, str]
    shop: people.Shop
    #: Ids of the shop's statuses by stage.
    statuses: dict[str, int]

    @property
    def root(self) -> str:
        """Path of the shop's pages."""
        return f"/t/{SLUG}"


def install(folder: Path, database_url: str | None, tickets: int) -> Product:
    """Make an installation in ``folder`` with one shop of so many tickets."""
    port = free_port()
    values = {"WORKMANAGER_INSTANCE": str(folder), "WORKMANAGER_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    if database_url:
        values["WORKMANAGER_DATABASE_URL"] = database_url
    create_shop(values, SLUG)
    shop = people.Shop(tickets)
    return Product(port, clean_environment(**values), shop, _fill(values, shop))


def create_shop(values: dict[str, str], slug: str) -> None:
    """Make a shop by the command that an operator uses."""
    command = [sys.executable, "-m", "workmanager", "tenant", "create", slug, "--name", "Atelier Meteor"]
    subprocess.run(
        [*command, "--admin-email", EMAIL, "--admin-name", "Radu Câmpean", "--admin-password-stdin"],
        input=PASSWORD.encode(), env=clean_environment(**values), cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


@contextmanager
def tenant_connection(values: dict[str, str]) -> Iterator[Connection]:
    """Write to the shop's database in one transaction, past the services."""
    app = create_app(load_config(values))
    engines: Engines = app.extensions["wm_engines"]
    with app.app_context():
        placement = directory().get(SLUG).placement
    with engines.at(placement).execution_options(**{WRITE: True}).begin() as connection:
        yield connection
    engines.dispose()


def _fill(values: dict[str, str], shop: people.Shop) -> dict[str, int]:
    """Fill the tables and return the ids of the statuses by stage."""
    with tenant_connection(values) as connection:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        ground = _Ground(connection)
        dropped = _drop_text_indexes(connection)
        _fill_lists(connection)
        _fill_clients(connection, shop)
        _fill_devices(connection, shop)
        _fill_tickets(connection, shop, ground)
        if connection.dialect.name == "sqlite":
            _fill_grams(connection)
        for definition in dropped:
            connection.exec_driver_sql(definition)
    if "WORKMANAGER_DATABASE_URL" in values:
        with tenant_connection(values) as connection:
            connection.exec_driver_sql("ANALYZE")
    return ground.statuses


def _fill_grams(connection: Connection) -> None:
    """Fill SQLite's table of grams, rising row ids first."""
    raw: Any = connection.connection.dbapi_connection
    rows = raw.execute("SELECT position, text FROM search_entry ORDER BY position DESC").fetchall()
    raw.executemany(
        "INSERT INTO search_gram (rowid, grams) VALUES (?, ?)",
        ((-position, " ".join(grams(text))) for position, text in rows),
    )


class _Ground:
    """The rows that every shop starts with and that tickets name."""

    def __init__(self, connection: Connection) -> None:
        self.location, self.code = connection.exec_driver_sql(
            "SELECT id, code FROM location ORDER BY id LIMIT 1"
        ).one()
        self.user = connection.exec_driver_sql('SELECT id FROM "user" ORDER BY id LIMIT 1').scalar_one()
        rows = connection.exec_driver_sql(
            "SELECT stage, min(id) FROM ticket_status WHERE is_active GROUP BY stage"
        )
        #: Id of a status by its stage.
        self.statuses: dict[str, int] = {str(stage): int(status) for stage, status in rows}


def _drop_text_indexes(connection: Connection) -> list[str]:
    """Drop PostgreSQL's index of grams, which are quicker to make than to fill, and return how to make them."""
    if connection.dialect.name == "sqlite":
        return []
    rows = connection.exec_driver_sql(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'search_entry' AND schemaname = current_schema()"
        " AND indexdef LIKE '%%gin%%'"
    ).all()
    for name, _definition in rows:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    return [str(definition) for _name, definition in rows]


def _fill_lists(connection: Connection) -> None:
    kinds = list(enumerate(people.device_kinds(), 1))
    insert_rows(
        connection, "manufacturer", ("id", "name", "name_key"),
        ((number, maker, fold_text(maker)) for number, (maker, _model) in kinds),
    )  # fmt: skip
    insert_rows(
        connection, "equipment_model", ("id", "manufacturer_id", "name", "name_key"),
        ((number, number, model, fold_text(model)) for number, (_maker, model) in kinds),
    )  # fmt: skip


def _fill_clients(connection: Connection, shop: people.Shop) -> None:
    columns = (
        "id", "kind", "name", "phone", "email", "tax_id", "street", "city", "county", "postcode", "country", "language", "notes",
        "name_key", "match_key", "phone_key", "email_key", "tax_key", "created_at", "updated_at", "version",
    )  # fmt: skip
    numbers = range(1, shop.clients + 1)
    insert_rows(connection, "client", columns, (_client_row(shop, number) for number in numbers))
    insert_rows(
        connection, "search_entry", _ENTRY,
        (
            _entry(connection, "client", n, shop.opened_at(n), compose(names=[people.client_name(n)], phones=[people.client_phone(n)]))
            for n in numbers
        ),
    )  # fmt: skip


_ENTRY: Final = ("kind", "record_id", "position", "text", "grams")


def _entry(connection: Connection, kind: str, record_id: int, at: datetime, text: str) -> tuple[Any, ...]:
    """Return the row of a search entry; SQLite has its grams in a table of their own."""
    kept = None if connection.dialect.name == "sqlite" else numbers(kind, grams(text))
    return kind, record_id, place(kind, record_id, at), text, kept


def _client_row(shop: people.Shop, client: int) -> tuple[Any, ...]:
    name, phone = people.client_name(client), people.client_phone(client)
    moment = _moment(shop.opened_at(client))
    return (
        client, "person", name, phone, "", "", "", "Cluj-Napoca", "Cluj", "", _COUNTRY, "ro", "", name_key(name),
        match_key(name), phone_key(phone, country=_COUNTRY), "", "", moment, moment, 1,
    )  # fmt: skip


def _fill_devices(connection: Connection, shop: people.Shop) -> None:
    columns = (
        "id", "unique_id", "unique_key", "unique_id_generated", "manufacturer_id", "model_id", "variant", "serial", "serial_key",
        "client_id", "notes", "created_at", "updated_at", "version",
    )  # fmt: skip
    numbers = range(1, shop.devices + 1)
    insert_rows(connection, "equipment", columns, (_device_row(shop, number) for number in numbers))
    insert_rows(
        connection, "equipment_ownership", ("equipment_id", "client_id", "since"),
        ((n, shop.client_of(n), _moment(shop.opened_at(n))) for n in numbers),
    )  # fmt: skip
    insert_rows(
        connection, "search_entry", _ENTRY,
        (
            _entry(connection, "equipment", n, shop.opened_at(n), compose(codes=[people.device_code(n)], words=people.device_names(n)))
            for n in numbers
        ),
    )  # fmt: skip


def _device_row(shop: people.Shop, device: int) -> tuple[Any, ...]:
    code = people.device_code(device)
    kind = 1 + device % len(people.device_kinds())
    moment = _moment(shop.opened_at(device))
    return (
        device, code, fold_code(code), False, kind, kind, "", "", "", shop.client_of(device), "", moment, moment, 1,
    )  # fmt: skip


def _fill_tickets(connection: Connection, shop: people.Shop, ground: _Ground) -> None:
    columns = (
        "id", "number", "access_digest", "access_code", "client_id", "equipment_id", "location_id", "assignee_id", "problem",
        "accessories", "condition", "initial_findings", "estimate_minor", "currency", "due_at", "priority", "status_id", "stage",
        "stage_since", "opened_by", "opened_at", "closed_at", "cancel_reason", "created_at", "updated_at", "version",
    )  # fmt: skip
    numbers = range(1, shop.tickets + 1)
    insert_rows(connection, "ticket", columns, (_ticket_row(shop, ground, number) for number in numbers))
    insert_rows(
        connection, "ticket_event", ("ticket_id", "at", "kind", "actor_id", "actor_name", "data", "text"),
        (event for number in numbers for event in _events(shop, ground, number)),
    )  # fmt: skip
    insert_rows(
        connection, "audit_entry", ("at", "actor_id", "actor_name", "entity", "entity_id", "label", "action", "changes"),
        (_audit_row(shop, ground, number) for number in numbers),
    )  # fmt: skip
    insert_rows(
        connection,
        "search_entry",
        _ENTRY,
        (_ticket_entry(connection, shop, ground, number) for number in numbers),
    )
    scope = f"ticket/{ground.location}/"
    connection.exec_driver_sql(f"DELETE FROM number_series WHERE scope = '{scope}'")
    insert_rows(
        connection, "number_series",
        ("scope", "kind", "location_id", "prefix", "first_number", "next_number", "width", "version"),
        [(scope, "ticket", ground.location, f"{ground.code}-", 1, shop.tickets + 1, 6, 1)],
    )  # fmt: skip


def _number(ground: _Ground, ticket: int) -> str:
    return f"{ground.code}-{ticket:06}"


def stage_of(shop: people.Shop, ticket: int) -> str:
    """Return the stage in which a ticket was filled in."""
    if not shop.is_open(ticket):
        return "returned"
    return ("received", "diagnosis", "in_work", "ready")[ticket % 4]


def _ticket_row(shop: people.Shop, ground: _Ground, ticket: int) -> tuple[Any, ...]:
    device = shop.device_of(ticket)
    opened = shop.opened_at(ticket)
    moment, stage = _moment(opened), stage_of(shop, ticket)
    closed = None if shop.is_open(ticket) else _moment(opened + timedelta(days=3))
    digest = hashlib.sha256(str(ticket).encode()).hexdigest()
    return (
        ticket, _number(ground, ticket), digest, digest[:40].encode(), shop.client_of(device), device, ground.location, ground.user,
        people.ticket_problem(ticket), "Husă, încărcător", "Zgârieturi pe ramă", "", people.ticket_estimate(ticket), "RON",
        _moment(opened + timedelta(days=3)), "normal", ground.statuses[stage], stage, moment, ground.user, moment, closed, "",
        moment, moment, 1,
    )  # fmt: skip


def _events(shop: people.Shop, ground: _Ground, ticket: int) -> Iterator[tuple[Any, ...]]:
    moment, stage = _moment(shop.opened_at(ticket)), stage_of(shop, ticket)
    received = ground.statuses["received"]
    opened = {"to": received, "stage": "received"}
    yield (ticket, moment, "opened", ground.user, "Radu Câmpean", json.dumps(opened), "")
    if stage != "received":
        changed = {"from": received, "to": ground.statuses[stage], "stage": stage, "before": "received"}
        later = _moment(shop.opened_at(ticket) + timedelta(hours=5))
        yield (ticket, later, "status", ground.user, "Radu Câmpean", json.dumps(changed), "")


def _audit_row(shop: people.Shop, ground: _Ground, ticket: int) -> tuple[Any, ...]:
    changes = {"number": [None, _number(ground, ticket)], "problem": [None, people.ticket_problem(ticket)]}
    return (
        _moment(shop.opened_at(ticket)), ground.user, "Radu Câmpean", "ticket", ticket, _number(ground, ticket), "create",
        json.dumps(changes),
    )  # fmt: skip


def _ticket_entry(connection: Connection, shop: people.Shop, ground: _Ground, ticket: int) -> tuple[Any, ...]:
    device = shop.device_of(ticket)
    client = shop.client_of(device)
    text = compose(
        numbers=[_number(ground, ticket)],
        names=[people.client_name(client)],
        phones=[people.client_phone(client)],
        parts=[people.device_code(device)],
        words=[people.ticket_problem(ticket)],
    )
    return _entry(connection, "ticket", ticket, shop.opened_at(ticket), text)


def _moment(moment: datetime) -> str:
    """Return a moment as both drivers take it for a column of UTC."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
