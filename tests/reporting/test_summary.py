"""The run's summary: what a person must see is on the page, and nothing personal is."""

import io
import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reporting.factory import AS_OF, DELIVERIES, RULES, RUN, TOWNSHIPS, finding, identity_number, ledger, summary
from rich.console import Console

from expectations.finding import Certainty, State
from expectations.reasons import Reason
from expectations.status import SILENT, RuleStatus
from pipelines.house.records.night import Summary
from pipelines.house.words import why_left
from pipelines.landing import Why
from pipelines.reporting.counts import count_open, count_overdue, count_refused, count_unchecked
from pipelines.reporting.summary import write_summary
from pipelines.reporting.terminal import Language, print_summary
from pipelines.reporting.wording import SILENCES
from warehouse.lake import Lake


def page(home: Path, **changed: Any) -> str:
    """The page's HTML for a summary with these keys changed."""
    _, html = write_summary(lake=Lake(home), run=RUN, summary=summary(**changed), rules=RULES)
    return html.read_text(encoding="utf-8")


def terminal(language: Language = "zh", **changed: Any) -> str:
    out = io.StringIO()
    print_summary(summary(**changed), Console(file=out, width=200), rules=RULES, language=language)
    return out.getvalue()


def silent(code: str, reason: str, status: RuleStatus = RuleStatus.NOT_EVALUATED) -> list[dict[str, Any]]:
    said = {"status": status.value, "reason": reason}
    return [r | (said if r["rule"] == code else {}) for r in summary()["rules"]]


def test_summary_json_holds_what_was_given_in_the_contracts_order(tmp_path: Path) -> None:
    given = summary()
    out_of_order = dict(reversed(given.items()))
    data, _ = write_summary(lake=Lake(tmp_path), run=RUN, summary=out_of_order, rules=RULES)
    read = json.loads(data.read_text(encoding="utf-8"))
    assert read == given
    assert list(read) == list(Summary.__annotations__)
    assert list(read)[:4] == ["run", "county", "county_name", "as_of"]
    assert "云溪县" in data.read_text(encoding="utf-8")


def test_a_rule_that_was_not_evaluated_stands_out_with_its_reason(tmp_path: Path) -> None:
    told = page(tmp_path, rules=silent("CV05", "农村危房改造已超过有效期"))
    section = told[told.index('id="skipped"') : told.index('id="findings"')]
    assert "农村危房改造已超过有效期" in section
    assert "<b>CV05</b>" in section
    assert "不等于没有问题" in section
    assert "<b>CV07</b>" not in section
    assert f"规则 {len(RULES) - 1}/{len(RULES)} 条已评估" in told


@pytest.mark.parametrize(
    ("status", "first", "last"),
    [(RuleStatus.WAITING, 'id="waiting"', 'id="findings"'), (RuleStatus.NOT_APPLICABLE, 'id="arrivals"', "<footer>")],
)
def test_a_rule_that_waits_or_does_not_apply_is_named_without_a_warning(
    tmp_path: Path, status: RuleStatus, first: str, last: str
) -> None:
    told = page(tmp_path, rules=silent("CV05", "学籍数据截止8月", status), open=count_open(ledger(finding(1))))
    between = told[told.index(first) : told.index(last)]
    section = between[between.index(f'id="{status}"') :].partition("</section>")[0]
    assert SILENCES[status].title in section
    assert "学籍数据截止8月" in section
    assert "<b>CV05</b>" in section
    assert 'id="skipped"' not in told
    assert f"规则 {len(RULES) - 1}/{len(RULES)} 条已评估" in told
    assert "其余未到时间或不适用" in told
    table = told[told.index('id="findings"') :].partition("</section>")[0]
    assert (f">{status.label}<" in table) is (status is RuleStatus.WAITING)


def test_a_rule_of_which_the_run_says_nothing_counts_as_not_evaluated(tmp_path: Path) -> None:
    told = page(tmp_path, rules=[r for r in summary()["rules"] if r["rule"] != "CV05"])
    assert "<b>CV05</b>" in told[told.index('id="skipped"') :]


