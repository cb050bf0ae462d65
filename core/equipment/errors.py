"""What may be wrong with a device."""

from __future__ import annotations

from core.errors import InvalidInputError


class KnownEquipmentError(InvalidInputError):
    """Another device has this unique ID already; ``equipment_id`` is that device."""

    def __init__(self, message: object, equipment_id: int) -> None:
        """Put the message beside the unique ID."""
        super().__init__(message, {"unique_id": [message]})
        self.equipment_id = equipment_id


class KnownTypeError(InvalidInputError):
    """Another equipment type has this name already."""

    def __init__(self, message: object) -> None:
        """Put the message beside the name."""
        super().__init__(message, {"name": [message]})
