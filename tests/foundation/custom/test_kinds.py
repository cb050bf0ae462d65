import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given, strategies as st

from core.foundation.custom.fields import Choice, Field
from core.foundation.custom.kinds import EMPTY, KINDS, Value, parse_link, plain_value, read_plain, tell
from core.foundation.custom.models import FOLDED_LENGTH, FieldKind
from core.foundation.custom.texts import as_text, convert, of_text

CHOICES = (
    Choice("red", {"ro": "Roșu", "en": "Red"}),
    Choice("blue", {"ro": "Albastru"}),
    Choice("da", {"ro": "Da"}, offered=False),
)


def field(kind: FieldKind) -> Field:
    currency = "RON" if kind is FieldKind.MONEY else ""
    return Field(1, "client", None, "x", {"ro": "X"}, {}, kind, CHOICES, currency, None, *[False] * 6, None)  # type: ignore[arg-type]


@pytest.fixture(autouse=True, scope="module")
def _romanian() -> Any:
    app = Flask(__name__)
    Babel(app)
    with app.app_context(), force_locale("ro"):
        yield


LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=80)
SAMPLES: dict[FieldKind, st.SearchStrategy[Value]] = {
    FieldKind.TEXT: LETTERS,
    FieldKind.LONG_TEXT: st.lists(LETTERS, min_size=1, max_size=4).map("\n".join),
    FieldKind.NUMBER: st.decimals(-(10**12), 10**12, places=3),
    FieldKind.MONEY: st.decimals(-(10**12), 10**12, places=2),
    FieldKind.DATE: st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    FieldKind.CHOICE: st.sampled_from([choice.key for choice in CHOICES]),
    FieldKind.CHOICES: st.lists(st.sampled_from([one.key for one in CHOICES]), min_size=1).map(tuple),
    FieldKind.YES_NO: st.booleans(),
    FieldKind.LINK: st.from_regex(r"https://[a-z]{1,20}\.(ro|eu)/[a-z0-9/]{0,30}", fullmatch=True),
}
ANY = st.sampled_from(list(FieldKind)).flatmap(lambda kind: st.tuples(st.just(kind), SAMPLES[kind]))


def checked(kind: FieldKind, value: Value) -> Value | None:
    try:
        return KINDS[kind].check(field(kind), value)
    except ValueError:
        return None


@given(ANY)
def test_what_is_kept_is_what_was_said(sample: tuple[FieldKind, Value]) -> None:
    kind, given_value = sample
    value = checked(kind, given_value)
    if value is None:
        return
    kept = KINDS[kind].columns(field(kind), value)
    assert kept.keys() <= EMPTY.keys()
    assert len(str(kept.get("folded", ""))) <= FOLDED_LENGTH
    assert kept[KINDS[kind].column] is not None
    assert KINDS[kind].load(field(kind), {**EMPTY, **kept}) == value


@given(ANY)
def test_plain_json_comes_back_as_it_went(sample: tuple[FieldKind, Value]) -> None:
    kind, given_value = sample
    value = checked(kind, given_value)
    plain = json.loads(json.dumps(plain_value(field(kind), value)))
    assert read_plain(field(kind), plain) == value


@given(ANY)
def test_what_one_would_type_is_read_back(sample: tuple[FieldKind, Value]) -> None:
    kind, given_value = sample
    value = checked(kind, given_value)
    if value is not None and kind is not FieldKind.CHOICES:
        assert of_text(field(kind), as_text(field(kind), value)) == value


@given(ANY, st.sampled_from(list(FieldKind)))
def test_a_conversion_says_the_same_or_is_refused(sample: tuple[FieldKind, Value], to: FieldKind) -> None:
    kind, given_value = sample
    value = checked(kind, given_value)
    if value is None:
        return
    before, after = field(kind), field(to)
    try:
        converted = convert(before, after, value)
    except ValueError:
        return
    assert KINDS[to].check(after, converted) == converted
    if kind is not FieldKind.CHOICES and to not in {
        FieldKind.CHOICE,
        FieldKind.CHOICES,
        FieldKind.YES_NO,
        FieldKind.LINK,
    }:
        back = as_text(after, converted)
        assert comparable(back) == comparable(as_text(before, value))


def comparable(text: str) -> str:
    """Return a text without what a number may be written with or without: zeros behind a decimal mark."""
    return text.rstrip("0").rstrip(".,") if any(mark in text for mark in ".,") else text


@pytest.mark.parametrize("text", ["0012", "+40744555207", "100 EUR", "1e5", "douăsprezece", "12-13"])
def test_a_text_that_is_more_than_a_number_becomes_none(text: str) -> None:
    with pytest.raises(ValueError, match="num"):
        convert(field(FieldKind.TEXT), field(FieldKind.NUMBER), text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("1.480,5", FieldKind.NUMBER, Decimal("1480.500")),
        ("27.11.2026", FieldKind.DATE, date(2026, 11, 27)),
        ("Nu", FieldKind.YES_NO, False),
        ("rosu", FieldKind.CHOICE, "red"),
        ("Red, albastru", FieldKind.CHOICES, ("red", "blue")),
        ("exemplu.ro/x", FieldKind.LINK, "https://exemplu.ro/x"),
    ],
)
def test_a_text_becomes_what_it_says(text: str, kind: FieldKind, value: Value) -> None:
    assert convert(field(FieldKind.TEXT), field(kind), text) == value


def test_a_day_without_its_year_is_no_day_of_a_conversion() -> None:
    with pytest.raises(ValueError, match="year"):
        convert(field(FieldKind.TEXT), field(FieldKind.DATE), "27.11")


def test_several_choices_do_not_become_one() -> None:
    with pytest.raises(ValueError, match="Several"):
        convert(field(FieldKind.CHOICES), field(FieldKind.CHOICE), ("red", "blue"))


@pytest.mark.parametrize(
    "text", ["", "javascript:alert(1)", "ftp://exemplu.ro", "exemplu", "https://", "https://[::1", "a b.ro"]
)
def test_what_is_no_address_of_the_web_is_no_link(text: str) -> None:
    with pytest.raises(ValueError, match="web"):
        parse_link(text)


def test_values_are_told_in_the_readers_language() -> None:
    assert tell(field(FieldKind.MONEY), Decimal("1480.50")) == "1.480,50\N{NO-BREAK SPACE}lei"
    assert tell(field(FieldKind.CHOICES), ("red", "blue"), "en") == "Red, Albastru"
    assert tell(field(FieldKind.TEXT), None) == ""
