"""What a run wrote to the lake is known again.

What earlier releases wrote, and staged, is taken as it lies when the books are opened (warehouse/books/beginning.py):
a migration has no key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

COLUMNS = ("findings_digest", "ledger_digest", "before_digest")


def upgrade() -> None:
    """Make the columns."""
    for name in COLUMNS:
        op.add_column("runs", sa.Column(name, sa.String(length=64)))


def downgrade() -> None:
    """Forget the digests."""
    for name in reversed(COLUMNS):
        op.drop_column("runs", name)
