"""Who answered stands in no event any more.

Events of before are rewritten when the books are opened (warehouse/books/beginning.py): a migration has no key.
"""

import sqlalchemy as sa
from alembic import op

from warehouse.digests import KEYED
from warehouse.migrations.refusing import DowngradeRefused

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing of the tables changes."""


def downgrade() -> None:
    """Refuse where a name has gone: an earlier release could not follow the chain over its digest."""
    found = "SELECT count(*) FROM finding_events WHERE answer IS NOT NULL AND who LIKE :keyed"
    nameless = op.get_bind().execute(sa.text(found), {"keyed": f"{KEYED}%"}).scalar()
    if nameless:
        raise DowngradeRefused([("finding_events.who", nameless)])
