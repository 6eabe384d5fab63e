"""The ledger's open findings as rows that a department reads: in order, in words, numbers masked."""

from collections.abc import Mapping, Sequence
from typing import Final

import duckdb
import pyarrow as pa

from expectations.departments import TITLES, Department
from expectations.feeds import FEEDS
from expectations.finding import CLOSED_STATES, EXPLANATION_FOR_DEPARTMENTS
from expectations.masks import Audience, mask_of_fact
from expectations.workbook import COLUMNS, Entry
from pipelines.reporting.evidence import register_labels, render_evidence
from pipelines.reporting.links import NO_HELPER, NO_HOMES, Homes
from pipelines.reporting.numbers_in_text import masked_text
from pipelines.reporting.wording import CERTAINTIES, LEAD, SEVERITIES
from warehouse.books.deliveries import Delivery
from warehouse.sql import cases, literal, outside

_TEXT_LIMIT: Final = 32_000
"""A spreadsheet cell holds 32,767 characters."""


SEVERITY_WEIGHTS: Final = {"high": 3, "medium": 2, "low": 1}
CERTAINTY_WEIGHTS: Final = {"certain": 1.0, "possible": 0.5}
PRIORITY_SENTENCE: Final = (
    "先后按分数排：严重程度（高3分、中2分、低1分）×把握程度（确定1、待核0.5）×以往属实率"
    "（本单位这类问题以往核实为属实的条数加1，除以已核实的条数加1；没有核实过的为1）。分数高的在前。"
)
"""How a finding's priority is made, for those who read the list."""

_IS_LEAD: Final = "starts_with(o.rule, 'LD')"
"""SQL: whether a finding is a question by what another office knows; they stand behind those that are none."""

Verdicts = Mapping[tuple[str, str], tuple[int, int]]
"""(rule, owner): findings confirmed, findings verified."""


def readable_rows(
    ledger: pa.Table,
    *,
    deliveries: Sequence[Delivery],
    verdicts: Verdicts | None = None,
    titles: Mapping[Department, str] = TITLES,
    homes: Homes = NO_HOMES,
) -> pa.Table:
    """Open findings with every value that a workbook shows (``SheetColumn.source``), as text; dates as dates.

    Sorted by owner, township, leads last, ``priority`` (PRIORITY_SENTENCE, from ``verdicts``), severity, certainty,
    village, rule, key. ``explanation`` and ``evidence`` keep names, not numbers. ``titles``: what offices are called.
    ``visit_household``: the household that a finding leads to (``homes``), ``helper`` who helps it; empty where none.
    """
    with duckdb.connect() as connection:
        connection.register("ledger", ledger)
        connection.register("verdicts", _verdicts_table(verdicts or {}))
        connection.register("links", homes.links)
        connection.register("helped", homes.helped)
        register_labels(connection, FEEDS, deliveries)
        connection.execute(f"""
            CREATE TEMP TABLE open_findings AS
            SELECT row_number() OVER () AS n, ledger.*,
                   {_weight("severity", SEVERITY_WEIGHTS)} * {_weight("certainty", CERTAINTY_WEIGHTS)}
                     * (coalesce(v.confirmed, 0) + 1) / (coalesce(v.verified, 0) + 1) AS priority,
                   coalesce(nullif(ledger.household_no, ''), l.household_no) AS home
            FROM ledger LEFT JOIN verdicts v USING (rule, owner)
            LEFT JOIN links l ON l.certificate_no = ledger.certificate_no WHERE {outside("state", CLOSED_STATES)}
        """)
        render_evidence(connection)
        explanation = "o.explanation_masked"
        if EXPLANATION_FOR_DEPARTMENTS in ledger.column_names:  # a ledger of an older release has none
            explanation = f"coalesce(o.{EXPLANATION_FOR_DEPARTMENTS}, {explanation})"
        unchecked = "o.unchecked" if "unchecked" in ledger.column_names else "false"
        stands = "o.days_left" if "days_left" in ledger.column_names else "NULL"
        gone = "o.cleared_because" if "cleared_because" in ledger.column_names else "NULL"
        own = ("o.household_no", "o.certificate_no", "o.case_no")
        connection.execute(f"""
            CREATE TEMP TABLE readable AS
            SELECT row_number() OVER (
                     ORDER BY o.owner, coalesce(o.township_code, ''), {_IS_LEAD}, o.priority DESC,
                              {_rank("o.severity", SEVERITIES)},
                              {_rank("o.certainty", CERTAINTIES)}, coalesce(o.village_code, ''),
                              coalesce(o.village, ''), o.rule, o.subject_key, o.period, o.finding_id) AS place,
                   o.owner, coalesce(o.township_code, '') AS township_code,
                   coalesce(o.village_code, '') AS village_code,
                   o.priority, o.severity, o.certainty, o.state, o.past_period, o.subject_kind,
                   {_shown("certificate_no")} AS certificate_no, o.finding_id, coalesce(o.batch, '') AS batch,
                   o.rule, o.rule_name,
                   {_labelled("o.severity", SEVERITIES)} AS severity_label,
                   CASE WHEN {_IS_LEAD} THEN {literal(LEAD)} ELSE {_labelled("o.certainty", CERTAINTIES)} END
                     AS certainty_label,
                   coalesce(o.township, '') AS township, coalesce(o.village, '') AS village,
                   {_shown("household_no")} AS household_no, {_shown("head_name")} AS head_name,
                   {_shown("name")} AS name, {_shown("person_id")} AS identity_masked,
                   coalesce({_number_of_owner()}, '') AS number, {_shown("school")} AS school,
                   left({masked_text(f"coalesce({explanation}, '')", *own)}, {_TEXT_LIMIT})
                     || CASE WHEN o.past_period THEN '（往期）' ELSE '' END
                     || CASE WHEN {unchecked} THEN '（本次未能核对：有关的记录被退回）' ELSE '' END
                     || CASE WHEN {gone} IS NULL THEN '' ELSE '（' || {gone} || '，现行比对中已不存在，不算整改）' END
                     || CASE WHEN {stands} IS NULL THEN '' ELSE '（时限暂停，还剩' || {stands} || '个工作日）' END
                     AS explanation,
                   coalesce(r.sources, '') AS sources, left(coalesce(r.evidence, ''), {_TEXT_LIMIT}) AS evidence,
                   coalesce(o.clears_when, '') AS clears_when,
                   {_labelled("o.owner", {office.value: title for office, title in titles.items()})} AS owner_label,
                   o.dispatched_on, o.due_on, coalesce(o.home, '') AS visit_household,
                   CASE WHEN h.household_no IS NULL THEN ''
                        ELSE coalesce({_helper_of("h")}, {literal(NO_HELPER)}) END AS helper
            FROM open_findings o LEFT JOIN rendered r USING (n) LEFT JOIN helped h ON h.household_no = o.home
        """)
        # without a sorted read the rows of a large county would come back in the order of DuckDB's threads
        return connection.execute(f"SELECT *, {_lines()} AS lines FROM readable ORDER BY place").to_arrow_table()


