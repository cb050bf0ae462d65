"""The rules that a shop may switch on for its protocols, as the errors that they raise."""

from __future__ import annotations

from workmanager import DomainError, InvalidInputError


class ConditionMissingError(InvalidInputError):
    """The shop takes nothing in whose condition is not written down."""


class ReturnNotPrintedError(DomainError):
    """The shop hands nothing back before its return protocol was printed."""
