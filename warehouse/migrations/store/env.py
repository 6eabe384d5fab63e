"""Alembic's door to the warehouse on PostgreSQL; apply.py brings the connection."""

from alembic import context

from warehouse.migrations.ordinary import is_ordinary
from warehouse.postgres.schema import STORE_SCHEMAS
from warehouse.postgres.tables import store_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=store_metadata,
    version_table_schema="warehouse",
    include_schemas=True,
    include_name=lambda name, type_, _parents: type_ != "schema" or name in STORE_SCHEMAS,
    # ordinary tables follow their declarations without a revision
    include_object=lambda _object, name, type_, _reflected, _compare_to: type_ != "table" or not is_ordinary(name),
)
with context.begin_transaction():
    context.run_migrations()
