"""Why a pull cannot be done: for those who run it, and for the department whose database it is."""

from collections.abc import Iterable

from expectations.errors import LiangxianError, Problem, UnavailableError
from expectations.feeds import FEEDS_BY_NAME
from pipelines.house.language import translator
from pipelines.pulling.config import FeedSource
from pipelines.pulling.words import PULLS


class PullError(LiangxianError):
    """A pull that cannot be done as it is configured; the text names no secret and no row."""

    def for_people(self) -> str:
        """In Chinese, as the department reads it."""
        return self.told_in_chinese(translator(PULLS))


class SourceUnavailableError(PullError, UnavailableError):
    """The database refused, or does not answer."""


class BrokenConnectionError(SourceUnavailableError):
    """The connection broke: what was read belongs to a snapshot that is gone."""


def of_feed(error: PullError, source: FeedSource) -> PullError:
    """The same error, with the feed and the table that it is of."""
    feed = FEEDS_BY_NAME[source.feed]
    origin = f"table {source.table}" if source.table else "its query"
    what = f"{feed.title} {feed.name} ({origin}) could not be pulled: {error.what}"
    return type(error)(what, why=error.why, advice=error.advice)


def no_basis() -> PullError:
    """A feed that the county's policy allows nobody to read."""
    return PullError("no document allows its use: it was not read", advice="name it in policy leads.basis")


def all_of(errors: Iterable[PullError]) -> PullError:
    """One error of those of several feeds; it may pass where one of them may."""
    found = tuple(errors)
    kind = SourceUnavailableError if any(e.may_pass for e in found) else PullError
    return kind("", problems=[Problem(e.what, why=e.why, advice=e.advice) for e in found])
