"""The door to staged rows: what was staged is what is used, and nothing else that lies there."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from expectations.errors import DamagedError
from warehouse.books.deliveries import Delivery, Event
from warehouse.lake import Lake


class StagedChangedError(DamagedError):
    """What was staged of a delivery is no longer what was staged: nobody is accused by it, and nobody cleared."""

    def __init__(self, delivery: str) -> None:
        self.delivery = delivery
        super().__init__(
            f"the staged rows of {delivery} are not those that were staged",
            advice="put lake/staged and lake/quarantine back from a backup, or withdraw it and have it sent again",
        )


@lru_cache(maxsize=4096)
def _dataset(lake: Lake, where: tuple[str, str, str], _as_it_lies: tuple[tuple[int, int, int], ...]) -> str:
    """The hash of what lies there, once for a process and as long as nobody writes to it."""
    return lake.dataset_sha256(*where)


def need_as_staged(lake: Lake, delivery: Delivery) -> None:
    """Raise StagedChangedError where what lies in the lake is not what the books know."""
    if delivery.dataset_sha256 is None:
        return
    where = (delivery.feed, delivery.county, delivery.id)
    paths = (lake.staged(*where), lake.quarantined_rows(*where), lake.problems(*where))
    seen = [path.stat() for path in paths if path.exists()]
    lies = tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in seen)
    if _dataset(lake, where, lies) != delivery.dataset_sha256:
        raise StagedChangedError(delivery.id)


def staged_rows(lake: Lake, delivery: Delivery) -> Path | None:
    """The rows of a delivery; None where they were erased. Raises StagedChangedError."""
    return _known_again(lake, delivery, lake.staged(delivery.feed, delivery.county, delivery.id))


def quarantined_rows(lake: Lake, delivery: Delivery) -> Path | None:
    """The rows of a delivery that were refused; None where they were erased. Raises StagedChangedError."""
    return _known_again(lake, delivery, lake.quarantined_rows(delivery.feed, delivery.county, delivery.id))


def _known_again(lake: Lake, delivery: Delivery, path: Path) -> Path | None:
    if delivery.status == Event.ERASED:
        return None
    need_as_staged(lake, delivery)
    return path if path.exists() else None


class StagedRows:
    """Where the staged rows of some deliveries lie, once they are known again."""

    def __init__(self, lake: Lake, deliveries: Iterable[Delivery]) -> None:
        self._lake = lake
        self._deliveries = {delivery.id: delivery for delivery in deliveries}

    def path(self, delivery: str) -> Path:
        """The rows of one of the deliveries. Raises StagedChangedError."""
        need_as_staged(self._lake, self._deliveries[delivery])
        return self.counted(delivery)

    def counted(self, delivery: str) -> Path:
        """The same for who counts the rows only: nothing that they say is used."""
        one = self._deliveries[delivery]
        return self._lake.staged(one.feed, one.county, one.id)
