"""Social assistance: certificates in force, who is on the roll, and which households they are linked with."""

from functools import cached_property

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.terms.expressions import money
from expectations.terms.register import Register

LOW_INCOME_PROGRAMMES = ("农村低保", "城市低保")
DESTITUTE_PROGRAMMES = ("农村特困", "城市特困")
ASSISTANCE_PROGRAMMES = LOW_INCOME_PROGRAMMES + DESTITUTE_PROGRAMMES
RURAL_PROGRAMMES = ("农村低保", "农村特困")
URBAN_PROGRAMMES = ("城市低保", "城市特困")
MARGINAL = "低保边缘"


class Assistance(Register):
    """Certificates and their members, beside the register."""

    @cached_property
    def certificates(self) -> Table:
        """In-force certificates of any programme."""
        rows = self.beside(self.rows["low_income_households"], "low_income_day")
        in_force = rows.filter(
            rows.status.isin(("在保", "渐退")),
            rows.start_date <= rows.low_income_day,
            rows.end_date.isnull() | (rows.end_date > rows.low_income_day),
        )
        return self.keep("certificates", in_force.drop("low_income_day"))

    def with_standard(self, certificates: Table) -> Table:
        """``certificates`` with their ``standard`` (yuan a person and month) beside them."""
        values = self.values.of("low_income_households", "low_income_members")
        standard = ibis.ifelse(
            certificates.programme.isin(URBAN_PROGRAMMES),
            money(values["low_income_standard.urban"]),
            money(values["low_income_standard.rural"]),
        )
        return certificates.mutate(standard=standard)

    @cached_property
    def assistance(self) -> Table:
        """In-force certificates of a 低保 or 特困 programme."""
        return self.certificates.filter(_.programme.isin(ASSISTANCE_PROGRAMMES))

    @cached_property
    def low_income_certificates(self) -> Table:
        """In-force certificates of a 低保 programme."""
        return self.certificates.filter(_.programme.isin(LOW_INCOME_PROGRAMMES))

    @cached_property
    def certificate_members(self) -> Table:
        """Every current low_income_members row."""
        return self.rows["low_income_members"]

    @cached_property
    def numbered_certificate_members(self) -> Table:
        """(certificate_no, person_id, covered) of members with a valid number."""
        rows = self.certificate_members
        return rows.filter(rows.person_id.notnull()).select("certificate_no", "person_id", "name", "covered")

    @cached_property
    def on_roll(self) -> Table:
        """(person_id, certificate_no, programme), distinct: covered under an in-force 低保 or 特困 certificate."""
        covered = self.numbered_certificate_members.filter(_.covered).select("person_id", "certificate_no", "name")
        joined = covered.inner_join(self.assistance.select("certificate_no", "programme"), "certificate_no")
        return self.keep("on_roll", joined.distinct())

    @cached_property
    def registered_on_roll(self) -> Table:
        """(household_no, person_id, certificate_no): registered persons who are on the roll."""
        joined = self.registered.inner_join(self.on_roll, "person_id")
        return self.keep(
            "registered_on_roll", joined.select("household_no", "person_id", "certificate_no", "name").distinct()
        )

    @cached_property
    def linked(self) -> Table:
        """(household_no, certificate_no): a household and an in-force 低保 or 特困 certificate that share a person."""
        members = self.numbered_certificate_members.semi_join(self.assistance, "certificate_no")
        joined = self.registered.inner_join(members.select("certificate_no", "person_id"), "person_id")
        return self.keep("linked", joined.select("household_no", "certificate_no").distinct())

    @cached_property
    def doubtful_certificates(self) -> Table:
        """certificate_no of certificates with a member row without a valid number."""
        rows = self.certificate_members
        return self.keep(
            "doubtful_certificates", rows.filter(rows.person_id.isnull()).select("certificate_no").distinct()
        )

    @cached_property
    def certificates_with_members(self) -> Table:
        """certificate_no of certificates with any member row."""
        return self.keep("certificates_with_members", self.certificate_members.select("certificate_no").distinct())

    @cached_property
    def unregistered_certificates(self) -> Table:
        """In-force certificates, any programme, none of whose members has a current register row 正常."""
        registered = self.numbered_certificate_members.semi_join(self.normal_register_rows, "person_id")
        return self.certificates.anti_join(registered, "certificate_no")

    @cached_property
    def households_covered_without_household_row(self) -> Table:
        """household_no where a registered person has a 是 row under a certificate that has no current household row."""
        orphaned = self.numbered_certificate_members.filter(_.covered).anti_join(
            self.rows["low_income_households"], "certificate_no"
        )
        return self.registered.semi_join(orphaned, "person_id").select("household_no").distinct()

    @cached_property
    def person_certificates(self) -> Table:
        """One row a covered person of any in-force certificate: person_id, the first certificate_no, name."""
        covered = self.numbered_certificate_members.filter(_.covered).semi_join(self.certificates, "certificate_no")
        first = covered.group_by("person_id").agg(certificate_no=_.certificate_no.min(), name=_.name.min())
        return self.keep("person_certificates", first)

    @cached_property
    def paid(self) -> Table:
        """Payment rows 成功."""
        return self.rows["low_income_payments"].filter(_.payment_status == "成功")
