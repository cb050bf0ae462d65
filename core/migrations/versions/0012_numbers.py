"""Let the shop say how it numbers, and never let two series begin in the same way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the first number and the table of rules."""
    with op.batch_alter_table("number_series") as batch:
        batch.add_column(sa.Column("first_number", sa.BigInteger, nullable=False, server_default="1"))
    with op.batch_alter_table("number_series") as batch:
        batch.alter_column("first_number", server_default=None)
    op.create_index("ix_number_series_kind_prefix", "number_series", ["kind", "prefix"], unique=True)
    op.create_table(
        "number_rule",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("scope", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("location_id", sa.Integer, nullable=True),
        sa.Column("pattern", sa.String(40), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("per_year", sa.Boolean, nullable=False),
        sa.Column("first_number", sa.BigInteger, nullable=False),
        sa.Column("first_year", sa.Integer, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_number_rule"),
        sa.UniqueConstraint("scope", name="uq_number_rule_scope"),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name="fk_number_rule_location_id_location"),
    )
    op.create_index("ix_number_rule_location_id", "number_rule", ["location_id"])
