"""``python -m warehouse.migrations books|store URL REVISION MESSAGE``: for developers, on an empty PostgreSQL database.

Runs the scripts up to their head and writes the one that leads from there to what is declared now. Look at it, say in
its ``downgrade`` why nothing is lost (or refuse), and note the new head in apply.HEADS.
"""

import sys

from warehouse.migrations.apply import make_revision, upgrade


def main(arguments: list[str]) -> int:
    """Write the script."""
    if len(arguments) != 4 or arguments[0] not in {"books", "store"}:
        sys.stderr.write((__doc__ or "") + "\n")
        return 2
    from sqlalchemy import text

    from warehouse.books.connection import BOOKS, postgres_engine
    from warehouse.tables import SCHEMA

    what, url, revision, message = arguments
    schema = {"books": BOOKS, "store": SCHEMA}[what]
    engine = postgres_engine(url, schema)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    upgrade(engine, what)
    make_revision(engine, what, revision, message)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
