"""PostgreSQL follows the declarations of ordinary tables: no revision is written for them, whatever changes.

Such a table is a copy of the published version: where it is not as declared it is made anew, empty, and the next
publishing fills it (a changed declaration changes the definitions' digest, by which publishing loads everything).
"""

from sqlalchemy import Connection, Table, inspect
from sqlalchemy.schema import CreateTable

from warehouse.tables.ordinary import ORDINARY

Shape = tuple[tuple[tuple[str, str, bool], ...], tuple[str, ...]]
"""(name, type, nullable) of the columns in their order, and the primary key."""


def is_ordinary(name: str | None) -> bool:
    """Whether a table follows its declaration, so that a written revision leaves it alone."""
    return name in {table.name for table in ORDINARY.values()}


def follow_declarations(connection: Connection) -> list[str]:
    """Make the ordinary tables that are not there, or not as they are declared; the names of those that were made."""
    made = []
    for table in ORDINARY.values():
        held = _held(connection, table)
        if held != _declared(connection, table):
            if held is not None:
                table.drop(connection)
            connection.execute(CreateTable(table))
            made.append(table.name)
    return made


def _declared(connection: Connection, table: Table) -> Shape:
    types = connection.dialect.type_compiler_instance
    columns = tuple((c.name, types.process(c.type), bool(c.nullable)) for c in table.c)
    return columns, tuple(c.name for c in table.primary_key)


def _held(connection: Connection, table: Table) -> Shape | None:
    """As PostgreSQL has it; None where it has none."""
    found = inspect(connection)
    if not found.has_table(table.name, schema=table.schema):
        return None
    types = connection.dialect.type_compiler_instance
    columns = found.get_columns(table.name, schema=table.schema)
    key = found.get_pk_constraint(table.name, schema=table.schema)["constrained_columns"]
    return tuple((c["name"], types.process(c["type"]), bool(c["nullable"])) for c in columns), tuple(key)
