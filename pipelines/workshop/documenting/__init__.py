"""Pages made from the declarations: rule book, feeds, command line, data dictionary. Never edited by hand."""

from pipelines.workshop.documenting.pages import render_pages, write_pages

__all__ = ["render_pages", "write_pages"]
