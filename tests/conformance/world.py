"""The two shops of the sweep, and makers of what its calls are about."""

import itertools
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from core.catalogue.services import ItemData, create_item
from core.clients.services import ClientData, create_client
from core.conformance import CANARY, FOREIGN_IDS, World
from core.db import Model, session, unit_of_work
from core.engines import WRITE
from core.equipment.services import EquipmentData, register_equipment
from core.equipment.types import create_type
from core.foundation.accounts.devices import start_session
from core.foundation.accounts.links import issue_link
from core.foundation.accounts.roles import add_role
from core.foundation.accounts.services import UserFacts, create_user, get_user
from core.foundation.settings.locations import create_location, list_locations
from core.testing import Shop
from core.types import Money

numbers = itertools.count(1)
#: Tables whose ids are disjoint between the two shops; the others begin with the same rows in every shop.
LIFTED = ("client", "equipment", "custom_field", "catalogue_item", "ticket", "work", "shelf_place")


def new_client(world: World, shop: Shop | None = None, name: str = "Maria Popescu") -> int:
    with (shop or world.home).context(), unit_of_work():
        number = next(numbers)
        return create_client(
            ClientData(name=f"{name} {number}", phone=f"0742{number % 1_000_000:06}", notes=name)
        ).id


def new_equipment(world: World, shop: Shop | None = None, name: str = "iPhone 13") -> int:
    owner = new_client(world, shop, CANARY if shop is world.other else "Maria Popescu")
    with (shop or world.home).context(), unit_of_work():
        return register_equipment(EquipmentData(manufacturer="Apple", model=name, client_id=owner)).id


def new_item(world: World, shop: Shop | None = None, name: str = "Înlocuire ecran") -> int:
    with (shop or world.home).context(), unit_of_work():
        names = {"ro": f"{name} {next(numbers)}"}
        price = Money(Decimal(120), "RON")
        return create_item(ItemData(kind="labour", names=names, price=price, vat_key="zero", notes=name)).id


def new_type(world: World) -> int:
    with world.home.context(), unit_of_work():
        return create_type(f"Fel {next(numbers)}").id


def new_field(world: World, shop: Shop | None = None, name: str = "Câmp") -> int:
    """Add a field to tickets; near the most that there may be, the newest serves again."""
    from core.foundation.custom.definitions import FieldData, create_field
    from core.foundation.custom.fields import all_fields

    with (shop or world.home).context():
        known = all_fields("ticket")
        if len(known) > 60:
            return max(field.id for field in known)
        with unit_of_work():
            return create_field("ticket", FieldData(names={"ro": f"{name} {next(numbers)}"})).id


def new_location(world: World) -> int:
    with world.home.context(), unit_of_work():
        number = next(numbers)
        return create_location(code=f"Z{number}", name=f"Punct {number}").id


def new_closed_day(world: World) -> int:
    from datetime import date

    from core.foundation.settings.closed import close_days

    with world.home.context(), unit_of_work():
        return close_days(first=date(2100, 1, 1)).id


def new_legal_value(world: World) -> int:
    """Write down a value that begins long after today."""
    from datetime import date
    from decimal import Decimal

    from core.foundation.settings.dated import NewValue, add_value

    day = date(2110 + next(numbers) % 90, 1 + next(numbers) % 12, 1 + next(numbers) % 28)
    with world.home.context(), unit_of_work():
        new = NewValue(value=Decimal(3), unit="years", valid_from=day, source="Legea")
        return add_value("guarantee.new", new).id


def new_user(world: World, *, password: bool = True) -> int:
    if password:
        return world.home.add_user("technician")
    with world.home.context(), unit_of_work():
        number = next(numbers)
        return create_user(
            UserFacts(email=f"invited{number}@example.com", name="Invited", roles=["technician"])
        ).id


def new_role(world: World) -> int:
    with world.home.context(), unit_of_work():
        return add_role(f"Role {next(numbers)}", ["core.client:view"]).id


def edited_preset(world: World) -> int:
    from core.foundation.accounts.roles import change_role, list_roles

    with world.home.context(), unit_of_work():
        role = next(role for role in list_roles() if role.key == "accountant")
        change_role(role, name="Contabil", permissions=["core.client:view"])
        return role.id


