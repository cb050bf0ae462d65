from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import format_decimal
from flask import Flask, g
from hypothesis import given, strategies as st

from core.foundation.ui.badges import due_badge, turn_badge
from core.foundation.ui.formats import (
    NOTHING,
    format_ago,
    format_amount,
    format_date,
    format_datetime,
    format_day,
    format_duration,
    format_money,
    format_number,
    format_phone,
    format_quantity,
)

BUCHAREST = ZoneInfo("Europe/Bucharest")
NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # 12:00 in Bucharest, a Tuesday


@dataclass(frozen=True)
class Coins:
    """Money of any class."""

    amount: Decimal
    currency: str


def plain(text: str) -> str:
    """Return ``text`` with ordinary spaces."""
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "romanian", "english"),
    [
        (Decimal(1480), "1.480,00 lei", "1,480.00 lei"),
        (Decimal("-0.5"), "-0,50 lei", "-0.50 lei"),
        (Coins(Decimal("1234567.89"), "RON"), "1.234.567,89 lei", "1,234,567.89 lei"),
        (Coins(Decimal(1480), "EUR"), "1.480,00 EUR", "€1,480.00"),
        (0, "0,00 lei", "0.00 lei"),
        (None, NOTHING, NOTHING),
    ],
)
def test_money_is_written_as_each_language_writes_it(
    value: Coins | Decimal, romanian: str, english: str
) -> None:
    assert plain(format_money(value, locale="ro")) == romanian
    assert plain(format_money(value, locale="en")) == english


def test_an_amount_never_parts_from_its_currency() -> None:
    assert " " not in format_money(Decimal(1480), locale="ro") + format_money(
        Coins(Decimal(1), "EUR"), locale="ro"
    )


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert format_amount(Coins(Decimal(1480), "JPY"), locale="en") == "1,480"
    assert format_amount(Decimal("12.5"), locale="ro") == "12,50"
    assert format_amount(None, locale="ro") == NOTHING


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("2.500"), "m", "2,5 m"),
        (Decimal(1), "", "1"),
        (Decimal("0.001"), "kg", "0,001 kg"),
        (None, "", NOTHING),
    ],
)
def test_quantities_drop_zeros_that_say_nothing(value: Decimal | None, unit: str, text: str) -> None:
    assert plain(format_quantity(value, unit, locale="ro")) == text


@given(
    st.decimals(-(10**14), 10**14, places=4), st.sampled_from(["ro", "en"]), st.sampled_from([None, 0, 2, 3])
)
def test_numbers_are_written_as_the_locale_data_say(
    value: Decimal, locale: str, decimals: int | None
) -> None:
    pattern = {None: "#,##0.###", 0: "#,##0", 2: "#,##0.00", 3: "#,##0.000"}[decimals]
    written = format_number(value, locale=locale, decimals=decimals)
    assert written.removeprefix("-") == format_decimal(value, pattern, locale=locale).removeprefix("-")
    assert written.startswith("-") == (value < 0 and any(digit in written for digit in "123456789"))


def test_days_are_written_with_and_without_their_weekday() -> None:
    day = date(2026, 11, 27)
    assert format_date(day, locale="ro") == "27.11.2026"
    assert plain(format_date(day, locale="ro", weekday=True)) == "vi 27.11.2026"
    assert plain(format_date(day, locale="en", weekday=True)) == "Fri 27 Nov 2026"
    assert format_date(None, locale="ro") == NOTHING


def test_moments_stand_in_the_tenants_time_zone() -> None:
    late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    assert plain(format_datetime(late, locale="ro", zone=BUCHAREST)) == "27.11.2026 01:30"
    assert format_date(late, locale="ro", zone=BUCHAREST) == "27.11.2026"
    assert (
        plain(format_datetime(late.replace(tzinfo=None), locale="en", zone=BUCHAREST)) == "27 Nov 2026 01:30"
    )
    assert format_datetime(None, locale="ro", zone=BUCHAREST) == NOTHING


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 24), "today"),
        (date(2026, 11, 25), "tomorrow"),
        (date(2026, 11, 23), "yesterday"),
        (date(2026, 11, 27), "Fri 27 Nov"),
        (date(2027, 1, 8), "Fri 8 Jan 2027"),
    ],
)
def test_near_days_are_called_by_name(day: date, text: str) -> None:
    assert plain(format_day(day, locale="en", today=date(2026, 11, 24))) == text


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(minutes=50, seconds=59), "50 min"),
        (timedelta(days=3, hours=4, minutes=40), "3 d 4 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(seconds=59), "now"),
        (timedelta(hours=-1), "1 h"),
    ],
)
def test_lengths_of_time_name_their_two_largest_units(length: timedelta, text: str) -> None:
    assert plain(format_duration(length)) == text


