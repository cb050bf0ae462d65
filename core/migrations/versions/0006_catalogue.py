"""The catalogue of labour items and parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.types import UtcDateTime, key_column

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "catalogue_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("code_key", key_column(40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("name_key", key_column(200), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("standard_minutes", sa.Integer(), nullable=True),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("vat_key", sa.String(40), nullable=False),
        sa.Column("guarantee_months", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_item"),
        sa.UniqueConstraint("code_key", name="uq_catalogue_item_code_key"),
    )
    for columns in (
        ["name_key", "id"],
        ["updated_at", "id"],
        ["kind", "name_key", "id"],
        ["is_active", "name_key", "id"],
    ):
        op.create_index(f"ix_catalogue_item_{'_'.join(columns)}", "catalogue_item", columns)
