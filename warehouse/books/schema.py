"""Tables of the books: deliveries and their events, runs, the ledger with its events and answers, and the audit log.

SQLite and PostgreSQL alike. Rows are appended; what changes (a delivery's status, a finding's state) follows from
events, and is kept beside them only as a cache that can be derived again.
"""

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
)

from expectations.finding import Because
from expectations.status import RuleStatus
from warehouse.books.append_only import guard_statements

metadata = MetaData()

LONG: Final = Text().with_variant(String(400), "sqlite")
"""A sentence, or a list of deliveries, of any length; SQLite's books were begun with a length, which it never asks."""

EVENTS: Final = "accepted, rejected, superseded, restored, released, held, withdrawn, erased"

deliveries = Table(
    "deliveries",
    metadata,
    Column(
        "id", String(160), primary_key=True, comment="feed_county_as-of_first digits of the hash, and of the labels'"
    ),
    Column("feed", String(64), nullable=False),
    Column("county", String(6), nullable=False),
    Column("as_of", Date, nullable=True, comment="data cut-off date; null where the name did not hold one"),
    Column("source", String(16), nullable=False, comment="file, pull or push"),
    Column(
        "files",
        JSON,
        nullable=False,
        comment="[{name, sha256, bytes, sent}] in order of parts; sent: a name that was cleaned, as it came",
    ),
    Column("sha256", String(64), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("rows_read", BigInteger),
    Column("staged", BigInteger),
    Column("quarantined", BigInteger),
    Column("totals_or_blank", BigInteger),
    Column("repeated", BigInteger),
    Column("values_refused", BigInteger, comment="values refused in staged rows"),
    Column("received_at", DateTime(timezone=True), nullable=False, comment="UTC"),
    Column("taken_by", String(64), comment="run that took the delivery in; null until a run has finished with it"),
    Column("dataset_sha256", String(64), comment="of its staged and refused rows; null where none were kept"),
    Column(
        "labels",
        JSON(none_as_null=True),
        comment="{column: {word: label}}: the county's own words that it was staged with",
    ),
)

delivery_events = Table(
    "delivery_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("delivery", ForeignKey("deliveries.id"), nullable=False),
    Column("kind", String(16), nullable=False, comment=EVENTS),
    Column("reason", JSON, comment="problems of what is rejected, what is to be confirmed; who decided and why"),
    Column("by", String(160), comment="the delivery that superseded this one, or that it waits for"),
    Column("at", DateTime(timezone=True), nullable=False, comment="UTC"),
    Index("ix_delivery_events_delivery", "delivery"),
)

quality = Table(
    "quality",
    metadata,
    Column("delivery", ForeignKey("deliveries.id"), primary_key=True),
    Column("expectation", String(160), primary_key=True),
    Column("column_name", String(64), nullable=False, default=""),
    Column("severity", String(16), nullable=False, comment="warn or reject"),
    Column("success", Boolean, nullable=False),
    Column("observed", String(200), comment="a figure, never a personal value"),
    Column("description", LONG),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True, comment="date_county_hash of county, D, deliveries, policy and code"),
    Column("county", String(6), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("deliveries", JSON, nullable=False, comment="{feed: [delivery ids in force]}"),
    Column("policy", JSON, nullable=False, comment="parameters in force at D, with their sources"),
    Column("code", String(64), nullable=False),
    Column("replay", Boolean, nullable=False, comment="a run for an earlier D: the ledger does not move"),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), comment="null until the ledger holds it"),
    Column("counts", JSON, comment="{new, still, cleared, reopened}"),
    Column("seq", Integer, comment="order of recording within the books"),
    Column("heard", Integer, comment="newest event of the county's deliveries that the run had looked at"),
    Column("sent", Boolean, comment="whether its findings were sent out: a night; null in books of the first release"),
    Column("position", Integer, comment="events by which the county's deliveries counted: an input of the run's id"),
    Column("withdrawn_at", DateTime(timezone=True), comment="when somebody undid it; null where it stands"),
    Column("withdrawn_why", LONG, comment="who undid it, and why"),
    Column("findings_digest", String(64), comment="HMAC-SHA256 of its findings in the lake; null where not recorded"),
    Column("ledger_digest", String(64), comment="of the ledger as it left it"),
    Column("before_digest", String(64), comment="of the findings as they stood before it"),
)

