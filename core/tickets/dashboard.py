"""The figures of the dashboard and the bell: what is late, whose turn it is, what waits to be handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import flask
from flask_babel import lazy_gettext as _l, ngettext
from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, func, select

from core.db import session
from core.foundation.accounts import CurrentUser, find_user
from core.foundation.ui.language import current_locale
from core.foundation.ui.values import Alert, Panel
from core.tickets.models import Ticket
from core.tickets.queries import TicketLine, is_late, is_open, read_lines, select_all_lines
from core.tickets.stages import OPEN, TURN_ICONS, Stage, Turn
from core.tickets.visibility import narrowed, visible_tickets
from core.types import UtcDateTime, now

VIEW: Final = "core.ticket:view"
#: Rows of a table on the dashboard; the rest stands in the list.
SHOWN: Final = 8
#: A finished device that nobody fetched for so long wants a call.
UNFETCHED: Final = timedelta(days=3)
#: Width of the longest bar, in the units of its drawing.
BAR: Final = 110

_TURNS: Final = {
    Turn.SHOP: _l("With us"),
    Turn.CLIENT: _l("With the client"),
    Turn.SUPPLIER: _l("With the supplier"),
}


@dataclass(frozen=True, slots=True)
class StageFigure:
    """How many open tickets stand in a stage, and how many of them are late."""

    stage: Stage
    count: int
    late: int
    #: Since when the longest one has been in it; ``None`` where there is none.
    oldest: datetime | None
    #: Length of its bar, 0 to ``BAR``.
    bar: float = 0


#: Places for what changes in the statements, which are made once.
_NOW: Final = bindparam("now", type_=UtcDateTime())
_READER: Final = bindparam("reader", type_=Integer)
_LONG_AGO: Final = bindparam("long_ago", type_=UtcDateTime())


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


def _first(condition: ColumnElement[bool], order: Any) -> Select[Any]:  # noqa: ANN401 - a column
    return select_all_lines().where(condition).order_by(order, Ticket.id).limit(SHOWN + 1)


_FIGURES: Final[Any] = (
    select(Ticket.stage, func.count(), _number_of(is_late(_NOW)), func.min(Ticket.stage_since))
    .where(is_open())
    .group_by(Ticket.stage)
)
_LATE: Final = _first(is_late(_NOW), Ticket.due_at)
_READY: Final = _first(is_open() & (Ticket.stage == Stage.READY), Ticket.stage_since)
_MINE: Final = _first(is_open() & (Ticket.assignee_id == _READER), Ticket.stage_since)
_WAITING: Final[Any] = select(
    _number_of(is_late(_NOW)),
    _number_of(Ticket.stage == Stage.QUESTION),
    _number_of((Ticket.stage == Stage.READY) & (Ticket.stage_since < _LONG_AGO)),
).where(is_open())


def stage_figures(user: CurrentUser | None) -> list[StageFigure]:
    """Return the figures of all open stages, read in one statement from the index of open tickets."""
    rows = session().execute(narrowed(_FIGURES, visible_tickets(user)), {_NOW.key: now()})
    found = {stage: (count, int(late or 0), oldest) for stage, count, late, oldest in rows}
    most = max((count for count, _late, _oldest in found.values()), default=0)
    figures = []
    for stage in OPEN:
        count, behind, oldest = found.get(stage, (0, 0, None))
        figures.append(StageFigure(stage, count, behind, oldest, round(BAR * count / most, 1) if most else 0))
    return figures


def dashboard_cards() -> Sequence[Panel]:
    """Return the core's own cards, four statements in all."""
    user = find_user()
    if user is None or not user.can(VIEW):
        return ()
    figures = stage_figures(user)
    if not any(figure.count for figure in figures):
        return (_first_steps(user),)
    late, ready, mine = (_lines(user, statement) for statement in (_LATE, _READY, _MINE))
    return (
        Panel("turns", _l("Whose turn"), "dashboard/_turns.html", _turns(figures), VIEW, 10, "top"),
        Panel(
            "stages",
            _l("Open tickets by stage"),
            "dashboard/_stages.html",
            {"figures": figures, "width": BAR},
            VIEW,
            20,
        ),
        _table("mine", _l("Mine"), mine, "mine", 20, "side"),
        _table("late", _l("Late"), late, "late", 30, "main"),
        _table("ready", _l("Ready to hand over"), ready, "ready", 30, "side"),
    )


def _table(name: str, title: Any, lines: list[TicketLine], view: str, order: int, place: str) -> Panel:  # noqa: ANN401, PLR0917
    data = {"lines": lines[:SHOWN], "view": view, "compact": place == "side"}
    count = f"{len(lines[:SHOWN])}{'+' if len(lines) > SHOWN else ''}" if lines else ""
    url = flask.url_for("tickets.index", view=view)
    return Panel(name, title, "dashboard/_tickets.html", data, VIEW, order, place, count, url)


def _lines(user: CurrentUser, statement: Select[Any]) -> list[TicketLine]:
    values = {_NOW.key: now(), _READER.key: user.id}
    rows = session().execute(narrowed(statement, visible_tickets(user)), values).all()
    return read_lines(rows, current_locale().language)


def _turns(figures: Sequence[StageFigure]) -> Mapping[str, Any]:
    turns = []
    for turn in Turn:
        own = [figure for figure in figures if figure.stage.turn is turn]
        oldest = min((figure.oldest for figure in own if figure.oldest is not None), default=None)
        turns.append(
            {
                "title": _TURNS[turn],
                "icon": TURN_ICONS[turn],
                "count": sum(figure.count for figure in own),
                "oldest": oldest,
                "url": flask.url_for("tickets.index", turn=turn.value),
            }
        )
    ready = next(figure for figure in figures if figure.stage is Stage.READY)
    return {"late": sum(figure.late for figure in figures), "turns": turns, "ready": ready, "now": now()}


def _first_steps(user: CurrentUser) -> Panel:
    known = select(Ticket.id).where(*visible_tickets(user)).limit(1)
    is_new = session().scalars(known).first() is None
    return Panel("start", _l("Start"), "dashboard/_start.html", {"is_new": is_new}, VIEW, 10, "top")


def alerts() -> Sequence[Alert]:
    """Return what waits for the reader: late tickets, questions, finished devices that nobody fetched; one statement."""
    user = find_user()
    if user is None or not user.can(VIEW):
        return ()
    moment = now()
    values = {_NOW.key: moment, _LONG_AGO.key: moment - UNFETCHED}
    row = session().execute(narrowed(_WAITING, visible_tickets(user)), values).one()
    late, questions, waiting = (int(count or 0) for count in row)
    found: Sequence[tuple[int, str, str, str, dict[str, Any]]] = (
        (
            late,
            ngettext("%(num)s ticket is late", "%(num)s tickets are late", late),
            "alarm",
            "bad",
            {"view": "late"},
        ),
        (
            questions,
            ngettext("%(num)s question to a client waits", "%(num)s questions to clients wait", questions),
            "question-circle",
            "warn",
            {"stage": Stage.QUESTION.value},
        ),
        (
            waiting,
            ngettext(
                "%(num)s device is ready and was not fetched for 3 days",
                "%(num)s devices are ready and were not fetched for 3 days",
                waiting,
            ),
            "box-seam",
            "warn",
            {"view": "ready", "sort": "waiting"},
        ),
    )
    return [
        Alert(text, flask.url_for("tickets.index", **arguments), icon, tone, count)
        for count, text, icon, tone, arguments in found
        if count
    ]
