"""Merge records that are one: clients point to what they became, and what moved is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.types import UtcDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column and the table."""
    with op.batch_alter_table("client") as batch:
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_client_merged_into_id_client", "client", ["merged_into_id"], ["id"])
    op.create_index("ix_client_merged_into_id", "client", ["merged_into_id"])
    op.create_table(
        "record_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(63), nullable=False),
        sa.Column("winner_id", sa.BigInteger(), nullable=False),
        sa.Column("loser_id", sa.BigInteger(), nullable=False),
        sa.Column("loser_label", sa.String(200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_merge"),
    )
    for columns in (["entity", "winner_id"], ["entity", "loser_id"]):
        op.create_index(f"ix_record_merge_{'_'.join(columns)}", "record_merge", columns)
