"""The works of a ticket as a part of its page, with the form of a new line where one is being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import flask
from flask_babel import lazy_gettext as _l

from core.catalogue.lookup import ItemPick
from core.catalogue.models import ItemKind
from core.catalogue.naming import sees_cost
from core.catalogue.vat import percent
from core.foundation.accounts import find_user
from core.foundation.ui.language import current_locale
from core.foundation.ui.values import Panel, PanelAction
from core.tickets.models import Ticket
from core.types import Money
from core.works.forms import ReverseForm, WorkForm
from core.works.models import Work
from core.works.sheet import read_works

NAME: Final = "works"
VIEW: Final = "core.work:view"
CREATE: Final = "core.work:create"
REVERSE: Final = "core.work:reverse"


@dataclass(frozen=True, slots=True)
class Writing:
    """What is being written on the sheet: a new line, or why one is taken back."""

    form: WorkForm | None = None
    #: What the catalogue offers for what was typed, and the text itself.
    picks: Sequence[ItemPick] = ()
    question: str = ""
    #: Code of the catalogue item that the line is taken from.
    code: str = ""
    undo: ReverseForm | None = None
    #: The line that is taken back.
    undoing: Work | None = None


def ticket_panels(ticket: Ticket) -> Sequence[Panel]:
    """Return the panel of the works of ``ticket``, where the reader may see them."""
    user = find_user()
    return (works_panel(ticket, Writing()),) if user is not None and user.can(VIEW) else ()


def works_panel(ticket: Ticket, writing: Writing) -> Panel:
    """Return the sheet of ``ticket`` with what is being written on it."""
    sheet = read_works(ticket.id)
    data = {
        "sheet": sheet,
        "writing": writing,
        "language": current_locale().language,
        "money": Money.from_minor,
        "percent": percent,
        "shows_cost": sees_cost(),
        "may_reverse": _may(REVERSE),
    }
    count = str(len(sheet.standing)) if sheet.lines else ""
    actions = _actions(ticket) if ticket.is_open and _may(CREATE) else ()
    return Panel(
        NAME, _l("Works and parts"), "works/_sheet.html", data, VIEW, order=10, count=count, actions=actions
    )


def _actions(ticket: Ticket) -> Sequence[PanelAction]:
    def add(kind: ItemKind) -> str:
        return flask.url_for("works.new", ticket_id=ticket.id, kind=kind.value)

    return (
        PanelAction(_l("Part"), add(ItemKind.PART), "upc-scan", in_place=True),
        PanelAction(_l("Work"), add(ItemKind.LABOUR), "plus-lg", key="l", in_place=True),
    )


def _may(permission: str) -> bool:
    user = find_user()
    return user is not None and user.can(permission)
