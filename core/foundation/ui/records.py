"""How the records of a table are called where the history and the timelines name them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from core.db import session

#: Given ids, returns the names of those records that there are: one statement, however many they are.
NamesOf = Callable[[Collection[int]], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class RecordNames:
    """The names of one table's records; areas and plugins hand them over by the hook ``record_names``."""

    #: Name of the table.
    entity: str
    names: NamesOf
    #: Who lacks it reads the number of the record.
    permission: str | None = None
    #: The name of today stands also in place of the label that the trail has kept: where that is none that people use.
    replaces_label: bool = False
    #: Given a column and a recorded value, says it in words; ``None`` leaves the value to the trail. The first argument is the label
    #: that the trail has kept of the record.
    tell: Callable[[str, str, object], str | None] | None = None
    #: Words for actions of the owner's own, by what it hands to ``record_change``.
    actions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToldColumns:
    """How columns of the trail are told that no table has; areas and plugins hand them over by the hook ``told_columns``."""

    #: What their names begin with: ``custom.``.
    prefix: str
    #: Given a table and such a name, returns what people call it; ``None`` where nobody knows.
    title: Callable[[str, str], str | None]
    #: Given a table, such a name and a recorded value, says the value in words.
    value: Callable[[str, str, object], str | None]


def names_in(
    key: InstrumentedAttribute[int], name: InstrumentedAttribute[str] | ColumnElement[str]
) -> NamesOf:
    """Return the function that reads the names of a table's records from one of its columns.

    :param key: Its id.
    :param name: What a record is called.
    """

    def read(ids: Collection[int]) -> Mapping[int, str]:
        rows = session().execute(select(key, name).where(key.in_(ids)))
        return {one: text for one, text in rows if text}

    return read
