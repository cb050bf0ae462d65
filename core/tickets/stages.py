"""The stages of a ticket: fixed words of the trade, each saying whose turn it is.

The shop's own statuses give the wording; rules, reports and hooks look at stages only.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from flask_babel import force_locale, lazy_gettext as _l


class Turn(StrEnum):
    """Whose move it is."""

    SHOP = "shop"
    CLIENT = "client"
    SUPPLIER = "supplier"


class Stage(StrEnum):
    """Where a ticket stands; the values are stored and never change."""

    RECEIVED = "received"
    DIAGNOSIS = "diagnosis"
    APPROVAL = "approval"
    QUESTION = "question"
    WAITING_CLIENT = "waiting_client"
    WAITING_PARTS = "waiting_parts"
    IN_WORK = "in_work"
    READY = "ready"
    UNREPAIRABLE = "unrepairable"
    RETURNED = "returned"
    CANCELLED = "cancelled"

    @property
    def turn(self) -> Turn | None:
        """Whose move it is, ``None`` once the ticket is closed."""
        return _TURNS.get(self)

    @property
    def is_open(self) -> bool:
        """Whether the device is still the shop's to look after."""
        return self not in CLOSED

    @property
    def icon(self) -> str:
        """Name in icons.svg, without ``i-``."""
        return _ICONS[self]

    @property
    def label(self) -> str:
        """The default name, in the reader's language."""
        return str(_TITLES[self])


#: Stages after which nobody owes anybody a move.
CLOSED: Final = frozenset({Stage.RETURNED, Stage.CANCELLED})
OPEN: Final = tuple(stage for stage in Stage if stage not in CLOSED)

_TURNS: Final = {
    Stage.RECEIVED: Turn.SHOP,
    Stage.DIAGNOSIS: Turn.SHOP,
    Stage.APPROVAL: Turn.SHOP,
    Stage.QUESTION: Turn.SHOP,
    Stage.WAITING_CLIENT: Turn.CLIENT,
    Stage.WAITING_PARTS: Turn.SUPPLIER,
    Stage.IN_WORK: Turn.SHOP,
    Stage.READY: Turn.CLIENT,
    Stage.UNREPAIRABLE: Turn.SHOP,
}
_ICONS: Final = {
    Stage.RECEIVED: "inbox",
    Stage.DIAGNOSIS: "clipboard2-pulse",
    Stage.APPROVAL: "tag",
    Stage.QUESTION: "question-circle",
    Stage.WAITING_CLIENT: "chat-left-dots",
    Stage.WAITING_PARTS: "box-seam",
    Stage.IN_WORK: "wrench",
    Stage.READY: "check-circle",
    Stage.UNREPAIRABLE: "slash-circle",
    Stage.RETURNED: "box-arrow-right",
    Stage.CANCELLED: "x-circle",
}
_TITLES: Final = {
    Stage.RECEIVED: _l("Received"),
    Stage.DIAGNOSIS: _l("Diagnosis"),
    Stage.APPROVAL: _l("Offer"),
    Stage.QUESTION: _l("Question"),
    Stage.WAITING_CLIENT: _l("Waiting for client"),
    Stage.WAITING_PARTS: _l("Waiting for parts"),
    Stage.IN_WORK: _l("In work"),
    Stage.READY: _l("Ready"),
    Stage.UNREPAIRABLE: _l("Unrepairable"),
    Stage.RETURNED: _l("Returned"),
    Stage.CANCELLED: _l("Cancelled"),
}
#: Icon and words of each turn; the words stand alone: "Us · 2 h".
TURN_ICONS: Final = {Turn.SHOP: "person-gear", Turn.CLIENT: "person", Turn.SUPPLIER: "truck"}
TURN_TITLES: Final = {Turn.SHOP: _l("Us"), Turn.CLIENT: _l("Client"), Turn.SUPPLIER: _l("Supplier")}


def stage_names(language: str | None = None) -> dict[str, str]:
    """Return the default name of every stage, in ``language`` or the reader's."""
    if language is None:
        return {stage.value: stage.label for stage in Stage}
    with force_locale(language):
        return {stage.value: stage.label for stage in Stage}
