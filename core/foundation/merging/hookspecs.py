"""The hook by which areas and plugins say what follows a record that is merged into another."""

from __future__ import annotations

from collections.abc import Sequence

from core.foundation.merging.values import Merging, MovingColumn
from core.plugin import hookspec


@hookspec
def records_merging(merging: Merging) -> Sequence[MovingColumn]:
    """Return the columns of the owner's tables that point to the records of ``merging.entity``; veto by raising a ``DomainError``.

    Their rows go over to the winner, recorded in the history, and go back when the merge is undone; the owner moves nothing itself.
    Called for the preview, in its read-only transaction, and again inside the transaction of the merge; for every owner whose tables are
    in the database, also while it is lapsed or off: no row may go on pointing to a record that nobody finds.

    :param merging: The table, the record that is given up, and the one that stays.
    """
    del merging
    return ()
