"""Why a work cannot be added or taken back."""

from __future__ import annotations

from core.errors import DomainError, NotFoundError


class WorkNotFoundError(NotFoundError):
    """There is no such work, or its ticket is not the asker's to know of: both answer alike."""


class TicketClosedError(DomainError):
    """The device has gone back: nothing is done on it any more."""


class WorkReversedError(DomainError):
    """The work is taken back already, or takes another one back itself."""
