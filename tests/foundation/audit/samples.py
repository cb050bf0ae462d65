"""Models that only these tests know, in a registry and tables of their own."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, MetaData, String, Table
from sqlalchemy.orm import Mapped, mapped_column, registry, relationship

from core.db import NAMING, Model
from core.types import Quantity, UtcDateTime


class Colour(StrEnum):
    """A value that is stored as text."""

    RED = "red"
    BLUE = "blue"


class SampleModel(Model):
    """Base that keeps the samples out of the product's own tables."""

    __abstract__ = True

    metadata = MetaData(naming_convention=NAMING, info={"bind_key": "tenant"})
    _sa_registry = registry(metadata=metadata)


class Tag(SampleModel):
    """Something that boxes are tied to by a table without a model."""

    __tablename__ = "sample_tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))


box_tag = Table(
    "sample_box_tag",
    SampleModel.metadata,
    Column("box_id", ForeignKey("sample_box.id"), primary_key=True),
    Column("tag_id", ForeignKey("sample_tag.id"), primary_key=True),
)


class Box(SampleModel):
    """A record with a column of each kind."""

    __tablename__ = "sample_box"
    __secret_columns__ = frozenset({"pin"})
    __derived_columns__ = frozenset({"folded"})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    folded: Mapped[str] = mapped_column(String(50), default="")
    pin: Mapped[str | None] = mapped_column(String(20))
    blob: Mapped[bytes | None] = mapped_column(LargeBinary)
    colour: Mapped[Colour | None] = mapped_column(String(10))
    weight: Mapped[Decimal | None] = mapped_column(Quantity())
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    facts: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    version: Mapped[int] = mapped_column()

    lids: Mapped[list[Lid]] = relationship(cascade="all, delete-orphan", back_populates="box")
    tags: Mapped[list[Tag]] = relationship(secondary=box_tag)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class Lid(SampleModel):
    """A part of a box, gone when the box lets go of it."""

    __tablename__ = "sample_lid"
    __audit_label__ = "label"

    id: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[int] = mapped_column(ForeignKey("sample_box.id"))

    box: Mapped[Box] = relationship(back_populates="lids")

    @property
    def label(self) -> str:
        """What people call it."""
        return f"lid of {self.box_id}"


class Note(SampleModel):
    """A record that leaves no trace, and says why."""

    __tablename__ = "sample_note"
    __audited__ = False
    __unaudited_because__ = "nobody asks"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(50))
