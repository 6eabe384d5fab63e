"""A small synthetic county for the reports' tests: its ledger, its deliveries and its rules. Nobody in it exists."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from expectations.departments import Department
from expectations.feeds import CORE_FEEDS
from expectations.finding import EXPLANATION_FOR_DEPARTMENTS, FINDING_COLUMNS, MASKED_COLUMNS, State
from expectations.identity import check_character
from warehouse.books.deliveries import Accounting, Delivery, Event, SourceFile

COUNTY = "522601"
COUNTY_NAME = "云溪县"
AS_OF = date(2026, 6, 30)
RUN = "20260630_522601_0a1b2c3d4e5f"

TOWNSHIPS = (("522601101", "下司镇"), ("522601102", "旁海镇"), ("522601203", "龙场乡"))
VILLAGES = ("清江村", "石桥村", "白午村", "新寨村")


@dataclass(frozen=True)
class SomeRule:
    """What reports read of a rule."""

    code: str
    name: str
    name_en: str
    owner: Department | None
    severity: str
    clears_when: str = "两边数据更正一致"
    basis: str = "县两线合一工作方案"
    may_own: tuple[Department, ...] = ()
    is_lead: bool = False

    @property
    def owners(self) -> frozenset[Department]:
        """The five of the first nine feeds where the rule names none."""
        return frozenset({self.owner} if self.owner else {R, C, H, E, B})


R, C, H = Department.REGISTER, Department.CIVIL_AFFAIRS, Department.HEALTH_INSURANCE
E, B = Department.EDUCATION, Department.HOUSING

RULES = (
    SomeRule("TL01", "低保标准低于扶贫标准", "standard below the line", C, "high"),
    SomeRule("TL02", "应保未保", "eligible, not on the roll", C, "high", "民政纳入低保，或收入复核后不低于标准"),
    SomeRule("TL03", "登记为低保户但不在保", "typed low-income, not in force", R, "high"),
    SomeRule("TL05", "超标准仍在保", "income above the standard", C, "high"),
    SomeRule("TL08", "保障人口不一致", "persons differ", C, "low"),
    SomeRule("TL09", "收入认定不一致", "incomes differ", R, "medium"),
    SomeRule("CV01", "未参加基本医保", "no insurance", H, "high"),
    SomeRule("CV03", "疑似失学辍学", "school-age child out of school", E, "high"),
    SomeRule("CV04", "应助未助", "student without subsidy", E, "medium"),
    SomeRule("CV05", "危房未改造", "dangerous house, no project", B, "high"),
    SomeRule("CV07", "未做住房鉴定", "no assessment", B, "low"),
    SomeRule("LD05", "重度残疾未享受分类施保", "severely disabled, no supplement", C, "medium", is_lead=True),
    SomeRule("ID01", "证件号码无效", "invalid identity number", None, "low"),
)

TEXT = pa.string()
DATES = ("first_seen", "last_seen", "due_on")
LEDGER_SCHEMA = pa.schema(
    [(name, pa.date32() if name in DATES else TEXT) for name in FINDING_COLUMNS]
    + [(f"{name}_masked", TEXT) for name in MASKED_COLUMNS]
    + [("village_code", TEXT), ("township_code", TEXT), ("batch", TEXT), ("dispatched_on", pa.date32())]
    + [("cleared_by", TEXT), ("past_period", pa.bool_()), ("evidence_digest", TEXT), ("case_no", TEXT)]
    + [("unchecked", pa.bool_()), ("cleared_because", TEXT), ("days_left", pa.int32())]
    + [("student_no", TEXT), ("school", TEXT), ("head_name", TEXT), (EXPLANATION_FOR_DEPARTMENTS, TEXT)]
)


def identity_number(serial: int) -> str:
    """A number with a right check digit that belongs to nobody on purpose (area 522601, born in 1960–2019)."""
    first = f"522601{1960 + serial % 60}{1 + serial % 12:02d}{1 + serial % 28:02d}{serial % 1000:03d}"
    return first + check_character(first)


def delivery(feed: str, *, as_of: date = AS_OF, suffix: str = "xlsx") -> Delivery:
    """An accepted delivery of one file."""
    sha = hashlib.sha256(f"{feed}{as_of}".encode()).hexdigest()
    return Delivery(
        id=f"{feed}_{COUNTY}_{as_of:%Y%m%d}_{sha[:12]}",
        feed=feed,
        county=COUNTY,
        as_of=as_of,
        source="file",
        files=(SourceFile(f"{feed}_{COUNTY}_{as_of:%Y%m%d}.{suffix}", sha, 1000),),
        sha256=sha,
        bytes=1000,
        accounting=Accounting(100, 97, 2, 1, 0, 3),
        received_at=datetime(2026, 6, 30, 12, tzinfo=UTC),
        status=Event.ACCEPTED,
    )


DELIVERIES = tuple(delivery(feed.name) for feed in CORE_FEEDS)


def row_of(feed: str, row: int, **values: str | None) -> dict[str, Any]:
    """An evidence item: one row of the feed's delivery."""
    d = next(d for d in DELIVERIES if d.feed == feed)
    return {"feed": feed, "delivery": d.id, "file": d.files[0].name, "sheet": "Sheet1", "row": row, "values": values}


