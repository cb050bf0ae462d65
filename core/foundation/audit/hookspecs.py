"""The hook by which areas and plugins say how their records are called."""

from __future__ import annotations

from collections.abc import Sequence

from core.foundation.ui.records import RecordNames, ToldColumns
from core.plugin import hookspec


@hookspec
def record_names() -> Sequence[RecordNames]:
    """Return how the records of the owner's tables are called, one value for each table that others point to.

    The history of changes and the timelines then say "Client: Maria Popescu" where they would say "Client: no. 109". ``names`` of a
    value is called at most once a page, with all ids of the table that the page names.
    """
    return ()


@hookspec
def told_columns() -> Sequence[ToldColumns]:
    """Return how recorded changes are told that are none of a column: ``{"custom.contract": [before, after]}``.

    The history of changes and the timelines ask for names and values by the beginning of the name.
    """
    return ()
