"""What the shop makes of its statuses: wordings, order, which may follow which, and presets to start from.

A status is retired, never deleted: tickets and timelines name theirs. The stage of a status never changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _, lazy_gettext as _l

from core.db import check_version, session
from core.errors import DomainError, NotFoundError
from core.foundation.tenants.services import LANGUAGES
from core.foundation.ui.checks import Checks, is_id
from core.tickets.models import TicketStatus
from core.tickets.stages import Stage
from core.tickets.statuses import CORRECTIONS, list_statuses

LONGEST_NAME: Final = 40
#: Without a status of each no ticket could be opened, and none closed.
NEEDED: Final = frozenset({Stage.RECEIVED, Stage.RETURNED, Stage.CANCELLED})

Names = Mapping[str, str]


class NeededStatusError(DomainError):
    """The only status in use of a stage that tickets need cannot be retired."""


@dataclass(frozen=True, slots=True)
class StatusPreset:
    """A set of statuses to start from: in its order, each with its stage and its wording, ``None`` for the name of the stage."""

    title: Any
    help: Any
    statuses: Sequence[tuple[Stage, Names | None]]


def _usual(*stages: Stage) -> list[tuple[Stage, Names | None]]:
    return [(stage, None) for stage in stages]


_CLOSING: Final = _usual(Stage.UNREPAIRABLE, Stage.RETURNED, Stage.CANCELLED)
PRESETS: Final[Mapping[str, StatusPreset]] = {
    "short": StatusPreset(
        _l("Short way"),
        _l("Received, in work, ready, returned."),
        _usual(Stage.RECEIVED, Stage.IN_WORK, Stage.READY, Stage.RETURNED, Stage.CANCELLED),
    ),
    "usual": StatusPreset(_l("Usual"), _l("One status for each stage of a repair."), _usual(*Stage)),
    "phones": StatusPreset(
        _l("Phones and laptops"),
        _l("With ordered parts and a test before the device is handed back."),
        [
            *_usual(Stage.RECEIVED, Stage.DIAGNOSIS, Stage.APPROVAL, Stage.WAITING_CLIENT),
            (Stage.WAITING_PARTS, {"ro": "Piesă comandată", "en": "Part ordered"}),
            (Stage.IN_WORK, None),
            (Stage.IN_WORK, {"ro": "În testare", "en": "Being tested"}),
            (Stage.READY, None),
            *_CLOSING,
        ],
    ),
    "appliances": StatusPreset(
        _l("Appliances"),
        _l("With visits at home and delivery."),
        [
            (Stage.RECEIVED, None),
            (Stage.DIAGNOSIS, {"ro": "Vizită programată", "en": "Visit planned"}),
            *_usual(Stage.DIAGNOSIS, Stage.APPROVAL, Stage.WAITING_CLIENT, Stage.WAITING_PARTS),
            *_usual(Stage.IN_WORK, Stage.READY),
            (Stage.READY, {"ro": "De livrat", "en": "To be delivered"}),
            *_CLOSING,
        ],
    ),
}


def get_status(status_id: int) -> TicketStatus:
    """Return a status, in use or retired.

    :raises NotFoundError: there is none of this id.
    """
    found = session().get(TicketStatus, status_id) if is_id(status_id) else None
    if found is None:
        raise NotFoundError(_("There is no such status."))
    return found


def add_status(stage: Stage, names: Names) -> TicketStatus:
    """Add a status behind the others of its stage, in use; every status may follow it, or what may follow its stage when closed.

    :raises InvalidInputError: a name is missing, too long, or that of another status in use.
    """
    statuses = list(list_statuses(active=False))
    status = TicketStatus(stage=stage, name=_read_names(names, None), position=0, is_active=True)
    if not stage.is_open:
        back = CORRECTIONS[stage]
        status.next_ids = [one.id for one in statuses if one.is_active and one.stage in back]
    at = max((place for place, one in enumerate(statuses) if one.stage is stage), default=len(statuses) - 1)
    statuses.insert(at + 1, status)
    session().add(status)
    _number(statuses)
    return status


def change_wording(
    status_id: int, *, names: Names, next_ids: Collection[int] | None, version: int | None
) -> TicketStatus:
    """Word a status in another way, and say which may follow it: tickets that stand in it show both at once.

    :param names: By language; without any the status is called like its stage.
    :param next_ids: Statuses that may follow; ``None`` means every one.
    :raises NotFoundError: there is no such status.
    :raises ConflictError: somebody else has changed it since ``version``.
    :raises InvalidInputError: a name cannot be taken, or a ticket could not leave the status any more; by field.
    """
    status = get_status(status_id)
    check_version(status.version, version)
    checks = Checks()
    words = checks.take(lambda: _read_names(names, status), None)
    following = checks.read("next_ids", lambda: _read_next(status, next_ids), None)
    checks.finish(_("The status was not saved."))
    status.name, status.next_ids = words, following
    session().flush()
    return status


def move_status(status_id: int, *, up: bool) -> TicketStatus:
    """Let a status change places with the one before or behind it; at the end of the list nothing happens.

    :raises NotFoundError: there is no such status.
    """
    status = get_status(status_id)
    statuses = list(list_statuses(active=False))
    at = statuses.index(status)
    other = at - 1 if up else at + 1
    if 0 <= other < len(statuses):
        statuses[at], statuses[other] = statuses[other], statuses[at]
    _number(statuses)
    return status


def use_status(status_id: int, *, in_use: bool) -> TicketStatus:
    """Offer a status again, or retire it: tickets that stand in it keep it and can be moved on.

    :raises NotFoundError: there is no such status.
    :raises NeededStatusError: it is the last one with which tickets are opened or closed.
    :raises InvalidInputError: another status in use is called like this one.
    """
    status = get_status(status_id)
    if not in_use and status.stage in NEEDED:
        others = [one for one in list_statuses() if one.stage is status.stage and one is not status]
        if not others:
            raise NeededStatusError(
                _(
                    "This is the only status of the stage “%(stage)s”: add another one first.",
                    stage=status.stage.label,
                )
            )
    if in_use and status.name:
        _read_names(status.name, status)
    status.is_active = in_use
    session().flush()
    return status


def apply_preset(key: str) -> None:
    """Put the statuses of a preset into use, in its order, and retire all others; wordings that are missing are added.

    :raises NotFoundError: there is no such preset.
    """
    preset = PRESETS.get(key)
    if preset is None:
        raise NotFoundError(_("There is no such preset."))
    known = list(list_statuses(active=False))
    wanted: list[TicketStatus] = []
    for stage, names in preset.statuses:
        status = next((one for one in known if one.stage is stage and (one.name or None) == names), None)
        if status is None:
            status = TicketStatus(stage=stage, name=None if names is None else dict(names), position=0)
            session().add(status)
        status.is_active, status.next_ids = True, None
        wanted.append(status)
    retired = [one for one in known if one not in wanted]
    for one in retired:
        one.is_active = False
    _number([*wanted, *retired])
    for status in wanted:
        if not status.stage.is_open:
            back = CORRECTIONS[status.stage]
            status.next_ids = [one.id for one in wanted if one.stage in back]
    session().flush()


def _number(statuses: Sequence[TicketStatus]) -> None:
    for place, status in enumerate(statuses, start=1):
        status.position = place
    session().flush()


def _read_names(names: Names, of: TicketStatus | None) -> dict[str, str] | None:
    """Return the wordings by language, ``None`` where there is none.

    :param of: The status that is changed; a new one needs a name of its own.
    """
    checks = Checks()
    found = {
        language: checks.text(f"name_{language}", names.get(language, ""), LONGEST_NAME)
        for language in LANGUAGES
    }
    given = {language: text for language, text in found.items() if text}
    if of is None and not given and not checks.errors:
        checks.refuse(f"name_{LANGUAGES[0]}", _("Fill this in."))
    for other in list_statuses():
        if other is of:
            continue
        for language, text in given.items():
            if text.casefold() == (other.name or {}).get(language, "").casefold():
                checks.refuse(f"name_{language}", _("Another status is called like this."))
    checks.finish(_("The status was not saved."))
    return given or None


def _read_next(status: TicketStatus, next_ids: Collection[int] | None) -> list[int] | None:
    if next_ids is None:
        return None
    known = [one for one in list_statuses(active=False) if one.id in next_ids and one is not status]
    if status.stage.is_open and not any(one.is_active for one in known):
        raise ValueError(_("Choose at least one: otherwise no ticket could leave this status."))
    return sorted(one.id for one in known)


def titles_of(ids: Collection[int], statuses: Sequence[TicketStatus], language: str) -> list[str]:
    """Return how the statuses of ``ids`` that are in use are worded, in the shop's order."""
    return [one.title(language) for one in statuses if one.is_active and one.id in ids]