def test_a_night_without_trouble_has_no_warnings(tmp_path: Path) -> None:
    told = page(tmp_path)
    assert 'id="skipped"' not in told
    assert 'id="rejected"' not in told
    assert "数据 9/9 类在用" in told


def test_a_rejected_delivery_is_shown_with_every_reason(tmp_path: Path) -> None:
    rejected = summary()["deliveries"][0] | {"status": "rejected", "read": None, "reason": "缺少列甲\n缺少列<乙>"}
    told = page(tmp_path, deliveries=[rejected])
    section = told[told.index('id="rejected"') : told.index('id="findings"')]
    assert "缺少列甲" in section
    assert "缺少列&lt;乙&gt;" in section
    assert rejected["files"][0] in section


def test_what_is_held_stands_first_every_night(tmp_path: Path) -> None:
    held = summary()["deliveries"][0] | {"status": "held", "reason": "没有一行可用的数据\n请确认"}
    told = page(tmp_path, deliveries=[], stopped=[held])
    section = told[told.index('id="held"') : told.index('class="state"')]
    assert "没有一行可用的数据" in section
    assert "待确认 1 份" in told
    assert 'id="rejected"' not in told
    assert terminal(deliveries=[], stopped=[held]).splitlines()[1].startswith("待确认")


def test_a_half_that_came_alone_is_named(tmp_path: Path) -> None:
    alone = summary()["deliveries"][0] | {"unusable": "另一半还没有数据"}
    told = page(tmp_path, unusable=[alone])
    assert "另一半还没有数据" in told[told.index('id="unusable"') : told.index('id="findings"')]
    assert "另一半还没有数据" in terminal(unusable=[alone])
    assert 'id="unusable"' not in page(tmp_path)


@pytest.mark.parametrize(("county", "told"), [("520102", "县代码520102，不是本县"), ("unknown", "看不出是哪个县的")])
def test_a_file_of_another_county_is_not_called_ours(tmp_path: Path, county: str, told: str) -> None:
    ours = summary()["deliveries"]
    stray = ours[0] | {"id": "stray", "county": county, "status": "rejected", "read": None, "reason": "县代码不对"}
    waiting = [{"feed": "students", "county": county, "as_of": "2026-07-31", "parts": "已到2/3"}]
    shown = page(tmp_path, deliveries=[*ours, stray], waiting=waiting)
    section = shown[shown.index('id="strays"') : shown.index('id="findings"')]
    assert (told in section, "县代码不对" in section) == (True, True)
    assert 'id="rejected"' not in shown
    assert "本次报送被退回" not in shown
    assert shown.count(told) == 2  # what waits for its parts too
    assert told in terminal(deliveries=[*ours, stray])


def test_a_feed_that_never_arrived_is_named(tmp_path: Path) -> None:
    told = page(tmp_path, in_force=summary()["in_force"][1:], deliveries=[])
    assert "数据 8/9 类在用" in told
    assert '<span class="gone">' in told


def test_feeds_are_counted_that_the_county_is_to_receive(tmp_path: Path) -> None:
    roster = summary()["in_force"][0] | {"feed": "village_rosters", "fresh": True}
    beside = page(tmp_path, in_force=[*summary()["in_force"], roster])
    assert "数据 9/9 类在用" in beside
    assert "村户名册" in beside
    owed = page(tmp_path, expected=[*summary()["expected"], "village_rosters"])
    assert "数据 9/10 类在用" in owed
    assert "有数据从未报送" in owed
    assert "村户名册" not in page(tmp_path)


def test_what_has_come_is_listed_though_it_is_neither_expected_nor_in_force(tmp_path: Path) -> None:
    arrived = [summary()["deliveries"][0] | {"feed": "village_rosters"}]
    assert "村户名册" in page(tmp_path, deliveries=arrived)


