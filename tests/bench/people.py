"""Invented shops of any size: the same clients, devices and tickets for the product and for the reference.

Everything follows from a number, so that a row can be made anywhere and found again without asking the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_FIRST: Final = (
    "Maria",
    "Ștefan",
    "Elena",
    "Gabriel",
    "Ilinca",
    "Vasile",
    "Ana",
    "George",
    "Dan",
    "Oana",
    "Țiriac",
    "Ioan",
)
_LAST: Final = (
    "Popescu",
    "Crișan",
    "Bîrlea",
    "Mărginean",
    "Șerban",
    "Roșu",
    "Țuțuianu",
    "Hanganu",
    "Neagu",
    "Oltean",
    "Pîrvu",
)
_DEVICES: Final = (
    ("Apple", "iPhone 13"), ("Samsung", "Galaxy A54"), ("Beko", "WUE 7612"), ("Arctic", "AB 1067"), ("Huawei", "P30"),
    ("Gorenje", "WNEI 84"), ("Dyson", "V10"), ("Electrolux", "EW6"), ("Google", "Pixel 7"), ("Braun", "MQ7"),
)  # fmt: skip
_PROBLEMS: Final = (
    "Ecran spart, tactil parțial", "Nu centrifughează", "Baterie umflată", "Contact cu lichid", "Nu pornește după update",
    "Scurgere la ușă", "Se închide singur", "Port de încărcare", "Fără imagine", "Rulmenți tambur", "Supraîncălzire",
)  # fmt: skip
#: The moment up to which these shops have worked.
TODAY: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
#: Tickets that are not closed, at most: a shop has only so many shelves.
SHELVES: Final = 500
#: Coprime to everything of interest, so that neighbours differ.
_STRIDE: Final = 7919


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop with this many tickets; ids of all rows begin with 1."""

    tickets: int

    @property
    def clients(self) -> int:
        """How many clients there are: each comes about twice."""
        return max(1, self.tickets // 2)

    @property
    def devices(self) -> int:
        """How many devices there are: some come back."""
        return max(1, self.tickets * 2 // 3)

    def client_of(self, device: int) -> int:
        """Return the client whose ``device`` it is."""
        return 1 + device % self.clients

    def device_of(self, ticket: int) -> int:
        """Return the device of ``ticket``."""
        return 1 + ticket * _STRIDE % self.devices

    @property
    def open(self) -> int:
        """How many tickets are not closed: the newest."""
        return min(SHELVES, max(30, self.tickets // 2))

    def is_open(self, ticket: int) -> bool:
        """Whether the device of ``ticket`` is still in the shop."""
        return ticket > self.tickets - self.open

    def opened_at(self, ticket: int) -> datetime:
        """Return when ``ticket`` was opened: one every eleven minutes, up to today."""
        return TODAY - timedelta(minutes=11 * (self.tickets - ticket))


def client_name(client: int) -> str:
    """Return the name of a client."""
    return f"{_LAST[client % len(_LAST)]} {_FIRST[client * _STRIDE % len(_FIRST)]} {client // 132}"


def client_phone(client: int) -> str:
    """Return the telephone number of a client, as it is stored: with country code."""
    return f"+407{client * _STRIDE % 100_000_000:08}"


def device_names(device: int) -> tuple[str, str]:
    """Return manufacturer and model of a device."""
    return _DEVICES[device % len(_DEVICES)]


def device_kinds() -> tuple[tuple[str, str], ...]:
    """Return every manufacturer with its one model; device ``n`` is the one at ``n`` modulo their number."""
    return _DEVICES


def device_code(device: int) -> str:
    """Return the unique ID of a device."""
    return f"35{device * _STRIDE % 10_000_000_000_000:013}"


def ticket_number(ticket: int) -> str:
    """Return the number of a ticket."""
    return f"CJ-{ticket:06}"


def ticket_problem(ticket: int) -> str:
    """Return what is wrong."""
    return _PROBLEMS[ticket * _STRIDE % len(_PROBLEMS)]


def ticket_estimate(ticket: int) -> int:
    """Return what the repair may cost, in bani."""
    return 5_000 + ticket * _STRIDE % 90_000
