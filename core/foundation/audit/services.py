"""Record what the session does not see, and read the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from core.db import session
from core.foundation.audit.models import AuditEntry
from core.foundation.audit.plans import plain
from core.foundation.audit.recorder import entry, write


def record_change(
    entity: str,
    entity_id: int,
    action: str,
    *,
    changes: Mapping[str, Sequence[object]] | None = None,
    label: str = "",
) -> None:
    """Add an entry for what is no flush of the session: a bulk statement, a login, a secret that was shown.

    Belongs into the unit of work that does it. The caller leaves secrets out of ``changes``.

    :param entity: Name of the table.
    :param action: ``change``, ``delete``, or a word of the caller's own such as ``logged_in``.
    :param changes: Before and after, by column.
    """
    told = {name: [plain(value) for value in values] for name, values in (changes or {}).items()}
    write(session(), [entry(entity, entity_id, action, told, label)])


def trail(
    *, entity: str | None = None, entity_id: int | None = None, actor_id: int | None = None
) -> Select[Any]:
    """Return the statement that reads entries, as rows; the list that shows them puts them into an order.

    :param entity: Only those of one table.
    :param entity_id: Only those of one record of ``entity``.
    :param actor_id: Only what this user did.
    """
    table = AuditEntry
    statement = select(
        table.id,
        table.at,
        table.actor_id,
        table.actor_name,
        table.entity,
        table.entity_id,
        table.label,
        table.action,
        table.changes,
    )
    if entity is not None:
        statement = statement.where(table.entity == entity)
    if entity_id is not None:
        statement = statement.where(table.entity_id == entity_id)
    if actor_id is not None:
        statement = statement.where(table.actor_id == actor_id)
    return statement


def audit_trail(entity: str, entity_id: int) -> Select[Any]:
    """Return the statement that reads what happened to one record, newest first."""
    return trail(entity=entity, entity_id=entity_id).order_by(AuditEntry.id.desc())
