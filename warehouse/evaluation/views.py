"""The evaluators' views (schema ``evaluation``), declared with a comment on every column; personal values masked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, String, Table

from expectations.feed import Personal
from expectations.finding import AMOUNT_COLUMNS, CLOSED_STATES, FINDING_COLUMNS, MASKED_COLUMNS
from expectations.masks import WHOLE, Audience, Mask, mask_of, mask_of_kind
from warehouse.evaluation.coverage import (
    COVERAGE_COLUMNS,
    COVERAGE_SOURCE,
    EVENT_DAYS,
    QUALITY_COLUMNS,
    QUALITY_SOURCE,
    median_days,
)
from warehouse.evaluation.indicators import all_statements
from warehouse.evaluation.plans import PLAN_COLUMNS, PLAN_SOURCE
from warehouse.sql import literal, outside
from warehouse.tables.columns import PERSONAL_TEXT, SCHEMA
from warehouse.tables.departments import fact_benefit_month, fact_certificate_snapshot, fact_payment_month
from warehouse.tables.dimensions import area_counts, dim_area, dim_column, dim_policy, dim_rule
from warehouse.tables.history import bridge_membership, dim_certificate, dim_household, dim_person, fact_finding_event
from warehouse.tables.households import (
    MEASURES,
    bridge_household_certificate,
    counts_as_household,
    fact_household_snapshot,
)
from warehouse.tables.ordinary import ORDINARY
from warehouse.tables.people import fact_registered_person
from warehouse.tables.plans import fact_target_reached
from warehouse.tables.readings import LINE, STANDARD, dim_policy_reading
from warehouse.tables.runs import fact_delivery, fact_finding, fact_load, fact_rule_run

EVALUATION: Final = "evaluation"
"""Schema of the views."""


@dataclass(frozen=True)
class ViewColumn:
    """One column of a view; ``origin`` is the table column whose feed, heading and personal mark it inherits.

    ``raw``: the identity number behind a masked column, for pseudonyms; it stands in no view.
    """

    name: str
    sql: str
    comment: str
    origin: Column[Any] | None = None
    masked: bool = False
    raw: str | None = None


@dataclass(frozen=True)
class View:
    """One view: its columns in order and what stands behind FROM."""

    name: str
    comment: str
    columns: tuple[ViewColumn, ...]
    source: str

    def ddl(self) -> list[str]:
        """Statements that make the view with its comments."""
        select = ",\n  ".join(f"{column.sql} AS {column.name}" for column in self.columns)
        full = f"{EVALUATION}.{self.name}"
        return [
            f"CREATE VIEW {full} AS SELECT\n  {select}\nFROM {self.source}",
            f"COMMENT ON VIEW {full} IS {literal(self.comment)}",
            *(f"COMMENT ON COLUMN {full}.{c.name} IS {literal(c.comment)}" for c in self.columns),
        ]


def _show(alias: str, columns: Iterable[Column[Any]]) -> list[ViewColumn]:
    """Columns of a table as recipients may read them."""
    shown = []
    for column in columns:
        mask = _mask_of(column)
        plain = f"{alias}.{column.name}"
        if mask.is_clear:
            shown.append(ViewColumn(column.name, plain, column.comment or "", column))
        else:
            text = plain if isinstance(column.type, String) else f"CAST({plain} AS VARCHAR)"
            raw = plain if column.info["personal"] == Personal.IDENTITY_NUMBER else None
            comment = f"{column.comment}（已脱敏）"
            shown.append(ViewColumn(column.name, mask.sql(text), comment, column, masked=True, raw=raw))
    return shown


def _mask_of(column: Column[Any]) -> Mask:
    """By the declaration of the feed that a column comes from; of our own columns by their mark."""
    feed, personal = column.info["feed"], column.info["personal"]
    if feed:
        return mask_of(feed, column.name, Audience.RECIPIENT)
    if personal == PERSONAL_TEXT:
        return WHOLE
    return mask_of_kind(Personal(personal) if personal else None, Audience.RECIPIENT)


def _pick(table: Table, *names: str) -> list[Column[Any]]:
    return [table.c[name] for name in names]


def _without(table: Table, *names: str) -> list[Column[Any]]:
    return [column for column in table.c if column.name not in names]


_LINE = LINE.sql("h")
_STANDARD_YEAR = f"({STANDARD.sql('h')} * 12)"
_HOUSING_STATE = """CASE
    WHEN h.housing_cases IS NULL THEN NULL
    WHEN h.housing_case_no IS NULL THEN '未鉴定'
    WHEN h.housing_acceptance = '合格' THEN '验收合格'
    WHEN h.housing_method = '无需改造' THEN '无需改造'
    WHEN h.housing_acceptance = '不合格' THEN '验收不合格'
    WHEN h.housing_completed_on IS NOT NULL THEN '竣工未验收'
    WHEN h.housing_started_on IS NOT NULL THEN '已开工'
    ELSE '未开工'
  END"""
LISTED_NUMBER: Final = "c.certificate_no"
_CERTIFICATES = f"""(SELECT string_agg({LISTED_NUMBER} || '（' || c.programme || '，' || c.status || '）', '、'
      ORDER BY c.certificate_no)
    FROM {SCHEMA}.bridge_household_certificate b
    JOIN {SCHEMA}.fact_certificate_snapshot c USING (county, as_of, certificate_no)
    WHERE b.county = h.county AND b.as_of = h.as_of AND b.household_no = h.household_no)"""
_UNKNOWN = "；不能判断时为空"


def _household_card() -> View:
    table = fact_household_snapshot
    measures = [table.c[column.name] for column in MEASURES if column.name not in {"open_findings", "open_rules"}]
    before, after = measures[:4], measures[4:]
    sources = [column for column in table.c if column.name.startswith("source_")]
    head = {c.name for c in (*measures, *sources)} | {"open_findings", "open_rules"}
    return View(
        "household_card",
        "一户一卡：每户、每个数据截止日一行，各部门数据并列（姓名、证件号码已脱敏，不含电话）",
        (
            *_show("h", _without(table, *head)),
            ViewColumn("poverty_line", _LINE, "扶贫标准（元/人·年，建档立卡数据截止日有效的）"),
            ViewColumn(
                "rural_standard_year",
                _STANDARD_YEAR,
                "农村低保标准折年（元/人·年，建档立卡与低保数据截止日中较早一日有效的）",
            ),
            ViewColumn("below_line", f"h.income_current < {_LINE}", "本年度收入是否低于扶贫标准" + _UNKNOWN),
            ViewColumn(
                "below_standard", f"h.income_current < {_STANDARD_YEAR}", "本年度收入是否低于农村低保标准" + _UNKNOWN
            ),
            *_show("h", before),
            ViewColumn("counts", counts_as_household("h"), "是否计入户数：有在册人员的户；没有的另列，不计入任何户数"),
            ViewColumn("certificates", _CERTIFICATES, "关联的有效低保、特困证：证号（救助类别，保障状态）；没有时为空"),
            *_show("h", after),
            ViewColumn(
                "housing_state",
                _HOUSING_STATE,
                "住房状态：未鉴定、无需改造、未开工、已开工、竣工未验收、验收不合格、验收合格" + _UNKNOWN,
            ),
            *_show("h", _pick(table, "open_findings", "open_rules")),
            *_show("h", sources),
        ),
        f"{SCHEMA}.fact_household_snapshot h",
    )


def _findings() -> View:
    columns = []
    for name in FINDING_COLUMNS:
        column = fact_finding.c[name]
        if name in MASKED_COLUMNS:
            raw = "f.person_id" if name == "person_id" else None
            comment = f"{column.comment}（已脱敏）"
            columns.append(ViewColumn(name, f"f.{name}_masked", comment, column, masked=True, raw=raw))
        else:
            columns.append(ViewColumn(name, f"f.{name}", column.comment or "", column))
    columns += _show("f", _pick(fact_finding, "unchecked", "village_code", *AMOUNT_COLUMNS))
    return View("findings", "问题：台账现状，每个问题一行（已脱敏）", tuple(columns), f"{SCHEMA}.fact_finding f")


def _rule_coverage() -> View:
    return View(
        "rule_coverage",
        "规则覆盖：每次比对、每条规则一行，已评估或没有评估及其原因",
        (
            *_show("r", _pick(fact_rule_run, "county", "as_of", "run", "rule")),
            *_show("d", _pick(dim_rule, "name", "owner", "severity", "amount_side")),
            *_show("r", _pick(fact_rule_run, "status", "reason", "candidates", "findings")),
        ),
        f"{SCHEMA}.fact_rule_run r LEFT JOIN {SCHEMA}.dim_rule d USING (rule)",
    )


def _history(name: str, comment: str, table: Table) -> View:
    """A table with two clocks, masked. What was said on a day: valid_from <= day < valid_to, and so with known_*."""
    return View(name, f"{comment}（已脱敏）", tuple(_show("t", table.c)), f"{table.fullname} t")


def _ledger() -> View:
    def count(name: str, condition: str, comment: str) -> ViewColumn:
        return ViewColumn(name, f"count(*) FILTER (WHERE {condition})", comment)

    is_open = outside("f.state", CLOSED_STATES)
    return View(
        "ledger",
        "台账：每个县、责任部门、乡镇一行，各状态的问题数（台账现状）",
        (
            ViewColumn("county", "f.county", "县级行政区划代码（GB/T 2260）"),
            ViewColumn("owner", "f.owner", "责任部门"),
            ViewColumn("township", "coalesce(f.township, '')", "乡镇（不属于任何乡镇的为空文本）"),
            count("findings", "true", "全部问题数"),
            count("still_open", is_open, "未了结的问题数"),
            count("confirmed", "f.state IN ('属实', '整改中', '已整改', '销号')", "核实为属实的问题数"),
            count("refuted", "f.state = '不属实'", "核实为不属实的问题数"),
            count("overdue", f"{is_open} AND f.due_on < l.as_of", "超过办理期限未了结的问题数"),
            count("reopened", "e.was_reopened", "曾重开的问题数（重开后当晚又下发的也在内）"),
            count("closed", "f.state = '销号'", "已销号的问题数"),
            count("cleared", "f.state = '数据已消除' AND f.cleared_because IS NULL", "最新数据证明已消除的问题数"),
            count(
                "dropped",
                "f.state = '数据已消除' AND f.cleared_because IS NOT NULL",
                "因规则口径变更、政策调整或数据撤回而消除的问题数（不算整改）",
            ),
            ViewColumn("days_to_verify", median_days("verified_on"), "从下发到核实的天数（中位数）；没有核实的为空"),
            ViewColumn("days_to_close", median_days("closed_on"), "从下发到销号的天数（中位数）；没有销号的为空"),
        ),
        f"""{SCHEMA}.fact_finding f
