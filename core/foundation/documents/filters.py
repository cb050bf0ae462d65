"""The filters of editable texts: pure functions from plain values to plain values, each with a bound."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final

from core.foundation.documents.data import Plain
from core.foundation.documents.interpreter import Filter, written

#: Characters that one filter may make.
MOST_CHARACTERS: Final = 200_000
#: Decimal places that ``round`` takes.
MOST_PLACES: Final = 10


def _upper(value: Plain) -> Plain:
    return _text(value).upper()


def _lower(value: Plain) -> Plain:
    return _text(value).lower()


def _capitalize(value: Plain) -> Plain:
    text = _text(value)
    return text[:1].upper() + text[1:]


def _trim(value: Plain) -> Plain:
    return _text(value).strip()


def _length(value: Plain) -> Plain:
    if isinstance(value, str | list | dict):
        return len(value)
    msg = "only a text or a list has a length"
    raise TypeError(msg)


def _first(value: Plain) -> Plain:
    return _list(value)[0] if value else ""


def _last(value: Plain) -> Plain:
    return _list(value)[-1] if value else ""


def _join(value: Plain, separator: Plain = "") -> Plain:
    between = _text(separator)
    parts = [_text(part) for part in _list(value)]
    # Judged before the text is made: a long separator between many parts is a bomb.
    if sum(map(len, parts)) + len(between) * len(parts) > MOST_CHARACTERS:
        msg = "the joined text is too long"
        raise ValueError(msg)
    return between.join(parts)


def _round(value: Plain, places: Plain = 0) -> Plain:
    if type(places) is not int or not 0 <= places <= MOST_PLACES:
        msg = "places must be a small whole number"
        raise ValueError(msg)
    return _number(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _abs(value: Plain) -> Plain:
    return abs(_number(value))


def _text(value: Plain) -> str:
    if isinstance(value, list | dict):
        msg = "a list is not a text"
        raise TypeError(msg)
    return written(value)


def _list(value: Plain) -> list[Plain]:
    if isinstance(value, list):
        return value
    msg = "a list is needed"
    raise TypeError(msg)


def _number(value: Plain) -> Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    msg = "a number is needed"
    raise TypeError(msg)


#: ``default`` is part of the language, since it looks at what is not there.
FILTERS: Final[Mapping[str, Filter]] = MappingProxyType(
    {
        "abs": _abs,
        "capitalize": _capitalize,
        "first": _first,
        "join": _join,
        "last": _last,
        "length": _length,
        "lower": _lower,
        "round": _round,
        "trim": _trim,
        "upper": _upper,
    }
)