def test_a_stale_feed_is_marked(tmp_path: Path) -> None:
    first, *rest = summary()["in_force"]
    told = page(tmp_path, in_force=[first | {"as_of": "2026-01-31", "fresh": False}, *rest])
    assert "150天前，已过期" in told
    assert "有 1 类已过期" in told


def test_a_quality_warning_is_listed(tmp_path: Path) -> None:
    warning = {"feed": "students", "column": "", "expectation": "rows_share", "severity": "warn", "observed": "0.769"}
    told = page(tmp_path, quality=[warning | {"description": "行数比上次减少超过20%"}])
    assert "行数比上次减少超过20%" in told[told.index('id="quality"') :]
    assert "76.9%" in told
    assert "0.769" not in told


def test_an_unpublished_warehouse_is_said(tmp_path: Path) -> None:
    assert "数据仓库未发布" in page(tmp_path, warehouse={"published": False, "snapshot": None})


def test_what_waits_for_its_parts_is_listed(tmp_path: Path) -> None:
    told = page(
        tmp_path, waiting=[{"feed": "students", "county": "522601", "as_of": "2026-07-31", "parts": "1,3 of 3"}]
    )
    assert "缺 _2of3" in told
    assert "missing _2of3" in told


def test_what_was_left_in_the_inbox_is_listed_with_the_reason(tmp_path: Path) -> None:
    left = [{"name": f"students_522601_20260731.{why.value}", "why": why.value} for why in Why]
    told = page(tmp_path, passed_over=left)
    for row in left:
        assert row["name"] in told
        assert all(words in unescape(told) for words in why_left(row["why"]))


def test_refused_rows_are_counted_by_reason_and_feed(tmp_path: Path) -> None:
    refused = [
        {"feed": "students", "scope": "row", "reason": "conflicting_key", "count": 1800},
        {"feed": "students", "scope": "value", "reason": "bad_date", "count": 7},
        {"feed": "register_members", "scope": "value", "reason": "bad_date", "count": 5},
    ]
    told = page(tmp_path, refused=refused)
    section = told[told.index('id="refused"') :]
    assert section.index(Reason.CONFLICTING_KEY.label) < section.index(Reason.BAD_DATE.label)
    assert "1,800" in section
    assert "学籍 7、建档立卡人口 5" in section


def test_findings_stand_by_rule_and_township(tmp_path: Path) -> None:
    table = ledger(
        finding(1),
        finding(2),
        finding(3, certainty="possible"),
        finding(4, place=TOWNSHIPS[1]),
        finding(5, state="销号"),
    )
    told = page(tmp_path, open=count_open(table))
    heat = told[told.index('id="findings"') : told.index('id="books"')]
    assert heat.index("下司镇") < heat.index("旁海镇")
    row = heat[heat.index(">TL02<") : heat.index(">TL03<")]
    assert re.findall(r'<td class="cell"[^>]*>(?:<span[^>]*>)?([^<]+)', row) == ["3", "1"]
    assert re.search(r'<td class="num">4</td>', row)


def test_workbooks_are_linked_relative_to_the_page(tmp_path: Path) -> None:
    path = f"reports/{RUN}/civil_affairs/522601101_下司镇.xlsx"
    target = tmp_path / path
    target.parent.mkdir(parents=True)
    target.touch()
    told = page(tmp_path, reports=[path])
    [link] = re.findall(r'href="(\.\./\.\./reports/[^"]+)"', told)
    assert (tmp_path / "runs" / RUN / unquote(link)).resolve() == target.resolve()


def test_the_page_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    told = page(tmp_path)
    assert not re.search(r"https?://|<link|<script|@import|url\(", told)


def test_neither_page_nor_json_nor_terminal_shows_a_person(tmp_path: Path) -> None:
    findings = [finding(n, place=TOWNSHIPS[n % 3]) for n in range(20)]
    opened = count_open(ledger(*findings))
    told = page(tmp_path, open=opened) + terminal(open=opened)
    told += (tmp_path / "runs" / RUN / "summary.json").read_text(encoding="utf-8")
    for f in findings:
        for secret in (f["person_id"], f["name"], f["head_name"]):
            assert secret not in told
    assert identity_number(3)[6:14] not in told


