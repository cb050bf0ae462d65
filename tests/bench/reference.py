"""The bare stack: Flask, SQLAlchemy's ORM and Jinja2 rendering the same pages, without login, tenant, permission or plugin.

It is the limit of the tools that the product is made with, and writes as durably: SQLite with WAL and synchronous=FULL.
The database is named by ``BENCH_DATABASE``.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Flask, Response, redirect, render_template, request
from sqlalchemy import Engine, ForeignKey, Index, String, Text, create_engine, event, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship

from tests.bench import people
from tests.bench.bulk import insert_rows

ROWS: Final = 25
#: Statuses with their stage, icon, and whose turn it is.
STATUSES: Final = (
    ("Preluat", "received", "inbox", "Noi", "person-gear"),
    ("Evaluare", "diagnosis", "clipboard2-pulse", "Noi", "person-gear"),
    ("În lucru", "in_work", "wrench", "Noi", "person-gear"),
    ("Gata", "ready", "check-circle", "Client", "person"),
    ("Predat", "returned", "box-arrow-right", "", ""),
)
OPEN, CLOSED = 1, 5


class Base(DeclarativeBase):
    """The tables of the reference."""


class Client(Base):
    """A client."""

    __tablename__ = "client"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))


class Equipment(Base):
    """A device."""

    __tablename__ = "equipment"
    id: Mapped[int] = mapped_column(primary_key=True)
    unique_id: Mapped[str] = mapped_column(String(60), unique=True)
    manufacturer: Mapped[str] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(100))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)


class Status(Base):
    """A status."""

    __tablename__ = "ticket_status"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(20))
    icon: Mapped[str] = mapped_column(String(40))
    turn: Mapped[str] = mapped_column(String(20))
    turn_icon: Mapped[str] = mapped_column(String(40))


class User(Base):
    """A technician."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    initials: Mapped[str] = mapped_column(String(2))


