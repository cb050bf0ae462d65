"""The changes of some records in words, for the page that changes them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import and_, or_

from core.db import session
from core.foundation.accounts.identity import current_user
from core.foundation.audit.models import AuditEntry
from core.foundation.audit.services import trail
from core.foundation.audit.telling import Shown, tell_entries

#: Entries that a page of settings shows; all of them stand in the history of changes.
NEWEST: Final = 20


def history_of(*records: tuple[str, Collection[int]]) -> list[Shown]:
    """Return the newest changes of ``records``, pairs of a table and ids; none where the reader may not see the history.

    One statement, and one for each kind of record that the changes name.
    """
    reader = current_user()
    wanted = [
        and_(AuditEntry.entity == entity, AuditEntry.entity_id.in_(ids)) for entity, ids in records if ids
    ]
    if not wanted or not reader.can("core.audit:view"):
        return []
    statement = trail().where(or_(*wanted)).order_by(AuditEntry.id.desc()).limit(NEWEST)
    return tell_entries(session().execute(statement).all(), reader.can)
