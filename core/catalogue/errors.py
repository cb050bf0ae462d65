"""What may be wrong with a catalogue item."""

from __future__ import annotations

from core.errors import InvalidInputError


class KnownCodeError(InvalidInputError):
    """Another item has this code already; ``item_id`` is that item."""

    def __init__(self, message: object, item_id: int) -> None:
        """Put the message beside the code."""
        super().__init__(message, {"code": [message]})
        self.item_id = item_id
