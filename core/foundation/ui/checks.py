"""Values that a service was given, read one by one, so that all that is wrong with them is said at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from flask_babel import gettext as _

from core.errors import InvalidInputError
from core.foundation.ui.parsing import clean_text, parse_integer
from core.types import LARGEST_ID

Value = TypeVar("Value")


def is_id(number: int) -> bool:
    """Tell whether ``number`` can be the id of anything."""
    return 1 <= number <= LARGEST_ID


def read_id(text: str | None) -> int | None:
    """Return the id that an address names, ``None`` where it names none that there can be."""
    try:
        return parse_integer(text or "", least=1, most=LARGEST_ID)
    except ValueError:
        return None


@dataclass(slots=True)
class Checks:
    """What was wrong so far, by field."""

    errors: dict[str, list[object]] = field(default_factory=dict)

    def refuse(self, name: str, message: object) -> None:
        """Note that the field ``name`` cannot be taken."""
        self.errors.setdefault(name, []).append(message)

    def text(
        self, name: str, value: str, most: int, *, required: bool = False, multiline: bool = False
    ) -> str:
        """Return ``value`` clean and at most ``most`` characters long; what is wrong is noted."""
        found = self.read(name, lambda: clean_text(value, multiline=multiline), "")
        if required and not found and name not in self.errors:
            self.refuse(name, _("Fill this in."))
        if len(found) > most:
            self.refuse(
                name,
                _("Write at most %(most)s characters; this has %(number)s.", most=most, number=len(found)),
            )
            return ""
        return found

    def read(self, name: str, parse: Callable[[], Value], otherwise: Value) -> Value:
        """Return what ``parse`` reads; its ``ValueError`` is noted and ``otherwise`` returned."""
        try:
            return parse()
        except ValueError as error:
            self.refuse(name, str(error))
            return otherwise

    def finish(self, message: object) -> None:
        """Raise where anything was noted.

        :raises InvalidInputError: with ``message`` and the errors by field.
        """
        if self.errors:
            raise InvalidInputError(message, self.errors)