def absent_from(feed: str, how: str) -> dict[str, Any]:
    """An evidence item: what was searched in vain."""
    d = next(d for d in DELIVERIES if d.feed == feed)
    return {"feed": feed, "delivery": d.id, "file": None, "sheet": None, "row": None, "searched": how}


def finding(serial: int = 1, **changed: Any) -> dict[str, Any]:
    """One finding of TL02, dispatched, in the first township's first village; ``changed`` overrides columns."""
    code, township = changed.pop("place", TOWNSHIPS[0])
    number = identity_number(serial)
    household = f"H{serial:09d}"
    values: dict[str, Any] = {
        "finding_id": hashlib.sha256(str(serial).encode()).hexdigest()[:16],
        "rule": "TL02",
        "severity": "high",
        "certainty": "certain",
        "county": COUNTY,
        "township": township,
        "township_code": code,
        "village": VILLAGES[serial % len(VILLAGES)],
        "village_code": f"{code}{201 + serial % len(VILLAGES)}" if code else "",
        "subject_kind": "household",
        "subject_key": household,
        "household_no": household,
        "certificate_no": "",
        "person_id": number,
        "name": f"杨测{serial % 10}",
        "head_name": f"吴试{serial % 10}",
        "period": "",
        "expected": "收入低于低保标准6240元/年，应在保",
        "actual": "人均纯收入3000元，全家无人在保",
        "explanation": f"吴试{serial % 10}（{number}）一家登记的本年度人均纯收入3000.00元，"
        "低于农村低保标准每年6240元（每月520元），但截至2026年6月30日的低保、特困名册里查不到全家任何一人。",
        "evidence": json.dumps(
            [
                row_of("register_households", 120 + serial, household_no=household, head_id=number,
                       income_current="3000.00", housing_safe="true"),
                absent_from("low_income_members", f"按全家人的证件号码查找在保人员，未找到（{number}）"),
                {"policy": "low_income_standard.rural", "value": "520", "from": "2025-07-01", "source": "〔2025〕1号"},
            ],
            ensure_ascii=False,
        ),
        "first_seen": AS_OF,
        "last_seen": AS_OF,
        "state": State.DISPATCHED.value,
        "due_on": date(2026, 7, 14),
        "batch": f"{COUNTY}-20260630-01",
        "dispatched_on": AS_OF,
        "past_period": False,
        "unchecked": False,
        "cleared_because": None,
        "days_left": None,
        "evidence_digest": "0" * 64,
    }  # fmt: skip
    values |= changed
    rule = next(r for r in RULES if r.code == values["rule"])
    values = {"rule_name": rule.name, "clears_when": rule.clears_when, "owner": (rule.owner or R).value} | values
    for name in MASKED_COLUMNS:
        values.setdefault(f"{name}_masked", values.get(name))
    values.setdefault(EXPLANATION_FOR_DEPARTMENTS, values.get("explanation"))
    person = values["person_id"]
    values["person_id_masked"] = f"{person[:3]}{'*' * 11}{person[-4:]}" if person else person
    return values


def ledger(*rows: dict[str, Any]) -> pa.Table:
    """A county's ledger with these findings."""
    return pa.Table.from_pylist(list(rows), LEDGER_SCHEMA)


def summary(**changed: Any) -> dict[str, Any]:
    """A run's summary in which everything arrived and every rule was evaluated; ``changed`` overrides keys."""
    arrived = [
        {
            "id": d.id,
            "feed": d.feed,
            "county": d.county,
            "as_of": AS_OF.isoformat(),
            "files": [f.name for f in d.files],
            "status": "accepted",
            "read": 100,
            "staged": 97,
            "quarantined": 2,
            "totals_or_blank": 1,
            "repeated": 0,
            "values_refused": 3,
            "reason": None,
        }
        for d in DELIVERIES
    ]
    in_force = [{k: d[k] for k in ("feed", "as_of", "files")} | {"delivery": d["id"], "fresh": True} for d in arrived]
    return {
        "run": RUN,
        "county": COUNTY,
        "county_name": COUNTY_NAME,
        "as_of": AS_OF.isoformat(),
        "stopped": [],
        "unusable": [],
        "deliveries": arrived,
        "waiting": [],
        "passed_over": [],
        "expected": [feed.name for feed in CORE_FEEDS],
        "offices": {},
        "in_force": in_force,
        "refused": [],
        "quality": [],
        "rules": [
            {"rule": r.code, "status": "evaluated", "reason": None, "findings": 0, "seconds": 0.1} for r in RULES
        ],
        "findings": {"new": 0, "still": 0, "cleared": 0, "reopened": 0},
        "dropped": {},
        "braked": [],
        "open": [],
        "unchecked": [],
        "overdue": [],
        "calendar_unknown": [],
        "precision": [],
        "warehouse": {"published": True, "snapshot": "warehouse-1"},
        "reports": [],
        "seconds": 1.5,
        "batch": None,
    } | changed
