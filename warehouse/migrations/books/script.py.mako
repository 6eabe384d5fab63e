"""${message}."""

# ruff: noqa: E501
import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """${message}."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Undo it; say here why no data are lost, or refuse_if_filled."""
    ${downgrades if downgrades else "pass"}
