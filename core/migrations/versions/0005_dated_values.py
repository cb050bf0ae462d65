"""Make the rates, thresholds and deadlines of the law, with those of Romania as of November 2026."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

from core.types import Rate

revision = "0005"
down_revision = "0004"

#: From so long ago that no paper asks: the first day that the product reads.
EVER = date(1900, 1, 1)
CODE, CASH, SALE = "Codul fiscal (Legea 227/2015)", "Legea 70/2015", "OUG 140/2021"
ARCHIVE = "Legea contabilității 82/1991, art. 25"
#: Key, value, unit, first day, last day (``None``: until another holds), source.
ROMANIA = (
    ("vat.standard", 19, "percent", date(2017, 1, 1), date(2025, 7, 31), f"{CODE}, art. 291"),
    ("vat.standard", 21, "percent", date(2025, 8, 1), None, "Legea 141/2025"),
    ("vat.reduced", 9, "percent", date(2017, 1, 1), date(2025, 7, 31), f"{CODE}, art. 291"),
    ("vat.reduced", 11, "percent", date(2025, 8, 1), None, "Legea 141/2025"),
    ("vat.second_reduced", 5, "percent", date(2017, 1, 1), date(2025, 7, 31), f"{CODE}, art. 291"),
    ("vat_scheme.exemption_threshold", 395_000, "RON", date(2025, 9, 1), None, f"{CODE}, art. 310"),
    ("vat_scheme.on_collection_ceiling", 5_000_000, "RON", date(2026, 1, 1), None, f"{CODE}, art. 282"),
    ("vat_scheme.reverse_charge_threshold", 22_500, "RON", EVER, date(2026, 12, 31), f"{CODE}, art. 331"),
    ("invoice.report_deadline", 5, "days", EVER, date(2025, 12, 31), "OUG 120/2021"),
    ("invoice.report_deadline", 5, "working_days", date(2026, 1, 1), None, "OUG 120/2021"),
    ("invoice.simplified_ceiling", 100, "EUR", EVER, None, f"{CODE}, art. 319"),
    ("cash.from_firm", 5_000, "RON", EVER, None, CASH),
    ("cash.from_person", 10_000, "RON", EVER, None, CASH),
    ("cash.to_firm", 5_000, "RON", EVER, None, CASH),
    ("cash.to_firms", 10_000, "RON", EVER, None, CASH),
    ("archive.documents", 5, "years", EVER, None, ARCHIVE),
    ("archive.statements", 10, "years", EVER, None, ARCHIVE),
    ("guarantee.new", 2, "years", EVER, None, SALE),
    ("guarantee.used", 1, "years", EVER, None, SALE),
    ("guarantee.repair", 15, "days", EVER, None, SALE),
)


def upgrade() -> None:
    """Make the table and fill it."""
    table = op.create_table(
        "dated_value",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("value", Rate(), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dated_value"),
    )
    op.create_index(
        "ix_dated_value_country_key_valid_from", "dated_value", ["country", "key", "valid_from"], unique=True
    )
    names = ("key", "value", "unit", "valid_from", "valid_to", "source")
    seeded = [dict(zip(names, row, strict=True)) for row in ROMANIA]
    op.bulk_insert(table, [{**row, "country": "RO", "reason": "", "version": 1} for row in seeded])
