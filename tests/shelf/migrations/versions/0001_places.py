import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "shelf_place",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("ticket_id", sa.Integer, nullable=True),
        sa.Column("client_id", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_shelf_place"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_shelf_place_ticket_id_ticket"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_shelf_place_client_id_client"),
    )
    op.create_index("ix_shelf_place_ticket_id", "shelf_place", ["ticket_id"])
    op.create_index("ix_shelf_place_client_id", "shelf_place", ["client_id"])
