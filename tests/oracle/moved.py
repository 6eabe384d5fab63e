"""Who has moved (易地搬迁): rows of the newest accepted relocations, fresh or not, beside the house assessed before."""

from collections.abc import Iterable

from builders import Row
from oracle.entry import RE
from oracle.terms import Terms


def relocations_of(t: Terms, household_no: str) -> list[Row]:
    """Rows with the household's number, or headed by one of its registered persons."""
    people = t.registered_in(household_no)
    return [row for row in t.rows(RE) if row["household_no"] == household_no or row["head_id"] in people]


def relocations_headed_by(t: Terms, persons: set[str]) -> list[Row]:
    """Rows headed by one of the persons."""
    return [row for row in t.rows(RE) if row["head_id"] in persons]


def live_elsewhere(t: Terms, relocations: Iterable[Row], case: Row | None) -> bool:
    """moved_in_on <= RE, and where there is an assessment not before it."""
    return any(
        row["moved_in_on"] is not None
        and row["moved_in_on"] <= t.deliveries.day(RE)
        and (case is None or row["moved_in_on"] >= case["assessed_on"])
        for row in relocations
    )


def has_moved(t: Terms, household_no: str) -> bool:
    """The household is moved."""
    return live_elsewhere(t, relocations_of(t, household_no), t.assessment(household_no))


def house(t: Terms, household_no: str) -> Row | None:
    """The assessment of a household that is not moved."""
    return None if has_moved(t, household_no) else t.assessment(household_no)


def move_is_refused(t: Terms, household_no: str) -> bool:
    """What a relocation of the household does not say was refused."""
    return any(
        t.was_refused(row, column)
        for row in relocations_of(t, household_no)
        for column in ("moved_in_on", "household_no")
    )