@pytest.mark.usefixtures("english")
def test_distances_in_time_say_their_direction() -> None:
    assert format_ago(NOON - timedelta(hours=2), locale="en", now=NOON) == "2 hours ago"
    assert format_ago(NOON + timedelta(days=3), locale="en", now=NOON) == "in 3 days"
    assert format_ago(NOON - timedelta(seconds=20), locale="en", now=NOON) == "just now"
    assert format_ago(NOON - timedelta(hours=2), locale="ro", now=NOON) == "acum 2 ore"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("+40744555207", "0744 555 207"),
        ("0744555207", "0744 555 207"),
        ("+40213124567", "021 312 4567"),
        ("+40264555100", "0264 555 100"),
        ("+4930123456", "+49 30 123 456"),
        ("+36201234567", "+36 201 234 567"),
        ("int. 12", "int. 12"),
        ("", NOTHING),
        (None, NOTHING),
    ],
)
def test_telephones_are_written_in_groups(number: str | None, text: str) -> None:
    assert plain(format_phone(number)) == text


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("due", "text", "tone"),
    [
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), "today 17:00", "soon"),
        (datetime(2026, 11, 25, 9, 0, tzinfo=UTC), "tomorrow", "soon"),
        (datetime(2026, 11, 25, 15, 0, tzinfo=UTC), "tomorrow", ""),
        (datetime(2026, 11, 27, 15, 0, tzinfo=UTC), "Fri 27 Nov", ""),
        (datetime(2026, 11, 22, 9, 0, tzinfo=UTC), "2 days late", "late"),
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "1 day late", "late"),
        (datetime(2026, 11, 24, 7, 50, tzinfo=UTC), "2 h late", "late"),
        (NOON - timedelta(seconds=5), "1 min late", "late"),
        (None, NOTHING, ""),
    ],
)
def test_a_promise_says_when_and_how_near(due: datetime | None, text: str, tone: str) -> None:
    badge = due_badge(due, now=NOON)
    assert (plain(badge.text), badge.tone) == (text, tone)


@pytest.mark.usefixtures("english")
def test_a_promise_can_name_its_hour() -> None:
    assert (
        plain(due_badge(datetime(2026, 11, 27, 15, 0, tzinfo=UTC), now=NOON, with_time=True).text)
        == "Fri 27 Nov 17:00"
    )


@pytest.mark.usefixtures("english")
def test_a_turn_says_whose_and_since_when() -> None:
    badge = turn_badge("Us", "person-gear", NOON - timedelta(days=3, hours=4), ours=True, now=NOON)
    assert (plain(badge.text), badge.tone) == ("Us · 3 d", "us")
    assert turn_badge("Client", "person", NOON, ours=False, now=NOON).tone == ""


def test_the_filters_speak_the_language_and_the_time_zone_of_the_request(app: Flask) -> None:
    template = "{{ m|money }}|{{ q|quantity('m') }}|{{ t|datetime }}|{{ t|date }}|{{ t|weekday }}|{{ t|time }}|{{ p|phone }}|{{ m|amount }}"
    values = {"m": Decimal(1480), "q": Decimal("2.5"), "t": NOON, "p": "+40744555207"}
    with app.test_request_context("/", headers={"X-Test-Language": "ro"}):
        text = plain(app.jinja_env.from_string(template).render(values))
    assert text == "1.480,00 lei|2,5 m|24.11.2026 12:00|24.11.2026|ma 24.11.2026|12:00|0744 555 207|1.480,00"
    with app.test_request_context("/"):
        g.zone = "UTC"
        text = plain(app.jinja_env.from_string(template).render(values))
    assert (
        text == "1,480.00 lei|2.5 m|24 Nov 2026 10:00|24 Nov 2026|Tue 24 Nov 2026|10:00|0744 555 207|1,480.00"
    )
