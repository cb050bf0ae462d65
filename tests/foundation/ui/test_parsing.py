from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from core.foundation.ui.formats import format_date, format_datetime, format_number, format_phone
from core.foundation.ui.parsing import (
    LARGEST_INTEGER,
    clean_text,
    moment,
    parse_date,
    parse_datetime,
    parse_decimal,
    parse_email,
    parse_integer,
    parse_phone,
    parse_time,
    without_forbidden,
)

BUCHAREST = ZoneInfo("Europe/Bucharest")
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "text", ["a\x00b", chr(0xD800), "a\x1bb", "\x7f", "\x85", "\ufffe", "\ufffd", "\ufdd0", "a\x0bb"]
)
def test_text_that_nothing_could_keep_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="taken out"):
        clean_text(text)
    without_forbidden(text).encode()


def test_text_is_trimmed_composed_and_put_on_its_lines() -> None:
    assert clean_text("  Andreea\tCrișan \n") == "Andreea Crișan"
    assert clean_text("s\u0326i") == "și"
    assert clean_text("one\r\ntwo\rthree\n", multiline=True) == "one\ntwo\nthree"
    assert clean_text("one\ntwo") == "one two"
    assert clean_text("🔧 “quoted” \u200d") == "🔧 “quoted” \u200d"


@pytest.mark.parametrize("multiline", [False, True])
@pytest.mark.parametrize("typed", ["Ştefan Ţuţuianu, oş", "S\u0327tefan T\u0327ut\u0327uianu, os\u0327"])
def test_letters_with_a_cedilla_become_those_with_a_comma(typed: str, multiline: bool) -> None:
    assert clean_text(typed, multiline=multiline) == "Ștefan Țuțuianu, oș"


@given(st.text())
def test_any_text_is_either_kept_or_refused(text: str) -> None:
    try:
        kept = clean_text(text)
    except ValueError:
        assert without_forbidden(text) != text
    else:
        assert clean_text(kept) == kept


@pytest.mark.parametrize("locale", ["ro", "en"])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.480,50", "1480.50"),
        ("1,480.50", "1480.50"),
        ("1480.5", "1480.50"),
        ("1480,5", "1480.50"),
        ("1 480,50", "1480.50"),
        ("1\u00a0480.50 lei", "1480.50"),
        ("1'480.50", "1480.50"),
        ("750", "750"),
        ("750,00 lei", "750"),
        ("1.480", "1480"),
        ("1,480", "1480"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.80"),
        ("0.5", "0.50"),
        ("0,500", "0.50"),
        (",5", "0.50"),
        ("-12,50", "-12.50"),
        ("\u221212,50", "-12.50"),
        ("+3", "3"),
        ("007", "7"),
        ("12.3400", "12.34"),
        ("5 €", "5"),
    ],
)
def test_amounts_are_read_in_both_spellings(text: str, value: str, locale: str) -> None:
    assert parse_decimal(text, decimals=2, locale=locale) == Decimal(value)


def test_a_mark_before_three_digits_of_a_quantity_is_what_it_is_in_the_readers_language() -> None:
    assert parse_decimal("1.500", decimals=3, locale="ro") == 1500
    assert parse_decimal("1.500", decimals=3, locale="en") == Decimal("1.5")
    assert parse_decimal("1,500", decimals=3, locale="ro") == Decimal("1.5")
    assert parse_decimal("1,500", decimals=3, locale="en") == 1500


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1,2,3",
        "1.23.456",
        "1..5",
        ".",
        "-",
        "--1",
        "1e5",
        "1e999999999",
        "NaN",
        "Infinity",
        "١٢",
        "1.480,5,0",
        ",480,00",
        "0x10",
        "1_000",
        "9" * 41,
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Write a number"):
        parse_decimal(text, decimals=2, locale="ro")


def test_numbers_that_no_column_keeps_are_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        parse_decimal("92233720368547758,08", decimals=2, locale="ro")
    assert parse_decimal("92.233.720.368.547.758,07", decimals=2, locale="ro").scaleb(2) == LARGEST_INTEGER
    with pytest.raises(ValueError, match="at most 2 decimals"):
        parse_decimal("1,2345", decimals=2, locale="ro")
    with pytest.raises(ValueError, match="whole number"):
        parse_decimal("1,5", decimals=0, locale="ro")


@given(st.decimals(-(10**12), 10**12, places=3), st.sampled_from(["ro", "en"]), st.sampled_from([2, 3]))
def test_a_number_written_is_the_number_read(value: Decimal, locale: str, decimals: int) -> None:
    value = value.quantize(Decimal(1).scaleb(-decimals))
    assert (
        parse_decimal(
            format_number(value, locale=locale, decimals=decimals), decimals=decimals, locale=locale
        )
        == value
    )


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (
        lambda: parse_decimal(text, decimals=2, locale="ro"),
        lambda: parse_integer(text),
        lambda: parse_date(text, today=TODAY),
        lambda: parse_time(text),
        lambda: parse_datetime(text, today=TODAY, zone=BUCHAREST),
        lambda: parse_phone(text),
    ):
        with contextlib.suppress(ValueError):
            read()


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), (" 42 ", 42), (str(LARGEST_INTEGER), LARGEST_INTEGER), ("+7", 7)]
)
def test_whole_numbers_are_read(text: str, value: int) -> None:
    assert parse_integer(text) == value


