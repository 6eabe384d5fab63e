"""What every book knows of one household, certificate or person, on paper and before an application."""

from pipelines.reading_out.cards.asking import Wanted
from pipelines.reading_out.cards.gathering import Kind
from pipelines.reading_out.cards.page import Written, write_cards

__all__ = ["Kind", "Wanted", "Written", "write_cards"]