JOIN (SELECT county, max(as_of) AS as_of FROM {SCHEMA}.fact_load GROUP BY county) l ON l.county = f.county
LEFT JOIN {EVENT_DAYS} ON e.county = f.county AND e.finding_id = f.finding_id
GROUP BY f.county, f.owner, coalesce(f.township, '')""",
    )


def _masked(name: str, comment: str, table: Table) -> View:
    """A table as it is, personal columns masked and where its rows came from left out."""
    kept = [column for column in table.c if not column.name.startswith("source_")]
    return View(name, comment, tuple(_show("t", kept)), f"{table.fullname} t")


def _indicators() -> View:
    double = "DOUBLE PRECISION"
    share = f"CASE WHEN i.denominator > 0 THEN CAST(i.numerator AS {double}) / CAST(i.denominator AS {double}) END"
    columns = (
        ("county", "i.county", "县级行政区划代码（GB/T 2260）"),
        ("as_of", "i.as_of", "数据截止日"),
        ("area_code", "i.area_code", "区划代码：县6位、乡镇9位、村12位"),
        ("area_name", "a.name", "区划名称（不知道的为空）"),
        ("level", "CASE length(i.area_code) WHEN 6 THEN 'county' WHEN 9 THEN 'township' ELSE 'village' END", "级别"),
        ("indicator", "i.indicator", "指标"),
        ("numerator", "i.numerator", "分子；没有可判断的为空或零"),
        ("denominator", "i.denominator", "分母：能够判断的；都不能判断时为空或零"),
        ("unknown", "i.unknown", "不能判断、两边都未计的数量"),
        ("numerator_persons", "i.numerator_persons", "分子背后的人数（户数）；没有人在其后的为零"),
        ("rest_persons", "i.rest_persons", "分母减分子背后的人数（户数）；没有人在其后的为零"),
        ("unit", "i.unit", "分子、分母的单位"),
        ("share", share, "分子 ÷ 分母（0–1）；分母为零或未知时为空，不是零"),
        ("threshold", "coalesce(t.number, g.number)", "标准（%，政策参数）；没有规定的为空"),
        ("at_least", "i.at_least", "是否越高越好"),
        ("definition", "i.definition", "口径"),
    )
    return View(
        "indicators",
        "指标：每个数据截止日、每个县、乡镇、村、每项指标一行，含分子、分母和不能判断的数量",
        tuple(ViewColumn(*column) for column in columns),
        f"""({all_statements()}) i