def new_session(world: World) -> int:
    """Log the owner in once more and return the row."""
    owner = world.home.users["owner"]
    with world.home.context():
        password_hash = str(get_user(owner).password_hash)
        with unit_of_work():
            start_session(owner, password_hash=password_hash, keep=False)
            newest: Any = session().execute(text("SELECT max(id) FROM login_session")).scalar_one()
            return int(newest)


def new_invitation(world: World) -> str:
    user_id = new_user(world, password=False)
    with world.home.context(), unit_of_work():
        return issue_link(get_user(user_id)).rpartition("/")[2]


def first_location(world: World) -> int:
    with world.home.context():
        return list_locations(active=True)[0].id


def lift_ids(shop: Shop) -> None:
    """Let the ids of a fresh shop begin where its neighbour never comes: ids of the two are disjoint."""
    engine = shop.engine.execution_options(**{WRITE: True})
    with engine.begin() as connection:
        for table in Model.metadata.sorted_tables:
            if (
                not connection.dialect.has_table(connection, table.name)
                or "id" not in table.primary_key.columns
            ):
                continue
            if connection.dialect.name == "postgresql":
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :start)"),
                    {"table": f'"{table.name}"', "start": FOREIGN_IDS},
                )
    if engine.dialect.name == "sqlite":
        _lift_sqlite(shop)


def _lift_sqlite(shop: Shop) -> None:
    """SQLite counts on from the largest id: a row is moved up, with the rows that point at it."""
    import sqlite3

    with sqlite3.connect(shop.tenant.placement.path) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        for table in Model.metadata.sorted_tables:
            if table.name not in LIFTED:
                continue
            top = connection.execute(f'SELECT max(id) FROM "{table.name}"').fetchone()[0]
            if top is None:
                continue
            connection.execute(f'UPDATE "{table.name}" SET id = ? WHERE id = ?', (FOREIGN_IDS + top, top))
            for child in Model.metadata.sorted_tables:
                for column in child.columns:
                    if any(key.column is table.c.id for key in column.foreign_keys):
                        connection.execute(
                            f'UPDATE "{child.name}" SET "{column.name}" = ? WHERE "{column.name}" = ?',
                            (FOREIGN_IDS + top, top),
                        )
        connection.commit()


def new_place(world: World, shop: Shop | None = None, label: str = "B-2") -> int:
    from tests.shelf.models import Place

    with (shop or world.home).context(), unit_of_work():
        place = Place(label=label)
        session().add(place)
        session().flush()
        return place.id


def new_ticket(world: World, shop: Shop | None = None, said: str = "Ecran spart") -> int:
    from core.foundation.accounts.identity import Actor
    from core.tickets.services import TicketData, open_ticket

    where = shop or world.home
    equipment = new_equipment(world, where, said)
    client = new_client(world, where, said)
    location = first_location(world) if shop is None else first_location_of(shop)
    with where.context(), unit_of_work():
        data = TicketData(problem=said, location_id=location, condition=said)
        opened = open_ticket(
            data, client=client, equipment=equipment, actor=Actor(None, "system"), unlock_code="1234"
        )
        return opened.ticket.id


def new_work(world: World, shop: Shop | None = None, said: str = "Curățare") -> dict[str, int]:
    """Write a line on a ticket; return the ids of both."""
    from core.foundation.accounts.identity import Actor
    from core.tickets.models import Ticket
    from core.works.services import WorkData, add_work

    ticket_id = new_ticket(world, shop, said)
    with (shop or world.home).context(), unit_of_work() as current:
        data = WorkData(kind="labour", description=said, price=Money(Decimal(50), "RON"))
        work = add_work(current.get_one(Ticket, ticket_id), data, actor=Actor(None, "system"))
        return {"ticket_id": ticket_id, "work_id": work.id}


def first_location_of(shop: Shop) -> int:
    with shop.context():
        return list_locations(active=True)[0].id


def new_status(world: World) -> int:
    from core.tickets.stages import Stage
    from core.tickets.wording import add_status

    with world.home.context(), unit_of_work():
        return add_status(Stage.IN_WORK, {"ro": f"Treaptă {next(numbers)}"}).id


def next_status(world: World) -> int:
    from core.tickets.stages import Stage
    from core.tickets.statuses import first_status

    with world.home.context():
        return first_status(Stage.DIAGNOSIS).id
