"""The terms that the rules share, each as the contract's sentence says it, over plain rows and indexes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

from builders import Delivery, Row, World
from oracle import months
from oracle.deliveries import Deliveries, hidden_names_of
from oracle.names import normalised
from oracle.policy import Policy, Values

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


def standard(programme: str, p: Values) -> Decimal:
    """low_income_standard, yuan a person and month: rural for 农村… and 低保边缘, urban for 城市…."""
    return p[f"low_income_standard.{'urban' if programme.startswith('城市') else 'rural'}"]


class Terms:
    """One world as D chooses its deliveries. Each date in a row is compared with the day of its own book."""

    def __init__(self, world: World) -> None:
        self.county, self.d = world.county, world.d
        self.policy = Policy(world.policy)
        self.deliveries = Deliveries(world, self.policy)

    def rows(self, feed: str) -> list[Row]:
        """Current rows of a feed."""
        return self.deliveries.rows[feed]

    def was_refused(self, row: Row, column: str) -> bool:
        """Whether the row's null comes of a refused value."""
        return row[column] is None and self.deliveries.was_refused(row, column)

    # Days

    @property
    def register_day(self) -> date:
        """R."""
        return self.deliveries.day("register_households")

    @property
    def low_income_day(self) -> date:
        """B."""
        return self.deliveries.day("low_income_households")

    @property
    def insurance_day(self) -> date:
        """IN."""
        return self.deliveries.day("insurance_enrolments")

    @property
    def students_day(self) -> date:
        """ST."""
        return self.deliveries.day("students")

    @property
    def housing_day(self) -> date:
        """HO."""
        return self.deliveries.day("housing_renovations")

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
        return persons_in(self.registered_members.get(household_no, ()))

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
        """Status 在保 or 渐退, start_date <= B, and end_date null or > B."""
        return {
            no: row
            for no, row in self.certificates.items()
            if row["status"] in ("在保", "渐退")
            and row["start_date"] <= self.low_income_day
            and (row["end_date"] is None or row["end_date"] > self.low_income_day)
        }

    def end_is_refused(self, certificate_nos: Iterable[str]) -> bool:
        """One of the certificates counts as in force although its end could not be read."""
        return any(self.was_refused(self.in_force[no], "end_date") for no in certificate_nos)

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

    def roll_of(self, person: str) -> set[str]:
        """The certificates under which the person is on the roll."""
        return self.covered_under(person, LOW_INCOME | DESTITUTE)

    @cached_property
    def on_the_roll(self) -> set[str]:
        """Covered under an in-force certificate of a 低保 or 特困 programme."""
        return {p for p in self.certificates_covering if self.roll_of(p)}

    @cached_property
    def linked(self) -> dict[str, set[str]]:
        """Households with the in-force 低保 or 特困 certificates that share a person with them."""
        found: dict[str, set[str]] = defaultdict(set)
        for no in self.paying:
            for person in persons_in(self.members_of(no)):
                for row in self.registered.get(person, ()):
                    found[row["household_no"]].add(no)
        return dict(found)

    # Insurance

    @cached_property
    def insurance_year(self) -> int:
        """I: the year of IN where IN is on or after insurance.settled_on in that year, else the year before."""
        day = self.insurance_day
        return months.insurance_year(day, self.policy.at("insurance.settled_on", day))

    @cached_property
    def enrolled(self) -> dict[str, list[Row]]:
        """Persons with their enrolments 正常参保 for I, in any scheme."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("insurance_enrolments"):
            if row["year"] == self.insurance_year and row["enrolment_status"] == "正常参保" and row["person_id"]:
                found[row["person_id"]].append(row)
        return dict(found)

    def is_uninsured(self, person: str) -> bool:
        """CV01's test: no enrolment 正常参保 for I in any scheme. Persons born after IN are not asked."""
        return person not in self.enrolled and born(person) <= self.insurance_day

    # School

    @cached_property
    def school_start(self) -> int:
        """The calendar year in which ST's school year starts."""
        day = self.students_day
        return months.school_year_start(day, self.policy.at("school.settled_on", day))

    @property
    def is_between_two_schools(self) -> bool:
        """ST lies from school.ends_on to before school.settled_on."""
        day = self.students_day
        ends_on, settled_on = self.policy.at("school.ends_on", day), self.policy.at("school.settled_on", day)
        return months.is_between_two_schools(day, ends_on, settled_on)

    @cached_property
    def at_school(self) -> set[str]:
        """Persons with a students row 在读, 休学, 送教上门, 延缓入学 or 县外就读."""
        return persons_in(row for row in self.rows("students") if row["student_status"] in AT_SCHOOL)

    def is_out_of_school(self, person: str, ages: Sequence[int]) -> bool:
        """CV03's age and school test. Persons born after ST are not asked."""
        least, below = ages
        age = months.full_years(born(person), date(self.school_start, 9, 1))
        return born(person) <= self.students_day and least <= age < below and person not in self.at_school

    @cached_property
    def last_term(self) -> months.Term | None:
        """The newest term of which a delivery has rows and whose last day + education.settle_days < ED."""
        day = self.deliveries.day("education_subsidies")
        settle_days = self.policy.at("education.settle_days", day)
        terms = [months.Term(*period) for period in self.deliveries.suppliers["education_subsidies"]]
        return max((t for t in terms if t.has_settled(day, settle_days)), key=lambda t: t.last, default=None)

    def term_was_supplied_early(self, term: months.Term) -> bool:
        """The delivery that supplies the term has an as-of before the term had settled."""
        supplier = self.deliveries.suppliers["education_subsidies"][term.school_year, term.term]
        return not term.has_settled(supplier.as_of, self.policy.at("education.settle_days", supplier.as_of))

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

    # Payments

    @cached_property
    def settled_months(self) -> set[str]:
        """Months of which a delivery has rows and whose last day + payments.settle_days <= LP."""
        day = self.deliveries.day("low_income_payments")
        settle_days = self.policy.at("payments.settle_days", day)
        present = {month for (month,) in self.deliveries.suppliers["low_income_payments"]}
        return {month for month in present if months.month_is_settled(month, day, settle_days)}

    @property
    def newest_settled_month(self) -> str | None:
        """M*."""
        return max(self.settled_months, default=None)

    def month_was_supplied_early(self, month: str) -> bool:
        """The delivery that supplies the month has an as-of before the month had settled."""
        as_of = self.deliveries.suppliers["low_income_payments"][month,].as_of
        return not months.month_is_settled(month, as_of, self.policy.at("payments.settle_days", as_of))

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

    @cached_property
    def certificates_in_the_month(self) -> dict[str, Row]:
        """Certificates of the newest accepted halves as of the last day of M* or before."""
        halves = self.book_of_the_month
        return {row["certificate_no"]: row for row in halves[0].rows} if halves else {}

    @cached_property
    def members_in_the_month(self) -> dict[str, set[str]]:
        """By certificate: the persons of its member rows in those halves."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.book_of_the_month[1].rows if self.book_of_the_month else ():
            found[row["certificate_no"]] |= persons_in([row])
        return dict(found)

    @cached_property
    def book_of_the_month(self) -> tuple[Delivery, Delivery] | None:
        """Those halves."""
        month = self.newest_settled_month
        return self.deliveries.book_as_of("low_income_households", months.last_day(month)) if month else None

    # Doubts that the rules name

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
        return {feed: hidden_names_of(delivery) for feed, delivery in self.deliveries.newest.items()}

    def pupil_could_be_hidden(self, name: str, term: months.Term) -> bool:
        """The name stands in a hidden row of the education_subsidies delivery that has the term."""
        supplier = self.deliveries.suppliers["education_subsidies"][term.school_year, term.term]
        return normalised(name) in hidden_names_of(supplier)