def test_the_same_summary_gives_the_same_page(tmp_path: Path) -> None:
    opened = count_open(ledger(*(finding(n, place=TOWNSHIPS[n % 3]) for n in range(20))))
    assert page(tmp_path / "one", open=opened) == page(tmp_path / "two", open=opened)


def test_open_findings_are_counted_without_the_closed() -> None:
    table = ledger(finding(1), finding(2), finding(3, certainty="possible"), finding(4, state="不属实"))
    code, name = TOWNSHIPS[0]
    base = {"rule": "TL02", "owner": "civil_affairs", "township_code": code, "township": name}
    assert count_open(table) == [
        base | {"certainty": Certainty.CERTAIN.value, "findings": 2},
        base | {"certainty": Certainty.POSSIBLE.value, "findings": 1},
    ]


def test_a_refused_row_counts_once_for_its_first_problem(tmp_path: Path) -> None:
    lake, delivery = Lake(tmp_path), DELIVERIES[0]
    problems = [
        ("row", "missing", True),
        ("row", "bad_date", False),
        ("value", "bad_date", False),
        ("value", "bad_date", True),
    ]
    path = lake.problems(delivery.feed, delivery.county, delivery.id)
    path.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([{"scope": s, "reason": r, "first": f} for s, r, f in problems]), path)
    assert count_refused(lake, DELIVERIES) == [
        {"feed": "register_households", "scope": "row", "reason": "missing", "count": 1},
        {"feed": "register_households", "scope": "value", "reason": "bad_date", "count": 2},
    ]


@pytest.mark.parametrize(("language", "name"), [("zh", "应保未保"), ("en", "eligible, not on the roll")])
def test_the_terminal_says_what_is_open_and_what_was_not_evaluated(language: Language, name: str) -> None:
    told = terminal(language, open=count_open(ledger(finding(1))), rules=silent("CV05", "没有数据[x]"))
    assert name in told
    assert "CV05" in told
    assert "没有数据[x]" in told


@pytest.mark.parametrize("status", SILENT)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_terminal_names_every_rule_that_says_nothing(language: Language, status: RuleStatus) -> None:
    told = terminal(language, rules=silent("CV05", "原因甲", status))
    label = SILENCES[status].short if language == "zh" else SILENCES[status].short_en
    why = {"zh": "（原因见摘要页末）", "en": "(why: at the end of the summary page)"}[language]
    assert f"{label} CV05{f' {why}' if status is RuleStatus.NOT_APPLICABLE else ': 原因甲'}\n" in told


def test_what_is_overdue_is_counted_by_owner_township_and_deadline() -> None:
    due = AS_OF - timedelta(days=3)
    rows = ledger(
        finding(1, due_on=due),
        finding(2, due_on=AS_OF),
        finding(3, due_on=due, state=State.CONFIRMED.value),
        finding(4, due_on=due - timedelta(days=2), state=State.RECTIFYING.value),
        finding(5, due_on=due, state=State.RECTIFIED.value),
        finding(6, due_on=due, state=State.REFUTED.value),
        finding(7, due_on=due, state=State.REOPENED.value),
        finding(8, due_on=None),
    )
    base = {"owner": "civil_affairs", "township_code": TOWNSHIPS[0][0], "township": TOWNSHIPS[0][1]}
    assert count_overdue(rows, AS_OF) == [
        base | {"deadline": "rectify", "findings": 2, "oldest": (due - timedelta(days=2)).isoformat()},
        base | {"deadline": "verify", "findings": 1, "oldest": due.isoformat()},
    ]


