"""What a paper or an editable text may see: plain data, copied, and nothing that leads anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, TypeAlias

#: A value of a paper: it has no methods worth calling and refers to no object of the application.
Plain: TypeAlias = (
    "bool | int | Decimal | str | date | datetime | time | list[Plain] | dict[str, Plain] | None"
)

#: Exactly these, not their subclasses: a subclass of ``str`` may carry methods, ``Markup`` would pass unescaped.
_SCALARS: Final = frozenset({type(None), bool, int, Decimal, str, date, datetime, time})
#: Values inside values: deeper than any paper needs, shallow enough for every walk that follows.
MOST_LEVELS: Final = 20
#: Values in one paper; 20,000 table rows of five cells.
MOST_VALUES: Final = 100_000
#: Digits before or after the decimal point; a Decimal of 1e999999999 would be written out as a gigabyte.
MOST_DIGITS: Final = 60
_LARGEST_INT: Final = 10**MOST_DIGITS


def plain_data(data: Mapping[str, object]) -> dict[str, Plain]:
    """Return a deep copy of ``data`` made of plain values alone: mappings become dicts, tuples become lists.

    :raises TypeError: a value is of another kind or beyond the bounds; the message names its path.
    """
    walk = _Walk()
    return walk.mapping(data, "data", 0)


class _Walk:
    """One copy in progress, with the number of values seen so far."""

    def __init__(self) -> None:
        self.values = 0

    def mapping(
        self,
        value: Mapping[object, object] | Mapping[str, object],
        path: str,
        level: int,
    ) -> dict[str, Plain]:
        copy: dict[str, Plain] = {}
        for key, item in value.items():
            if type(key) is not str:
                msg = f"a key of {path} is a {type(key).__name__}, not a str"
                raise TypeError(msg)
            copy[key] = self.value(item, f"{path}.{key}", level + 1)
        return copy

    def value(self, value: object, path: str, level: int) -> Plain:
        self.values += 1
        if self.values > MOST_VALUES or level > MOST_LEVELS:
            msg = f"the data of a paper is too large or too deep at {path}"
            raise TypeError(msg)
        if type(value) in _SCALARS:
            _check_number(value, path)
            return value  # type: ignore[return-value]  # one of _SCALARS, which mypy does not see through a set
        if isinstance(value, Mapping):
            return self.mapping(value, path, level)
        if type(value) in {list, tuple}:
            return [self.value(item, f"{path}[{n}]", level + 1) for n, item in enumerate(value)]  # type: ignore[arg-type, var-annotated]
        msg = f"{path} is a {type(value).__name__}; a paper takes plain data only"
        raise TypeError(msg)


def _check_number(value: object, path: str) -> None:
    """Refuse a number that has no ordinary written form."""
    if type(value) is int:
        fits = -_LARGEST_INT < value < _LARGEST_INT
    elif type(value) is Decimal:
        exponent = value.as_tuple().exponent
        fits = (
            isinstance(exponent, int)
            and abs(exponent) <= MOST_DIGITS
            and abs(value.adjusted()) <= MOST_DIGITS
        )
    else:
        return
    if not fits:
        msg = f"{path} is not a number that can be printed"
        raise TypeError(msg)
