"""Clients, and the devices that they bring."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.types import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    _make_client()
    _make_lists()
    _make_equipment()


def _make_client() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("tax_id", sa.String(30), nullable=False),
        sa.Column("street", sa.String(200), nullable=False),
        sa.Column("city", sa.String(100), nullable=False),
        sa.Column("county", sa.String(100), nullable=False),
        sa.Column("postcode", sa.String(20), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("name_key", _key(200), nullable=False),
        sa.Column("match_key", _key(200), nullable=False),
        sa.Column("phone_key", _key(40), nullable=False),
        sa.Column("email_key", _key(254), nullable=False),
        sa.Column("tax_key", _key(30), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_client"),
    )
    _index(
        "client",
        ["name_key", "id"],
        ["updated_at", "id"],
        ["kind", "id"],
        ["match_key"],
        ["phone_key"],
        ["email_key"],
        ["tax_key"],
    )


def _make_lists() -> None:
    op.create_table(
        "equipment_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", _key(100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_equipment_type"),
        sa.UniqueConstraint("name_key", name="uq_equipment_type_name_key"),
    )
    op.create_table(
        "manufacturer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", _key(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_manufacturer"),
        sa.UniqueConstraint("name_key", name="uq_manufacturer_name_key"),
    )
    op.create_table(
        "equipment_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("manufacturer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_key", _key(100), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_equipment_model"),
        sa.UniqueConstraint(
            "manufacturer_id", "name_key", name="uq_equipment_model_manufacturer_id_name_key"
        ),
        sa.ForeignKeyConstraint(
            ["manufacturer_id"], ["manufacturer.id"], name="fk_equipment_model_manufacturer_id_manufacturer"
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["equipment_type.id"], name="fk_equipment_model_type_id_equipment_type"
        ),
    )
    _index("equipment_model", ["type_id"])


def _make_equipment() -> None:
    op.create_table(
        "equipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unique_id", sa.String(60), nullable=False),
        sa.Column("unique_key", _key(60), nullable=False),
        sa.Column("unique_id_generated", sa.Boolean(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=True),
        sa.Column("manufacturer_id", sa.Integer(), nullable=True),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("variant", sa.String(100), nullable=False),
        sa.Column("serial", sa.String(60), nullable=False),
        sa.Column("serial_key", _key(60), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_equipment"),
        sa.UniqueConstraint("unique_key", name="uq_equipment_unique_key"),
        sa.ForeignKeyConstraint(
            ["type_id"], ["equipment_type.id"], name="fk_equipment_type_id_equipment_type"
        ),
        sa.ForeignKeyConstraint(
            ["manufacturer_id"], ["manufacturer.id"], name="fk_equipment_manufacturer_id_manufacturer"
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["equipment_model.id"], name="fk_equipment_model_id_equipment_model"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_equipment_client_id_client"),
    )
    _index(
        "equipment",
        ["updated_at", "id"],
        ["type_id", "id"],
        ["client_id", "id"],
        ["manufacturer_id", "id"],
        ["model_id", "id"],
        ["serial_key"],
    )
    op.create_table(
        "equipment_ownership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("equipment_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_equipment_ownership"),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name="fk_equipment_ownership_equipment_id_equipment"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_equipment_ownership_client_id_client"),
    )
    _index("equipment_ownership", ["equipment_id", "id"], ["client_id"])


def _key(length: int) -> sa.String:
    """Return the type of a folded copy, compared byte by byte on both databases."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _index(table: str, *columns: list[str]) -> None:
    for names in columns:
        op.create_index(f"ix_{table}_{'_'.join(names)}", table, names)
