"""Deliveries say with which words for labels they were staged, and one content may be staged with several."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.refusing import refuse_if_set

revision = "0012"
down_revision = "0011"

_SAME = ("feed", "county", "as_of", "sha256")


def upgrade() -> None:
    """Make the column; what earlier releases staged was staged with none. The id alone says what a delivery is."""
    comment = "{column: {word: label}}: the county's own words that it was staged with"
    op.add_column("deliveries", sa.Column("labels", sa.JSON(), comment=comment))
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("deliveries_feed_county_as_of_sha256_key", "deliveries", type_="unique")
    else:
        _make_anew()


def downgrade() -> None:
    """Refuse where a delivery was staged with such words: an earlier release would not know it again."""
    refuse_if_set(op.get_bind(), "deliveries", "labels")
    op.drop_column("deliveries", "labels")
    if op.get_bind().dialect.name == "postgresql":
        op.create_unique_constraint("deliveries_feed_county_as_of_sha256_key", "deliveries", list(_SAME))
    else:
        _make_anew(sa.UniqueConstraint(*_SAME))


def _make_anew(*constraints: sa.UniqueConstraint) -> None:
    """SQLite changes no constraint: the rows go into a table of the same name that is made anew.

    Rows of other tables refer to them; whether they all find theirs again is asked at the end of the transaction.
    """
    run = op.get_bind().exec_driver_sql
    run("PRAGMA defer_foreign_keys = ON")
    run("CREATE TEMP TABLE before AS SELECT * FROM main.deliveries")
    names = [name for _, name, *_ in run("PRAGMA main.table_info(deliveries)")]
    op.drop_table("deliveries")
    op.create_table("deliveries", *(column for column in _columns() if column.name in names), *constraints)
    listed = ", ".join(names)
    run(f"INSERT INTO main.deliveries ({listed}) SELECT {listed} FROM temp.before")
    run("DROP TABLE temp.before")


def _columns() -> list[sa.Column[Any]]:
    rows = ("rows_read", "staged", "quarantined", "totals_or_blank", "repeated", "values_refused")
    return [
        sa.Column("id", sa.String(160), primary_key=True),
        sa.Column("feed", sa.String(64), nullable=False),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("as_of", sa.Date()),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger()) for name in rows),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(64)),
        sa.Column("dataset_sha256", sa.String(64)),
        sa.Column("labels", sa.JSON()),
    ]
