"""公示: who is on the roll, who came and who left, a page for the notice board of each village."""

from pipelines.reading_out.public_notice.giving import Posted, give_notices

__all__ = ["Posted", "give_notices"]
