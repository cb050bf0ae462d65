"""A small application with every part of the shell on pages of invented data, for the browser tests.

``python -m tests.foundation.ui.gallery`` serves it at port 8080, to look at while a macro is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import Babel, lazy_gettext as _l
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

from core.errors import BusyError, InvalidInputError
from core.foundation.ui.badges import Badge, due_badge, turn_badge
from core.foundation.ui.forms import (
    CheckField,
    ChoiceField,
    DateField,
    DateTimeField,
    EmailField,
    FilterForm,
    IntegerField,
    MoneyField,
    MultiChoiceField,
    PasswordField,
    PhoneField,
    QuantityField,
    RadioField,
    TextAreaField,
    TextField,
    VersionedForm,
)
from core.foundation.ui.listing import ListSpec, Order, down, up
from core.foundation.ui.messages import say, warn
from core.foundation.ui.shell import NavGroup, NavLink, Option, Shell, init_ui
from core.foundation.ui.values import Alert, SearchHit

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
NOW = datetime(2026, 11, 24, 8, 42, tzinfo=UTC)


#: The version that somebody else has changed meanwhile.
FIRST_VERSION = 3

pages = Blueprint("gallery", __name__)


class Base(DeclarativeBase):
    """Declarative base of the gallery."""


class Ticket(Base):
    """A row of the list."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    what: Mapped[str]
    problem: Mapped[str]
    client: Mapped[str]
    stage: Mapped[str]
    hours: Mapped[int]
    estimate: Mapped[int]


LIST = ListSpec(
    (
        Order("number", (down(Ticket.id),), "No.", by_time=True),
        Order("due", (up(Ticket.hours), up(Ticket.id)), "Due"),
    ),
    limit=12,
)
STAGES = {
    "received": "Received",
    "diagnosis": "Diagnosis",
    "approval": "Offer",
    "waiting_client": "Waiting for client",
    "waiting_parts": "Waiting for parts",
    "in_work": "In work",
    "ready": "Ready",
    "unrepairable": "Unrepairable",
    "returned": "Returned",
}
DEVICES = (
    ("iPhone 13, 128 GB", "Ecran spart, tactil parțial", "Maria Popescu"),
    ("Beko WUE 7612", "Nu centrifughează", "Ștefan Crișan"),
    ("Galaxy A34", "Baterie umflată", "Elena Bîrlea"),
    ("MacBook Air M1", "Nu pornește după update", "Agenția Vâsc SRL"),
    ("Arctic AB 1067", "Scurgere la ușă", "Vasile Mărginean"),
    ("Gorenje WNEI 84", "Rulmenți tambur", "Rodica Văcariu"),
    ("Samsung UE50AU", "Fără imagine", "Pensiunea Brădet"),
)


@dataclass(frozen=True)
class Somebody:
    """The reader."""

    name: str = "Ioana Mureșan"
    email: str = "ioana@meteor.exemplu.ro"
    initials: str = "IM"
    shortcuts: bool = True
    theme: str = "light"


@dataclass(frozen=True)
class Firm:
    """The tenant."""

    name: str = "Atelier Meteor"
    slug: str = "meteor"
    country: str = "RO"


class TicketForm(VersionedForm):
    """A form with every kind of field."""

    name = TextField("Client", required=True, max_length=60)
    phone = PhoneField("Telephone", required=True, hint="finds client and device")
    email = EmailField("E-mail")
    kind = ChoiceField("Type", choices=[("phone", "Telephone"), ("washer", "Washing machine")], required=True)
    serial = TextField("Unique ID: serial or IMEI", required=True, render_kw={"data-scan": True})
    secret = PasswordField("Unlock code", hint="encrypted", render_kw={"autocomplete": "off"})
    problems = MultiChoiceField(
        "What happened", choices=[(1, "Broken screen"), (2, "Does not start"), (3, "Battery"), (4, "Liquid")]
    )
    words = TextAreaField("In the client's words", required=True)
    estimate = MoneyField("Estimate", hint="net 619.83")
    advance = MoneyField("Advance")
    due = DateField("Due", required=True)
    at = DateTimeField("Visit")
    quantity = QuantityField("Quantity", unit="m")
    days = IntegerField("Warranty", unit="days", most=3650)
    priority = RadioField(
        "Priority", choices=[("low", "Low"), ("normal", "Normal"), ("high", "High")], default="normal"
    )
    accepted = CheckField("Accepts the terms of service, version 3", required=True)
    sms = CheckField("Send the message", default=True)


