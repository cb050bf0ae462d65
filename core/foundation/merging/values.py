"""What areas and plugins say of the rows that follow a record when it is merged into another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True, slots=True)
class Merging:
    """Two records of one table that are about to become one."""

    #: Name of their table: ``client``, ``equipment``.
    entity: str
    #: Its row stays, points to the winner, and is found no more.
    loser_id: int
    winner_id: int


@dataclass(frozen=True, slots=True)
class MovingColumn:
    """A column of the owner's that holds ids of the merged table: its rows go over to the winner, and back when the merge is undone."""

    column: InstrumentedAttribute[Any]
    #: How many they are, in the reader's language: ``lambda num: ngettext("%(num)s ticket", …)``; ``None`` for rows that nobody counts.
    told: Callable[[int], str] | None = None
    #: Rows for which this holds stay with the loser: the winner has one like it already.
    stays: Callable[[Merging], ColumnElement[bool]] | None = None

    @property
    def name(self) -> str:
        """Table and column, as a merge keeps them."""
        return f"{self.column.class_.__tablename__}.{self.column.key}"