def _verdicts_table(verdicts: Verdicts) -> pa.Table:
    rows = [
        {"rule": rule, "owner": owner, "confirmed": confirmed, "verified": verified}
        for (rule, owner), (confirmed, verified) in sorted(verdicts.items())
    ]
    kinds = {"rule": pa.string(), "owner": pa.string(), "confirmed": pa.int64(), "verified": pa.int64()}
    return pa.Table.from_pylist(rows, pa.schema(kinds.items()))


def _weight(column: str, weights: Mapping[str, float]) -> str:
    return f"({cases(column, {code: str(weight) for code, weight in weights.items()}, '0')})"


def _lines() -> str:
    """SQL: how many lines the row's tallest cell takes; spreadsheet programs do not all find out by themselves.

    A Chinese character (3 bytes in UTF-8) is twice as wide as a digit, so a text is (bytes + characters) / 2 wide; our
    9-point digits are a tenth narrower than the 11-point ones that widths are measured in.
    """
    tallest = [
        f"list_sum(list_transform(string_split({c.source}, chr(10)), "
        f"lambda t: greatest(1, ceil((strlen(t) + length(t)) / 2 / {1.1 * c.width}))))"
        for c in COLUMNS
        if c.source and c.entry is Entry.TEXT
    ]
    return f"greatest({', '.join(tallest)})::INTEGER"


def _number_of_owner() -> str:
    # each department sees its own kind of number; where a finding has none, the certificate that it speaks of
    student, certificate, case = (_masked(name) for name in ("student_no", "certificate_no", "case_no"))
    own: dict[str, str] = {
        Department.EDUCATION: f"coalesce({student}, {certificate})",
        Department.HOUSING: f"coalesce({case}, {certificate})",
    }
    return cases("o.owner", own, f"coalesce({certificate}, {case})")


def _shown(column: str) -> str:
    return f"coalesce({_masked(column)}, '')"


def _masked(column: str) -> str:
    """SQL: a column that says whom a finding is about, as the department may read it; null where it is empty."""
    return mask_of_fact(column, {}, Audience.DEPARTMENT).sql(f"nullif(o.{column}, '')")


def _helper_of(household: str) -> str:
    """SQL: who helps a household, as the department may read it; null where nobody is named."""
    return mask_of_fact("helper_name", {}, Audience.DEPARTMENT).sql(f"nullif({household}.helper_name, '')")


def _labelled(column: str, labels: Mapping[str, str]) -> str:
    return cases(column, {code: literal(label) for code, label in labels.items()}, column)


def _rank(column: str, order: Mapping[str, str]) -> str:
    return cases(column, {code: str(place) for place, code in enumerate(order)}, str(len(order)))
