from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from core.tickets.models import EventKind
from core.tickets.stages import Stage, Turn
from core.tickets.track import ahead, time_by_turn, visits

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Event:
    kind: EventKind
    hours: float
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return START + timedelta(hours=self.hours)


ROAD = [
    Event(EventKind.OPENED, 0, {"stage": "received"}),
    Event(EventKind.NOTE, 0.5),
    Event(EventKind.STATUS, 1, {"stage": "diagnosis"}),
    Event(EventKind.STATUS, 3, {"stage": "waiting_client"}),
    Event(EventKind.STATUS, 4, {"stage": "waiting_client"}),
    Event(EventKind.STATUS, 18, {"stage": "in_work"}),
]
NOW = START + timedelta(hours=20)


def test_the_road_is_told_by_stages_and_not_by_wordings_or_notes() -> None:
    told = [(visit.stage, visit.lasted(NOW)) for visit in visits(ROAD)]
    assert told == [
        (Stage.RECEIVED, timedelta(hours=1)),
        (Stage.DIAGNOSIS, timedelta(hours=2)),
        (Stage.WAITING_CLIENT, timedelta(hours=15)),
        (Stage.IN_WORK, timedelta(hours=2)),
    ]


def test_shop_time_and_client_time_are_counted_apart() -> None:
    assert time_by_turn(visits(ROAD), NOW) == {
        Turn.SHOP: timedelta(hours=5),
        Turn.CLIENT: timedelta(hours=15),
    }


def test_time_after_the_return_is_nobodys() -> None:
    returned = [*ROAD, Event(EventKind.STATUS, 20, {"stage": "returned"})]
    spent = time_by_turn(visits(returned), NOW + timedelta(days=30))
    assert sum(spent.values(), timedelta()) == timedelta(hours=20)


def test_what_lies_ahead_ends_with_the_return() -> None:
    assert ahead(visits(ROAD)) == [Stage.READY, Stage.RETURNED]
    assert ahead(visits([*ROAD, Event(EventKind.STATUS, 19, {"stage": "ready"})])) == [Stage.RETURNED]
    assert ahead(visits([*ROAD, Event(EventKind.STATUS, 19, {"stage": "unrepairable"})])) == [Stage.RETURNED]
    assert ahead(visits([*ROAD, Event(EventKind.STATUS, 19, {"stage": "cancelled"})])) == []
    assert ahead(visits([])) == []
