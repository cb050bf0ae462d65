"""The fields that a shop adds to its records, and their values."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.types import UtcDateTime, key_column

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "custom_field",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("record_kind", sa.String(40), nullable=False),
        sa.Column("narrowing_id", sa.BigInteger, nullable=True),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("names", sa.JSON, nullable=False),
        sa.Column("help", sa.JSON, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("choices", sa.JSON, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("default", sa.JSON, nullable=True),
        sa.Column("is_required", sa.Boolean, nullable=False),
        sa.Column("at_intake", sa.Boolean, nullable=False),
        sa.Column("on_paper", sa.Boolean, nullable=False),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.Column("is_searchable", sa.Boolean, nullable=False),
        sa.Column("is_listed", sa.Boolean, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("retired_at", UtcDateTime, nullable=True),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_custom_field"),
        sa.UniqueConstraint("record_kind", "key", name="uq_custom_field_record_kind_key"),
    )
    op.create_index(
        "ix_custom_field_record_kind_position_id", "custom_field", ["record_kind", "position", "id"]
    )
    op.create_table(
        "custom_value",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("field_id", sa.Integer, nullable=False),
        sa.Column("record_id", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=True),
        sa.Column("folded", key_column(600), nullable=True),
        sa.Column("number", sa.BigInteger, nullable=True),
        sa.Column("day", sa.Date, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_custom_value"),
        sa.ForeignKeyConstraint(
            ["field_id"], ["custom_field.id"], name="fk_custom_value_field_id_custom_field"
        ),
        sa.UniqueConstraint("field_id", "record_id", name="uq_custom_value_field_id_record_id"),
    )
    op.create_index("ix_custom_value_record_id_field_id", "custom_value", ["record_id", "field_id"])
    for column in ("folded", "number", "day"):
        filled = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_custom_value_field_id_{column}_record_id",
            "custom_value",
            ["field_id", column, "record_id"],
            sqlite_where=filled,
            postgresql_where=filled,
        )
