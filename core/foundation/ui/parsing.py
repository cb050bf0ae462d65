"""What people type, read as they meant it: text, numbers, days, times, telephones, in Romanian and English.

Each function raises ``ValueError`` with a sentence for the person, to be shown next to the field.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from babel import Locale
from babel.numbers import get_group_symbol
from flask_babel import gettext as _

from core.types import LARGEST_INTEGER

#: Longer than any number, day or telephone that means something.
LONGEST_WORD = 40
#: The most characters of an e-mail address that SMTP carries (RFC 5321).
LONGEST_EMAIL = 254
#: Digits between two marks of thousands; a quantity has as many decimals.
THOUSAND = 3
NOON, HOURS, MINUTES, MONTHS = 12, 24, 60, 12
#: Days of other years are slips of the finger.
YEARS = range(1900, 2201)
#: A day typed without its year is at most so far back; else it is in the year to come.
LOOK_BACK = timedelta(days=180)

#: Control characters, halves of surrogate pairs, non-characters, and what decoding put in place of broken bytes.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")
#: Old keyboards and fonts write ș and ț with the cedilla of Turkish. A Turkish name loses its cedilla by this: the price of one
#: spelling for what nearly everybody here means by the letter.
_COMMA_BELOW = {0x15F: "ș", 0x15E: "Ș", 0x163: "ț", 0x162: "Ț"}
_BLANKS = re.compile("[ \u00a0\u202f'\u2019]")
_CURRENCY = re.compile(r"\s*(?:lei|ron|eur|usd|\u20ac|\$)$", re.IGNORECASE)
_WEEKDAY = re.compile(r"^[^\W\d]+\.?,?\s+(?=\d)")
_DAY = re.compile(r"(\d{1,2})[./\-\s]+(\d{1,2})(?:[./\-\s]+(\d{4}|\d{2}))?\.?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_MONTH = re.compile(r"(?P<day>[0-9]{1,2})\.?\s+(?P<month>[^\W\d]{3,})\.?,?(?:\s+(?P<year>[0-9]{4}))?")
_MONTH_DAY = re.compile(r"(?P<month>[^\W\d]{3,})\.?\s+(?P<day>[0-9]{1,2}),?(?:\s+(?P<year>[0-9]{4}))?")
_TIME = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?\s*(?:([ap])\.?m\.?)?", re.ASCII | re.IGNORECASE)
_MOMENT = re.compile(r"(.+?)[,T\s]+(\d{1,2}(?:[:.h]?\d{2})?\s*(?:[ap]\.?m\.?)?)", re.ASCII | re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@,;:<>()\"\\]+@[^\s@,;:<>()\"\\]+\.[^\s@,;:<>()\"\\.]+")
_NAMES = [
    "ian jan",
    "feb",
    "mar",
    "apr",
    "mai may",
    "iun jun",
    "iul jul",
    "aug",
    "sep",
    "oct",
    "noi nov",
    "dec",
]
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}


def without_forbidden(text: str) -> str:
    """Return ``text`` without the characters that no field takes, so that it can be shown again."""
    return _FORBIDDEN.sub("", text)


def clean_text(text: str, *, multiline: bool = False) -> str:
    """Return ``text`` composed (NFC), ș and ț with their comma, trimmed, and on one line unless ``multiline``.

    :raises ValueError: it holds characters that no database, paper or message could keep.
    """
    if _FORBIDDEN.search(text):
        raise ValueError(
            _("Some characters cannot be kept and were taken out. Check the text and save again.")
        )
    text = unicodedata.normalize("NFC", text).translate(_COMMA_BELOW)
    if multiline:
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return re.sub(r"[\t\r\n]+", " ", text).strip()


def one_blank(text: str) -> str:
    """Return ``text`` on one line, with one blank between its words."""
    return " ".join(text.split())


def check_length(text: str, most: int) -> str:
    """Return ``text`` when it has at most ``most`` characters.

    :raises ValueError: it has more.
    """
    if len(text) > most:
        raise ValueError(_("Write at most %(most)s characters, not %(number)s.", most=most, number=len(text)))
    return text


def parse_decimal(text: str, *, decimals: int, locale: Locale | str) -> Decimal:
    """Read ``1.480,50``, ``1,480.50``, ``1 480,5`` or ``1480.5``, with or without a currency behind it.

    A single mark before exactly three digits is a mark of thousands where ``decimals`` leaves no other sense,
    else what it is in ``locale``.

    :raises ValueError: it is no number, has more than ``decimals`` decimals, or no column could keep it.
    """
    body = _BLANKS.sub("", _CURRENCY.sub("", text.strip())).replace("\u2212", "-")
    sign, body = (-1 if body.startswith("-") else 1), body.removeprefix("-").removeprefix("+")
    if len(body) > LONGEST_WORD or not re.fullmatch(r"[\d.,]*\d", body, re.ASCII):
        raise ValueError(_no_number(decimals, locale))
    mark = _decimal_mark(body, decimals=decimals, locale=locale)
    whole, _mark, part = body.rpartition(mark) if mark else (body, "", "")
    groups = re.split(r"[.,]", whole)
    if any(len(group) != THOUSAND for group in groups[1:]) or not (groups[0] or len(groups) == 1):
        raise ValueError(_no_number(decimals, locale))
    part = part.rstrip("0")
    if len(part) > decimals:
        at_most = (
            _("Write at most %(number)s decimals.", number=decimals)
            if decimals
            else _("Write a whole number.")
        )
        raise ValueError(at_most)
    value = Decimal(f"{''.join(groups) or '0'}.{part or '0'}")
    if value.scaleb(decimals) > LARGEST_INTEGER:
        raise ValueError(_("This number is too large."))
    return sign * value.quantize(Decimal(1).scaleb(-decimals))


def _decimal_mark(body: str, *, decimals: int, locale: Locale | str) -> str:
    """Return the mark in ``body`` that stands before decimals, empty where there is none."""
    marks = re.findall(r"[.,]", body)
    if not marks:
        return ""
    last = str(marks[-1])
    if len(marks) > 1:
        return last if marks.count(last) == 1 else ""
    head, _mark, tail = body.partition(last)
    looks_grouped = len(tail) == THOUSAND and 1 <= len(head) <= THOUSAND and not head.startswith("0")
    if looks_grouped and (decimals < THOUSAND or last == get_group_symbol(locale)):
        return ""
    return last


def _no_number(decimals: int, locale: Locale | str) -> str:
    mark = "," if str(locale).startswith("ro") else "."
    example = f"12{mark}50" if decimals else "12"
    return str(_("Write a number, for example %(example)s.", example=example))


def parse_integer(text: str, *, least: int = 0, most: int = LARGEST_INTEGER) -> int:
    """Read a whole number from ``least`` to ``most``.

    :raises ValueError: it is none, or out of these bounds.
    """
    if not re.fullmatch(r"[+-]?\d{1,19}", text.strip(), re.ASCII):
        raise ValueError(_("Write a whole number."))
    value = int(text)
    if value < least:
        raise ValueError(_("Write %(least)s or more.", least=least))
    if value > most:
        raise ValueError(_("Write %(most)s or less.", most=most))
    return value


def parse_date(text: str, *, today: date) -> date:
    """Read ``27.11.2026``, ``vi 27.11``, ``27/11/26``, ``2026-11-27``, ``27 Nov 2026`` or ``November 27``.

    The day stands before the month unless that gives no day. Without a year it is the one nearest ahead of
    ``today``, or at most half a year back.

    :raises ValueError: there is no such day.
    """
    text = text.replace("\u00a0", " ").strip()[:LONGEST_WORD]
    body = _WEEKDAY.sub("", text)
    if iso := _ISO_DAY.fullmatch(body):
        year, month, day = (int(part) for part in iso.groups())
        return _day(year, month, day)
    if named := (_DAY_MONTH.fullmatch(body) or _MONTH_DAY.fullmatch(text)):
        month = _MONTHS.get(named["month"][:THOUSAND].lower(), 0)
        return _in_year(named["year"], month, int(named["day"]), today=today)
    if numbers := _DAY.fullmatch(body):
        day, month = int(numbers[1]), int(numbers[2])
        if month > MONTHS >= day:
            day, month = month, day
        return _in_year(numbers[3], month, day, today=today)
    raise ValueError(_("Write a day, for example %(example)s.", example=f"{today:%d.%m.%Y}"))


def _in_year(year: str | None, month: int, day: int, *, today: date) -> date:
    if year:
        return _day(int(year) + (2000 if len(year) < len("2000") else 0), month, day)
    this_year = _day(today.year, month, day)
    return this_year if this_year >= today - LOOK_BACK else _day(today.year + 1, month, day)


def _day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError(_("There is no such day.")) from None
    if found.year not in YEARS:
        raise ValueError(_("Check the year."))
    return found


def parse_time(text: str) -> time:
    """Read ``17:00``, ``17.00``, ``1700``, ``17`` or ``5 pm``.

    :raises ValueError: there is no such time.
    """
    if found := _TIME.fullmatch(text.strip()[:LONGEST_WORD]):
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        if half and 1 <= hour <= NOON:
            hour = hour % NOON + (NOON if half == "p" else 0)
        if hour < HOURS and minute < MINUTES:
            return time(hour, minute)
    raise ValueError(_("Write a time, for example %(example)s.", example="17:00"))


def moment(day: date, at: time, *, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, when clocks in ``zone`` show ``at`` on ``day``; the first of two in autumn.

    :raises ValueError: clocks skip that time in spring.
    """
    shown = datetime.combine(day, at)
    found = shown.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != shown:
        raise ValueError(_("The clocks go forward that night: there is no such time."))
    return found


