import pytest
from flask_babel import force_locale

from core.foundation.settings.hours import (
    ASSUMED,
    Interval,
    parse_day,
    week_from_json,
    week_text,
    week_to_json,
    write_day,
)
from core.testing import Shop


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("9-18", "09:00\u201318:00"),
        ("9:00\u201313:00, 14:00 - 18:30", "09:00\u201313:00, 14:00\u201318:30"),
        ("14-18;9-13", "09:00\u201313:00, 14:00\u201318:00"),
        ("9.30-17", "09:30\u201317:00"),
        ("0-24", "00:00\u201324:00"),
        ("22-24:00", "22:00\u201324:00"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_hours_are_read_as_people_type_them(text: str, written: str) -> None:
    assert write_day(parse_day(text)) == written


@pytest.mark.parametrize(
    "text", ["9", "9-", "18-9", "9-9", "9-13, 12-18", "x-y", "9-25", "1-2,3-4,5-6,7-8,9-10"]
)
def test_what_is_no_hours_is_refused(shop: Shop, text: str) -> None:
    with shop.context(), pytest.raises(ValueError, match=r"\w"):
        parse_day(text)


def test_a_week_without_hours_says_nothing() -> None:
    assert week_to_json([()] * 7) is None
    assert week_from_json(None) is None
    assert week_from_json(week_to_json(ASSUMED)) == ASSUMED


def test_papers_print_days_alike_as_one(shop: Shop) -> None:
    weekdays = (Interval(540, 1080),)
    week = (*[weekdays] * 5, (Interval(540, 780),), ())
    split = ((), weekdays, (), weekdays, weekdays, (), weekdays)
    with shop.app.test_request_context(environ_overrides={"wm.tenant": None}):
        with force_locale("ro"):
            assert week_text(week) == "Lu\u2013Vi 09:00\u201318:00; Sâ 09:00\u201313:00"
            assert (
                week_text(split) == "Ma 09:00\u201318:00; Joi\u2013Vi 09:00\u201318:00; Du 09:00\u201318:00"
            )
        with force_locale("en"):
            assert week_text(week) == "Mon\u2013Fri 09:00\u201318:00; Sat 09:00\u201313:00"
