"""Write the audit trail: every flush of the session adds an entry for each record that it made, changed or deleted.

The entries of a flush are one statement, in the same transaction. Importing this module makes it listen.
"""

from __future__ import annotations

from typing import Any, Final

import flask
from sqlalchemy import Connection, Table, event, insert, inspect, select
from sqlalchemy.orm import Mapper, Session, UOWTransaction, object_session
from sqlalchemy.orm.state import InstanceState

from core.db import Model
from core.foundation.accounts.identity import current_actor
from core.foundation.audit.models import ACTION_LENGTH, LABEL_LENGTH, AuditEntry
from core.foundation.audit.plans import HIDDEN, Plan, plain, plan_of
from core.types import now

#: Where a session keeps the entries of the flush that is going on, and values that had to be read for them.
ENTRIES: Final = "wm_audit_entries"
BEFORE: Final = "wm_audit_before"
TABLE: Final[Table] = AuditEntry.__table__  # type: ignore[assignment] # a model's table is a Table
#: Tells "was not loaded" from "was empty".
UNKNOWN: Final = object()

Changes = dict[str, list[object]]


class Tied(list[Any]):
    """Records at the other end of a relationship."""


def entry(entity: str, entity_id: int, action: str, changes: Changes, label: str) -> dict[str, object]:
    """Return the row of one entry by the actor of this moment."""
    actor = current_actor()
    return {
        "at": now(),
        "actor_id": actor.id,
        "actor_name": actor.name[:LABEL_LENGTH],
        "entity": entity,
        "entity_id": entity_id,
        "label": label[:LABEL_LENGTH],
        "action": action[:ACTION_LENGTH],
        "changes": changes,
        "request_id": flask.g.get("request_id") if flask.has_app_context() else None,
    }


def write(session: Session, entries: list[dict[str, object]]) -> None:
    """Insert ``entries`` in the transaction of ``session``."""
    session.connection(bind_arguments={"mapper": inspect(AuditEntry)}).execute(insert(TABLE), entries)


@event.listens_for(Session, "before_flush")
def _begin(session: Session, context: UOWTransaction, instances: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
    """Forget what a flush that failed has left."""
    del context, instances
    session.info.pop(ENTRIES, None)
    session.info.pop(BEFORE, None)


@event.listens_for(Session, "after_flush")
def _end(session: Session, context: UOWTransaction) -> None:
    """Write the entries of this flush."""
    del context
    entries = session.info.pop(ENTRIES, None)
    if entries:
        for one in entries:
            one["changes"] = {
                name: [_named(value) for value in pair] for name, pair in one["changes"].items()
            }
        write(session, entries)


@event.listens_for(Model, "before_update", propagate=True)
@event.listens_for(Model, "before_delete", propagate=True)
def _remember(mapper: Mapper[Any], connection: Connection, target: Model) -> None:
    """Read the values that are about to be lost and that nobody has loaded."""
    plan = plan_of(type(target))
    session = object_session(target)
    if plan is None or session is None:
        return
    state = inspect(target)
    is_deleted = target in session.deleted
    keys = plan.columns if is_deleted else _touched(plan, state)
    missing = [key for key in keys if _is_missing(state, key, is_deleted=is_deleted)]
    if not missing:
        return
    columns = [mapper.column_attrs[key].columns[0].label(key) for key in missing]
    key = zip(mapper.primary_key, state.identity or (), strict=True)
    row = connection.execute(select(*columns).where(*(column == value for column, value in key))).first()
    if row is not None:
        session.info.setdefault(BEFORE, {})[state] = row._asdict()


def _touched(plan: Plan, state: InstanceState[Any]) -> list[str]:
    """Return the recorded attributes that somebody has set: the others of a wide table are not worth a look."""
    return [key for key in plan.columns if key in state.committed_state]


def _is_missing(state: InstanceState[Any], key: str, *, is_deleted: bool) -> bool:
    """Tell whether the stored value of an attribute is unknown: overwritten, or about to be deleted, unread."""
    if is_deleted:
        return key not in state.dict
    history = state.attrs[key].history
    return bool(history.added) and not history.deleted


@event.listens_for(Model, "after_insert", propagate=True)
def _inserted(mapper: Mapper[Any], connection: Connection, target: Model) -> None:
    del mapper, connection
    plan = plan_of(type(target))
    if plan is None:
        return
    state = inspect(target)
    changes: Changes = {
        name: [None, _told(plan, key, state.dict.get(key))]
        for key, name in plan.columns.items()
        if state.dict.get(key) not in (None, "")
    }
    changes.update(_links(plan, state))
    _add(target, plan, "create", changes)


@event.listens_for(Model, "after_update", propagate=True)
def _updated(mapper: Mapper[Any], connection: Connection, target: Model) -> None:
    del mapper, connection
    plan = plan_of(type(target))
    if plan is None:
        return
    state = inspect(target)
    changes: Changes = {}
    for key in _touched(plan, state):
        history = state.attrs[key].history
        if not history.added:
            continue
        before = history.deleted[0] if history.deleted else _before(target, state, key)
        after = history.added[0]
        if before != after:
            changes[plan.columns[key]] = [_told(plan, key, before), _told(plan, key, after)]
    changes.update(_links(plan, state))
    if changes:
        _add(target, plan, "change", changes)


@event.listens_for(Model, "after_delete", propagate=True)
def _deleted(mapper: Mapper[Any], connection: Connection, target: Model) -> None:
    del mapper, connection
    plan = plan_of(type(target))
    if plan is None:
        return
    state = inspect(target)
    values = {key: state.dict.get(key, UNKNOWN) for key in plan.columns}
    read = {key: _before(target, state, key) if value is UNKNOWN else value for key, value in values.items()}
    changes: Changes = {
        plan.columns[key]: [_told(plan, key, value), None] for key, value in read.items() if value is not None
    }
    _add(target, plan, "delete", changes)


def _before(target: Model, state: InstanceState[Any], key: str) -> object:
    """Return a stored value that ``_remember`` had to read."""
    session = object_session(target)
    known: dict[str, object] = session.info.get(BEFORE, {}).get(state, {}) if session is not None else {}
    return known.get(key)


def _told(plan: Plan, key: str, value: object) -> object:
    """Return ``value`` as the trail may tell it."""
    if key in plan.secrets:
        return None if value is None else HIDDEN
    return plain(value)


def _links(plan: Plan, state: InstanceState[Any]) -> Changes:
    """Return the records that were tied to this one or untied."""
    found: Changes = {}
    for key in plan.links:
        history = state.attrs[key].history
        if history.added or history.deleted:
            found[key] = [Tied(history.deleted or ()), Tied(history.added or ())]
    return found


def _named(value: object) -> object:
    """Return tied records by their ids, which some of them get only while the flush goes on."""
    return sorted(record.id for record in value) if isinstance(value, Tied) else value


def _add(target: Model, plan: Plan, action: str, changes: Changes) -> None:
    session = object_session(target)
    if session is None:
        return
    label = getattr(target, plan.label, "") if plan.label else ""
    if isinstance(label, dict):
        label = next(iter(label.values()), "")
    row = entry(plan.entity, getattr(target, plan.key), action, changes, str(label or ""))
    session.info.setdefault(ENTRIES, []).append(row)
