"""Make settings, locations, number series, the audit trail, idempotency keys and search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.types import UtcDateTime

revision = "0002"
down_revision = "0001"

#: As core.foundation.search.entries has it: the highest bits of a position are its group.
GROUPS = 8
BELOW_GROUP = 60


def upgrade() -> None:
    """Make the tables."""
    _settings()
    _audit()
    _search()


def _settings() -> None:
    op.create_table(
        "setting",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("group_name", sa.String(60), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("updated_by", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_setting"),
    )
    op.create_index("ix_setting_group_name_key", "setting", ["group_name", "key"], unique=True)
    op.create_table(
        "location",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("phone", sa.String(20), nullable=True),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_location"),
        sa.UniqueConstraint("code", name="uq_location_code"),
    )
    op.create_table(
        "number_series",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("scope", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("location_id", sa.Integer, nullable=True),
        sa.Column("year", sa.Integer, nullable=True),
        sa.Column("prefix", sa.String(40), nullable=False),
        sa.Column("next_number", sa.BigInteger, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_number_series"),
        sa.UniqueConstraint("scope", name="uq_number_series_scope"),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name="fk_number_series_location_id_location"
        ),
    )
    op.create_index("ix_number_series_location_id", "number_series", ["location_id"])


def _audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor_id", sa.Integer, nullable=True),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("entity", sa.String(63), nullable=False),
        sa.Column("entity_id", sa.BigInteger, nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("changes", sa.JSON, nullable=False),
        sa.Column("request_id", sa.String(36), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_entity_entity_id_id", "audit_entry", ["entity", "entity_id", "id"])
    op.create_index("ix_audit_entry_entity_id", "audit_entry", ["entity", "id"])
    op.create_index("ix_audit_entry_actor_id_id", "audit_entry", ["actor_id", "id"])
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("method", sa.String(7), nullable=False),
        sa.Column("path", sa.String(500), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("result_id", sa.BigInteger, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_user_id_key", "idempotency_key", ["user_id", "key"], unique=True)
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])


def _search() -> None:
    op.create_table(
        "search_entry",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("record_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "record_id", name="pk_search_entry"),
    )
    op.create_index("ix_search_entry_position", "search_entry", ["position"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_fts USING fts5("
            "text, content='search_entry', content_rowid='position', tokenize='trigram case_sensitive 1')"
        )
        return
    for group in range(GROUPS):
        # Each index holds some kinds alone: what is common in one kind costs a search of the others nothing.
        op.execute(
            f"CREATE INDEX ix_search_entry_text_{group} ON search_entry"
            " USING gin (text extensions.gin_trgm_ops)"
            f" WHERE (position >> {BELOW_GROUP}) = {group}"
        )