class Ticket(Base):
    """A ticket."""

    __tablename__ = "ticket"
    __table_args__ = (Index("ticket_by_time", "opened_at", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"), index=True)
    status_id: Mapped[int] = mapped_column(ForeignKey("ticket_status.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    problem: Mapped[str] = mapped_column(Text)
    accessories: Mapped[str] = mapped_column(Text, default="")
    condition: Mapped[str] = mapped_column(Text, default="")
    estimate: Mapped[int]
    opened_at: Mapped[datetime]
    stage_since: Mapped[datetime]
    due_at: Mapped[datetime]

    client: Mapped[Client] = relationship()
    equipment: Mapped[Equipment] = relationship()
    status: Mapped[Status] = relationship()
    assignee: Mapped[User | None] = relationship()

    def waited(self, now: datetime) -> str:
        """Say for how long it has stood where it stands."""
        return span(now - self.stage_since)

    def due(self, now: datetime) -> tuple[str, str, str]:
        """Say when it is promised: words, icon, tone."""
        if self.due_at < now:
            return f"{span(now - self.due_at)} întârziere", "exclamation-triangle-fill", "late"
        return self.due_at.strftime("%d.%m %H:%M"), "calendar3", ""


def span(time: timedelta) -> str:
    """Return a length of time in two units."""
    minutes = int(time.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    return f"{days} z {hours} h" if days else f"{hours} h {minutes} min"


class Event(Base):
    """What happened to a ticket."""

    __tablename__ = "ticket_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text, default="")


class Counter(Base):
    """The last number given."""

    __tablename__ = "counter"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


#: Everything of a row that a list or a ticket shows, in one statement.
SHOWN: Final = (
    joinedload(Ticket.client),
    joinedload(Ticket.equipment),
    joinedload(Ticket.status),
    joinedload(Ticket.assignee),
)


def make_engine(url: str) -> Engine:
    """Return the engine of the reference: durable, and otherwise as SQLAlchemy comes."""
    if not url.startswith("sqlite"):
        return create_engine(url, connect_args={"prepare_threshold": None})
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30})

    @event.listens_for(engine, "connect")
    def _connect(connection: DBAPIConnection, entry: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.cursor().execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN"
        )

    return engine


def application() -> Flask:
    """Return the application for the database that the environment names."""
    app = Flask(__name__)
    reading = make_engine(os.environ["BENCH_DATABASE"])
    writing = reading.execution_options(writes=True)

    @app.get("/")
    def index() -> str:
        with Session(reading) as session:
            tickets = session.scalars(_newest().options(*SHOWN)).all()
            return render_template("list.html", tickets=tickets, title="Fișe", q="", now=_now())

    @app.get("/search")
    def search() -> str:
        q = request.args["q"]
        with Session(reading) as session:
            ids = session.scalars(_matching(reading, q)).all()
            tickets = session.scalars(
                select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id.desc()).options(*SHOWN)
            ).all()
            return render_template("list.html", tickets=tickets, title="Caută", q=q, now=_now())

    @app.get("/<int:ticket_id>")
    def show(ticket_id: int) -> str:
        with Session(reading) as session:
            ticket = session.scalars(select(Ticket).where(Ticket.id == ticket_id).options(*SHOWN)).one()
            events = session.scalars(select(Event).where(Event.ticket_id == ticket_id).order_by(Event.id))
            facts = {"title": ticket.number, "q": "", "statuses": STATUSES, "now": _now()}
            return render_template("ticket.html", ticket=ticket, events=events.all(), **facts)

    @app.post("/")
    def create() -> Response:
        with Session(writing) as session, session.begin():
            ticket = _open(session, request.form)
        return redirect(f"/{ticket}", code=303)

    @app.post("/<int:ticket_id>/status")
    def change(ticket_id: int) -> Response:
        with Session(writing) as session, session.begin():
            ticket = session.get_one(Ticket, ticket_id)
            ticket.status_id = int(request.form["status_id"])
            session.add(_event(ticket_id, "status"))
        return redirect(f"/{ticket_id}", code=303)

    return app


def _newest() -> Any:
    return select(Ticket).order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(ROWS)


def _matching(engine: Engine, fragment: str) -> Any:
    """Return the statement that finds tickets by a fragment of three letters or more."""
    if engine.dialect.name == "sqlite":
        statement = "SELECT rowid FROM search WHERE search MATCH :q ORDER BY rowid DESC LIMIT 25"
        return text(statement).bindparams(q='"' + fragment.replace('"', "") + '"')
    statement = "SELECT id FROM search WHERE body LIKE :q ORDER BY id DESC LIMIT 25"
    return text(statement).bindparams(q=f"%{fragment}%")


def _open(session: Session, form: Any) -> int:
    """Open a ticket for a known client and device, with the next number, and make it findable."""
    counter = session.scalars(select(Counter).where(Counter.id == 1).with_for_update()).one()
    counter.value += 1
    now = _now()
    ticket = Ticket(
        number=people.ticket_number(counter.value),
        client_id=int(form["client_id"]),
        equipment_id=int(form["equipment_id"]),
        status_id=OPEN,
        problem=form["problem"],
        estimate=50_000,
        opened_at=now,
        stage_since=now,
        due_at=now,
    )
    session.add(ticket)
    session.flush()
    session.add(_event(ticket.id, "opened"))
    client, device = (
        session.get_one(Client, ticket.client_id),
        session.get_one(Equipment, ticket.equipment_id),
    )
    body = f"{ticket.number} {client.name} {client.phone} {device.unique_id} {ticket.problem}".lower()
    place = "rowid" if session.get_bind().dialect.name == "sqlite" else "id"
    session.execute(
        text(f"INSERT INTO search ({place}, body) VALUES (:id, :body)"), {"id": ticket.id, "body": body}
    )
    return ticket.id


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _event(ticket_id: int, kind: str) -> Event:
    return Event(ticket_id=ticket_id, at=_now(), kind=kind, actor="Radu Câmpean")


def fill(url: str, tickets: int) -> None:
    """Make the tables of the reference at ``url`` and fill them with a shop of so many tickets."""
    engine = make_engine(url)
    shop = people.Shop(tickets)
    with engine.execution_options(writes=True).begin() as connection:
        Base.metadata.create_all(connection)
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.execute(text("CREATE VIRTUAL TABLE search USING fts5(body, tokenize='trigram')"))
        else:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            connection.execute(text("CREATE TABLE search (id integer PRIMARY KEY, body text NOT NULL)"))
        _fill_tables(connection, shop, "rowid" if sqlite else "id")
        if not sqlite:
            connection.execute(text("CREATE INDEX search_body ON search USING gin (body gin_trgm_ops)"))
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _fill_tables(connection: Any, shop: people.Shop, place: str) -> None:
    tickets = range(1, shop.tickets + 1)
    statuses = [(number, *status) for number, status in enumerate(STATUSES, 1)]
    insert_rows(connection, "ticket_status", ("id", "name", "stage", "icon", "turn", "turn_icon"), statuses)
    insert_rows(connection, "user", ("id", "name", "initials"), [(1, "Radu Câmpean", "RC")])
    insert_rows(connection, "counter", ("id", "value"), [(1, shop.tickets)])
    insert_rows(
        connection, "client", ("id", "name", "phone"),
        ((n, people.client_name(n), people.client_phone(n)) for n in range(1, shop.clients + 1)),
    )  # fmt: skip
    insert_rows(
        connection, "equipment", ("id", "unique_id", "manufacturer", "model", "client_id"),
        ((n, people.device_code(n), *people.device_names(n), shop.client_of(n)) for n in range(1, shop.devices + 1)),
    )  # fmt: skip
    columns = (
        "id", "number", "client_id", "equipment_id", "status_id", "assignee_id", "problem", "accessories", "condition", "estimate",
        "opened_at", "stage_since", "due_at",
    )  # fmt: skip
    insert_rows(connection, "ticket", columns, (_ticket_row(shop, n) for n in tickets))
    insert_rows(
        connection, "ticket_event", ("ticket_id", "at", "kind", "actor", "text"),
        ((n, _moment(shop, n), kind, "Radu Câmpean", "") for n in tickets for kind in ("opened", "status")),
    )  # fmt: skip
    insert_rows(connection, "search", (place, "body"), ((n, _search_body(shop, n)) for n in tickets))


def _moment(shop: people.Shop, ticket: int) -> str:
    return shop.opened_at(ticket).strftime("%Y-%m-%d %H:%M:%S.%f")


def _ticket_row(shop: people.Shop, ticket: int) -> tuple[object, ...]:
    device = shop.device_of(ticket)
    moment = _moment(shop, ticket)
    status = OPEN + ticket % 4 if shop.is_open(ticket) else CLOSED
    due = (shop.opened_at(ticket) + timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S.%f")
    return (
        ticket, people.ticket_number(ticket), shop.client_of(device), device, status, 1, people.ticket_problem(ticket),
        "Husă, încărcător", "Zgârieturi pe ramă", people.ticket_estimate(ticket), moment, moment, due,
    )  # fmt: skip


def _search_body(shop: people.Shop, ticket: int) -> str:
    device = shop.device_of(ticket)
    client = shop.client_of(device)
    words = (
        people.ticket_number(ticket), people.client_name(client), people.client_phone(client), people.device_code(device),
        people.ticket_problem(ticket),
    )  # fmt: skip
    return " ".join(words).lower()
