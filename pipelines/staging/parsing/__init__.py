"""Vectorised parsers, one a column type: text as it came to typed values and reasons."""

from pipelines.staging.parsing.cleaning import clean
from pipelines.staging.parsing.columns import arrow_type, parse_column
from pipelines.staging.parsing.identity import IdentityParsed, parse_identity_numbers
from pipelines.staging.parsing.text import normal_key, normalise_names

__all__ = [
    "IdentityParsed",
    "arrow_type",
    "clean",
    "normal_key",
    "normalise_names",
    "parse_column",
    "parse_identity_numbers",
]
