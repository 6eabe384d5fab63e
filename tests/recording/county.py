"""A county of a few findings on real books: its nights, its workbooks, and what departments send back."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from actors import TESTER
from sqlalchemy import select
from workbooks import write_workbooks

from expectations.finding import AMOUNT_COLUMNS, EXPLANATION_FOR_DEPARTMENTS, MASKED_COLUMNS
from expectations.policy import Policy
from expectations.rules import RULES, RULES_BY_CODE
from expectations.status import RuleStatus
from pipelines.desk.ledger import Taken, take_feedback
from pipelines.house.settings import Settings, open_settings
from pipelines.reconciling.collecting import FINDING_DATASET_COLUMNS
from pipelines.recording.record import record_night, write_replay
from pipelines.recording.transitions import RuleNight
from warehouse.books.deliveries import Accounting, Delivery, SourceFile, delivery_id
from warehouse.books.runs import Run, begin_run
from warehouse.books.schema import finding_events, findings
from warehouse.books.standing import record_delivery

COUNTY = "522601"
FIRST = date(2026, 6, 30)
PERIODS = {"CV01": "2026"}
"""The period of a rule's findings, where it has one."""


def finding_id(rule: str, subject: str, period: str = "") -> str:
    """Id of a finding, as long as a real one."""
    return hashlib.sha256(f"{rule}|{subject}|{period}".encode()).hexdigest()[:24]


def delivery_of(subject: str) -> str:
    """The delivery that the evidence of a subject's findings names."""
    return f"delivery of {subject}"


def found_table(
    shown: Mapping[tuple[str, str], str],
    periods: Mapping[str, str],
    given: Mapping[str, str] | None = None,
    greater: Mapping[str, Sequence[str]] | None = None,
) -> pa.Table:
    """Findings of a night: {(rule, subject key): evidence}; ``given``: by subject, until when it is to be verified;
    ``greater``: by subject, the evidence that it would have were it greater."""
    rows = []
    for (code, subject), evidence in sorted(shown.items()):
        rule, period = RULES_BY_CODE[code], periods.get(code, "")
        row: dict[str, Any] = dict.fromkeys(FINDING_DATASET_COLUMNS, "") | dict.fromkeys(AMOUNT_COLUMNS)
        row |= {
            "finding_id": finding_id(code, subject, period),
            "rule": code,
            "rule_name": rule.name,
            "severity": rule.severity.value,
            "certainty": "certain",
            "owner": rule.owner.value if rule.owner else "register",
            "county": COUNTY,
            "township": "下司镇",
            "township_code": f"{COUNTY}101",
            "village": "清江村",
            "village_code": f"{COUNTY}101201",
            "subject_kind": rule.subject.kind,
            "subject_key": subject,
            "household_no": subject,
            "name": "张一",
            "head_name": "张一",
            "period": period,
            "explanation": f"{subject}的两边数据不一致：{evidence}。",
            "clears_when": rule.clears_when,
            "evidence": json.dumps(
                [
                    {
                        "feed": subject.split("|")[0] if rule.over_what_is_there else "any",
                        "delivery": delivery_of(subject),
                    }
                ]
            ),
            "evidence_digest": _digest(evidence),
            "verify_by": (given or {}).get(subject),
            "greater_digests": ",".join(_digest(one) for one in (greater or {}).get(subject, ())) or None,
        }
        row |= {f"{name}_masked": row[name] for name in MASKED_COLUMNS}
        row[EXPLANATION_FOR_DEPARTMENTS] = row["explanation"]
        rows.append(row)
    return pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in FINDING_DATASET_COLUMNS]))


def _digest(evidence: str) -> str:
    return hashlib.sha256(evidence.encode()).hexdigest()


def became_of(nights: Sequence[RuleNight], found: pa.Table) -> list[dict[str, Any]]:
    """What became of each rule, as the books keep it."""
    counts = Counter(found["rule"].to_pylist())
    status = {True: RuleStatus.EVALUATED.value, False: RuleStatus.NOT_EVALUATED.value}
    return [
        {"rule": n.rule, "status": status[n.evaluated], "reason": None, "findings": counts[n.rule], "seconds": 0.0}
        for n in nights
    ]


