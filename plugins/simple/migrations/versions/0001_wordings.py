"""The wordings that papers had, and which ticket has which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workmanager import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "simple_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_simple_wording"),
        sa.UniqueConstraint("kind", "language", "digest", name="uq_simple_wording_kind_language_digest"),
        sa.UniqueConstraint("kind", "language", "number", name="uq_simple_wording_kind_language_number"),
    )
    op.create_table(
        "simple_ticket_wording",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("wording_id", sa.Integer(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("ticket_id", "kind", name="pk_simple_ticket_wording"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name="fk_simple_ticket_wording_ticket_id_ticket"
        ),
        sa.ForeignKeyConstraint(
            ["wording_id"], ["simple_wording.id"], name="fk_simple_ticket_wording_wording_id_simple_wording"
        ),
    )
    op.create_index("ix_simple_ticket_wording_wording_id", "simple_ticket_wording", ["wording_id"])
