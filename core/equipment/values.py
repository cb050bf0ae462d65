"""What areas tell each other of devices: frozen values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """An earlier stay of a device in the shop."""

    #: Number of the ticket.
    title: str
    url: str
    #: What was done, for how much, when.
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Visits:
    """How often a device was here, and the newest stays, at most two."""

    count: int
    last: tuple[Visit, ...] = ()
