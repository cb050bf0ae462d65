"""The bare stack: Flask, SQLAlchemy's ORM and Jinja2 rendering the same pages, as somebody who knows them well writes them.

It is the limit of the tools that the product is made with: the same shell, filter form, columns, panels, dialogs and links as plain
templates, the same rows when a ticket is opened or moved, written as durably: SQLite with WAL and synchronous=FULL. What it leaves out:
login, tenant, permissions, the tokens of the forms, the form sent twice, audit, events for other programs, plugins, translation, spelling
with and without diacritics. Links to pages that are not measured lead nowhere. The database is named by ``BENCH_DATABASE``.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any, Final

from flask import Flask, Response, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Engine, Select, create_engine, event, func, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.datastructures import MultiDict

from tests.bench import people
from tests.bench.reference_tables import (
    STAGES,
    Client,
    Counter,
    Equipment,
    Event,
    Location,
    Status,
    Ticket,
    User,
    road,
    shares,
)

#: Addresses are as long as those of the product.
ROOT: Final = "/t/atelier"
ROWS: Final = 25
#: Results of each kind that a search shows.
FOUND: Final = 20
#: Other tickets of its device that the page of a ticket shows.
EARLIER: Final = 20
ACTOR: Final = "Radu Câmpean"
VIEWS: Final = (
    ("open", "Deschise"),
    ("mine", "Ale mele"),
    ("late", "Întârziate"),
    ("ready", "Gata, neridicate"),
    ("all", "Toate"),
)
PAPERS: Final = (("intake", "Proces-verbal de preluare"), ("return", "Proces-verbal de predare"))
#: Pages that the shell and the ticket link to and that are not measured: name, address.
ELSEWHERE: Final = (
    ("dashboard", "/"), ("intake", "/tickets/new"), ("clients", "/clients/"), ("equipment", "/equipment/"),
    ("settings", "/settings/"), ("papers", "/simple/"), ("alerts", "/alerts"), ("preferences", "/account/preferences"),
    ("account", "/account/"), ("devices", "/account/devices"), ("logout", "/logout"),
    ("client", "/clients/<int:client_id>"), ("device", "/equipment/<int:equipment_id>"),
    ("edit", "/tickets/<int:ticket_id>/edit"), ("access_code", "/tickets/<int:ticket_id>/access-code"),
    ("note", "/tickets/<int:ticket_id>/notes"), ("assign", "/tickets/<int:ticket_id>/assign"),
    ("paper", "/tickets/<int:ticket_id>/documents/<kind>"),
    ("print_paper", "/tickets/<int:ticket_id>/documents/<kind>/print"),
)  # fmt: skip
#: Everything of a row that a list shows, in one statement.
SHOWN: Final = (
    joinedload(Ticket.client),
    joinedload(Ticket.equipment),
    joinedload(Ticket.status),
    joinedload(Ticket.assignee),
)
#: What the page of a ticket shows beside that.
WHOLE: Final = (
    joinedload(Ticket.location),
    selectinload(Ticket.events).options(joinedload(Event.status), joinedload(Event.before)),
    selectinload(Ticket.prints),
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
    app.secret_key = "of a shop that does not exist"
    app.extensions["bench_engine"] = reading = make_engine(os.environ["BENCH_DATABASE"])
    _prepare_templates(app)
    _add_reading_views(app, reading)
    _add_writing_views(app, reading.execution_options(writes=True))
    for name, address in ELSEWHERE:
        app.add_url_rule(ROOT + address, name, _elsewhere, methods=["GET", "POST"])
    return app


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(money=_money, phone=_phone, day=_day, moment=_moment, marked=_marked)

    @app.context_processor
    def _facts() -> dict[str, object]:
        version = "36dd827b3ec40ea3"
        return {"icons": url_for("static", filename="icons.svg", v=version), "version": version}


def _add_reading_views(app: Flask, engine: Engine) -> None:
    @app.get(f"{ROOT}/tickets/")
    def index() -> str:
        with Session(engine) as session:
            newest = select(Ticket).order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(ROWS + 1)
            tickets = session.scalars(newest.options(*SHOWN)).all()
            after = tickets[ROWS - 1] if len(tickets) > ROWS else None
            facts = {
                "views": VIEWS,
                "view": request.args.get("view", "all"),
                "filters": _filters(session),
                "after": after,
            }
            return _page("list.html", section="tickets", tickets=tickets[:ROWS], **facts)

    @app.get(f"{ROOT}/tickets/<int:ticket_id>")
    def show(ticket_id: int) -> str:
        with Session(engine) as session:
            ticket = session.get(Ticket, ticket_id, options=[*SHOWN, *WHOLE])
            return abort(404) if ticket is None else _page("ticket.html", **_ticket_facts(session, ticket))

    @app.get(f"{ROOT}/search")
    def search() -> str:
        q = request.args["q"]
        with Session(engine) as session:
            return _page("search.html", q=q, **_results(session, q))


def _add_writing_views(app: Flask, engine: Engine) -> None:
    @app.post(f"{ROOT}/tickets/new")
    def create() -> Any:
        with Session(engine) as session, session.begin():
            ticket = _open(session, request.form)
            number = ticket.number
            shown = ticket.id
        flash(f"{number}: fișa este deschisă.")
        return redirect(url_for("show", ticket_id=shown), code=303)

    @app.post(f"{ROOT}/tickets/<int:ticket_id>/status")
    def change(ticket_id: int) -> Any:
        with Session(engine) as session, session.begin():
            ticket = session.get_one(Ticket, ticket_id)
            status = session.get_one(Status, int(request.form["status_id"]))
            session.add(_event(ticket_id, status.id, ticket.status_id, request.form.get("note", "")))
            ticket.status_id = status.id
            ticket.stage_since = _now()
            words = f"{ticket.number}: {status.name}."
        flash(words)
        return redirect(url_for("show", ticket_id=ticket_id), code=303)


def _elsewhere(**_facts: object) -> Response:
    abort(404)


def _page(template: str, *, section: str = "", **facts: object) -> str:
    return render_template(template, section=section, now=_now(), **facts)


def _filters(session: Session) -> list[tuple[str, str, list[tuple[object, str]]]]:
    """Return the choices of the filter form: name, label, values with their labels."""
    stages = [(one.stage, one.name) for one in session.scalars(select(Status).order_by(Status.id))]
    locations = [(one.id, one.name) for one in session.scalars(select(Location).order_by(Location.name))]
    users = [(one.id, one.name) for one in session.scalars(select(User).order_by(User.name))]
    turns = [("shop", "Noi"), ("client", "Client"), ("supplier", "Furnizor")]
    return [
        ("stage", "Stadiu", [("", "Toate stadiile"), *stages]),
        ("turn", "Al cui e rândul", [("", "Oricine"), *turns]),
        ("location", "Punct de lucru", [("", "Toate punctele"), *locations]),
        ("assignee", "Tehnician", [("", "Oricine"), ("nobody", "Nimeni"), *users]),
    ]


def _ticket_facts(session: Session, ticket: Ticket) -> dict[str, Any]:
    """Return what the page of a ticket shows."""
    statuses = list(session.scalars(select(Status).order_by(Status.id)))
    earlier = (
        select(Ticket)
        .where(Ticket.equipment_id == ticket.equipment_id, Ticket.id != ticket.id)
        .order_by(Ticket.id.desc())
        .limit(EARLIER)
        .options(joinedload(Ticket.status))
    )
    choices = statuses if ticket.status.turn else [one for one in statuses if one.stage == "in_work"]
    printed = {one.kind: one.at for one in ticket.prints}
    now = _now()
    return {
        "section": "tickets",
        "ticket": ticket,
        "choices": [one for one in choices if one.id != ticket.status_id],
        "users": session.scalars(select(User).order_by(User.name)).all(),
        "earlier": session.scalars(earlier).all(),
        "papers": [(kind, title, printed.get(kind)) for kind, title in PAPERS],
        "road": road(ticket, statuses, now),
        "shares": shares(ticket, now),
    }


def _results(session: Session, q: str) -> dict[str, Any]:
    """Return the newest tickets, clients and devices in which ``q``, three letters or more, occurs."""
    tickets = _found(session, Ticket, "ticket_search", q).options(*SHOWN)
    devices = _found(session, Equipment, "equipment_search", q).options(joinedload(Equipment.client))
    clients = _found(session, Client, "client_search", q).add_columns(
        _count(Equipment.client_id), _count(Ticket.client_id)
    )
    return {
        "tickets": session.scalars(tickets).all(),
        "clients": session.execute(clients).all(),
        "devices": session.scalars(devices).all(),
    }


def _count(column: Any) -> ColumnElement[int]:
    return select(func.count()).where(column == Client.id).correlate(Client).scalar_subquery()


def _found(session: Session, model: Any, table: str, q: str) -> Select[Any]:
    """Return the statement for the newest rows of ``model`` whose text in ``table`` contains ``q``."""
    if session.get_bind().dialect.name == "sqlite":
        matching = f"SELECT rowid FROM {table} WHERE {table} MATCH :q ORDER BY rowid DESC LIMIT {FOUND}"
        value = '"' + q.replace('"', "") + '"'
    else:
        matching = f"SELECT id FROM {table} WHERE body LIKE :q ORDER BY id DESC LIMIT {FOUND}"
        value = f"%{q}%"
    ids = session.scalars(text(matching), {"q": value}).all()
    return select(model).where(model.id.in_(ids)).order_by(model.id.desc())


def _open(session: Session, form: MultiDict[str, str]) -> Ticket:
    """Open a ticket for a known client and device, with the next number, and make it findable."""
    counter = session.scalars(select(Counter).where(Counter.id == 1).with_for_update()).one()
    counter.value += 1
    now = _now()
    client = session.get_one(Client, int(form["client_id"]))
    device = session.get_one(Equipment, int(form["equipment_id"]))
    ticket = Ticket(
        number=people.ticket_number(counter.value),
        client_id=client.id,
        equipment_id=device.id,
        location_id=1,
        status_id=STAGES["received"],
        problem=form["problem"],
        opened_at=now,
        stage_since=now,
    )
    session.add(ticket)
    session.flush()
    session.add(_event(ticket.id, ticket.status_id))
    body = f"{ticket.number} {client.name} {client.phone} {device.unique_id} {ticket.problem}".lower()
    place = "rowid" if session.get_bind().dialect.name == "sqlite" else "id"
    session.execute(
        text(f"INSERT INTO ticket_search ({place}, body) VALUES (:id, :body)"),
        {"id": ticket.id, "body": body},
    )
    return ticket


def _event(ticket_id: int, status_id: int, before_id: int | None = None, note: str = "") -> Event:
    return Event(
        ticket_id=ticket_id, at=_now(), actor=ACTOR, status_id=status_id, before_id=before_id, text=note
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _money(minor: int | None) -> str:
    if minor is None:
        return "–"  # noqa: RUF001 - nothing was estimated
    return f"{minor / 100:,.2f}\xa0lei".translate({ord(","): ".", ord("."): ","})


def _phone(number: str) -> str:
    """Return a telephone number of this country as people write it."""
    home = "0" + number.removeprefix("+40")
    return f"{home[:4]}\xa0{home[4:7]}\xa0{home[7:]}"


def _day(moment: datetime) -> str:
    return moment.strftime("%d.%m.%Y")


def _moment(moment: datetime) -> str:
    return moment.strftime("%d.%m.%Y %H:%M")


def _marked(shown: str, q: str) -> Markup:
    """Return ``shown`` with the part that was typed marked, blanks aside."""
    start = shown.lower().find(q.lower())
    if start < 0:
        return escape(shown)
    end = start + len(q)
    return Markup("{}<mark>{}</mark>{}").format(shown[:start], shown[start:end], shown[end:])
