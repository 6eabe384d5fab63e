"""The books of the first release."""

import sqlalchemy as sa
from alembic import op

from warehouse.migrations.refusing import refuse_if_filled

revision = "0001"
down_revision = None

TABLES = (
    "rule_runs",
    "quality",
    "feedback_rows",
    "delivery_events",
    "answers",
    "runs",
    "findings",
    "finding_events",
    "deliveries",
    "audit",
)


def upgrade() -> None:
    """The books of the first release."""
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False, comment="order within the chain"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="UTC"),
        sa.Column("who", sa.String(length=64), nullable=False, comment="user of the operating system"),
        sa.Column("what", sa.String(length=32), nullable=False, comment="what was read: findings, explain"),
        sa.Column(
            "purpose",
            sa.String(length=400),
            nullable=False,
            comment="why personal values were needed, as the reader said",
        ),
        sa.Column("filter", sa.JSON(), nullable=False, comment="what was asked for"),
        sa.Column("rows", sa.BigInteger(), nullable=False, comment="findings that were read"),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="of the bytes that were given out"),
        sa.Column("previous", sa.String(length=64), nullable=False, comment="digest of the entry before this one"),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 over this entry and the one before"),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=160), nullable=False, comment="feed_county_as-of_first digits of the hash"),
        sa.Column("feed", sa.String(length=64), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True, comment="data cut-off date; null where the name did not hold one"),
        sa.Column("source", sa.String(length=16), nullable=False, comment="file, pull or push"),
        sa.Column(
            "files",
            sa.JSON(),
            nullable=False,
            comment="[{name, sha256, bytes}] in order of parts; names as in the inbox",
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("rows_read", sa.BigInteger(), nullable=True),
        sa.Column("staged", sa.BigInteger(), nullable=True),
        sa.Column("quarantined", sa.BigInteger(), nullable=True),
        sa.Column("totals_or_blank", sa.BigInteger(), nullable=True),
        sa.Column("repeated", sa.BigInteger(), nullable=True),
        sa.Column("values_refused", sa.BigInteger(), nullable=True, comment="values refused in staged rows"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="UTC"),
        sa.Column(
            "taken_by",
            sa.String(length=64),
            nullable=True,
            comment="run that took the delivery in; null until a run has finished with it",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("feed", "county", "as_of", "sha256"),
    )
    op.create_table(
        "finding_events",
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False, comment="order within the county's chain"),
        sa.Column("finding_id", sa.String(length=64), nullable=False),
        sa.Column("run", sa.String(length=64), nullable=True),
        sa.Column("on", sa.Date(), nullable=False, comment="as-of date of the transition"),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=True),
        sa.Column("evidence_digest", sa.String(length=64), nullable=True),
        sa.Column(
            "delivery",
            sa.String(length=400),
            nullable=True,
            comment="deliveries that prove it, or the returned workbook that says it",
        ),
        sa.Column(
            "answer",
            sa.String(length=64),
            nullable=True,
            comment="digest of the answer that moved the finding (answers)",
        ),
        sa.Column("previous", sa.String(length=64), nullable=False, comment="digest of the event before this one"),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 over this event and the one before"),
        sa.PrimaryKeyConstraint("county", "seq"),
    )
    op.create_index("ix_finding_events_finding", "finding_events", ["finding_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("finding_id", sa.String(length=64), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("certainty", sa.String(length=16), nullable=False),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.Column(
            "last_run",
            sa.String(length=64),
            nullable=False,
            comment="newest run that showed it: its payload lies in the lake",
        ),
        sa.Column("evidence_digest", sa.String(length=64), nullable=False),
        sa.Column(
            "silenced_digest", sa.String(length=64), nullable=True, comment="evidence at which a department said 不属实"
        ),
        sa.Column("batch", sa.String(length=64), nullable=True),
        sa.Column("dispatched_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("cleared_by", sa.String(length=400), nullable=True, comment="deliveries that prove that it is gone"),
        sa.PrimaryKeyConstraint("finding_id"),
    )
    op.create_index("ix_findings_county_state", "findings", ["county", "state"], unique=False)
    op.create_table(
        "runs",
        sa.Column(
            "id",
            sa.String(length=64),
            nullable=False,
            comment="date_county_hash of county, D, deliveries, policy and code",
        ),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("deliveries", sa.JSON(), nullable=False, comment="{feed: [delivery ids in force]}"),
        sa.Column("policy", sa.JSON(), nullable=False, comment="parameters in force at D, with their sources"),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("replay", sa.Boolean(), nullable=False, comment="a run for an earlier D: the ledger does not move"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True, comment="null until the ledger holds it"),
        sa.Column("counts", sa.JSON(), nullable=True, comment="{new, still, cleared, reopened}"),
        sa.Column("seq", sa.Integer(), nullable=True, comment="order of recording within the books"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "answers",
        sa.Column(
            "digest", sa.String(length=64), nullable=False, comment="SHA-256 over finding, batch and what was filled in"
        ),
        sa.Column("finding_id", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("delivery", sa.String(length=160), nullable=False, comment="the returned workbook"),
        sa.Column("number", sa.Integer(), nullable=False, comment="order within the returned workbook"),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column(
            "said",
            sa.JSON(),
            nullable=True,
            comment="{heading: text} as filled in; null once it has been erased on schedule",
        ),
        sa.ForeignKeyConstraint(
            ["delivery"],
            ["deliveries.id"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_answers_finding", "answers", ["finding_id"], unique=False)
    op.create_table(
        "delivery_events",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery", sa.String(length=160), nullable=False),
        sa.Column(
            "kind", sa.String(length=16), nullable=False, comment="accepted, rejected, superseded, restored, released"
        ),
        sa.Column(
            "reason",
            sa.JSON(),
            nullable=True,
            comment="problems of a rejected delivery, in Chinese; who released it and why",
        ),
        sa.Column("by", sa.String(length=160), nullable=True, comment="the delivery that superseded this one"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="UTC"),
        sa.ForeignKeyConstraint(
            ["delivery"],
            ["deliveries.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_delivery_events_delivery", "delivery_events", ["delivery"], unique=False)
    op.create_table(
        "feedback_rows",
        sa.Column("delivery", sa.String(length=160), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="order within the returned workbook"),
        sa.Column("sheet", sa.String(length=64), nullable=True),
        sa.Column("row", sa.Integer(), nullable=False, comment="row number that the department sees"),
        sa.Column(
            "finding_id", sa.String(length=64), nullable=True, comment="null where the row names no finding of ours"
        ),
        sa.Column(
            "outcome", sa.String(length=16), nullable=False, comment="applied, noted, repeated, blank or refused"
        ),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=True),
        sa.Column("column_name", sa.String(length=64), nullable=True, comment="heading of what was refused"),
        sa.Column(
            "reason",
            sa.String(length=400),
            nullable=True,
            comment="why it was refused, in Chinese, without personal values",
        ),
        sa.ForeignKeyConstraint(
            ["delivery"],
            ["deliveries.id"],
        ),
        sa.PrimaryKeyConstraint("delivery", "number"),
    )
    op.create_table(
        "quality",
        sa.Column("delivery", sa.String(length=160), nullable=False),
        sa.Column("expectation", sa.String(length=160), nullable=False),
        sa.Column("column_name", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False, comment="warn or reject"),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("observed", sa.String(length=200), nullable=True, comment="a figure, never a personal value"),
        sa.Column("description", sa.String(length=400), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery"],
            ["deliveries.id"],
        ),
        sa.PrimaryKeyConstraint("delivery", "expectation"),
    )
    op.create_table(
        "rule_runs",
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False, comment="evaluated or not_evaluated"),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("findings", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run"],
            ["runs.id"],
        ),
        sa.PrimaryKeyConstraint("run", "rule"),
    )


def downgrade() -> None:
    """Remove the tables, where nothing is in them."""
    refuse_if_filled(op.get_bind(), TABLES)
    op.drop_table("rule_runs")
    op.drop_table("quality")
    op.drop_table("feedback_rows")
    op.drop_index("ix_delivery_events_delivery", table_name="delivery_events")
    op.drop_table("delivery_events")
    op.drop_index("ix_answers_finding", table_name="answers")
    op.drop_table("answers")
    op.drop_table("runs")
    op.drop_index("ix_findings_county_state", table_name="findings")
    op.drop_table("findings")
    op.drop_index("ix_finding_events_finding", table_name="finding_events")
    op.drop_table("finding_events")
    op.drop_table("deliveries")
    op.drop_table("audit")
