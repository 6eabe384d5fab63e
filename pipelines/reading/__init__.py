"""From a department's file to raw text rows with the row numbers that the department sees."""

from pipelines.reading.errors import UnreadableFileError
from pipelines.reading.names import SUFFIXES, FileName, parse_file_name
from pipelines.reading.opening import open_file
from pipelines.reading.packed import Member, unpack
from pipelines.reading.scratch import scratch_path
from pipelines.reading.tables import Heading, Layout, Opened, RawBatch, RawTable

__all__ = [
    "SUFFIXES",
    "FileName",
    "Heading",
    "Layout",
    "Member",
    "Opened",
    "RawBatch",
    "RawTable",
    "UnreadableFileError",
    "open_file",
    "parse_file_name",
    "scratch_path",
    "unpack",
]
