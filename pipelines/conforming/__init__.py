"""From accepted deliveries to the rows that count at D."""

from pipelines.conforming.current import conform
from pipelines.conforming.recorded import conformed_of

__all__ = ["conform", "conformed_of"]
