"""A small application with every part of the shell on pages of invented data, for the browser tests.

``python -m tests.foundation.ui.gallery`` serves it at port 8080, to look at while a macro is drawn.
"""

from __future__ import annotations

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
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import select

from core.errors import BusyError, InvalidInputError
from core.foundation.search.marks import marker
from core.foundation.ui.badges import Badge, due_badge, turn_badge
from core.foundation.ui.csrf import init_csrf
from core.foundation.ui.messages import say, warn
from core.foundation.ui.shell import NavGroup, NavLink, Option, Shell, init_ui
from core.foundation.ui.values import Alert, SearchHit
from tests.foundation.ui.gallery_data import LIST, STAGES, Filters, Firm, Somebody, Ticket, TicketForm, fill

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
NOW = datetime(2026, 11, 24, 8, 42, tzinfo=UTC)


#: The version that somebody else has changed meanwhile.
FIRST_VERSION = 3

pages = Blueprint("gallery", __name__)


def make_gallery(*, accent: str | None = None) -> Flask:
    """Make the gallery application; ``app.extensions["sent"]`` lists the forms that it got."""
    app = Flask("gallery", static_folder=None, template_folder=str(ROOT / "templates"))
    app.jinja_loader = ChoiceLoader([FileSystemLoader([ROOT / "templates", HERE / "templates"])])
    app.secret_key = "the gallery has nothing to hide"
    app.config.update(WTF_CSRF_TIME_LIMIT=None)
    Babel(app, locale_selector=_language, timezone_selector=lambda: "Europe/Bucharest")
    init_ui(app)
    init_csrf(app)
    app.extensions["rows"] = fill()
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
    return render_template(name, groups=[] if query == "nothing" else groups, q=query, marked=marker(query))


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
