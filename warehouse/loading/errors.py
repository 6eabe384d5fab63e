"""What can stop a warehouse from being published; yesterday's stays as it is."""

from collections.abc import Sequence
from datetime import date

from expectations.errors import NotYetError, RefusedError


class AuditFailed(RefusedError):  # noqa: N818  the name says what happened
    """The new version differs from what was staged; ``problems`` names every difference."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("the warehouse was not published", problems=problems)


class HistoryMissing(RefusedError):  # noqa: N818
    """The tables have changed, and runs that the published version holds were not given for the rebuild."""

    def __init__(self, missing: Sequence[tuple[str, date]]) -> None:
        self.missing = tuple(missing)
        listed = ", ".join(f"{county} at {as_of}" for county, as_of in self.missing)
        super().__init__(
            f"the warehouse must be rebuilt, but these parts of it are not among the recorded runs: {listed}"
        )


class NothingPublishedError(NotYetError):
    """No version of the warehouse has been published in this home."""

    def __init__(self) -> None:
        super().__init__("no warehouse has been published", advice="liangxian publish")


class OtherReleaseError(NotYetError):
    """The published version was made by another release of the software, and lacks what this one asks for."""

    def __init__(self) -> None:
        super().__init__("the warehouse was published by another release", advice="liangxian publish")
