"""Which words a paper has: those of the settings, kept with each ticket from the day on which they were agreed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from flask_babel import force_locale, gettext as _, ngettext
from sqlalchemy import Integer, Table, bindparam, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from plugins.simple.models import TicketWording, Wording
from workmanager import ConflictError, Money, format_money, get_group, now, record_change, session

#: The texts of each kind of paper, by the names of their settings.
TEXTS: Final = {"intake": ("terms", "intake_note"), "return": ("return_note",)}
#: What the history of changes is told of a client's yes.
ACCEPTED: Final = "accepted"
FIGURES: Final = ("diagnosis_fee", "estimate_days", "guarantee_months", "storage_days", "storage_fee")
_TRIES: Final = 4
TABLE: Final[Table] = TicketWording.__table__  # type: ignore[assignment] # a model's table is a Table
#: Keep the wording of a content with a ticket that has none yet.
_KEEP: Final = (
    insert(TABLE)
    .from_select(
        [TABLE.c.ticket_id, TABLE.c.kind, TABLE.c.wording_id],
        select(
            bindparam("ticket", type_=Integer), bindparam("kind", type_=Wording.kind.type), Wording.id
        ).where(
            Wording.kind == bindparam("kind"),
            Wording.language == bindparam("language"),
            Wording.digest == bindparam("digest"),
            ~exists().where(TABLE.c.ticket_id == bindparam("ticket"), TABLE.c.kind == bindparam("kind")),
        ),
    )
    .returning(TABLE.c.wording_id)
)
_KEPT: Final = (
    select(TicketWording.kind, Wording.number, TicketWording.accepted_at)
    .join(Wording, Wording.id == TicketWording.wording_id)
    .where(TicketWording.ticket_id == bindparam("ticket"))
)


@dataclass(frozen=True, slots=True)
class PaperWording:
    """The words of one paper."""

    #: ``None`` while nobody has used this wording.
    number: int | None
    texts: Mapping[str, str]
    figures: Mapping[str, Any]


def present_wording(kind: str, language: str) -> PaperWording:
    """Return what the settings say now."""
    values = get_group("simple")
    texts = {name: values[name].get(language, "") for name in TEXTS[kind]}
    return PaperWording(None, texts, {name: values[name] for name in FIGURES})


def wording_of(ticket_id: int, kind: str, language: str) -> PaperWording:
    """Return the wording that a paper of a ticket was agreed with; what the settings say now where there is none."""
    statement = (
        select(Wording.number, Wording.content)
        .join(TicketWording, TicketWording.wording_id == Wording.id)
        .where(TicketWording.ticket_id == ticket_id, TicketWording.kind == kind, Wording.language == language)
    )
    row = session().execute(statement).one_or_none()
    if row is None:
        return present_wording(kind, language)
    figures = {name: _money(value) for name, value in row.content["figures"].items()}
    return PaperWording(row.number, row.content["texts"], figures)


def keep_wording(ticket_id: int, kind: str, language: str) -> None:
    """Note that a paper of a ticket has the present wording, in the caller's unit of work; one that is noted stays.

    The wording's own row is made where it is new, also while others make one.

    :raises ConflictError: others were faster each time.
    """
    content = _content(present_wording(kind, language))
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    session().flush()
    given = {"ticket": ticket_id, "kind": kind, "language": language, "digest": digest}
    for _try in range(_TRIES):
        if session().execute(_KEEP, given).first() is not None:
            return
        if session().get(TicketWording, (ticket_id, kind)) is not None:
            return
        _make(kind, language, digest, content)
    raise ConflictError(_("The texts of the protocols are being changed at this moment. Try again."))


def accept_wording(ticket_id: int, kind: str) -> None:
    """Note that the client has accepted the wording that is kept with a ticket, in the caller's unit of work."""
    kept = session().get(TicketWording, (ticket_id, kind))
    if kept is not None and kept.accepted_at is None:
        kept.accepted_at = now()
        told = {"wording_id": (None, kept.wording_id)}
        record_change(TicketWording.__tablename__, ticket_id, ACCEPTED, changes=told)
        session().flush()


def wording_names(ids: Collection[int]) -> Mapping[int, str]:
    """Return the versions of wordings, as the history of changes names them."""
    rows = session().execute(select(Wording.id, Wording.number).where(Wording.id.in_(ids)))
    return {row.id: _("version %(number)s", number=row.number) for row in rows}


@dataclass(frozen=True, slots=True)
class KeptWording:
    """Which wording a ticket has for one of its papers."""

    number: int
    accepted_at: datetime | None


def kept_wordings(ticket_id: int) -> Mapping[str, KeptWording]:
    """Return the wording of each paper of a ticket that has one, by kind."""
    rows = session().execute(_KEPT, {"ticket": ticket_id})
    return {row.kind: KeptWording(row.number, row.accepted_at) for row in rows}


def figures_in_words(figures: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return the figures as texts name them, in ``language``; empty where the shop has set none."""
    with force_locale(language):
        days, months = figures["estimate_days"], figures["guarantee_months"]
        storage = figures["storage_days"]
        return {
            "diagnosis_fee": _amount(figures["diagnosis_fee"], language),
            "storage_fee": _amount(figures["storage_fee"], language),
            "estimate_validity": ngettext("%(num)s day", "%(num)s days", days),
            "storage_after": ngettext("%(num)s day", "%(num)s days", storage),
            "guarantee": ngettext("%(num)s month", "%(num)s months", months),
        }


def _make(kind: str, language: str, digest: str, content: dict[str, Any]) -> None:
    """Add a wording with the next number, unless somebody takes that number at this moment."""
    newest = select(func.max(Wording.number)).where(Wording.kind == kind, Wording.language == language)
    number = (session().scalar(newest) or 0) + 1
    made = Wording(kind=kind, language=language, number=number, digest=digest, content=content)
    with suppress(IntegrityError), session().begin_nested():
        session().add(made)
        session().flush()


def _content(wording: PaperWording) -> dict[str, Any]:
    figures = {
        name: {"amount": str(value.amount), "currency": value.currency} if isinstance(value, Money) else value
        for name, value in wording.figures.items()
    }
    return {"texts": dict(wording.texts), "figures": figures}


def _money(value: Any) -> Any:  # noqa: ANN401 - what JSON keeps of a figure
    if isinstance(value, Mapping):
        return Money(Decimal(value["amount"]), value["currency"])
    return value


def _amount(value: Money | None, language: str) -> str:
    if value is None or not value.amount:
        return ""
    return format_money(value, locale=language)
