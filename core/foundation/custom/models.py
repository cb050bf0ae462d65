"""The fields that a shop has added to its records, and what stands in them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model
from core.types import UtcDateTime, key_column, now, one_of

#: Longest key of a field or a choice.
KEY_LENGTH: Final = 40
#: Letters of a text by which a list is filtered: four bytes each fit into an entry of PostgreSQL's index.
FOLDED_LENGTH: Final = 600


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    LINK = "link"

    @property
    def label(self) -> str:
        """The name, in the reader's language."""
        return str(_KINDS[self])

    @property
    def has_choices(self) -> bool:
        """Whether its values come from a list of the shop's own."""
        return self in {FieldKind.CHOICE, FieldKind.CHOICES}


_KINDS: Final = {
    FieldKind.TEXT: _l("Text"),
    FieldKind.LONG_TEXT: _l("Long text"),
    FieldKind.NUMBER: _l("Number"),
    FieldKind.MONEY: _l("Amount of money"),
    FieldKind.DATE: _l("Date"),
    FieldKind.CHOICE: _l("One of a list"),
    FieldKind.CHOICES: _l("Several of a list"),
    FieldKind.YES_NO: _l("Yes or no"),
    FieldKind.LINK: _l("Link"),
}


class CustomField(Model):
    """A field that the shop has added to one kind of record; never deleted, because values stand in it (R112)."""

    __tablename__ = "custom_field"
    __title__ = _l("Custom field")
    __table_args__ = (
        UniqueConstraint("record_kind", "key"),
        Index(None, "record_kind", "position", "id"),
    )
    __audit_label__ = "title"
    __derived_columns__ = frozenset({"position"})

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As its host calls it: ``client``.
    record_kind: Mapped[str] = mapped_column(String(KEY_LENGTH), info={"title": _l("Records")})
    #: Only records of this narrowing have it, such as one equipment type; ``None``: all of the kind. An id of the host's own table.
    narrowing_id: Mapped[int | None] = mapped_column(BigInteger, info={"title": _l("Only for")})
    #: What papers, files and the API call it; it stays.
    key: Mapped[str] = mapped_column(String(KEY_LENGTH), info={"title": _l("Key")})
    #: By language; one at least.
    names: Mapped[dict[str, str]] = mapped_column(JSON, info={"title": _l("Name")})
    #: By language, a few words beside the control.
    help: Mapped[dict[str, str]] = mapped_column(JSON, info={"title": _l("Help")})
    kind: Mapped[FieldKind] = mapped_column(one_of(FieldKind), info={"title": _l("Kind")})
    #: ``[{"key": …, "names": {…}, "offered": true}]``; what is no longer offered stays, because records have it.
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSON, info={"title": _l("Choices")})
    #: Of amounts; empty for other kinds.
    currency: Mapped[str] = mapped_column(String(3), default="", info={"title": _l("Currency")})
    #: What a new record starts with, as plain JSON; ``None`` for nothing.
    default: Mapped[Any] = mapped_column(
        JSON(none_as_null=True), nullable=True, info={"title": _l("Default")}
    )
    is_required: Mapped[bool] = mapped_column(default=False, info={"title": _l("Required")})
    at_intake: Mapped[bool] = mapped_column(default=False, info={"title": _l("Asked at the intake")})
    on_paper: Mapped[bool] = mapped_column(default=False, info={"title": _l("Printed on papers")})
    #: The client may know it too; else the shop alone.
    is_public: Mapped[bool] = mapped_column(default=False, info={"title": _l("The client may see it")})
    is_searchable: Mapped[bool] = mapped_column(default=False, info={"title": _l("Found by the search")})
    is_listed: Mapped[bool] = mapped_column(default=False, info={"title": _l("A column of the list")})
    position: Mapped[int] = mapped_column()
    #: Since when it is no longer asked; its values are kept.
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info={"title": _l("Retired")})
    #: With ids and versions it tells whether anything has changed; see ``fields.STAMP``.
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name

    @property
    def title(self) -> str:
        """The name by which the trail keeps it."""
        return next(iter(self.names.values()), self.key)


def _filled(column: str) -> Index:
    """Return the index of those values that ``column`` holds: a list is filtered by it, and a page of ids comes out of it alone."""
    condition = text(f"{column} IS NOT NULL")
    name = f"ix_custom_value_field_id_{column}_record_id"
    return Index(name, "field_id", column, "record_id", sqlite_where=condition, postgresql_where=condition)


class CustomValue(Model):
    """What stands in one field of one record; which of the columns holds it is the kind of the field's to say."""

    __tablename__ = "custom_value"
    __table_args__ = (
        UniqueConstraint("field_id", "record_id"),
        Index(None, "record_id", "field_id"),
        _filled("folded"),
        _filled("number"),
        _filled("day"),
    )
    __audited__ = False
    __unaudited_because__ = "its changes are written down as changes of the record that it belongs to"

    id: Mapped[int] = mapped_column(primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("custom_field.id"))
    #: Id of the record in its host's table.
    record_id: Mapped[int] = mapped_column(BigInteger)
    #: A text as it was typed, a link, the key of a choice, or keys between bars: ``|red|blue|``.
    text: Mapped[str | None] = mapped_column(Text)
    #: The beginning of the text as lists compare it; keys as they are.
    folded: Mapped[str | None] = mapped_column(key_column(FOLDED_LENGTH))
    #: Thousandths of a number, smallest units of an amount, 1 for yes and 0 for no.
    number: Mapped[int | None] = mapped_column(BigInteger)
    day: Mapped[date | None]
