"""The errors of printed papers."""

from __future__ import annotations

from core.errors import BusyError, InvalidInputError


class TemplateError(InvalidInputError):
    """A text that the tenant edits does not parse, asks for what is not there, or wants more than a text may."""

    def __init__(self, message: object, *, line: int | None = None) -> None:
        """Keep the line of the template, counted from 1, where it is known."""
        super().__init__(message)
        self.line = line


class RenderError(InvalidInputError):
    """The renderer refused the paper; nothing was printed.

    ``code`` says why: ``outside`` (it refers to something outside itself), ``image``, ``font``, ``markup`` (it cannot be laid out),
    ``crash`` (the renderer ended without an answer). ``detail`` is for the log and the template's author, in English.
    """

    def __init__(
        self,
        message: object,
        *,
        code: str = "markup",
        detail: str = "",
        line: int | None = None,
    ) -> None:
        """Keep the reason, the detail and, where it is known, the line of the HTML, counted from 1."""
        super().__init__(message)
        self.code = code
        self.detail = detail
        self.line = line


class RenderLimitError(RenderError):
    """The paper needs more time, memory or pages than one paper may take; ``code`` is ``time``, ``memory`` or ``size``."""


class RenderBusyError(BusyError):
    """The render server could not be started, or has more papers waiting than it takes; try again in a moment."""