@dataclass
class SmallCounty:
    """One home folder. ``night`` records what a night shows; ``send`` returns a workbook that was filled in."""

    home: Path
    clock: datetime = datetime(2026, 7, 1, tzinfo=UTC)
    runs: list[Run] = field(default_factory=list)
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        """Open the home."""
        self.settings = open_settings(self.home, inbox=None, policy=None, actor=TESTER, now=self._now)

    def _now(self) -> datetime:
        self.clock += timedelta(seconds=1)
        return self.clock

    def use(self, database_url: str) -> None:
        """Keep the books on PostgreSQL."""
        self.settings = open_settings(
            self.home, inbox=None, policy=None, actor=TESTER, now=self._now, database_url=database_url
        )

    def policy(self, d: date) -> Policy:
        """The packaged defaults, which hold the deadlines."""
        return self.settings.policies.at(COUNTY, d)

    def deliver(self, feed: str, as_of: date) -> str:
        """An accepted delivery of a feed, only as the books know it; its id."""
        sha = hashlib.sha256(f"{feed}{as_of}".encode()).hexdigest()
        wanted = delivery_id(feed, COUNTY, as_of, sha)
        record_delivery(
            self.settings.home.books,
            Delivery(
                wanted, feed, COUNTY, as_of, "file", (SourceFile(f"{feed}.csv", sha, 1),), sha, 1,
                Accounting(1, 1, 0, 0, 0, 0), self._now(),
            ),
        )  # fmt: skip
        return wanted

    def night(
        self,
        d: date,
        shown: Mapping[tuple[str, str], str],
        *,
        evaluated: Sequence[str] = ("TL02", "TL05", "CV01", "CV07"),
        periods: Mapping[str, str] = PERIODS,
        dispatch: bool = True,
        proof: str = "",
        left_out: Sequence[str] = (),
        stopped: Sequence[str] = (),
        replayed: pa.Table | None = None,
        barred: Sequence[str] = (),
        given: Mapping[str, str] | None = None,
        greater: Mapping[str, Sequence[str]] | None = None,
    ) -> Run:
        """Record a night on which these findings are shown; the rules of ``evaluated`` can take findings away.

        ``left_out``: feeds that the rules over all feeds went without; a finding of theirs lies in its subject's feed.
        ``given``: by subject, the day by which its own row wants it verified; ``greater``: as :func:`found_table`.
        ``stopped``: rules whose clocks stand still; ``replayed``: what changed rules take away; ``barred``:
        deliveries (:func:`delivery_of`) that no document allows any more.
        A day before the newest recorded one is a replay.
        """
        home = self.settings.home
        night = (
            d,
            sorted(shown.items()),
            evaluated,
            periods,
            proof,
            left_out,
            stopped,
            replayed,
            barred,
            given,
            greater,
        )
        tag = hashlib.sha256(repr(night).encode()).hexdigest()[:12]
        replay = any(d < run.as_of for run in self.runs)
        run = begin_run(
            home.books,
            Run(f"{d:%Y%m%d}_{COUNTY}_{tag}", COUNTY, d, {}, [], "test", replay, self._now()),
        )
        found = found_table(shown, periods, given, greater)
        home.lake.findings(run.id).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(found, home.lake.findings(run.id))
        if replay:
            write_replay(home.lake, run, found)
            return run
        if run.recorded_at is None:
            without = {r.code: tuple(left_out) if r.over_what_is_there else () for r in RULES}
            nights = [
                RuleNight(
                    r.code, r.code in evaluated, periods.get(r.code, ""), proof, without[r.code], r.code in stopped
                )
                for r in RULES
            ]
            record_night(
                home.books, home.lake, run, found, nights, self.policy(d), rule_rows=became_of(nights, found),
                dispatch=dispatch, at=self._now(), replayed=replayed, barred=barred,
            )  # fmt: skip
            self.runs.append(run)
        return run

    def workbook(self, owner: str = "civil_affairs") -> Path:
        """The department's workbook of the newest night."""
        run = self.runs[-1]
        lake = self.settings.home.lake
        paths = write_workbooks(
            lake=lake,
            run=run.id,
            as_of=run.as_of,
            county=COUNTY,
            county_name="云溪县",
            ledger=pq.read_table(lake.ledger(run.id)),
            deliveries_in_force=(),
            rules=RULES,
        )
        return next(path for path in paths if path.parent.name == owner and path.name != "汇总.xlsx")

    def send(self, answers: Mapping[str, Mapping[str, Any]], on: date, owner: str = "civil_affairs") -> Taken:
        """Fill in the newest workbook (``{subject: {heading: value}}``) and return it."""
        return self.take(fill(self.workbook(owner), self.home / "sent.xlsx", answers), on)

    def take(self, path: Path, on: date) -> Taken:
        """Take one returned workbook in, on that day."""
        self.reach(on)
        return take_feedback(self.settings, [path], on)[0]

    def reach(self, on: date) -> None:
        """Let the clock come to a day: nothing is recorded of one that is still to come."""
        self.clock = max(self.clock, datetime(on.year, on.month, on.day, tzinfo=UTC))

    def state(self, rule: str, subject: str, period: str | None = None) -> str:
        """State of a finding in the books."""
        return str(self.row(rule, subject, period)["state"])

    def row(self, rule: str, subject: str, period: str | None = None) -> Mapping[str, Any]:
        """The books' row of a finding."""
        wanted = finding_id(rule, subject, PERIODS.get(rule, "") if period is None else period)
        with self.settings.home.books.connect() as connection:
            return dict(connection.execute(select(findings).where(findings.c.finding_id == wanted)).one()._mapping)

    def events(self, rule: str | None = None, subject: str = "") -> list[dict[str, Any]]:
        """Events of the county, or of one finding, in order."""
        query = select(finding_events).order_by(finding_events.c.seq)
        if rule is not None:
            query = query.where(finding_events.c.finding_id == finding_id(rule, subject, PERIODS.get(rule, "")))
        with self.settings.home.books.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def life(self, rule: str, subject: str) -> list[str]:
        """``2026-06-30 待核实`` for each transition of a finding."""
        return [f"{event['on']} {event['to_state']}" for event in self.events(rule, subject)]


def fill(source: Path, target: Path, answers: Mapping[str, Mapping[str, Any]], by: str = "户编号") -> Path:
    """Fill cells of 问题清单 by household number (or another key's heading) and heading; save as ``target``."""
    book = openpyxl.load_workbook(source)
    sheet = book["问题清单"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for heading, value in answers.get(str(sheet.cell(row, heads[by]).value), {}).items():
            sheet.cell(row, heads[heading]).value = value
    book.save(target)
    return target