LEFT JOIN evaluation.areas a ON a.county = i.county AND a.area_code = i.area_code AND {area_counts("a", "i.as_of")}
LEFT JOIN evaluation.policy t ON t.county = i.county AND t.as_of = i.as_of AND t.key = 'threshold.' || i.indicator
LEFT JOIN evaluation.policy g ON g.county = i.county AND g.as_of = i.as_of AND g.key = 'threshold.' || i.standard""",
    )


VIEWS: tuple[View, ...] = (
    _household_card(),
    _findings(),
    _rule_coverage(),
    _history("household_history", "建档立卡户历史：每户、每个有效时段和知悉时段一行", dim_household),
    _history("person_history", "建档立卡人口历史：每人、每个有效时段和知悉时段一行", dim_person),
    _history("membership_history", "户人关联历史：每人在每户、每个有效时段和知悉时段一行", bridge_membership),
    _history("certificate_history", "低保、特困证历史：每证、每个有效时段和知悉时段一行", dim_certificate),
    View(
        "finding_events",
        "问题变动：每个问题的每次状态变化一行（不含经办人、所写文字和摘要）",
        tuple(_show("e", _without(fact_finding_event, "who", "why", "seq", "evidence_digest", "digest"))),
        f"{SCHEMA}.fact_finding_event e",
    ),
    View(
        "coverage",
        "保障：每户、每个数据截止日、每项保障（收入、基本医疗、义务教育、住房安全、饮水安全）一行",
        tuple(ViewColumn(*column) for column in COVERAGE_COLUMNS),
        COVERAGE_SOURCE,
    ),
    _masked("people", "建档立卡人员：每条人员记录、每个数据截止日一行，含保障情况（已脱敏）", fact_registered_person),
    _masked("certificates", "低保、特困证：每证、每个数据截止日一行（已脱敏）", fact_certificate_snapshot),
    _masked("benefit_months", "低保金发放：每证、每月一行，为最新数据", fact_benefit_month),
    _masked("payment_months", "低保金发放月份：每个数据截止日、每月一行，是否结清、是否核对", fact_payment_month),
    _masked(
        "household_certificates",
        "户证关联：每个数据截止日，有共同人员的建档立卡户与有效低保、特困证，每对一行",
        bridge_household_certificate,
    ),
    _masked("housing_cases", "农村危房改造：每份档案一行，为最新数据（已脱敏）", ORDINARY["housing_renovations"]),
    View(
        "days",
        "数据截止日：每个县、每个数据截止日一行",
        tuple(_show("t", _pick(fact_load, "county", "as_of"))),
        f"{SCHEMA}.fact_load t",
    ),
    _masked("areas", "行政区划：每个县、乡镇、村，每个名称不变的有效时段一行", dim_area),
    _masked("policy", "政策参数：每县、每个数据截止日、每个参数一行，为该日有效的值", dim_policy),
    _masked("policy_readings", "比较所用政策参数：每县、每个数据截止日、每项比较、每个参数一行", dim_policy_reading),
    _masked("target_reached", fact_target_reached.comment or "", fact_target_reached),
    View(
        "plans",
        "年度计划与达到数：每个数据截止日，计划中的每个年度、区划、项目一行",
        tuple(ViewColumn(*column) for column in PLAN_COLUMNS),
        PLAN_SOURCE,
    ),
    _indicators(),
    _ledger(),
    View(
        "quality",
        "数据质量：每个报送批次一行，隔离比例和时效",
        tuple(ViewColumn(*column) for column in QUALITY_COLUMNS),
        QUALITY_SOURCE,
    ),
    View(
        "deliveries",
        "报送批次：每个批次一行（含退回的）",
        tuple(_show("d", fact_delivery.c)),
        f"{SCHEMA}.fact_delivery d",
    ),
    View(
        "data_dictionary",
        "数据字典：每个表和视图的每一列一行",
        tuple(_show("c", dim_column.c)),
        f"{SCHEMA}.dim_column c",
    ),
)


def dictionary_origins(tables: Sequence[Table]) -> list[dict[str, Any]]:
    """What the data dictionary knows beside names, types and comments: feed, heading, personal mark, masked."""
    rows = [_origin(SCHEMA, table.name, column.name, column) for table in tables for column in table.c]
    rows += [_origin(EVALUATION, view.name, c.name, c.origin, c.masked) for view in VIEWS for c in view.columns]
    return rows


def _origin(
    schema: str, table: str, name: str, column: Column[Any] | None, masked: bool | None = None
) -> dict[str, Any]:
    info: dict[str, Any] = column.info if column is not None else {}
    return {
        "schema_name": schema,
        "table_name": table,
        "column_name": name,
        "feed": info.get("feed") or None,
        "heading": info.get("heading") or None,
        "personal": str(info["personal"]) if info.get("personal") else None,
        "masked": name.endswith("_masked") if masked is None else masked,
    }
