"""Chains with a key: the journal, what events say of a finding's standing, and the key's fingerprint.

What was there before is sealed when the books are opened (warehouse/books/beginning.py): a migration has no key.
"""

import sqlalchemy as sa
from alembic import op

from warehouse.books.append_only import guard_statements, unguard_statements
from warehouse.migrations.refusing import refuse_if_told

revision = "0009"
down_revision = "0008"

STANDING = (("batch", sa.String(length=64)), ("due_on", sa.Date()), ("silenced_digest", sa.String(length=64)))
"""What a finding's last event says of it since."""


def upgrade() -> None:
    """Make them; a finding's last event says how the finding stands."""
    dialect = op.get_bind().dialect.name
    for name, kind in STANDING:
        op.add_column("finding_events", sa.Column(name, kind))
    for statement in unguard_statements("finding_events", dialect):
        op.execute(statement)
    for name, _ in STANDING:
        op.execute(
            f"UPDATE finding_events SET {name} = (SELECT f.{name} FROM findings f "
            "WHERE f.finding_id = finding_events.finding_id) WHERE seq = (SELECT max(e.seq) FROM finding_events e "
            "WHERE e.county = finding_events.county AND e.finding_id = finding_events.finding_id)"
        )
    for statement in guard_statements("finding_events", dialect):
        op.execute(statement)
    op.create_table(
        "journal",
        sa.Column("county", sa.String(length=6), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in COLUMNS),
    )
    for statement in guard_statements("journal", dialect):
        op.execute(statement)
    op.create_table(
        "key_fingerprints",
        sa.Column("name", sa.String(length=64), primary_key=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
    )


COLUMNS = (("kind", 16), ("subject", 64), ("content", 64), ("previous", 64), ("digest", 64))


def downgrade() -> None:
    """Refuse where the ledger has gone on with the key: an earlier release could not follow its chain."""
    refuse_if_told(op.get_bind(), "journal", "kind", ["ledger"])
    dialect = op.get_bind().dialect.name
    for statement in unguard_statements("journal", dialect):
        op.execute(statement)
    op.drop_table("key_fingerprints")
    op.drop_table("journal")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS journal_refuse()")
    for name, _ in reversed(STANDING):
        op.drop_column("finding_events", name)
