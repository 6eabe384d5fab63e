"""From accepted deliveries to the rows that count at D."""

from pipelines.conforming.current import conform

__all__ = ["conform"]
