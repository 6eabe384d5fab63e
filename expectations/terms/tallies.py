"""What the books come to when their rows are counted: households, people and cases, village by village."""

from collections.abc import Iterator
from functools import cached_property

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.terms.assistance import ASSISTANCE_PROGRAMMES
from expectations.terms.relocation import Relocation

REGISTERED = "建档立卡"
MONITORED = "监测对象"
RENOVATED = "危改竣工"
HOUSEHOLDS, PERSONS = "户", "人"

_DIVIDED_BY = ("poverty_status", "household_type", "cause")
_AREA_DIGITS = (6, 9, 12)


class Tallies(Relocation):
    """Counts of the books that are there, as offices report them upwards."""

    @cached_property
    def tallies(self) -> Table | None:
        """(measure, unit, area_code, village_code, poverty_status, household_type, cause, tally) of every county,
        township and village with a row that counts; None where no book is there that is counted."""
        parts = [*self._of_register(), *self._of_assistance(), *self._of_renovations()]
        if not parts:
            return None
        villages = ibis.union(*parts) if len(parts) > 1 else parts[0]
        levels = (villages.mutate(area_code=villages.village_code.substr(0, digits)) for digits in _AREA_DIGITS)
        return self.keep("tallies", ibis.union(*levels))

    def _of_register(self) -> Iterator[Table]:
        if not (self.has("register_households") and self.has("register_members")):
            return
        people = self.register_people.group_by("household_no").agg(listed=_.count())
        for measure, households in ((REGISTERED, self.households), (MONITORED, self.monitored_households)):
            beside = households.inner_join(people, "household_no")
            counted = beside.group_by(["village_code", *_DIVIDED_BY]).agg(households=_.count(), people=_.listed.sum())
            yield from _in_both_units(counted.mutate(measure=ibis.literal(measure)))

    def _of_assistance(self) -> Iterator[Table]:
        if not (self.has("low_income_households") and self.has("low_income_members")):
            return
        covered = self.certificate_members.filter(_.covered).group_by("certificate_no").agg(listed=_.count())
        in_force = self.certificates.filter(_.programme.isin(ASSISTANCE_PROGRAMMES))
        beside = in_force.left_join(covered, "certificate_no").drop("certificate_no_right")
        counted = beside.group_by(["village_code", "programme"]).agg(
            households=_.count(), people=_.listed.fill_null(0).sum()
        )
        yield from _in_both_units(_undivided(counted.rename(measure="programme")))

    def _of_renovations(self) -> Iterator[Table]:
        if not self.has("housing_renovations"):
            return
        accepted = self.rows["housing_renovations"].filter(_.acceptance == "合格")
        counted = accepted.group_by("village_code").agg(tally=_.count())
        yield _told(_undivided(counted.mutate(measure=ibis.literal(RENOVATED))), HOUSEHOLDS)


def _undivided(counted: Table) -> Table:
    """Rows of which nobody asks by what else they are divided."""
    return counted.mutate(**{name: ibis.null("string") for name in _DIVIDED_BY})


def _in_both_units(counted: Table) -> Iterator[Table]:
    yield _told(counted.mutate(tally=counted.households), HOUSEHOLDS)
    yield _told(counted.mutate(tally=counted.people), PERSONS)


def _told(counted: Table, unit: str) -> Table:
    return counted.select(
        "measure",
        "village_code",
        *_DIVIDED_BY,
        unit=ibis.literal(unit),
        tally=counted.tally.cast("int64"),
    )
