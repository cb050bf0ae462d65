"""The controls of fields: what the widgets of WTForms draw, letter by letter, in a fraction of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from wtforms import widgets
from wtforms.widgets.core import clean_key  # type: ignore[attr-defined]  # its stubs leave it out

from core.foundation.ui.templates import plain

if TYPE_CHECKING:
    from wtforms import Field


def attributes(**given: object) -> Markup:
    """Return ``given`` as HTML attributes, sorted by name: ``True`` stands alone, ``False`` is left out."""
    parts = []
    for name, value in sorted(given.items()):
        if value is True:
            parts.append(plain(clean_key(name)))
        elif value is not False:
            # The plain method: that of Markup would escape what it puts in.
            text = str.replace(plain(value), '"', "&quot;")
            parts.append(f'{plain(clean_key(name))}="{text}"')
    return Markup(" ".join(parts))  # noqa: S704 - each part is escaped


def _rules(widget: Any, field: Field, given: dict[str, Any]) -> None:  # noqa: ANN401 - any widget of WTForms
    """Add to ``given`` what the validators of ``field`` let the browser know: required, maxlength."""
    for name, value in vars(field.flags).items():
        if name in widget.validation_attrs and name not in given:
            given[name] = value() if callable(value) else value


class Control:
    """Draws an ``<input>``; a base beside the widget of WTForms that knows its type."""

    input_type: str

    def __call__(self, field: Any, **given: Any) -> Markup:  # noqa: ANN401 - WTForms'
        """Return the control."""
        given.setdefault("id", field.id)
        given.setdefault("type", self.input_type)
        if "value" not in given:
            given["value"] = field._value()  # noqa: SLF001 - how widgets of WTForms ask
        _rules(self, field, given)
        return Markup(f"<input {attributes(name=field.name, **given)}>")  # noqa: S704 - attributes are escaped


class TextInput(Control, widgets.TextInput):
    """A line of text."""


class HiddenInput(Control, widgets.HiddenInput):
    """A value that nobody sees."""


class PasswordInput(Control, widgets.PasswordInput):
    """A password, never shown again."""

    def __call__(self, field: Any, **given: Any) -> Markup:  # noqa: ANN401 - WTForms'
        """Return the control, empty."""
        return super().__call__(field, **{**given, "value": ""})


class CheckboxInput(Control, widgets.CheckboxInput):
    """Yes or no."""

    def __call__(self, field: Any, **given: Any) -> Markup:  # noqa: ANN401 - WTForms'
        """Return the control, checked where the answer is yes."""
        if field.data:
            given.setdefault("checked", True)
        return super().__call__(field, **given)


class TextArea(widgets.TextArea):
    """Several lines of text."""

    def __call__(self, field: Any, **given: Any) -> Markup:  # noqa: ANN401 - WTForms'
        """Return the control."""
        given.setdefault("id", field.id)
        _rules(self, field, given)
        text = plain(field._value())  # noqa: SLF001 - how widgets of WTForms ask
        return Markup(f"<textarea {attributes(name=field.name, **given)}>\r\n{text}</textarea>")  # noqa: S704 - escaped
