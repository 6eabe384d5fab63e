"""The warehouse on PostgreSQL: the same tables and views as the DuckDB file, loaded from it, and who may read what."""
