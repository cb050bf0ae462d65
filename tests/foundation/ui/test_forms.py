from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, g, request
from flask_wtf.csrf import generate_csrf
from hypothesis import HealthCheck, given, settings, strategies as st
from werkzeug.datastructures import MultiDict

from core.errors import ConflictError, InvalidInputError
from core.foundation.ui.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    DateField,
    DateTimeField,
    DecimalField,
    EmailField,
    FilterForm,
    IntegerField,
    MoneyField,
    MultiChoiceField,
    PasswordField,
    PhoneField,
    QuantityField,
    RadioField,
    SectionForm,
    TextAreaField,
    TextField,
    TimeField,
    VersionedForm,
    shown,
)


class IntakeForm(VersionedForm):
    """A form with a field of every kind."""

    name = TextField("Name", required=True, max_length=20)
    notes = TextAreaField("Notes", max_length=50)
    email = EmailField("E-mail")
    phone = PhoneField("Telephone")
    password = PasswordField("Password")
    estimate = MoneyField("Estimate", most=10_000)
    quantity = QuantityField("Quantity")
    rate = DecimalField("Rate", decimals=4, least=None)
    priority = IntegerField("Priority", least=1, most=5)
    due = DateField("Due")
    at = TimeField("At")
    moment = DateTimeField("Moment")
    kind = ChoiceField("Kind", choices=[(1, "Phone"), (2, "Laptop")])
    turn = RadioField("Turn", choices=[("shop", "Us"), ("client", "Client")])
    problems = MultiChoiceField("Problems", choices=[(7, "Screen"), (8, "Battery")])
    accepted = CheckField("Accepted")


GOOD = {
    "name": "  iPhone 13  ",
    "notes": "one\r\ntwo",
    "email": "ana@exemplu.ro",
    "phone": "0744 555 207",
    "password": " secret ",
    "estimate": "1.480,50 lei",
    "quantity": "2,5",
    "rate": "-4,9821",
    "priority": "3",
    "due": "vi 27.11.2026",
    "at": "17:00",
    "moment": "27.11.2026 17:00",
    "kind": "2",
    "turn": "shop",
    "problems": ["7", "8"],
    "accepted": "y",
    "version": "4",
}
READ = {
    "name": "iPhone 13",
    "notes": "one\ntwo",
    "email": "ana@exemplu.ro",
    "phone": "+40744555207",
    "password": " secret ",
    "estimate": Decimal("1480.50"),
    "quantity": Decimal("2.500"),
    "rate": Decimal("-4.9821"),
    "priority": 3,
    "due": date(2026, 11, 27),
    "at": time(17),
    "moment": datetime(2026, 11, 27, 15, 0, tzinfo=UTC),
    "kind": 2,
    "turn": "shop",
    "problems": [7, 8],
    "accepted": True,
    "version": 4,
}


@dataclass
class Stored:
    """A record that a form shows."""

    name: str = "iPhone 13"
    phone: str = "+40744555207"
    estimate: Decimal = Decimal("1480.5")
    due: date = date(2026, 11, 27)
    moment: datetime = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    kind: int = 2
    version: int = 4


def sent(app: Flask, data: Mapping[str, Any], *, language: str = "ro", cls: type[Any] = IntakeForm) -> Any:
    """Return a form that got ``data`` and has been validated."""
    with app.test_request_context("/", method="POST", data=data, headers={"X-Test-Language": language}):
        g.csrf_valid = True
        form = cls()
        form.valid = form.validate()
        form.html = {field.name: str(field()) for field in form}
        form.summary = list(form.error_summary)
        return form


def test_every_field_reads_what_people_type(app: Flask) -> None:
    form = sent(app, GOOD)
    assert form.errors == {}
    assert {name: form[name].data for name in READ} == READ


