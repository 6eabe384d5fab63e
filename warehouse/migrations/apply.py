"""Bringing a database up to the version that this software knows, or back to an earlier one."""

from typing import Any, Final

from sqlalchemy import Connection, Engine, inspect, text

BASELINE: Final = "0001"
HEADS: Final = {"books": "0013", "store": "0010"}
"""The newest revision of each; a test compares them with the scripts, so that opening the books need not read those."""

_VERSIONS: Final = {"books": "alembic_version", "store": "warehouse.alembic_version"}


def current_revision(connection: Connection, what: str) -> str | None:
    """The revision that a database says it has; None where it says nothing."""
    schema, _, name = _VERSIONS[what].rpartition(".")
    if not inspect(connection).has_table(name, schema=schema or None):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_VERSIONS[what]}")).scalar()


def upgrade(engine: Engine, what: str, revision: str = "head") -> None:
    """Run the migrations up to ``revision``, in one transaction where the database can."""
    with engine.begin() as connection:
        upgrade_within(connection, what, revision)


def upgrade_within(connection: Connection, what: str, revision: str = "head") -> None:
    """Run the migrations as part of the caller's transaction."""
    from alembic import command

    command.upgrade(_config(what, connection), revision)


def downgrade(engine: Engine, what: str, revision: str) -> None:
    """Go back to ``revision`` ("base": to nothing). Raises DowngradeRefused where data would be lost."""
    from alembic import command

    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # its driver begins no transaction for what drops columns, and a refusal must leave all as it was
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        command.downgrade(_config(what, connection), revision)


def stamp(connection: Connection, what: str, revision: str) -> None:
    """Say that a database has ``revision``, without running anything."""
    from alembic import command

    command.stamp(_config(what, connection), revision)


def make_revision(engine: Engine, what: str, revision: str, message: str) -> None:
    """Write the script that leads from what ``engine`` holds (at head) to what is declared now: for developers.

    Comments are left aside: they follow the declarations whenever a store is opened (postgres/schema.py).
    """
    from alembic import command

    with engine.begin() as connection:
        connection.dialect.supports_comments = False
        command.revision(_config(what, connection), message, autogenerate=True, rev_id=revision)


def _config(what: str, connection: Connection | None = None) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", f"warehouse.migrations:{what}")
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
