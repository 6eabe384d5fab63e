"""The guarantees: insurance, school and housing, of registered people and of certificates."""

from functools import cached_property
from typing import Any

from ibis.expr.types import Table

from expectations.terms.assistance import Assistance
from expectations.terms.expressions import newest_case
from expectations.values import Values

ATTENDING = ("在读", "休学", "送教上门", "延缓入学", "县外就读")


class Guarantees(Assistance):
    """Who is insured, at school and safely housed."""

    @cached_property
    def enrolled(self) -> Table:
        """Enrolments 正常参保 for the insurance year, with a valid number."""
        rows = self.rows["insurance_enrolments"]
        normal = rows.filter(rows.enrolment_status == "正常参保", rows.person_id.notnull())
        return self.of_insurance_year(normal)

    def of_insurance_year(self, enrolments: Table) -> Table:
        """``enrolments`` for the insurance year."""
        return enrolments.semi_join(self.here, enrolments.year == self.here.insurance_year)

    @cached_property
    def insured(self) -> Table:
        """person_id of everyone enrolled for the insurance year; not kept, for it is three times the register."""
        return self.enrolled.select("person_id")

    @cached_property
    def uninsured_registered(self) -> Table:
        """Registered persons without an enrolment (CV01): person_id, household_no, name."""
        people = self.born_by(self.registered_persons, "insurance_day")
        return self.keep("uninsured_registered", people.anti_join(self.insured, "person_id"))

    def born_by(self, people: Table, day: str) -> Table:
        """``people`` born on a day of ``here`` or before: of others a book of that day cannot know."""
        dated = self.beside(people, day)
        born = dated.person_id.substr(6, 8)
        return dated.filter(born <= dated[day].cast("string").replace("-", "")).drop(day)

    @cached_property
    def attending(self) -> Table:
        """person_id of everyone whom a school answers for: 在读, 休学, 送教上门, 延缓入学, 县外就读."""
        rows = self.rows["students"]
        return self.keep(
            "attending",
            rows.filter(rows.student_status.isin(ATTENDING), rows.person_id.notnull()).select("person_id").distinct(),
        )

    def of_school_age(self, people: Table, values: Values) -> Table:
        """``people`` whose full years of age at 1 September of the school year are within compulsory_age."""
        youngest, oldest = values["compulsory_age"]
        dated = self.beside(self.born_by(people, "students_day"), "school_start")
        born = dated.person_id.substr(6, 8)
        at_most, more_than = (
            (dated.school_start - years).cast("int64").cast("string") + "0901" for years in (youngest, oldest)
        )
        return dated.filter(born <= at_most, born > more_than).drop("school_start")

    @cached_property
    def registered_out_of_school(self) -> Table:
        """Registered children of school age whom no school answers for (CV03)."""
        values = self.values.of("register_households", "register_members", "students")
        children = self.of_school_age(self.registered_persons, values)
        return self.keep("registered_out_of_school", children.anti_join(self.attending, "person_id"))

    @cached_property
    def assessments(self) -> Table:
        """The assessment of each household: newest case headed by a registered member; columns of the case."""
        # where it lies is said by the household, whose findings go to one township together
        cases = self.rows["housing_renovations"].rename(person_id="head_id").drop("village_code")
        return self.keep("assessments", newest_case(self.registered.inner_join(cases, "person_id"), "household_no"))

    @cached_property
    def certificate_cases(self) -> Table:
        """The newest housing case headed by a member of each certificate."""
        cases = self.rows["housing_renovations"].rename(person_id="head_id")
        members = self.numbered_certificate_members.select("certificate_no", "person_id").distinct()
        return newest_case(members.inner_join(cases, "person_id"), "certificate_no")

    def is_dangerous(self, cases: Table, values: Values) -> Any:
        """Whether the case's grade is to be renovated and the renovation has not been accepted."""
        return cases.grade.isin(tuple(values["housing.grades_to_renovate"])) & (cases.acceptance != "合格")

    @cached_property
    def subsidies_of_term(self) -> Table:
        """Rows of education_subsidies for the last finished term."""
        rows, here = self.rows["education_subsidies"], self.here
        of_term = (rows.school_year == here.finished_school_year, rows.term == here.finished_term)
        return rows.semi_join(here, of_term)