def test_empty_fields_are_nothing_and_not_zero(app: Flask) -> None:
    form = sent(app, {"name": "x"})
    assert form.valid
    assert form.name.data == "x"
    assert (form.notes.data, form.email.data, form.password.data) == ("", "", "")
    empty = (
        "phone",
        "estimate",
        "quantity",
        "rate",
        "priority",
        "due",
        "at",
        "moment",
        "kind",
        "turn",
        "version",
    )
    assert {form[name].data for name in empty} == {None}
    assert form.problems.data == []
    assert form.accepted.data is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 21),
        ("name", "a\x00b"),
        ("notes", "x" * 51),
        ("email", "ana@"),
        ("email", "a@b\r\nBcc: c@d.ro"),
        ("phone", "12"),
        ("password", "x" * 1025),
        ("estimate", "abc"),
        ("estimate", "1e999999999"),
        ("estimate", "10001"),
        ("estimate", "-1"),
        ("estimate", "1,2356"),
        ("quantity", "9" * 30),
        ("rate", "1,23456"),
        ("priority", "0"),
        ("priority", str(2**63)),
        ("priority", "9" * 5000),
        ("due", "31.02.2026"),
        ("at", "25:00"),
        ("moment", "29.03.2026 03:30"),
        ("kind", "3"),
        ("kind", "9" * 5000),
        ("kind", "\x00"),
        ("turn", "nobody"),
        ("problems", ["7", "9"]),
        ("version", "x"),
        ("_key", "not a key"),
    ],
)
def test_what_cannot_be_taken_is_an_error_beside_its_field(
    app: Flask, field: str, value: str | list[str]
) -> None:
    form = sent(app, {**GOOD, field: value})
    assert not form.valid
    assert list(form.errors) == [field.replace("_key", "key")]
    assert len(form.errors[field.replace("_key", "key")]) == 1


@pytest.mark.parametrize(
    ("field", "value", "shown_again"),
    [
        ("estimate", "12,345,6", "12,345,6"),
        ("name", "a\x00b", "ab"),
        ("name", "<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"),
        ("due", "31.02.2026", "31.02.2026"),
        ("moment", "x", "x"),
        ("priority", "seven", "seven"),
        ("email", "ana@", "ana@"),
        ("notes", "y" * 51, "y" * 51),
    ],
)
def test_what_was_typed_is_kept(app: Flask, field: str, value: str, shown_again: str) -> None:
    assert shown_again in sent(app, {**GOOD, field: value}).html[field]


def test_a_password_is_never_shown_again(app: Flask) -> None:
    assert "secret" not in sent(app, {**GOOD, "name": ""}).html["password"]


def test_a_chosen_option_stays_chosen_whatever_else_is_wrong(app: Flask) -> None:
    form = sent(app, {**GOOD, "name": ""})
    assert '<option value="2" selected>Laptop</option>' in form.html["kind"]
    assert [value for value, _label, on in form.problems.options() if on] == ["7", "8"]


def test_choices_may_be_set_after_the_form_is_made(app: Flask) -> None:
    class Later(BaseForm):
        place = ChoiceField("Place", required=True)

    with app.test_request_context("/", method="POST", data={"place": "3"}):
        g.csrf_valid = True
        form = Later()
        form.place.choices = [(3, "Cluj")]
        assert form.validate()
        assert form.place.data == 3


def test_a_form_shows_a_record_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context("/", headers={"X-Test-Language": "ro"}):
        form = IntakeForm(obj=Stored())
        assert shown(form.estimate) == "1.480,50"
        assert shown(form.due) == "27.11.2026"
        assert shown(form.moment) == "27.11.2026 17:00"
        assert shown(form.phone) == "0744 555 207"
        assert shown(form.kind) == "Laptop"
        assert 'value="4"' in str(form.version())
        assert 'maxlength="20"' in str(form.name())
        assert "required" in str(form.name())
    with app.test_request_context("/"):
        form = IntakeForm(obj=Stored())
        assert (shown(form.estimate), shown(form.due)) == ("1,480.50", "27 Nov 2026")


def test_each_form_shown_has_a_key_of_its_own_that_a_repeat_keeps(app: Flask) -> None:
    with app.test_request_context("/"):
        first, second = IntakeForm().key.data, IntakeForm().key.data
    assert uuid.UUID(first) != uuid.UUID(second)
    form = sent(app, {**GOOD, "name": "", "_key": first})
    assert form.key.data == first
    assert f'value="{first}"' in form.html["_key"]


def test_a_damaged_key_is_replaced(app: Flask) -> None:
    form = sent(app, {**GOOD, "_key": "x"})
    assert uuid.UUID(form.key.data)
    assert [problem.target for problem in form.summary] == [""]


def test_the_errors_of_a_service_stand_beside_their_fields(app: Flask) -> None:
    form = sent(app, GOOD)
    form.refuse(
        InvalidInputError("", {"email": ["This address is taken."], "elsewhere": ["The shop is closed."]})
    )
    form.refuse(ConflictError("Too late."))
    assert [(problem.target, problem.message) for problem in form.error_summary] == [
        ("", "The shop is closed."),
        ("", "Too late."),
        ("email", "This address is taken."),
    ]


