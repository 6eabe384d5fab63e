"""Evidence and absences that several rules share: which rows stand behind a finding, and who was searched for."""

from dataclasses import replace

from ibis import _
from ibis.expr.types import Table

from expectations.rule import Absence, Evidence, Reading
from expectations.rules.needs import HO, IN, LH, LM, RE, RH, RM, ST
from expectations.terms import County, name_key


def household_row(*show: str) -> Evidence:
    """The register's row of the finding's household."""
    return Evidence(RH, ("household_no",), ("head_name", *show))


def certificate_row(*show: str) -> Evidence:
    """Civil affairs' row of the finding's certificate."""
    return Evidence(LH, ("certificate_no",), ("head_name", *show))


IN_FORCE = Reading(LH, "end_date", "certificate_no")
"""Whether a certificate is in force."""

ON_ROLL_IN_FORCE = replace(IN_FORCE, rows=lambda c: c.on_roll.select("person_id", "certificate_no"))
"""Whether certificates put a person on the roll."""

OF_ASSESSMENT = Reading(HO, "started_on", "case_no", lambda c: c.houses.select("household_no", "case_no"))
"""Whether the house that was assessed is being renovated."""

REGISTERED_MEMBERS = Evidence(
    RM,
    ("household_no",),
    ("name", "person_id", "person_id_problem", "person_status"),
    where=("person_status", "正常"),
)
"""The household's registered members."""

REGISTERED_PERSON = Evidence(RM, ("person_id",), ("household_no", "name", "person_id", "person_status"))
"""The person's rows in the register."""

CERTIFICATE_MEMBERS = Evidence(LM, ("certificate_no",), ("name", "person_id", "person_id_problem", "covered"))
"""The certificate's member rows."""


def _rows_of_linked(c: County) -> Table:
    return c.rows[LH].inner_join(c.linked, "certificate_no")


def _member_rows_of_linked(c: County) -> Table:
    return c.rows[LM].inner_join(c.linked, "certificate_no")


LINKED_CERTIFICATES = Evidence(LH, ("household_no",), ("programme", "status", "persons"), _rows_of_linked)
LINKED_MEMBERS = Evidence(LM, ("household_no",), ("name", "person_id", "covered"), _member_rows_of_linked)


def _roll_rows_of_household(c: County) -> Table:
    on_roll = c.registered_on_roll.select("household_no", "person_id", "certificate_no")
    return c.rows[LM].filter(_.covered).inner_join(on_roll, ["person_id", "certificate_no"])


def _roll_certificates_of_household(c: County) -> Table:
    return c.rows[LH].inner_join(
        c.registered_on_roll.select("household_no", "certificate_no").distinct(), "certificate_no"
    )


HOUSEHOLD_ON_ROLL = (
    Evidence(LM, ("household_no",), ("name", "person_id", "covered"), _roll_rows_of_household),
    Evidence(LH, ("household_no",), ("programme", "status", "start_date"), _roll_certificates_of_household),
)
"""Rows by which a household's registered persons are on the roll."""


def _roll_rows_of_person(c: County) -> Table:
    return (
        c.rows[LM]
        .filter(_.covered)
        .inner_join(c.on_roll.select("person_id", "certificate_no"), ["person_id", "certificate_no"])
    )


def _roll_certificates_of_person(c: County) -> Table:
    return c.rows[LH].inner_join(c.on_roll.select("person_id", "certificate_no").distinct(), "certificate_no")


PERSON_ON_ROLL = (
    Evidence(LM, ("person_id",), ("name", "person_id", "covered"), _roll_rows_of_person),
    Evidence(LH, ("person_id",), ("programme", "status", "start_date", "end_date"), _roll_certificates_of_person),
)
"""Rows by which a person is on the roll."""


def _member_rows_of_assistance(c: County) -> Table:
    return c.rows[LM].semi_join(c.assistance, "certificate_no")


def _certificates_of_member(c: County) -> Table:
    return c.rows[LH].inner_join(c.assistance_people.select("person_id", "certificate_no"), "certificate_no")


MEMBER_IN_FORCE = (
    Evidence(LM, ("person_id",), ("name", "person_id", "covered"), _member_rows_of_assistance),
    Evidence(LH, ("person_id",), ("programme", "status", "start_date", "end_date"), _certificates_of_member),
)
"""Rows by which a person is a member, covered or not, of an in-force 低保 or 特困 certificate."""


def _households_of_person(c: County) -> Table:
    return c.rows[RH].inner_join(c.registered, "household_no")


BENEFITING = (
    *MEMBER_IN_FORCE,
    REGISTERED_PERSON,
    Evidence(RH, ("person_id",), ("poverty_status",), _households_of_person),
)
"""Rows by which a person benefits."""


def _assessment_rows(c: County) -> Table:
    return c.rows[HO].inner_join(c.houses.select("household_no", "case_no"), "case_no")


ASSESSMENT = Evidence(
    HO,
    ("household_no",),
    ("head_name", "grade", "assessed_on", "method", "plan_year", "started_on", "completed_on", "acceptance"),
    _assessment_rows,
)
"""The assessment of a household that has not moved since."""


def _relocation_rows(c: County) -> Table:
    return c.rows[RE].drop("household_no").inner_join(c.relocated.drop("moved_in_on"), "relocation_no")


