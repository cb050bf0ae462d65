"""The errors of tickets."""

from __future__ import annotations

from core.errors import ConflictError, DomainError, InvalidInputError, NotFoundError


class TicketNotFoundError(NotFoundError):
    """There is no such ticket here, or it is not the asker's to know of: both answer alike."""


class TransitionError(DomainError):
    """The status that was asked for may not follow the present one; the message names those that may."""


class ReasonMissingError(InvalidInputError):
    """The change needs its reason written down: cancelling, and opening what was closed."""


class TicketMovedError(ConflictError):
    """Somebody else has changed the status since the form was shown."""