class Filters(FilterForm):
    """The filters of the list."""

    q = TextField("Text")
    stage = MultiChoiceField("Stage", choices=list(STAGES.items()))
    late = CheckField("Late")


def make_gallery(*, accent: str | None = None) -> Flask:
    """Make the gallery application; ``app.extensions["sent"]`` lists the forms that it got."""
    app = Flask("gallery", static_folder=None, template_folder=str(ROOT / "templates"))
    app.jinja_loader = ChoiceLoader([FileSystemLoader([ROOT / "templates", HERE / "templates"])])
    app.secret_key = "the gallery has nothing to hide"
    app.config.update(WTF_CSRF_TIME_LIMIT=None)
    Babel(app, locale_selector=_language, timezone_selector=lambda: "Europe/Bucharest")
    init_ui(app)
    CSRFProtect(app)
    app.extensions["rows"] = _fill()
    app.extensions["sent"] = []
    app.before_request(_enter)
    app.context_processor(lambda: {"accent": accent})
    app.context_processor(_around)
    app.register_blueprint(pages)
    return app


def _language() -> str:
    return str(session.get("language", "en"))


def _enter() -> None:
    g.tenant = Firm()
    if not request.path.startswith(("/login", "/static", "/public")):
        g.user = Somebody(shortcuts=session.get("shortcuts", "1") == "1", theme=session.get("theme", "light"))


def _fill() -> Session:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    rows = Session(engine)
    stages = list(STAGES)
    for at in range(60):
        what, problem, client = DEVICES[at % len(DEVICES)]
        rows.add(
            Ticket(
                number=f"CJ-{4762 + at}",
                what=what,
                problem=problem,
                client=client,
                stage=stages[at * 5 % len(stages)],
                hours=(at * 37) % 120 - 30,
                estimate=(at * 7919) % 200_000,
            )
        )
    rows.commit()
    return rows


def _around() -> dict[str, Any]:
    if not g.get("user"):
        return {"tenant": g.get("tenant"), "shell": Shell(language_url="/preferences")}
    here = request.path

    def link(label: str, url: str, icon: str, key: str = "", count: int | None = None) -> NavLink:
        return NavLink(label, url, icon, active=here == url, count=count, key=key)

    return {
        "tenant": g.tenant,
        "user": g.user,
        "theme": g.user.theme,
        "nav_narrow": session.get("nav_narrow") == "1",
        "nav": (
            NavGroup(
                None,
                (
                    link("Dashboard", "/", "speedometer2", "p"),
                    link("Tickets", "/tickets", "list-task", "f", 60),
                    link("Ticket", "/ticket", "card-text"),
                    link("States", "/states", "phone"),
                ),
            ),
            NavGroup(
                "Management",
                (link("Stock", "/stock", "box-seam"), link("Purchasing", "/purchasing", "cart3", "", 5)),
            ),
        ),
        "shell": Shell(
            home_url="/",
            foot=(link("Settings", "/settings", "gear"),),
            tabs=(
                link("Tickets", "/tickets", "list-task"),
                link("Ticket", "/ticket", "card-text"),
                link("Scan", "/scan", "upc-scan"),
                link("Intake", "/form", "plus-square"),
                link("Dashboard", "/", "speedometer2"),
            ),
            main_action=link("Intake", "/form", "plus-square", "c"),
            search_url="/search",
            alerts_url="/alerts",
            alerts=4,
            location_url="/preferences",
            locations=(Option("1", "Cluj, Memorandumului", active=True), Option("2", "Florești")),
            language_url="/preferences",
            theme_url="/preferences",
            preferences_url="/preferences",
            account_url="/account",
            devices_url="/devices",
            logout_url="/logout",
        ),
    }


@pages.get("/")
def home() -> str:
    """Show a dashboard."""
    return render_template("gallery/home.html")


@pages.get("/tickets")
def tickets() -> str:
    """Show a list with its filters."""
    form = Filters(request.args)
    query = select(Ticket.id, Ticket.number, Ticket.what, Ticket.problem, Ticket.client, Ticket.stage)
    query = query.add_columns(Ticket.hours, Ticket.estimate)
    if words := form.chosen.get("q"):
        query = query.where(Ticket.what.contains(words, autoescape=True))
    if stages := form.chosen.get("stage"):
        query = query.where(Ticket.stage.in_(stages))
    if form.chosen.get("late"):
        query = query.where(Ticket.hours < 0)
    listing = LIST.page(current_app.extensions["rows"], query, request.args)
    badges = {row.id: _badges(row) for row in listing.rows}
    return render_template("gallery/list.html", listing=listing, form=form, badges=badges, stages=STAGES)