@pytest.mark.parametrize("text", [str(2**63), "9" * 5000, "1.5", "1e3", "", "-1", "0x1", "¹"])
def test_whole_numbers_out_of_bounds_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Write"):
        parse_integer(text)


@pytest.mark.parametrize(
    "text",
    [
        "27.11.2026",
        "27/11/2026",
        "27-11-2026",
        "27 11 2026",
        "27.11.26",
        "27.11",
        "27.11.",
        "vi 27.11.2026",
        "vi 27.11",
        "vineri, 27.11.2026",
        "2026-11-27",
        "27 nov 2026",
        "27 noiembrie 2026",
        "27 Nov",
        "Fri 27 Nov 2026",
        "Nov 27, 2026",
        "November 27",
        "11/27/2026",
    ],
)
def test_days_are_read_in_both_spellings(text: str) -> None:
    assert parse_date(text, today=TODAY) == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("8.1", date(2027, 1, 8)),
        ("23.11", date(2026, 11, 23)),
        ("1.6", date(2026, 6, 1)),
        ("1.5", date(2027, 5, 1)),
    ],
)
def test_a_day_without_its_year_is_the_one_that_people_mean(text: str, day: date) -> None:
    assert parse_date(text, today=TODAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2026",
        "0.1.2026",
        "13.13.2026",
        "27.11.20266",
        "27 xyz 2026",
        "tomorrow",
        "1.1.1800",
        "2026-99-01",
        "27.11.0000",
        "9999-12-31",
    ],
)
def test_days_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|year"):
        parse_date(text, today=TODAY)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(["ro", "en"]), st.booleans())
def test_a_day_written_is_the_day_read(day: date, locale: str, weekday: bool) -> None:
    assert parse_date(format_date(day, locale=locale, weekday=weekday), today=TODAY) == day


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("17:00", time(17)),
        ("17.30", time(17, 30)),
        ("1730", time(17, 30)),
        ("17", time(17)),
        ("9:05", time(9, 5)),
        ("5 pm", time(17)),
        ("5:30 p.m.", time(17, 30)),
        ("12 am", time(0)),
        ("12pm", time(12)),
        ("17h30", time(17, 30)),
        ("0:00", time(0)),
    ],
)
def test_times_are_read(text: str, value: time) -> None:
    assert parse_time(text) == value


@pytest.mark.parametrize("text", ["24:00", "17:60", "x", "", "-1", "17:0", "123456"])
def test_times_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Write a time"):
        parse_time(text)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.sampled_from(["ro", "en"]))  # noqa: DTZ001
def test_a_moment_written_is_the_moment_read(value: datetime, locale: str) -> None:
    value = value.replace(second=0, microsecond=0, tzinfo=UTC)
    shown = format_datetime(value, locale=locale, zone=BUCHAREST)
    read = parse_datetime(shown, today=TODAY, zone=BUCHAREST)
    # In the hour that clocks show twice in autumn the first one is meant.
    assert read in {value, value - timedelta(hours=1)}
    assert format_datetime(read, locale=locale, zone=BUCHAREST) == shown


def test_the_hour_that_clocks_skip_in_spring_is_refused() -> None:
    with pytest.raises(ValueError, match="clocks go forward"):
        moment(date(2026, 3, 29), time(3, 30), zone=BUCHAREST)
    assert moment(date(2026, 3, 29), time(4, 0), zone=BUCHAREST) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert moment(date(2026, 10, 25), time(3, 30), zone=BUCHAREST) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("text", ["27.11.2026", "17:00", "27.11.2026 25:00", ""])
def test_a_moment_needs_its_day_and_its_time(text: str) -> None:
    with pytest.raises(ValueError, match="Write"):
        parse_datetime(text, today=TODAY, zone=BUCHAREST)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0744 555 207", "+40744555207"),
        ("0744.555.207", "+40744555207"),
        ("+40 744 555 207", "+40744555207"),
        ("0040744555207", "+40744555207"),
        ("(0264) 555-100", "+40264555100"),
        ("744555207", "+40744555207"),
        ("+49 30 123456", "+4930123456"),
        ("+1 (212) 555-0100", "+12125550100"),
    ],
)
def test_telephones_are_read_as_people_write_them(text: str, number: str) -> None:
    assert parse_phone(text) == number
    assert parse_phone(format_phone(number)) == number


def test_a_national_number_belongs_to_the_tenants_country() -> None:
    assert parse_phone("069 123 456", prefix="373") == "+37369123456"


@pytest.mark.parametrize(
    "text",
    [
        "12",
        "0744 555 20",
        "0744 555 2077",
        "+40 044 555 207",
        "call me",
        "+",
        "++40744555207",
        "+999999999999999999",
        "٠٧٤٤٥٥٥٢٠٧",
    ],
)
def test_what_is_no_telephone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_phone(text)


@pytest.mark.parametrize("text", ["ana@exemplu.ro", "  a.b+c@sub.exemplu.co.uk ", "ștefan@exemplu.ro"])
def test_addresses_are_read(text: str) -> None:
    assert parse_email(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "ana@",
        "ana@exemplu",
        "a b@c.ro",
        "a@b.ro, c@d.ro",
        "Ana <a@b.ro>",
        "a@b.ro\r\nBcc: c@d.ro",
        "a" * 250 + "@b.ro",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        parse_email(text)