RELOCATIONS = Evidence(
    RE, ("household_no",), ("head_name", "plan_year", "completed_on", "moved_in_on"), _relocation_rows
)
"""The household's relocations, none of which keeps the rule silent about its house."""


def _household_relocations(c: County) -> Table:
    return c.relocated.select("household_no", "relocation_no")


NOT_MOVED = tuple(
    Reading(RE, column, "relocation_no", _household_relocations) for column in ("moved_in_on", "household_no")
)
"""Whether a household has moved."""


# --- rows that a search in vain came upon, and that did not suffice ---------------------------------------------------


def _member_rows_of_household(c: County) -> Table:
    return c.rows[LM].inner_join(c.registered, "person_id")


def _certificates_of_household(c: County) -> Table:
    named = _member_rows_of_household(c).select("household_no", "certificate_no").distinct()
    return c.rows[LH].inner_join(named, "certificate_no")


def _register_rows_of_certificate(c: County) -> Table:
    members = c.numbered_certificate_members.select("certificate_no", "person_id").distinct()
    return c.rows[RM].inner_join(members, "person_id")


def _enrolments_of_year(c: County) -> Table:
    return c.of_insurance_year(c.rows[IN])


def _enrolments_of_household(c: County) -> Table:
    return _enrolments_of_year(c).inner_join(uninsured_of_households(c), "person_id")


def _school_rows_of_household(c: County) -> Table:
    return c.rows[ST].inner_join(out_of_school_of_households(c), "person_id")


HOUSEHOLD_OFF_ROLL = (
    Evidence(LM, ("household_no",), ("name", "person_id", "covered"), _member_rows_of_household),
    Evidence(LH, ("household_no",), ("programme", "status", "start_date", "end_date"), _certificates_of_household),
)
"""Rows of a household's registered persons under certificates that do not put them on the roll."""

OTHERWISE_REGISTERED = Evidence(
    RM, ("certificate_no",), ("household_no", "name", "person_id", "person_status"), _register_rows_of_certificate
)
"""Rows of a certificate's members in the register, none of them 正常."""

OTHERWISE_ENROLLED = Evidence(IN, ("person_id",), ("name",), _enrolments_of_year)
"""The person's enrolments for the insurance year, none of them 正常参保."""

HOUSEHOLD_OTHERWISE_ENROLLED = Evidence(IN, ("household_no",), ("name",), _enrolments_of_household)
"""The same of a household's uninsured persons."""

OTHERWISE_AT_SCHOOL = Evidence(ST, ("person_id",), ("name", "student_status", "stage"))
"""The child's rows in the students feed, none of them at school."""

HOUSEHOLD_OTHERWISE_AT_SCHOOL = Evidence(ST, ("household_no",), OTHERWISE_AT_SCHOOL.show, _school_rows_of_household)
"""The same of a household's children out of school."""


# --- absences ------------------------------------------------------------------------------------------------------


def _names_of_registered_by_household(c: County) -> Table:
    return c.registered_names.select("household_no", "name_key").distinct()


def _names_of_certificate_members(c: County) -> Table:
    rows = c.certificate_members
    return rows.select("certificate_no", name_key=name_key(rows.name)).distinct()


def _names_of_registered_by_person(c: County) -> Table:
    return c.registered_names.select("person_id", "name_key").distinct()


def uninsured_of_households(c: County) -> Table:
    """(household_no, person_id): registered persons without an enrolment, in each of their households."""
    return c.registered.semi_join(c.uninsured_registered, "person_id")


def out_of_school_of_households(c: County) -> Table:
    """(household_no, person_id): registered children out of school, in each of their households."""
    return c.registered.semi_join(c.registered_out_of_school, "person_id")


def _names_of_uninsured_by_household(c: County) -> Table:
    return (
        c.registered_names.semi_join(c.uninsured_registered, "person_id").select("household_no", "name_key").distinct()
    )


def _names_of_out_of_school_by_household(c: County) -> Table:
    people = c.registered_names.semi_join(c.registered_out_of_school, "person_id")
    return people.select("household_no", "name_key").distinct()


NOT_ON_ROLL = Absence(
    LM,
    "按全户登记人员的证件号码逐一查找“是否保障对象”为“是”且证件在保的记录，未找到",
    ("household_no",),
    _names_of_registered_by_household,
)
NOT_REGISTERED = Absence(
    RM,
    "按该证全部成员的证件号码逐一查找人员状态为“正常”的记录，未找到",
    ("certificate_no",),
    _names_of_certificate_members,
)
NOT_INSURED = Absence(
    IN,
    "按证件号码查找本参保年度“正常参保”的记录（不分险种、参保地），未找到",
    ("person_id",),
    _names_of_registered_by_person,
)
NOT_AT_SCHOOL = Absence(
    ST,
    "按证件号码查找学籍状态为在读、休学、送教上门、延缓入学或县外就读的记录，未找到",
    ("person_id",),
    _names_of_registered_by_person,
)
HOUSEHOLD_NOT_INSURED = Absence(IN, NOT_INSURED.how, ("household_no",), _names_of_uninsured_by_household)
HOUSEHOLD_NOT_AT_SCHOOL = Absence(ST, NOT_AT_SCHOOL.how, ("household_no",), _names_of_out_of_school_by_household)
NOT_ASSESSED = Absence(
    HO,
    "按全户登记人员的证件号码查找以其为户主的鉴定档案，未找到",
    ("household_no",),
    _names_of_registered_by_household,
)
