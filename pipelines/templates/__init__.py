"""The workbooks that departments fill in, derived from the feeds' declarations."""

from pipelines.templates.examples import example_rows
from pipelines.templates.workbook import write_template

__all__ = ["example_rows", "write_template"]
