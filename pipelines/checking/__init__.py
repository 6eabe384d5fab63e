"""The report on a file before it is sent: what staging would say of it, and nothing is stored."""

from pipelines.checking.annotate import write_annotated
from pipelines.checking.check import check_file
from pipelines.checking.report import CheckReport
from pipelines.checking.words import print_report

__all__ = ["CheckReport", "check_file", "print_report", "write_annotated"]
