"""Values that a service was given, read one by one, so that all that is wrong with them is said at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from flask_babel import gettext as _

from core.errors import InvalidInputError
from core.foundation.ui.parsing import check_length, clean_text, parse_integer
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
        """Return ``value`` clean and at most ``most`` characters long; what is wrong is noted and ``""`` returned."""
        found = self.read(name, lambda: check_length(clean_text(value, multiline=multiline), most), "")
        if required and not found and name not in self.errors:
            self.refuse(name, _("Fill this in."))
        return found

    def read(self, name: str, parse: Callable[[], Value], otherwise: Value) -> Value:
        """Return what ``parse`` reads; its ``ValueError`` is noted and ``otherwise`` returned."""
        try:
            return parse()
        except ValueError as error:
            self.refuse(name, str(error))
            return otherwise

    def take(self, check: Callable[[], Value], otherwise: Value) -> Value:
        """Return what ``check`` returns; the errors by field that it raises are noted and ``otherwise`` returned."""
        try:
            return check()
        except InvalidInputError as error:
            for name, messages in error.errors.items():
                self.errors.setdefault(name, []).extend(messages)
            return otherwise

    def finish(self, message: object = None) -> None:
        """Raise where anything was noted.

        :param message: What it means for the whole; by default all that was noted, one behind the other.
        :raises InvalidInputError: with ``message`` and the errors by field.
        """
        if self.errors:
            said = "; ".join(str(text) for texts in self.errors.values() for text in texts)
            raise InvalidInputError(said if message is None else message, self.errors)
