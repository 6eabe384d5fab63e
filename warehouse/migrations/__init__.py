"""Alembic migrations of the books, and of the warehouse on PostgreSQL. DuckDB is rebuilt instead (decision 0007)."""