def parse_datetime(text: str, *, today: date, zone: tzinfo) -> datetime:
    """Read a day and a time behind it, as clocks in ``zone`` show them; return it in UTC.

    :raises ValueError: the day or the time is missing, or there is none such.
    """
    found = _MOMENT.fullmatch(text.replace("\u00a0", " ").strip()[: 2 * LONGEST_WORD])
    if not found:
        example = f"{today:%d.%m.%Y} 17:00"
        raise ValueError(_("Write a day and a time, for example %(example)s.", example=example))
    return moment(parse_date(found[1], today=today), parse_time(found[2]), zone=zone)


def parse_phone(text: str, *, prefix: str = "40") -> str:
    """Read a telephone number and return it as ``+40744555207``; without a country it is one of ``prefix``.

    :raises ValueError: it has too few or too many digits, or anything but digits and marks between them.
    """
    digits = re.sub(r"[\s.\-/()\u2013]", "", text)
    if not re.fullmatch(r"\+?\d{3,20}", digits, re.ASCII):
        raise ValueError(_("Write a telephone number, for example %(example)s.", example="0744 555 207"))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif not digits.startswith("+"):
        digits = f"+{prefix}{digits.removeprefix('0')}"
    if not re.fullmatch(r"\+40[2-9]\d{8}|\+(?!40)[1-9]\d{6,14}", digits, re.ASCII):
        raise ValueError(_("Check this number: it has too few or too many digits."))
    return digits


def parse_email(text: str) -> str:
    """Read an e-mail address; whether somebody reads it only a message can tell.

    :raises ValueError: it is none, or longer than the 254 characters that SMTP carries (RFC 5321).
    """
    text = text.strip()
    if len(text) > LONGEST_EMAIL or not text.isprintable() or not _EMAIL.fullmatch(text):
        raise ValueError(_("Write an e-mail address, for example %(example)s.", example="ana@exemplu.ro"))
    return text