def _badges(row: Any) -> tuple[Badge, Badge, Decimal]:
    since = NOW - timedelta(minutes=row.id * 7)
    turn = turn_badge("Us", "person-gear", since, ours=row.id % 3 == 0, now=NOW)
    return turn, due_badge(NOW + timedelta(hours=row.hours), now=NOW), Decimal(row.estimate) / 100


@pages.get("/ticket")
def ticket() -> str:
    """Show a page with panels, badges, timeline, track and dialogs."""
    return render_template("gallery/ticket.html")


@pages.get("/states")
def states() -> str:
    """Show what is empty, long, said and broken."""
    return render_template("gallery/states.html")


@pages.get("/login")
def login() -> str:
    """Show a page for everybody."""
    return render_template("gallery/login.html", form=TicketForm())


@pages.get("/search")
def search() -> str:
    """Find the same two things for any text but ``nothing``."""
    ticket = SearchHit(1, "CJ-4805 iPhone 11", "/ticket", "George Țuțuianu · 27 Nov", "waiting_client")
    client = SearchHit(2, "George Țuțuianu", "/ticket", "0721 555 114")
    groups = [
        {"title": "Tickets", "icon": "card-text", "hits": [ticket]},
        {"title": "Clients", "icon": "person", "hits": [client]},
    ]
    name = "partials/search_results.html" if "HX-Request" in request.headers else "gallery/search.html"
    query = request.args.get("q", "")
    return render_template(name, groups=[] if query == "nothing" else groups, q=query)


@pages.get("/alerts")
def alerts() -> str:
    """Show what the bell shows."""
    found = [
        Alert("CJ-4790 is 2 days late", "/ticket", "exclamation-triangle", "bad"),
        Alert("Offers without an answer", "/tickets", "tag", "warn", 3),
    ]
    return render_template("partials/alerts.html", alerts=found)


@pages.get("/error/<kind>")
def error(kind: str) -> str:
    """Fail in a given way."""
    if kind == "crash":
        raise ZeroDivisionError
    if kind == "busy":
        raise BusyError(_l("Many are saving at once. Nothing was saved: send it again."))
    if kind == "invalid":
        raise InvalidInputError(errors={"name": ["Fill this in."]})
    abort(int(kind))


@pages.get("/form")
def intake() -> str:
    """Show a form with every kind of field."""
    return render_template(
        "gallery/form.html", form=TicketForm(data={"estimate": Decimal(750), "version": 3})
    )


@pages.post("/form")
def open_ticket() -> ResponseReturnValue:
    """Refuse the form, show a conflict at its first version, or take it."""
    current_app.extensions["sent"].append(request.form.to_dict())
    form = TicketForm()
    if not form.validate():
        return render_template("gallery/form.html", form=form), 422
    if form.version.data == FIRST_VERSION:
        form.conflict({"name": "Maria Pop", "estimate": "800.00", "version": "4"})
        return render_template("gallery/form.html", form=form), 409
    say("CJ-4821 is open", undo_url=url_for("gallery.undo"))
    warn("The client has no e-mail address: nothing was sent.")
    return redirect(url_for("gallery.home"))


@pages.post("/undo")
def undo() -> ResponseReturnValue:
    """Say that something was taken back."""
    current_app.extensions["sent"].append(request.form.to_dict())
    say("It is gone again")
    return redirect(url_for("gallery.home"))


@pages.post("/toast")
def toast() -> ResponseReturnValue:
    """Answer htmx with a toast."""
    return "", 204, {"HX-Trigger": '{"wm:toast": {"text": "Counted."}}'}


@pages.post("/preferences")
def preferences() -> ResponseReturnValue:
    """Remember what a switch says."""
    chosen = {name: value for name, value in request.form.items() if name not in {"csrf_token", "next"}}
    session.update(chosen)
    return redirect(request.form.get("next", "/"))


@pages.post("/logout")
def logout() -> ResponseReturnValue:
    """Go to the page for everybody."""
    return redirect(url_for("gallery.login"))


if __name__ == "__main__":
    make_gallery().run(port=8080)
