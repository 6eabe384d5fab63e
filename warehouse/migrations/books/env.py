"""Alembic's door to the books; apply.py brings the connection."""

from alembic import context

from warehouse.books.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=False)
with context.begin_transaction():
    context.run_migrations()