def test_a_conflict_shows_both_values_and_keeps_what_was_typed(app: Flask) -> None:
    form = sent(app, {**GOOD, "estimate": "900"})
    with app.test_request_context("/", headers={"X-Test-Language": "ro"}):
        form.conflict(
            {"name": "iPhone 13", "estimate": "750,00", "kind": "Phone", "version": "9", "gone": "x"}
        )
        assert form.in_conflict
        assert (form.estimate.stored, form.estimate.typed) == ("750,00", "900")
        assert form.kind.stored == "Phone"
        assert form.name.stored is None
        assert 'value="9"' in str(form.version())


def test_a_form_tells_what_is_stored_to_one_that_was_overtaken(app: Flask) -> None:
    form = sent(app, {**GOOD, "estimate": "900", "version": "3"})
    with app.test_request_context("/", headers={"X-Test-Language": "ro"}):
        form.conflict(IntakeForm(formdata=None, obj=Stored()).shown())
        assert (form.estimate.stored, form.name.stored) == ("1.480,50", None)
        assert form.version.data == 4


def test_without_its_token_a_form_is_refused_and_kept(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data=GOOD):
        form = IntakeForm()
        assert not form.validate()
        assert form.csrf_token.errors == ["This page was open too long. Your typing is kept: send it again."]
        assert form.name.typed == "  iPhone 13  "


def test_with_its_token_a_form_is_taken(app: Flask) -> None:
    with app.test_request_context("/"):
        token, raw = generate_csrf(), g.csrf_token
    assert raw == token
    client = app.test_client()

    @app.get("/form")
    def form_page() -> str:
        return generate_csrf()

    @app.post("/form")
    def take() -> str:
        return str(IntakeForm().validate())

    token = client.get("/form").text
    assert client.post("/form", data={"name": "x", "csrf_token": token}).text == "True"
    assert client.post("/form", data={"name": "x"}, headers={"X-CSRFToken": token}).text == "True"
    refused = client.post("/form", data={"name": "x"})
    assert refused.status_code == 400


@pytest.mark.parametrize("body", ["[1, 2]", '{"name": "x"}', "[" * 5000, "null", "{"])
def test_json_never_fills_a_form(app: Flask, body: str) -> None:
    with app.test_request_context("/", method="POST", data=body, content_type="application/json"):
        g.csrf_valid = True
        form = IntakeForm()
        assert not form.validate()
        assert form.name.errors == ["Fill this in."]


def test_a_section_has_a_prefix_and_no_token_and_no_key(app: Flask) -> None:
    class StockSection(SectionForm):
        shelf = TextField("Shelf", required=True)

    with app.test_request_context("/", method="POST", data={"stock-shelf": "B-02"}):
        form = StockSection(prefix="stock")
        assert form.validate()
        assert form.shelf.data == "B-02"
        assert list(form.hidden_fields) == []


class Filters(FilterForm):
    """The filters of some list."""

    q = TextField("Text")
    late = CheckField("Late")
    place = MultiChoiceField("Place", choices=[(1, "Cluj"), (2, "Florești")])
    since = DateField("Since")


def test_filters_that_cannot_be_read_do_not_count(app: Flask) -> None:
    with app.test_request_context("/?q=+galaxy&place=1&place=9&since=never&late=y&cursor=abc"):
        form = Filters(request.args)
        assert form.chosen == {"q": "galaxy", "late": True}
        assert [field.name for field in form] == ["q", "late", "place", "since"]
    with app.test_request_context("/?place=1&place=2&since=27.11.2026"):
        assert Filters(request.args).chosen == {"place": [1, 2], "since": date(2026, 11, 27)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    data=st.dictionaries(
        st.sampled_from([*GOOD, "_key", "csrf_token"]), st.lists(st.text(max_size=30), max_size=3)
    )
)
def test_no_text_in_any_field_breaks_a_form(app: Flask, data: dict[str, list[str]]) -> None:
    with app.test_request_context("/", method="POST", headers={"X-Test-Language": "ro"}):
        g.csrf_valid = True
        form = IntakeForm(
            formdata=MultiDict([(name, text) for name, texts in data.items() for text in texts])
        )
        form.validate()
        "".join(str(field()) for field in form).encode()
        assert all(isinstance(problem.message, str) for problem in form.error_summary)
