"""Merge two records of one table, tell before what moves, and undo it. What writes belongs into a unit of work.

A model that can be merged has a column ``merged_into_id`` and a ``version``. Its area calls these functions, refreshes what the search
knows of both records afterwards, and tells whoever copies from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import func, inspect, select, update
from sqlalchemy.orm import InstrumentedAttribute

from core.db import AUDITED, Model, session
from core.errors import DomainError, NotFoundError
from core.foundation.accounts.identity import current_actor
from core.foundation.audit.plans import plain, plan_of, restored
from core.foundation.audit.recorder import entry, write
from core.foundation.merging.models import RecordMerge
from core.foundation.merging.values import Merging, MovingColumn
from core.foundation.tenants.services import present_hooks
from core.foundation.ui.checks import is_id
from core.types import now

#: Ids in one statement: databases have a limit of parameters.
BATCH: Final = 500


def preview_merge(merging: Merging) -> list[str]:
    """Return in words what would go over to the winner, nothing that is not there; one statement for each column that points there.

    :raises DomainError: an owner refuses.
    """
    return [
        moving.told(count)
        for moving in _columns(merging)
        if moving.told is not None and (count := _count(moving, merging))
    ]


def merge_records(winner: Model, loser: Model, *, values: Mapping[str, object]) -> RecordMerge:
    """Let ``loser`` become ``winner``: the rows that point to it go over, and its own row stays, pointing to the winner.

    :param values: What the winner's columns hold from now on, where that is something else.
    :raises DomainError: they are one already, or an owner refuses.
    """
    merging = _merging(winner, loser)
    columns = _columns(merging)
    changed = {
        name: [plain(getattr(winner, name)), plain(value)]
        for name, value in values.items()
        if getattr(winner, name) != value
    }
    for name in changed:
        setattr(winner, name, values[name])
    loser.merged_into_id = merging.winner_id  # type: ignore[attr-defined] # what can be merged has this column
    session().flush()
    moved = {one.name: _rows(one, merging) for one in columns}
    for one in columns:
        _move(one.column, moved[one.name], merging.winner_id)
    actor = current_actor()
    merge = RecordMerge(
        entity=merging.entity,
        winner_id=merging.winner_id,
        loser_id=merging.loser_id,
        loser_label=_label(loser),
        actor_id=actor.id,
        actor_name=actor.name[:200],
        values=changed,
        moved={name: ids for name, ids in moved.items() if ids},
    )
    session().add(merge)
    session().flush()
    session().expire_all()
    return merge


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of undoing a merge."""

    merge: RecordMerge
    #: Rows that did not go back: they were given to somebody else since, or are gone.
    kept: int


def undo_merge(merge_id: int, model: type[Model]) -> Undone:
    """Take a merge back: what went over returns, unless something newer stands against it; what came since stays with the winner.

    :param model: Of the records.
    :raises NotFoundError: there is no such merge of these records.
    :raises DomainError: it is undone already, or the winner itself was merged since.
    """
    merge = get_merge(merge_id, model)
    winner, loser = (session().get_one(model, one) for one in (merge.winner_id, merge.loser_id))
    if merge.undone_at is not None:
        raise DomainError(_("This merge is undone already."))
    if loser.merged_into_id != merge.winner_id:  # type: ignore[attr-defined] # what can be merged has this column
        raise DomainError(_("What these became was itself merged since. Undo that first."))
    loser.merged_into_id = None  # type: ignore[attr-defined] # as above
    for name, (before, after) in merge.values.items():
        if plain(getattr(winner, name)) == after:
            setattr(winner, name, restored(inspect(model).columns[name].type, before))
    merge.undone_at, merge.undone_by = now(), current_actor().name[:200]
    session().flush()
    columns = {one.name: one.column for one in _columns(_merging(winner, loser))}
    kept = 0
    for name, ids in merge.moved.items():
        back = _still(columns[name], ids, merge.winner_id) if name in columns else []
        if back:
            _move(columns[name], back, merge.loser_id)
        kept += len(ids) - len(back)
    session().expire_all()
    return Undone(merge, kept)


def get_merge(merge_id: int, model: type[Model]) -> RecordMerge:
    """Return a merge of records of ``model``.

    :raises NotFoundError: there is none.
    """
    merge = session().get(RecordMerge, merge_id) if is_id(merge_id) else None
    if merge is None or merge.entity != model.__tablename__:
        raise NotFoundError(_("There is no such merge."))
    return merge


def merges_into(entity: str, winner_id: int) -> Sequence[RecordMerge]:
    """Return the merges that a record is made of and that can be undone, the newest first."""
    statement = select(RecordMerge).where(
        RecordMerge.entity == entity, RecordMerge.winner_id == winner_id, RecordMerge.undone_at.is_(None)
    )
    return session().scalars(statement.order_by(RecordMerge.id.desc())).all()


def _merging(winner: Model, loser: Model) -> Merging:
    ids = [one.id for one in (winner, loser)]  # type: ignore[attr-defined] # what can be merged has an id
    if ids[0] == ids[1]:
        raise DomainError(_("Choose two different ones to merge."))
    return Merging(str(type(winner).__tablename__), loser_id=ids[1], winner_id=ids[0])


def _columns(merging: Merging) -> list[MovingColumn]:
    return [one for part in present_hooks().records_merging(merging=merging) for one in part]


def _rows(moving: MovingColumn, merging: Merging) -> list[int]:
    statement = select(moving.column.class_.id).where(moving.column == merging.loser_id)
    if moving.stays is not None:
        statement = statement.where(~moving.stays(merging))
    return list(session().scalars(statement.order_by(moving.column.class_.id)))


def _count(moving: MovingColumn, merging: Merging) -> int:
    statement = (
        select(func.count()).select_from(moving.column.class_).where(moving.column == merging.loser_id)
    )
    if moving.stays is not None:
        statement = statement.where(~moving.stays(merging))
    return session().scalar(statement) or 0


def _still(column: InstrumentedAttribute[Any], ids: Sequence[int], owner: int) -> list[int]:
    """Return those of ``ids`` whose rows still point to ``owner``."""
    key = column.class_.id
    found: list[int] = []
    for part in _parts(ids):
        found += session().scalars(select(key).where(key.in_(part), column == owner))
    return found


def _move(column: InstrumentedAttribute[Any], ids: Sequence[int], to: int) -> None:
    """Let rows point to ``to``, each with its entry in the history."""
    model: Any = column.class_
    mapper = inspect(model)
    values: dict[Any, Any] = {column: to}
    if mapper.version_id_col is not None:
        # Who has such a row open in a form is told, instead of putting the old owner back.
        values[mapper.version_id_col] = mapper.version_id_col + 1
    plan = plan_of(model)
    for part in _parts(ids):
        rows = session().execute(select(model.id, column).where(model.id.in_(part))).all()
        session().execute(
            update(model).where(model.id.in_(part)).values(values),
            execution_options={AUDITED: True, "synchronize_session": False},
        )
        if plan is not None:
            told = plan.columns[column.key]
            write(session(), [entry(plan.entity, one, "change", {told: [was, to]}, "") for one, was in rows])


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))


def _label(record: Model) -> str:
    plan = plan_of(type(record))
    return str(getattr(record, plan.label) if plan is not None and plan.label else "")[:200]
