"""What people do in the shop, asked of the product and of the bare stack alike."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from tests.bench import people
from tests.bench.browser import SEE_OTHER
from tests.bench.load import Request, Script
from tests.bench.product import Product, stage_of
from tests.bench.reference_tables import STAGES

#: Steps from one ticket to the next one that is asked for: far apart, so that no cache knows it.
_STEP: Final = 7_727
#: Users at most.
_USERS: Final = 8
_PROBLEM: Final = "Ecran spart, tactil parțial"


@dataclass(frozen=True, slots=True)
class Ground:
    """The shop that is visited."""

    shop: people.Shop
    #: Ids of the product's statuses by stage, and the status of every ticket that was moved.
    statuses: dict[str, int]
    moved: dict[int, int] = field(default_factory=dict)
    #: How many forms each user has sent to either side.
    _sent: Counter[tuple[str, int]] = field(default_factory=Counter)

    @classmethod
    def of(cls, product: Product) -> Ground:
        """Return the ground of an installation that nobody has visited yet."""
        return cls(product.shop, product.statuses)

    def ticket(self, user: int, number: int) -> int:
        """Return the ticket that a user asks for with the request of this number."""
        return 1 + (user * 104_729 + number * _STEP) % self.shop.tickets

    def turn(self, side: str, user: int) -> int:
        """Return the number of the form that a user sends now: forms meet other devices and other tickets every time."""
        self._sent[side, user] += 1
        return self._sent[side, user]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that both have, and how much more than the bare stack's the product's may cost."""

    name: str
    target: float
    #: Returns the requests of the product, and those of the bare stack.
    scripts: Callable[[Ground], tuple[Script, Script]]
    #: What the first answer says.
    status: int = 200
    #: Whether the page that the answer to a form leads to belongs to the time.
    shown: bool = False

    @property
    def expected(self) -> int:
        """Status of the last answer."""
        return 200 if self.shown else self.status

    @property
    def writes(self) -> bool:
        """Whether a form is sent."""
        return self.status == SEE_OTHER

    @property
    def has_body(self) -> bool:
        """Whether the last answer is a page to look at."""
        return self.expected == 200


def _list(_ground: Ground) -> tuple[Script, Script]:
    def ask(_user: int, _number: int) -> Request:
        return Request("GET", "/tickets/?view=all")

    return ask, ask


def _search(part: Callable[[people.Shop, int], str]) -> Callable[[Ground], tuple[Script, Script]]:
    def scripts(ground: Ground) -> tuple[Script, Script]:
        def ask(user: int, number: int) -> Request:
            return Request("GET", "/search?q=" + quote(part(ground.shop, ground.ticket(user, number))))

        return ask, ask

    return scripts


def _serial(shop: people.Shop, ticket: int) -> str:
    """Return most of the unique ID of a ticket's device: the whole would open the record at once."""
    return people.device_code(shop.device_of(ticket))[3:14]


def _phone(shop: people.Shop, ticket: int) -> str:
    """Return the end of the telephone number of a ticket's client."""
    return people.client_phone(shop.client_of(shop.device_of(ticket)))[4:]


def _open(ground: Ground) -> tuple[Script, Script]:
    def ask(user: int, number: int) -> Request:
        return Request("GET", f"/tickets/{ground.ticket(user, number)}")

    return ask, ask


def _create(ground: Ground) -> tuple[Script, Script]:
    def known(side: str, user: int) -> dict[str, str]:
        device = ground.shop.device_of(ground.ticket(user, ground.turn(side, user)))
        client = ground.shop.client_of(device)
        return {"client_id": str(client), "equipment_id": str(device), "problem": _PROBLEM}

    def ours(user: int, _number: int) -> Request:
        more = {"location_id": "1", "priority": "normal", "_key": str(uuid.uuid4())}
        return Request("POST", "/tickets/new", known("product", user) | more)

    return ours, lambda user, _number: Request("POST", "/tickets/new", known("bare stack", user))


def _move(ground: Ground) -> tuple[Script, Script]:
    """Move open tickets on and back; every user has tickets of their own, and takes them in turn."""

    def ticket(side: str, user: int) -> int:
        return ground.shop.tickets - user - _USERS * (ground.turn(side, user) % (ground.shop.open // _USERS))

    def ours(user: int, _number: int) -> Request:
        moved = ticket("product", user)
        before = ground.moved.get(moved, ground.statuses[stage_of(ground.shop, moved)])
        work = ground.statuses["in_work"]
        ground.moved[moved] = after = ground.statuses["diagnosis"] if before == work else work
        form = {"from_id": str(before), "status_id": str(after), "note": "", "_key": str(uuid.uuid4())}
        return Request("POST", f"/tickets/{moved}/status", form)

    def theirs(user: int, number: int) -> Request:
        form = {"status_id": str(STAGES["in_work" if number % 2 else "diagnosis"]), "note": ""}
        return Request("POST", f"/tickets/{ticket('bare stack', user)}/status", form)

    return ours, theirs


PAGES: Final = (
    Page("List, newest 25", 1.5, _list),
    Page("Search, serial", 1.5, _search(_serial)),
    Page("Search, phone", 1.5, _search(_phone)),
    Page("Open a ticket", 2.2, _open),
    Page("Create a ticket", 2.0, _create, SEE_OTHER),
    Page("Create, until the ticket is shown", 2.0, _create, SEE_OTHER, shown=True),
    Page("Change the status", 2.0, _move, SEE_OTHER),
    Page("Change, until the ticket is shown", 2.0, _move, SEE_OTHER, shown=True),
)
