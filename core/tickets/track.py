"""Where a ticket has been and for how long, told from its timeline: shop time and client time apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.tickets.models import EventKind
from core.tickets.stages import OPEN, Stage, Turn

#: What a reader of an unfinished road is shown beyond the present stage.
AHEAD = (Stage.READY, Stage.RETURNED)


class Moved(Protocol):
    """A row of the timeline, as far as the road is told from it."""

    @property
    def kind(self) -> EventKind:
        """What happened."""

    @property
    def at(self) -> datetime:
        """When it happened."""

    @property
    def data(self) -> dict[str, object]:
        """Facts; ``stage`` is the one that began."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One uninterrupted time in a stage."""

    stage: Stage
    since: datetime
    #: ``None`` while it lasts.
    until: datetime | None

    def lasted(self, now: datetime) -> timedelta:
        """Return how long it lasted, or has lasted until ``now``."""
        return (self.until or now) - self.since


def visits(events: Iterable[Moved]) -> list[Visit]:
    """Return the stages in the order in which they were entered; a change within a stage does not interrupt it.

    :param events: The timeline of one ticket, oldest first; only openings and status changes count.
    """
    found: list[Visit] = []
    for event in events:
        if event.kind not in {EventKind.OPENED, EventKind.STATUS}:
            continue
        stage = Stage(str(event.data["stage"]))
        if found and found[-1].stage is stage:
            continue
        if found:
            found[-1] = Visit(found[-1].stage, found[-1].since, event.at)
        found.append(Visit(stage, event.at, None))
    return found


def ahead(past: Sequence[Visit]) -> list[Stage]:
    """Return the stages that still lie ahead on the usual road; none once the ticket is closed."""
    if not past or not past[-1].stage.is_open:
        return []
    here = past[-1].stage
    if here is Stage.UNREPAIRABLE:
        return [Stage.RETURNED]
    return [stage for stage in AHEAD if stage is not here]


def time_by_turn(past: Sequence[Visit], now: datetime) -> dict[Turn, timedelta]:
    """Return how long each side has had the move, sides without any left out."""
    spent: dict[Turn, timedelta] = {}
    for visit in past:
        turn = visit.stage.turn
        if turn is not None and visit.stage in OPEN:
            spent[turn] = spent.get(turn, timedelta()) + visit.lasted(now)
    return spent
