"""Tickets, their statuses and their timeline."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.types import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "ticket_status",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("next_ids", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_status"),
    )
    op.create_index("ix_ticket_status_stage_position_id", "ticket_status", ["stage", "position", "id"])
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("access_digest", sa.String(64), nullable=False),
        sa.Column("access_code", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("equipment_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("accessories", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("initial_findings", sa.Text(), nullable=False),
        sa.Column("unlock_code", sa.LargeBinary(), nullable=True),
        sa.Column("estimate_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("status_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("stage_since", UtcDateTime(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.UniqueConstraint("number", name="uq_ticket_number"),
        sa.UniqueConstraint("access_digest", name="uq_ticket_access_digest"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_ticket_client_id_client"),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name="fk_ticket_equipment_id_equipment"),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name="fk_ticket_location_id_location"),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name="fk_ticket_assignee_id_user"),
        sa.ForeignKeyConstraint(
            ["status_id"], ["ticket_status.id"], name="fk_ticket_status_id_ticket_status"
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], name="fk_ticket_opened_by_user"),
    )
    for columns in (
        ["opened_at", "id"],
        ["updated_at", "id"],
        ["stage", "opened_at", "id"],
        ["location_id", "opened_at", "id"],
        ["assignee_id", "opened_at", "id"],
        ["client_id", "opened_at", "id"],
        ["equipment_id", "opened_at", "id"],
    ):
        op.create_index(f"ix_ticket_{'_'.join(columns)}", "ticket", columns)
    still_open = sa.text("closed_at IS NULL")
    for name, columns in (
        ("ix_ticket_open", ["opened_at", "id"]),
        ("ix_ticket_open_due", ["due_at", "id"]),
        ("ix_ticket_open_waiting", ["stage_since", "id"]),
        ("ix_ticket_open_location", ["location_id", "opened_at", "id"]),
        ("ix_ticket_open_assignee", ["assignee_id", "opened_at", "id"]),
    ):
        op.create_index(name, "ticket", columns, sqlite_where=still_open, postgresql_where=still_open)
    op.create_table(
        "ticket_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_event"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_ticket_event_ticket_id_ticket"),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name="fk_ticket_event_actor_id_user"),
    )
    op.create_index("ix_ticket_event_ticket_id_id", "ticket_event", ["ticket_id", "id"])
