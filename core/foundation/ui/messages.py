"""What a page says once, after something was done: a toast for what went well, a note for what did not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from flask import flash, get_flashed_messages

#: Categories that pass by in a toast; all others stay in a note until the next page.
PASSING: Final = frozenset({"ok", "message", "success"})
#: Tones of ``wm-note`` by the categories that views use.
TONES: Final = {"error": "bad", "bad": "bad", "warning": "warn", "warn": "warn"}
#: Icons of the tones.
ICONS: Final = {
    "bad": "exclamation-circle",
    "warn": "exclamation-triangle",
    "info": "lightbulb",
    "ok": "check-circle",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence to the reader, with the way back where there is one."""

    text: str
    tone: str = "ok"
    #: A POST to this address takes the deed back.
    undo_url: str = ""

    @property
    def icon(self) -> str:
        """The icon that stands before the sentence."""
        return ICONS.get(self.tone, "lightbulb")


def say(text: object, *, undo_url: str = "") -> None:
    """Say on the next page that something was done, with Undo where ``undo_url`` can take it back."""
    flash(asdict(Message(str(text), "ok", undo_url)), "ok")  # type: ignore[arg-type]  # any JSON will do


def warn(text: object, *, tone: str = "warn") -> None:
    """Say on the next page what the reader should know: ``warn``, ``bad`` or ``info``."""
    flash(str(text), tone)


def messages() -> tuple[list[Message], list[Message]]:
    """Return what is to be said now: passing messages, and those that stay."""
    passing: list[Message] = []
    staying: list[Message] = []
    flashed: Any = get_flashed_messages(with_categories=True)
    for category, content in flashed:
        if isinstance(content, dict):
            passing.append(Message(**content))
        elif category in PASSING:
            passing.append(Message(content))
        else:
            staying.append(Message(content, TONES.get(category, "info")))
    return passing, staying