rule_runs = Table(
    "rule_runs",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("rule", String(8), primary_key=True),
    Column("status", String(16), nullable=False, comment=f"one of {', '.join(RuleStatus)}"),
    Column("reason", LONG),
    Column("findings", Integer),
    Column("seconds", Float),
    Column("book", String(64), comment="digest of what decides what the rule finds; null in books of earlier releases"),
    Column("policy", String(64), comment="digest of the policy values that it read at its days"),
)

brakes = Table(
    "brakes",
    metadata,
    Column("run", ForeignKey("runs.id"), primary_key=True),
    Column("rule", String(8), primary_key=True),
    Column("why", String(16), nullable=False, comment="more_than_usual or first_night"),
    Column("unsent", Integer, nullable=False, comment="findings that were not sent out"),
    Column("sent", Integer, nullable=False, comment="open findings that had been sent out before"),
)
"""Rules whose findings a night did not send out; a row goes when somebody sends them."""

findings = Table(
    "findings",
    metadata,
    Column("finding_id", String(64), primary_key=True),
    Column("county", String(6), nullable=False),
    Column("rule", String(8), nullable=False),
    Column("period", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("certainty", String(16), nullable=False),
    Column("first_seen", Date, nullable=False),
    Column("last_seen", Date, nullable=False),
    Column("last_run", String(64), nullable=False, comment="newest run that showed it: its payload lies in the lake"),
    Column("evidence_digest", String(64), nullable=False),
    Column("silenced_digest", String(64), comment="evidence at which a department said 不属实"),
    Column("batch", String(64)),
    Column("dispatched_on", Date),
    Column("due_on", Date),
    Column("cleared_by", LONG, comment="deliveries that prove that it is gone"),
    Column("cleared_because", String(16), comment=f"why it is gone where no data prove it: {', '.join(Because)}"),
    Column("days_left", Integer, comment="working days that its deadline has left while the clock stands still"),
    Index("ix_findings_county_state", "county", "state"),
)

finding_events = Table(
    "finding_events",
    metadata,
    Column("county", String(6), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False, comment="order within the county's chain"),
    Column("finding_id", String(64), nullable=False),
    Column("run", String(64)),
    Column("on", Date, nullable=False, comment="as-of date of the transition"),
    Column("who", String(64), nullable=False, comment="of who answered a digest: the name stands in the answer's text"),
    Column("from_state", String(16)),
    Column("to_state", String(16), nullable=False),
    Column("why", LONG),
    Column("evidence_digest", String(64)),
    Column("delivery", LONG, comment="deliveries that prove it, or the returned workbook that says it"),
    Column("answer", String(64), comment="digest of the answer that moved the finding (answers)"),
    Column(
        "batch", String(64), comment="as it stands for the finding since; of earlier releases at its last event only"
    ),
    Column("due_on", Date, comment="likewise"),
    Column("silenced_digest", String(64), comment="likewise"),
    Column("previous", String(64), nullable=False, comment="digest of the event before this one"),
    Column("digest", String(64), nullable=False, comment="HMAC-SHA256 over this event and the one before (journal)"),
    Index("ix_finding_events_finding", "finding_id"),
)

answers = Table(
    "answers",
    metadata,
    Column("digest", String(64), primary_key=True, comment="SHA-256 over finding, batch and what was filled in"),
    Column("finding_id", String(64), nullable=False),
    Column("batch", String(64), nullable=False),
    Column("delivery", ForeignKey("deliveries.id"), nullable=False, comment="the returned workbook"),
    Column("number", Integer, nullable=False, comment="order within the returned workbook"),
    Column("on", Date, nullable=False),
    Column("said", JSON, comment="{heading: text} as filled in; null once it has been erased on schedule"),
    Index("ix_answers_finding", "finding_id"),
)
"""What departments wrote. Events carry only the digest, so that a text can be erased and the chain still holds."""

feedback_rows = Table(
    "feedback_rows",
    metadata,
    Column("delivery", ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="order within the returned workbook"),
    Column("sheet", String(64)),
    Column("row", Integer, nullable=False, comment="row number that the department sees"),
    Column("finding_id", String(64), comment="null where the row names no finding of ours"),
    Column("outcome", String(16), nullable=False, comment="applied, noted, repeated, blank or refused"),
    Column("from_state", String(16)),
    Column("to_state", String(16)),
    Column("column_name", String(64), comment="heading of what was refused"),
    Column("reason", LONG, comment="why it was refused, in Chinese, without personal values"),
)
"""What became of each row of a returned workbook; a row with several problems stands here once for each."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("name", String(64), primary_key=True, comment="such as 2026-annual-evaluation"),
    Column("frozen_at", DateTime(timezone=True), nullable=False, comment="UTC"),
    Column("who", String(64), nullable=False),
    Column("purpose", LONG, nullable=False),
    Column("version", String(64), nullable=False, comment="the published version that was copied"),
    Column("sha256", String(64), nullable=False, comment="of the copy's bytes"),
    Column("bytes", BigInteger, nullable=False),
    Column("runs", JSON, nullable=False, comment="runs that it holds: their deliveries are kept as long as it stands"),
)
"""Named evaluation snapshots: copies of a published warehouse that never change again."""

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False, comment="order within the chain"),
    Column("at", DateTime(timezone=True), nullable=False, comment="UTC"),
    Column("who", String(64), nullable=False, comment="user of the operating system"),
    Column("what", String(32), nullable=False, comment="what was read (findings, explain) or frozen (freeze)"),
    Column("purpose", LONG, nullable=False, comment="why personal values were needed, as the reader said"),
    Column("filter", JSON, nullable=False, comment="what was asked for"),
    Column("rows", BigInteger, nullable=False, comment="findings that were read, or runs that were frozen"),
    Column("sha256", String(64), nullable=False, comment="of the bytes that were given out"),
    Column("previous", String(64), nullable=False, comment="digest of the entry before this one"),
    Column("digest", String(64), nullable=False, comment="HMAC-SHA256 over this entry and the one before"),
)
"""Reads of personal values; whoever reads cannot alter it unnoticed (warehouse/books/audit.py)."""


journal = Table(
    "journal",
    metadata,
    Column("county", String(6), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False, comment="order within the county's chain"),
    Column("kind", String(16), nullable=False, comment="sealed, resealed, ledger, run, run_undone or delivery"),
    Column("subject", String(64), nullable=False, comment="what it vouches for: an event's number, a run's id"),
    Column("content", String(64), nullable=False, comment="HMAC-SHA256 over what it vouches for"),
    Column("previous", String(64), nullable=False, comment="digest of the entry before this one"),
    Column("digest", String(64), nullable=False, comment="HMAC-SHA256 over this entry and the one before"),
)
"""Vouches for deliveries, runs and the ledger's chain with a key that the books do not hold (journal.py)."""

key_fingerprints = Table(
    "key_fingerprints",
    metadata,
    Column("name", String(64), primary_key=True, comment="which key of the home"),
    Column("fingerprint", String(64), nullable=False, comment="by which the key is known again"),
)


def _guard(table: Table, connection: Connection, **_given: object) -> None:
    """Make a log append-only as soon as it is there."""
    for statement in guard_statements(table.name, connection.dialect.name):
        connection.exec_driver_sql(statement)


for _log in (audit, finding_events, journal):
    event.listen(_log, "after_create", _guard)
