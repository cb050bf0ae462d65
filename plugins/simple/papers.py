"""The two papers of the first tier: what they are called, what they say, which words of the shop they carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import get_locale, gettext as _, lazy_gettext as _l
from flask_babel.speaklater import LazyString

from plugins.simple.texts import default_texts
from plugins.simple.wordings import (
    TEXTS,
    KeptWording,
    PaperWording,
    figures_in_words,
    kept_wordings,
    present_wording,
    wording_of,
)
from workmanager import (
    DocumentKind,
    DocumentText,
    Ticket,
    TicketPaper,
    current_locale,
    current_zone,
    format_datetime,
    paper_works,
)

PERMISSION: Final = "simple.protocol:print"


def paper_data(paper: TicketPaper, kind: str) -> dict[str, object]:
    """Return what the template of one kind is filled with: the ticket's facts, the figures of its wording, at the return its works."""
    wording = _wording(paper, kind)
    figures = figures_in_words(wording.figures, paper.language)
    works = paper_works(paper) if kind == "return" else {}
    return {**paper.facts(), **figures, **works, "wording_number": wording.number}


def paper_texts(paper: TicketPaper, kind: str, language: str) -> Mapping[str, str]:
    """Return the shop's texts of one kind, as they were on the day on which they were agreed."""
    del language
    return _wording(paper, kind).texts


def paper_standing(ticket: Ticket) -> Mapping[str, str]:
    """Return which wording each paper of a ticket has, and when the client accepted it; papers without one are left out."""
    return {kind: _standing(kept) for kind, kept in kept_wordings(ticket.id).items()}


def _standing(kept: KeptWording) -> str:
    if kept.accepted_at is None:
        return _("terms version %(number)s", number=kept.number)
    moment = format_datetime(kept.accepted_at, locale=current_locale(), zone=current_zone())
    return _("terms version %(number)s, accepted on %(moment)s", number=kept.number, moment=moment)


def _wording(paper: TicketPaper, kind: str) -> PaperWording:
    """Return the wording of a paper; an invented ticket has that of the settings."""
    if not paper.ticket_id:
        return present_wording(kind, paper.language)
    return wording_of(paper.ticket_id, kind, paper.language)


def _default(name: str) -> LazyString:
    """Return the text that the product brings along, in the language of the paper."""
    return LazyString(lambda: default_texts(name)[str(get_locale() or "en")[:2]])


def _kind(name: str, title: LazyString, titles: Mapping[str, LazyString]) -> DocumentKind:
    return DocumentKind(
        name=name,
        title=title,
        permission=PERMISSION,
        subject="ticket",
        template=f"simple/{name}.html",
        data=lambda paper: paper_data(paper, name),
        texts=tuple(DocumentText(text, titles[text], _default(text)) for text in TEXTS[name]),
        written=lambda paper, language: paper_texts(paper, name, language),
        standing=paper_standing,
        # The client's copy carries the code; the return protocol has no use for it.
        reveals=name == "intake",
    )


INTAKE: Final = _kind(
    "intake",
    _l("Intake protocol"),
    {"terms": _l("Terms and conditions"), "intake_note": _l("Text at the foot of the intake protocol")},
)
RETURN: Final = _kind("return", _l("Return protocol"), {"return_note": _l("Text of the return protocol")})
KINDS: Final = (INTAKE, RETURN)
