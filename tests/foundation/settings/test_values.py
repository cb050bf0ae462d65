from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from core.foundation.settings.firm import FIRM
from core.foundation.settings.values import (
    BooleanSetting,
    ChoiceSetting,
    ColourSetting,
    EmailSetting,
    IntegerSetting,
    LongTextSetting,
    MoneySetting,
    PhoneSetting,
    SettingDeclaration,
    SettingsGroup,
    TextSetting,
)
from core.testing import Shop
from core.types import Money

KINDS: list[SettingDeclaration] = [
    TextSetting(name="x", title="X"),
    TextSetting(name="x", title="X", required=True),
    TextSetting(name="x", title="X", translated=True),
    LongTextSetting(name="x", title="X", max_length=20),
    BooleanSetting(name="x", title="X"),
    IntegerSetting(name="x", title="X", least=1, most=9),
    ChoiceSetting(name="x", title="X", choices=(("a", "A"), ("b", "B"))),
    MoneySetting(name="x", title="X"),
    ColourSetting(name="x", title="X"),
    EmailSetting(name="x", title="X"),
    PhoneSetting(name="x", title="X"),
]
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.decimals(),
    st.binary(),
    st.lists(st.integers()),
    st.dictionaries(st.sampled_from(["ro", "en", "x"]), st.text()),
)


@pytest.fixture(scope="module", autouse=True)
def context(shared_shop: Shop) -> Iterator[None]:
    """Speak the language of a shop."""
    with shared_shop.context():
        yield


@pytest.mark.parametrize(
    ("declaration", "given_value", "kept", "loaded"),
    [
        (TextSetting(name="x", title="X"), "  Ana Pop ", "Ana Pop", "Ana Pop"),
        (TextSetting(name="x", title="X"), None, "", ""),
        (
            TextSetting(name="x", title="X", translated=True),
            {"ro": "Da", "en": ""},
            {"ro": "Da"},
            {"ro": "Da"},
        ),
        (LongTextSetting(name="x", title="X"), "a\r\nb", "a\nb", "a\nb"),
        (BooleanSetting(name="x", title="X"), True, True, True),
        (IntegerSetting(name="x", title="X"), 7, 7, 7),
        (ChoiceSetting(name="x", title="X", choices=(("a", "A"),)), "a", "a", "a"),
        (
            MoneySetting(name="x", title="X"),
            Decimal("12.50"),
            {"amount": "12.50", "currency": "RON"},
            Money(Decimal("12.50"), "RON"),
        ),
        (MoneySetting(name="x", title="X"), None, None, None),
        (ColourSetting(name="x", title="X"), "046", "#004466", "#004466"),
        (EmailSetting(name="x", title="X"), " ana@exemplu.ro ", "ana@exemplu.ro", "ana@exemplu.ro"),
        (PhoneSetting(name="x", title="X"), "0744 555 207", "+40744555207", "+40744555207"),
    ],
)
def test_a_value_is_kept_in_one_form_and_given_back_as_code_wants_it(
    declaration: SettingDeclaration, given_value: object, kept: object, loaded: object
) -> None:
    assert declaration.clean(given_value) == kept
    assert declaration.load(kept) == loaded


@pytest.mark.parametrize(
    ("declaration", "value"),
    [
        (TextSetting(name="x", title="X", required=True), ""),
        (TextSetting(name="x", title="X", required=True), "  "),
        (TextSetting(name="x", title="X", max_length=3), "abcd"),
        (TextSetting(name="x", title="X"), "Ana\x00Pop"),
        (TextSetting(name="x", title="X", translated=True), "text"),
        (TextSetting(name="x", title="X", translated=True), {"xx": "text"}),
        (BooleanSetting(name="x", title="X"), "yes"),
        (IntegerSetting(name="x", title="X", least=1), 0),
        (IntegerSetting(name="x", title="X", most=9), 10),
        (IntegerSetting(name="x", title="X"), "9" * 30),
        (ChoiceSetting(name="x", title="X", choices=(("a", "A"),)), "b"),
        (MoneySetting(name="x", title="X"), "1e999999999"),
        (MoneySetting(name="x", title="X"), "NaN"),
        (MoneySetting(name="x", title="X"), -1),
        (MoneySetting(name="x", title="X"), "x"),
        (ColourSetting(name="x", title="X"), "red"),
        (ColourSetting(name="x", title="X"), "#ffcc00"),
        (EmailSetting(name="x", title="X"), "ana"),
        (PhoneSetting(name="x", title="X"), "12"),
    ],
)
def test_a_value_that_a_setting_may_not_have_is_refused_with_a_sentence(
    declaration: SettingDeclaration, value: object
) -> None:
    with pytest.raises(ValueError, match=r"\w.+[.!?]$"):
        declaration.clean(value)


@given(value=ANYTHING)
@pytest.mark.parametrize("declaration", KINDS, ids=lambda one: type(one).__name__)
def test_whatever_is_given_is_kept_for_good_or_refused(declaration: SettingDeclaration, value: Any) -> None:
    kept: list[Any] = []
    with suppress(ValueError):
        kept.append(declaration.clean(value))
    for one in kept:
        assert declaration.clean(declaration.load(one)) == one


def test_a_dark_enough_colour_is_named_where_a_light_one_is_refused() -> None:
    setting = ColourSetting(name="x", title="X")
    with pytest.raises(ValueError, match=r"#[0-9a-f]{6}") as refused:
        setting.clean("#ffcc00")
    suggested = str(refused.value).split("#")[1][:6]
    assert setting.clean(f"#{suggested}") == f"#{suggested}"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("tax_id", "ro 14399840", "RO14399840"),
        ("tax_id", "14399840", "14399840"),
        ("tax_id", "DE 136 695 976", "DE136695976"),
        ("iban", "ro49 aaaa 1b31 0075 9384 0000", "RO49AAAA1B31007593840000"),
        ("website", "www.exemplu.ro", "https://www.exemplu.ro"),
        ("country", "ro", "RO"),
    ],
)
def test_firm_data_are_put_into_their_usual_form(name: str, value: str, kept: str) -> None:
    declaration = FIRM.find(name)
    assert declaration is not None
    assert declaration.clean(value) == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tax_id", "RO14399841"),
        ("iban", "RO49AAAA1B31007593840001"),
        ("website", "not a site"),
        ("website", "javascript://exemplu.ro"),
        ("country", "Romania"),
        ("accent", "#ffff00"),
        ("name", ""),
    ],
)
def test_firm_data_that_cannot_be_right_are_refused(name: str, value: str) -> None:
    declaration = FIRM.find(name)
    assert declaration is not None
    with pytest.raises(ValueError, match=r"\w"):
        declaration.clean(value)


@pytest.mark.parametrize("name", ["", "Name", "a-b", "1a", "x" * 61])
def test_a_setting_with_a_wrong_name_does_not_come_to_be(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        TextSetting(name=name, title="X")


def test_two_settings_of_one_name_are_refused() -> None:
    twice = (TextSetting(name="x", title="X"), TextSetting(name="x", title="Y"))
    with pytest.raises(ValueError, match="'sample'"):
        SettingsGroup(name="sample", title="Sample", owner="sample", fields=twice)


def test_a_plugin_declares_groups_under_its_own_name_alone() -> None:
    fields = (TextSetting(name="x", title="X"),)
    SettingsGroup(name="sample_more", title="Sample", owner="sample", fields=fields)
    with pytest.raises(ValueError, match="sample"):
        SettingsGroup(name="firm", title="Sample", owner="sample", fields=fields)
