"""The terms that the rules share, each as the contract's sentence says it, over plain rows and indexes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property

from builders import Row, World
from oracle import months
from oracle.deliveries import Deliveries, hidden_names_of
from oracle.names import normalised
from oracle.policy import Policy
from oracle.verdicts import CERTAIN, POSSIBLE

LOW_INCOME = {"农村低保", "城市低保"}
DESTITUTE = {"农村特困", "城市特困"}
AT_SCHOOL = {"在读", "休学", "送教上门", "延缓入学", "县外就读"}


def persons_in(rows: Iterable[Row]) -> set[str]:
    """The persons that rows name by a valid number."""
    return {row["person_id"] for row in rows if row["person_id"] is not None}


def names_in(rows: Iterable[Row]) -> set[str]:
    """Normalised names of rows."""
    return {normalised(row["name"]) for row in rows}


def born(person: str) -> date:
    """The birth date in an identity number."""
    return date(int(person[6:10]), int(person[10:12]), int(person[12:14]))


def certainty(possible: bool) -> str:
    """``possible`` or ``certain``."""
    return POSSIBLE if possible else CERTAIN


class Terms:
    """One world at D."""

    def __init__(self, world: World) -> None:
        self.county, self.d = world.county, world.d
        self.policy = Policy(world.policy, world.d)
        self.deliveries = Deliveries(world, self.policy)

    def rows(self, feed: str) -> list[Row]:
        """Current rows of a feed."""
        return self.deliveries.rows[feed]

    # The register

    @cached_property
    def all_households(self) -> dict[str, Row]:
        """Current register_households rows."""
        return {row["household_no"]: row for row in self.rows("register_households")}

    @cached_property
    def registered_members(self) -> dict[str, list[Row]]:
        """By household that has a household row: its member rows 正常, with or without a valid number."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("register_members"):
            if row["person_status"] == "正常" and row["household_no"] in self.all_households:
                found[row["household_no"]].append(row)
        return dict(found)

    @cached_property
    def households(self) -> dict[str, Row]:
        """Households with at least one registered member: the others are in no rule but ID and DU."""
        return {no: row for no, row in self.all_households.items() if no in self.registered_members}

    @cached_property
    def open_households(self) -> dict[str, Row]:
        """未脱贫 or 返贫."""
        return {no: row for no, row in self.households.items() if row["poverty_status"] in ("未脱贫", "返贫")}

    @cached_property
    def exited_households(self) -> dict[str, Row]:
        """已脱贫."""
        return {no: row for no, row in self.households.items() if row["poverty_status"] == "已脱贫"}

    def registered_in(self, household_no: str) -> set[str]:
        """Registered persons of a household."""
        return persons_in(self.registered_members[household_no])

    @cached_property
    def registered(self) -> dict[str, list[Row]]:
        """Registered persons, each with the member rows that register them."""
        found: dict[str, list[Row]] = defaultdict(list)
        for rows in self.registered_members.values():
            for row in rows:
                if row["person_id"] is not None:
                    found[row["person_id"]].append(row)
        return dict(found)

    @cached_property
    def persons_with_a_normal_row(self) -> set[str]:
        """Persons with a current register_members row 正常, whether or not the household's row is there."""
        return persons_in(row for row in self.rows("register_members") if row["person_status"] == "正常")

    @cached_property
    def dead(self) -> dict[str, list[Row]]:
        """Persons whose register person_status is 死亡 and who are registered nowhere, with these rows."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("register_members"):
            person = row["person_id"]
            if row["person_status"] == "死亡" and person is not None and person not in self.registered:
                found[person].append(row)
        return dict(found)

    # Certificates

    @cached_property
    def certificates(self) -> dict[str, Row]:
        """Current low_income_households rows."""
        return {row["certificate_no"]: row for row in self.rows("low_income_households")}

    @cached_property
    def certificate_rows(self) -> dict[str, list[Row]]:
        """By certificate number: its current low_income_members rows."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("low_income_members"):
            found[row["certificate_no"]].append(row)
        return dict(found)

    def members_of(self, certificate_no: str) -> list[Row]:
        """Member rows of a certificate, maybe none."""
        return self.certificate_rows.get(certificate_no, [])

    @cached_property
    def in_force(self) -> dict[str, Row]:
        """Status 在保 or 渐退, start_date <= D, and end_date null or > D."""
        return {
            no: row
            for no, row in self.certificates.items()
            if row["status"] in ("在保", "渐退")
            and row["start_date"] <= self.d
            and (row["end_date"] is None or row["end_date"] > self.d)
        }

    @cached_property
    def paying(self) -> dict[str, Row]:
        """In force under a 低保 or 特困 programme."""
        return {no: row for no, row in self.in_force.items() if row["programme"] in LOW_INCOME | DESTITUTE}

    @cached_property
    def certificates_covering(self) -> dict[str, set[str]]:
        """Persons, each with the in-force certificates (any programme) under which they are covered."""
        found: dict[str, set[str]] = defaultdict(set)
        for no in self.in_force:
            for person in persons_in(row for row in self.members_of(no) if row["covered"]):
                found[person].add(no)
        return dict(found)

    def covered_under(self, person: str, programmes: set[str]) -> set[str]:
        """In-force certificates of these programmes that cover the person."""
        covering = self.certificates_covering.get(person, set())
        return {no for no in covering if self.in_force[no]["programme"] in programmes}

    @cached_property
    def on_the_roll(self) -> set[str]:
        """Covered under an in-force certificate of a 低保 or 特困 programme."""
        return {p for p in self.certificates_covering if self.covered_under(p, LOW_INCOME | DESTITUTE)}

    @cached_property
    def linked(self) -> dict[str, set[str]]:
        """Households with the in-force 低保 or 特困 certificates that share a person with them."""
        found: dict[str, set[str]] = defaultdict(set)
        for no in self.paying:
            for person in persons_in(self.members_of(no)):
                for row in self.registered.get(person, ()):
                    found[row["household_no"]].add(no)
        return dict(found)

    def standard(self, programme: str) -> Decimal:
        """low_income_standard at D, yuan a person and month: rural for 农村… and 低保边缘, urban for 城市…."""
        return self.policy[f"low_income_standard.{'urban' if programme.startswith('城市') else 'rural'}"]

    @property
    def line(self) -> Decimal:
        """poverty_line at D, yuan a person and year."""
        return self.policy["poverty_line"]

    # Insurance

    @cached_property
    def insurance_year(self) -> int:
        """I."""
        return months.insurance_year(self.d, self.policy["insurance.settled_on"])

    @cached_property
    def enrolled(self) -> dict[str, list[Row]]:
        """Persons with their enrolments 正常参保 for I, in any scheme."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("insurance_enrolments"):
            if row["year"] == self.insurance_year and row["enrolment_status"] == "正常参保" and row["person_id"]:
                found[row["person_id"]].append(row)
        return dict(found)

    # School

    @cached_property
    def school_start(self) -> int:
        """Calendar year in which D's school year starts."""
        return months.school_year_start(self.d, self.policy["school.settled_on"])

    @cached_property
    def school_settled_on(self) -> date:
        """The day on which D's school year is settled."""
        return months.school_settled_on(self.school_start, self.policy["school.settled_on"])

    @cached_property
    def at_school(self) -> set[str]:
        """Persons with a students row 在读, 休学, 送教上门, 延缓入学 or 县外就读."""
        return persons_in(row for row in self.rows("students") if row["student_status"] in AT_SCHOOL)

    def is_out_of_school(self, person: str) -> bool:
        """CV03's age and school test."""
        least, below = self.policy["compulsory_age"]
        age = months.full_years(born(person), date(self.school_start, 9, 1))
        return least <= age < below and person not in self.at_school

    @cached_property
    def last_term(self) -> months.Term:
        """The last finished term."""
        return months.last_finished_term(self.d, self.policy["education.settle_days"])

    # Housing

    @cached_property
    def cases_by_head(self) -> dict[str, list[Row]]:
        """Housing cases by the person who heads them."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("housing_renovations"):
            if row["head_id"] is not None:
                found[row["head_id"]].append(row)
        return dict(found)

    def newest_case_headed_by(self, persons: set[str]) -> Row | None:
        """The case with the newest assessed_on (ties: greatest case_no) among those that one of the persons heads."""
        cases = [case for person in persons for case in self.cases_by_head.get(person, ())]
        return max(cases, key=lambda case: (case["assessed_on"], case["case_no"]), default=None)

    def assessment(self, household_no: str) -> Row | None:
        """The household's housing case that counts, or None."""
        return self.newest_case_headed_by(self.registered_in(household_no))

    def is_unsafe(self, case: Row | None) -> bool:
        """There is a case, its grade asks for renovation, and it was not accepted as 合格."""
        return (
            case is not None
            and case["grade"] in self.policy["housing.grades_to_renovate"]
            and case["acceptance"] != "合格"
        )

    # Payments

    @cached_property
    def payment_months(self) -> set[str]:
        """Months that have any payment row."""
        return {row["month"] for row in self.rows("low_income_payments")}

    def is_settled(self, month: str) -> bool:
        """Its last day + payments.settle_days <= D."""
        return months.month_is_settled(month, self.d, self.policy["payments.settle_days"])

    @cached_property
    def newest_settled_month(self) -> str | None:
        """M*: the newest settled month with any payment row."""
        return max((m for m in self.payment_months if self.is_settled(m)), default=None)

    @cached_property
    def payments(self) -> dict[tuple[str, str], list[Row]]:
        """Current payment rows by certificate and month."""
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.rows("low_income_payments"):
            found[row["certificate_no"], row["month"]].append(row)
        return dict(found)

    def paid(self, certificate_no: str, month: str) -> list[Row]:
        """成功 rows of a certificate and month."""
        rows = self.payments.get((certificate_no, month), [])
        return [row for row in rows if row["payment_status"] == "成功"]

    # Certainty

    def household_has_unknown_member(self, household_no: str) -> bool:
        """A registered member of the household has no valid number."""
        return any(row["person_id"] is None for row in self.registered_members[household_no])

    def certificate_has_unknown_member(self, certificate_no: str) -> bool:
        """A member row of the certificate has no valid number, or the certificate has no member row at all."""
        rows = self.members_of(certificate_no)
        return not rows or any(row["person_id"] is None for row in rows)

    def could_be_hidden(self, names: set[str], feed: str) -> bool:
        """One of the (normalised) names stands in a row of the searched delivery that has no valid number."""
        return not names.isdisjoint(self._hidden[feed])

    @cached_property
    def _hidden(self) -> dict[str, set[str]]:
        return {feed: self.deliveries.hidden_names(feed) for feed in self.deliveries.current}

    @cached_property
    def hidden_pupils_of_last_term(self) -> set[str]:
        """Hidden names of the education_subsidies delivery that has the last finished term."""
        periods = self.deliveries.periods["education_subsidies"]
        delivery = periods.get((self.last_term.school_year, self.last_term.term))
        return hidden_names_of(delivery) if delivery else set()
