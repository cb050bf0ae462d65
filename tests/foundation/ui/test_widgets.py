"""Our controls are those of WTForms, letter by letter."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup
from wtforms import Field, widgets
from wtforms.widgets import html_params

from core.foundation.ui import widgets as ours
from core.foundation.ui.forms import (
    BaseForm,
    CheckField,
    IntegerField,
    PasswordField,
    Required,
    TextAreaField,
    TextField,
)


@pytest.mark.parametrize(
    "given",
    [
        {"class_": "form-control", "data_key": "f", "aria_label": "Nume", "id": "q"},
        {"checked": True, "disabled": False, "value": "<\"'&>"},
        {"title": Markup('<b>"x"</b>'), "rows": 3, "placeholder": None, "data-key-label": "Notă"},
        {},
    ],
    ids=repr,
)
def test_attributes_are_written_as_wtforms_writes_them(given: dict[str, Any]) -> None:
    assert ours.attributes(**given) == html_params(**given)


class _Form(BaseForm):
    text = TextField("Text", required=True, max_length=20, render_kw={"data-scan": True})
    area = TextAreaField("Area", max_length=50, validators=[Required()])
    password = PasswordField("Password", required=True)
    yes = CheckField("Yes", required=True)
    version = IntegerField("Version")


@pytest.mark.parametrize(
    ("name", "own", "theirs"),
    [
        ("text", ours.TextInput(), widgets.TextInput()),
        ("area", ours.TextArea(), widgets.TextArea()),
        ("password", ours.PasswordInput(), widgets.PasswordInput()),
        ("yes", ours.CheckboxInput(), widgets.CheckboxInput()),
        ("version", ours.HiddenInput(), widgets.HiddenInput()),
    ],
)
@pytest.mark.parametrize("data", [None, '<a> & "b"', 7])
@pytest.mark.parametrize("attributes", [{}, {"id": "other", "class": "x", "required": False, "value": "v"}])
def test_controls_are_drawn_as_wtforms_draws_them(  # noqa: PLR0917 - a table
    app: Flask, name: str, own: Any, theirs: Any, data: object, attributes: dict[str, Any]
) -> None:
    with app.test_request_context("/"):
        form = _Form(data={name: data})
        field: Field = form[name]
        assert own(field, **attributes) == theirs(field, **attributes)
        assert field(**attributes).startswith("<textarea " if name == "area" else "<input ")