def test_the_page_says_how_many_could_not_be_checked_and_of_which_rule(tmp_path: Path) -> None:
    gone = finding(3, rule="CV05", state=State.CLEARED, unchecked=True)
    rows = ledger(finding(1, rule="TL02", unchecked=None), finding(2, rule="CV05", unchecked=True), gone)
    counted = count_unchecked(rows)
    assert counted == [{"rule": "CV05", "findings": 1}]
    assert count_unchecked(rows.drop_columns("unchecked")) == []
    told = page(tmp_path, unchecked=counted, open=count_open(rows))
    assert "其中本次未能核对 1（有关的记录被本方退回）" in told
    row = told[told.index("CV05</td>") :]
    assert "本次未能核对 1" in row[: row.index("</tr>")]
    assert "未能核对" not in page(tmp_path)


def test_the_page_names_what_is_overdue_and_the_years_without_a_calendar(tmp_path: Path) -> None:
    overdue = count_overdue(ledger(finding(1, due_on=AS_OF - timedelta(days=1))), AS_OF)
    told = page(tmp_path, overdue=overdue, calendar_unknown=[2027])
    section = told.partition('id="overdue"')[2].partition("</section>")[0]
    assert all(text in section for text in ("民政局", TOWNSHIPS[0][1], "2026-06-29", "2027"))
    assert 'id="overdue"' not in page(tmp_path)


BRAKED = {
    "rule": "CV05",
    "why": "more_than_usual",
    "unsent": 212,
    "sent": 3,
    "deliveries": [{"feed": "housing_renovations", "delivery": "housing_x", "as_of": "2026-06-30", "in_force": False}],
    "zh": "异常增多，212条未下发",
    "en": "far more than usual: 212 not sent out",
}


def test_the_page_says_what_was_not_sent_out_and_which_delivery_changed(tmp_path: Path) -> None:
    assert 'id="braked"' not in page(tmp_path)
    told = page(tmp_path, braked=[BRAKED])
    section = told[told.index('id="braked"') : told.index('id="findings"')]
    for words in ("异常增多，212条未下发", "212 not sent out", "housing_x", "不再采用", "ledger send --rule"):
        assert words in section


@pytest.mark.parametrize(("language", "words"), [("zh", "暂未下发 CV05: 异常增多"), ("en", "not sent out CV05: far")])
def test_the_terminal_says_what_was_not_sent_out(language: Language, words: str) -> None:
    assert words in terminal(language, braked=[BRAKED])


def test_what_went_for_another_reason_than_data_is_told_apart(tmp_path: Path) -> None:
    moves = {"new": 0, "still": 0, "cleared": 4, "reopened": 0}
    html = page(tmp_path, findings=moves, dropped={"规则口径变更": 1234, "数据撤回": 2})
    assert "另有规则口径变更 1,234（不算整改）" in html
    assert "另有数据撤回 2（不算整改）" in html
    assert "政策调整" not in html
    assert "规则口径变更 1,234" in terminal(findings=moves, dropped={"规则口径变更": 1234})
    assert "policy changed 5" in terminal("en", findings=moves, dropped={"政策调整": 5})


def test_leads_are_counted_apart_and_stand_behind_the_findings(tmp_path: Path) -> None:
    lead = {"rule": "LD05", "severity": "medium", "certainty": Certainty.POSSIBLE}
    rows = count_open(ledger(finding(1), finding(2, **lead), finding(3, **lead), finding(4, rule="ID01")))
    html = page(tmp_path, open=rows)
    assert '<div class="figure">2</div>' in html
    assert "另有线索 2（只是疑点，请核实）" in html
    assert html.index("ID01</td>") < html.index("线索：其他部门的数据提出的疑点") < html.index("LD05</td>")
    assert re.search(r"另有线索.*?</span></td><td></td><td class=\"num\">2</td>", html)
    said = terminal(open=rows)
    assert "未办结的问题 2 (严重程度高 1, 待核 0)  另有线索（只是疑点） 2" in said
    assert said.index("ID01") < said.index("LD05")
    assert "另有线索" not in page(tmp_path, open=count_open(ledger(finding(1))))
