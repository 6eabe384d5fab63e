"""易地搬迁: who has moved, so that the house they were assessed in is theirs to live in no more.

What the newest relocations say counts, fresh or not; where none ever came nobody has moved, and every term is what it
is without them.
"""

from functools import cached_property

from ibis import _
from ibis.expr.types import Table

from expectations.terms.guarantees import Guarantees

_RELOCATIONS = "relocations"


class Relocation(Guarantees):
    """Households and certificates that relocations are about, and the houses of those that did not move since."""

    @cached_property
    def relocated(self) -> Table:
        """(household_no, relocation_no, moved_in_on): rows with the household's number, or headed by its people."""
        rows = self.rows[_RELOCATIONS]
        by_number = rows.filter(rows.household_no.notnull()).select("household_no", "relocation_no", "moved_in_on")
        headed = rows.filter(rows.head_id.notnull()).select("relocation_no", "moved_in_on", person_id="head_id")
        by_head = self.registered.inner_join(headed, "person_id").select(by_number.columns)
        return self.keep("relocated", by_number.union(by_head, distinct=True))

    @cached_property
    def relocated_certificates(self) -> Table:
        """(certificate_no, relocation_no, moved_in_on): rows headed by a member of the certificate."""
        rows = self.rows[_RELOCATIONS]
        headed = rows.filter(rows.head_id.notnull()).select("relocation_no", "moved_in_on", person_id="head_id")
        members = self.numbered_certificate_members.inner_join(headed, "person_id")
        return members.select("certificate_no", "relocation_no", "moved_in_on").distinct()

    @cached_property
    def unassessed_households(self) -> Table:
        """Households without an assessment that have not moved."""
        unassessed = self.households.anti_join(self.assessments, "household_no")
        if not self.has(_RELOCATIONS):
            return unassessed
        return unassessed.anti_join(self._in_by_now(self.relocated), "household_no")

    @cached_property
    def houses(self) -> Table:
        """The assessments of households that have not moved since."""
        if not self.has(_RELOCATIONS):
            return self.assessments
        return self.keep("houses", self._not_left(self.assessments, self.relocated, "household_no"))

    @cached_property
    def certificate_houses(self) -> Table:
        """The newest housing cases of certificates whose members have not moved since."""
        if not self.has(_RELOCATIONS):
            return self.certificate_cases
        return self._not_left(self.certificate_cases, self.relocated_certificates, "certificate_no")

    def _not_left(self, cases: Table, relocated: Table, by: str) -> Table:
        """``cases`` without those assessed on the day of a move or before it."""
        moves = self._in_by_now(relocated).select(by, "moved_in_on")
        left = cases.select(by, "assessed_on").inner_join(moves, by).filter(_.moved_in_on >= _.assessed_on)
        return cases.anti_join(left, by)

    def _in_by_now(self, relocated: Table) -> Table:
        """Those who had moved in by the day of the relocations."""
        return self.beside(relocated, "relocation_day").filter(_.moved_in_on <= _.relocation_day)
