"""Fields as everything but the settings sees them: frozen values, read once in a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import current_app
from sqlalchemy import Row, Select, Text, cast, func, literal, select

from core.db import in_unit_of_work, session
from core.foundation.accounts.sessions import forget_ridden, ridden, ride_along
from core.foundation.custom.models import CustomField, FieldKind
from core.foundation.tenants.context import current_tenant
from core.foundation.ui.language import current_locale

#: Where a session keeps the fields that its transaction has read.
KEPT: Final = "wm_custom_fields"


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """Return the text of the reader's language, else any there is."""
    wanted = language or current_locale().language
    return texts.get(wanted) or next((text for text in texts.values() if text), "")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the list that a field is chosen from."""

    key: str
    names: Mapping[str, str]
    #: No longer offered, and kept by the records that have it.
    offered: bool = True

    def title(self, language: str | None = None) -> str:
        """Return what people call it."""
        return in_language(self.names, language) or self.key


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one kind of record; see ``CustomField`` for what each part says."""

    id: int
    record_kind: str
    narrowing_id: int | None
    key: str
    names: Mapping[str, str]
    help: Mapping[str, str]
    kind: FieldKind
    choices: tuple[Choice, ...]
    currency: str
    #: Plain JSON.
    default: Any
    is_required: bool
    at_intake: bool
    on_paper: bool
    is_public: bool
    is_searchable: bool
    is_listed: bool
    retired_at: datetime | None

    def title(self, language: str | None = None) -> str:
        """Return what people call it."""
        return in_language(self.names, language) or self.key

    @property
    def is_asked(self) -> bool:
        """Whether forms still show it."""
        return self.retired_at is None

    def is_for(self, narrowing_id: int | None) -> bool:
        """Tell whether a record of this narrowing has it."""
        return self.narrowing_id is None or self.narrowing_id == narrowing_id

    def choice(self, key: str) -> Choice | None:
        """Return the choice with this key, offered or not."""
        return next((one for one in self.choices if one.key == key), None)


COLUMNS: Final = (
    CustomField.id,
    CustomField.record_kind,
    CustomField.narrowing_id,
    CustomField.key,
    CustomField.names,
    CustomField.help,
    CustomField.kind,
    CustomField.choices,
    CustomField.currency,
    CustomField.default,
    CustomField.is_required,
    CustomField.at_intake,
    CustomField.on_paper,
    CustomField.is_public,
    CustomField.is_searchable,
    CustomField.is_listed,
    CustomField.retired_at,
)
_CHOICES: Final = COLUMNS.index(CustomField.choices)


#: Other than it was whenever a field was added or changed: the newest, the sum of their versions, the moment of the last change.
STAMP: Final = select(
    cast(func.coalesce(func.max(CustomField.id), 0), Text)
    + literal("/")
    + cast(func.coalesce(func.sum(CustomField.version), 0), Text)
    + literal("/")
    + func.coalesce(cast(func.max(CustomField.updated_at), Text), "")
).scalar_subquery()
RIDER: Final = "custom_fields"
#: Tenants whose fields one process keeps.
MOST_TENANTS: Final = 1000

ride_along(RIDER, STAMP)


def field_of(row: Sequence[Any] | Row[Any]) -> Field:
    """Return the field of a row of ``COLUMNS``."""
    values = list(row)
    values[_CHOICES] = tuple(
        Choice(one["key"], one["names"], one.get("offered", True)) for one in values[_CHOICES] or ()
    )
    return Field(*values)


#: The statement of all fields in their order.
ALL: Final[Select[Any]] = select(*COLUMNS).order_by(
    CustomField.record_kind, CustomField.position, CustomField.id
)


def all_fields(kind: str) -> Sequence[Field]:
    """Return the fields of one kind of record in their order, retired ones too.

    A process keeps those of each tenant while the stamp that comes with the user of a request says the same; nothing is asked then. Without
    a request, and in a unit of work, all kinds are read at once, once in a transaction.
    """
    known = known_fields(kind)
    if known is not None:
        return known
    found: dict[str, list[Field]] = {}
    for row in session().execute(ALL):
        field = field_of(row)
        found.setdefault(field.record_kind, []).append(field)
    keep_fields(found)
    return found.get(kind, ())


def fields_of(kind: str) -> list[Field]:
    """Return the fields of one kind of record that are asked, in their order."""
    return [field for field in all_fields(kind) if field.is_asked]


def fields_by_key(kind: str) -> dict[str, Field]:
    """Return the fields of one kind of record by key, retired ones too."""
    return {field.key: field for field in all_fields(kind)}


def known_fields(kind: str) -> Sequence[Field] | None:
    """Return what ``all_fields`` would without a statement, ``None`` where it has to ask."""
    stamp = _stamp()
    if stamp is not None:
        before, found = _processes().get(current_tenant().id, (None, {}))
        return found.get(kind, ()) if before == stamp else None
    transaction, kept = session().info.get(KEPT, (None, {}))
    is_same = transaction is not None and transaction is session().get_transaction()
    return kept.get(kind, ()) if is_same else None


def keep_fields(found: Mapping[str, Sequence[Field]]) -> None:
    """Keep the fields of all kinds: for the process where the request has brought their stamp, else until the transaction ends."""
    stamp = _stamp()
    if stamp is None:
        session().info[KEPT] = (session().get_transaction(), found)
        return
    kept = _processes()
    if len(kept) >= MOST_TENANTS:
        kept.clear()
    kept[current_tenant().id] = (stamp, found)


def forget_fields() -> None:
    """Read the fields anew: some have changed."""
    session().info.pop(KEPT, None)
    forget_ridden(RIDER)


def _stamp() -> str | None:
    """Return the stamp of the fields as the request began; a unit of work trusts what it reads itself."""
    return None if in_unit_of_work() else ridden(RIDER)


def _processes() -> dict[int, tuple[str, Mapping[str, Sequence[Field]]]]:
    """Return what this process keeps: stamp and fields of each tenant."""
    kept: dict[int, tuple[str, Mapping[str, Sequence[Field]]]] = current_app.extensions.setdefault(
        "wm_custom_fields", {}
    )
    return kept
