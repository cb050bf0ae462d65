"""Give locations an e-mail address, working hours and closed days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add columns and the table."""
    with op.batch_alter_table("location") as batch:
        batch.add_column(sa.Column("email", sa.String(254), nullable=False, server_default=""))
        batch.add_column(sa.Column("hours", sa.JSON, nullable=True))
        batch.add_column(sa.Column("keeps_holidays", sa.Boolean, nullable=False, server_default=sa.true()))
    with op.batch_alter_table("location") as batch:
        batch.alter_column("email", server_default=None)
        batch.alter_column("keeps_holidays", server_default=None)
    op.create_table(
        "closed_day",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("location_id", sa.Integer, nullable=True),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_closed_day"),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name="fk_closed_day_location_id_location"),
    )
    op.create_index("ix_closed_day_location_id", "closed_day", ["location_id"])
    op.create_index("ix_closed_day_last_day", "closed_day", ["last_day"])
