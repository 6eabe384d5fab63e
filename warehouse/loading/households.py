"""What the departments together say of each register household, over the same terms as the rules.

Figures are left out (null in the warehouse) where they cannot be said: the feed is not there, the delivery has no row
for the insurance year or the term, or it is from between two school years.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
from ibis import _
from ibis.expr.datatypes import DataType
from ibis.expr.schema import Schema
from ibis.expr.types import Table

from expectations.feeds import BOOKS
from expectations.finding import CLOSED_STATES
from expectations.terms import County
from expectations.values import Values
from warehouse.loading.known import Known
from warehouse.loading.people import prepare_people
from warehouse.loading.run import RunToLoad
from warehouse.planning.given import give_days
from warehouse.planning.planner import Planner
from warehouse.planning.plans import WatchedValues

_PAID = "成功"


def prepare_households(connection: duckdb.DuckDBPyConnection, run: RunToLoad, plans: Path | None = None) -> None:
    """Make ``certificates_in_force``, ``linked_certificates``, ``household_measures`` and ``registered_people``.

    Each where its feeds are there; expects the views ``current_<feed>`` and ``input_ledger``. ``plans``: the folder
    where what is compiled is kept for other processes, if anywhere.
    """
    feeds, values = sorted(run.current), WatchedValues(run.days)
    give_days(connection, [(run.county, run.days)])
    planner = _Inputs(connection, plans)
    planner.start(("households", tuple(feeds)), values)
    known = Known.of(run)

    def build() -> str:
        rows = {feed: planner.source(f"current_{feed}") for feed in feeds}
        return _prepare(planner, County(Values(values), rows, keep=planner.keep), known)

    planner.planned(known, build)
    planner.save()


class _Inputs(Planner):
    """Views of the connection that is loaded."""

    def _open(self, name: str) -> None:
        """They are there."""

    def _columns(self, name: str) -> Schema:
        return Schema.from_pyarrow(self.local.execute(f"FROM {name} LIMIT 0").to_arrow_table().schema)


def _prepare(planner: Planner, county: County, known: Known) -> str:
    if _has(county, *BOOKS["low_income"]):
        planner.relation("certificates_in_force", county.certificates.select("certificate_no"))
    if not _has(county, *BOOKS["register"]):
        return ""
    if _has(county, *BOOKS["low_income"]):
        planner.relation("linked_certificates", _linked(county))
    prepare_people(planner, county, known)
    columns, joins = ["household_no"], ["current_register_households"]
    for number, part in enumerate(_parts(county, known, planner.source("input_ledger"))):
        planner.relation(f"measures_{number}", part)
        columns += [_or_none(name, type_) for name, type_ in part.schema().items() if name != "household_no"]
        joins.append(f"measures_{number} USING (household_no)")
    # one join in SQL: as expressions, a join of a dozen tables costs more to compile than to run
    return planner.statement("household_measures", f"SELECT {', '.join(columns)} FROM {' LEFT JOIN '.join(joins)}")


def _has(county: County, *feeds: str) -> bool:
    return all(county.has(feed) for feed in feeds)


def _or_none(name: str, type_: DataType) -> str:
    """The column, where a household without a row in a part that could be said counts as none."""
    if type_.is_integer() or type_.is_decimal():
        return f"coalesce({name}, 0) AS {name}"
    return f"coalesce({name}, '') AS {name}" if name == "open_rules" else name


def _parts(county: County, known: Known, ledger: Table) -> Iterator[Table]:
    """Tables keyed by household_no, one for each group of figures that can be said."""
    people = county.register_people
    listed = county.rows["register_households"]  # a household without a registered member is open by its status too
    yield listed.select("household_no", is_open=listed.poverty_status != "已脱贫")
    yield people.group_by("household_no").agg(
        registered_members=_.count(), members_without_number=_.person_id.isnull().sum()
    )
    if _has(county, *BOOKS["low_income"]):
        yield county.registered_on_roll.group_by("household_no").agg(members_on_roll=_.person_id.nunique())
        benefits = county.linked.inner_join(
            county.assistance.select("certificate_no", "monthly_benefit"), "certificate_no"
        )
        yield benefits.group_by("household_no").agg(
            linked_certificates=_.count(), benefit_yuan_month=_.monthly_benefit.sum()
        )
    if known.insurance_year:
        yield from _insurance(county)
    if county.has("students"):
        yield from _school(county, known)
    if known.education_term:
        yield from _education(county)
    if county.has("housing_renovations"):
        yield from _housing(county)
    yield _findings(ledger)


def _linked(county: County) -> Table:
    """(household_no, certificate_no, shared_persons) of linked pairs."""
    members = county.numbered_certificate_members.select("certificate_no", "person_id").distinct()
    pairs = county.registered.inner_join(members.semi_join(county.assistance, "certificate_no"), "person_id")
    return pairs.group_by("household_no", "certificate_no").agg(shared_persons=_.count())


def _persons(table: Table, name: str) -> Table:
    """How many persons of each household, as ``name``."""
    return table.group_by("household_no").agg(**{name: table.count()})


def _insurance(county: County) -> Iterator[Table]:
    """Insured and uninsured persons of the insurance year."""
    yield _everywhere(county, insurance_year="insurance_year")
    asked = county.born_by(county.registered, "insurance_day")
    yield _persons(asked.semi_join(county.insured, "person_id"), "insured_members")
    yield _persons(asked.anti_join(county.insured, "person_id"), "uninsured_members")


def _school(county: County, known: Known) -> Iterator[Table]:
    """Pupils; and children out of school, where the delivery is not from between two school years."""
    yield _persons(county.registered.semi_join(county.attending, "person_id"), "pupils")
    if not known.school_year:
        return
    children = county.of_school_age(county.registered, county.values.of(*BOOKS["register"], "students"))
    yield _everywhere(county, school_year="current_school_year")
    yield _persons(children, "school_age_children")
    yield _persons(children.anti_join(county.attending, "person_id"), "out_of_school_children")


def _education(county: County) -> Iterator[Table]:
    """Items and amounts received for the last finished term; by number or by 学籍号."""
    paid = county.subsidies_of_term.filter(_.payment_status == _PAID).select(
        "person_id", "student_no", "item", "amount"
    )
    if county.has("students"):
        pupils = county.rows["students"].filter(_.person_id.notnull())
        owners = pupils.group_by("student_no").agg(owner=_.person_id.min())
        paid = paid.left_join(owners, "student_no").drop("student_no_right")
        paid = paid.mutate(person_id=_.person_id.coalesce(_.owner)).drop("owner")
    received = county.registered.inner_join(paid, "person_id")
    items = received.select("household_no", "person_id", "item").distinct()
    yield _everywhere(county, school_year="finished_school_year", term="finished_term").select(
        "household_no", education_term=_.school_year + _.term
    )
    yield _persons(items, "education_items_received")
    yield received.group_by("household_no").agg(education_yuan_received=_.amount.sum())


def _housing(county: County) -> Iterator[Table]:
    """Number of cases and the assessment."""
    cases = county.rows["housing_renovations"].select("case_no", person_id="head_id")
    yield _persons(
        county.registered.inner_join(cases, "person_id").select("household_no", "case_no").distinct(), "housing_cases"
    )
    yield county.assessments.select(
        "household_no",
        housing_case_no="case_no",
        housing_grade="grade",
        housing_assessed_on="assessed_on",
        housing_method="method",
        housing_started_on="started_on",
        housing_completed_on="completed_on",
        housing_acceptance="acceptance",
    )


def _findings(ledger: Table) -> Table:
    """Open findings of the household as the run left the ledger."""
    still_open = ledger.filter(~_.state.isin([str(state) for state in CLOSED_STATES]), _.household_no.notnull())
    return still_open.group_by("household_no").agg(
        open_findings=_.count(), open_rules=_.rule.collect(distinct=True).sort().join("、")
    )


def _everywhere(county: County, **columns: str) -> Table:
    """The same values, columns of ``here`` by other names, for every household."""
    households = county.rows["register_households"].select("household_no")
    return county.beside(households, *columns.values()).rename(columns)
