"""The works of tickets: a ledger of labour and parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.types import Quantity, Rate, UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("catalogue_item_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("quantity", Quantity(), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("vat_key", sa.String(40), nullable=False),
        sa.Column("vat_rate", Rate(), nullable=False),
        sa.Column("guarantee_months", sa.Integer(), nullable=True),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sa.String(200), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_work_ticket_id_ticket"),
        sa.ForeignKeyConstraint(
            ["catalogue_item_id"], ["catalogue_item.id"], name="fk_work_catalogue_item_id_catalogue_item"
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["user.id"], name="fk_work_worker_id_user"),
        sa.ForeignKeyConstraint(["entered_by"], ["user.id"], name="fk_work_entered_by_user"),
        sa.ForeignKeyConstraint(["reverses_id"], ["work.id"], name="fk_work_reverses_id_work"),
        sa.PrimaryKeyConstraint("id", name="pk_work"),
        sa.UniqueConstraint("reverses_id", name="uq_work_reverses_id"),
    )
    for columns in (
        ["ticket_id", "id"],
        ["worker_id", "done_at", "id"],
        ["catalogue_item_id", "id"],
        ["entered_by"],
    ):
        op.create_index(f"ix_work_{'_'.join(columns)}", "work", columns)
