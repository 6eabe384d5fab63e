"""A survey comes back to a home: rates from it, and the departments' own figures beside them."""

import json
import re
from pathlib import Path

import pytest
from builders import COUNTY, D, certificate, certificate_member, household, member, open_household, pid
from evaluation.test_drawing import VISITED, fill_in
from homes import AS_OF, copy_home, settings_of
from homes import COUNTY as HOME_COUNTY
from nights import finding, night
from typer.testing import CliRunner

from expectations.errors import NotYetError, RequestError
from pipelines.cli import app
from pipelines.evaluation import draw, estimate
from pipelines.evaluation.lacking import lack_of
from pipelines.night.flow import run_night
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.querying import newest_day, published_query
from warehouse.evaluation.sampling import Design, Group, read_frame
from warehouse.evaluation.sampling.administrative import read_administrative
from warehouse.lake import Lake
from warehouse.loading import load_and_publish

VILLAGES = tuple(f"{COUNTY}10120{n}" for n in range(1, 4))


def roster(number: int, head_id: str | None, village: str = VILLAGES[0], **over: object) -> dict[str, object]:
    """One household of a village's roster."""
    row = {"village_code": village, "roster_no": f"R{number}", "township": "城关镇", "village": "平寨村"}
    return row | {
        "head_name": "李四", "head_id": head_id, "head_id_problem": None, "persons": 4, "household_no": None, **over
    }  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """H1 open, H2 and H3 exited (EX01 on H2), C1 linked, C9 on the roll alone (TL06), and four roster households."""
    lake = Lake(tmp_path_factory.mktemp("home"))
    load_and_publish(
        lake=lake,
        run=night(
            lake,
            findings=(
                finding(1, rule="EX01", subject_key="H2", household_no="H2"),
                finding(2, rule="EX03", subject_key="H2", household_no="H2", certainty="possible"),
                finding(3, rule="EX02", subject_key="H3", household_no="H3", state="不属实"),
                finding(
                    4,
                    rule="TL06",
                    subject_kind="certificate",
                    subject_key="C9",
                    certificate_no="C9",
                    certainty="possible",
                ),
            ),
            register_households=[
                open_household("H1"),
                household("H2", head_id=pid(2)),
                household("H3", head_id=pid(3)),
            ],
            register_members=[
                member("M1", "H1", pid(1)),
                member("M2", "H2", pid(2)),
                member("M3", "H2", pid(12)),
                member("M4", "H3", pid(3)),
            ],
            low_income_households=[
                certificate("C1", head_id=pid(1)),
                certificate("C9", head_id=pid(9), persons=5, village_code=VILLAGES[1]),
            ],
            low_income_members=[certificate_member("C1", pid(1)), certificate_member("C9", pid(9))],
            village_rosters=[
                roster(1, pid(2)),
                roster(2, None, household_no="H3"),
                roster(3, pid(9)),
                roster(4, pid(77)),
                roster(5, None),
                roster(6, pid(12)),
            ],
        ),
    )
    return lake


def test_the_frame_puts_each_household_in_one_group(lake: Lake) -> None:
    with published_query(lake) as query:
        assert newest_day(query, None, None) == (COUNTY, D)
        frame = read_frame(query, COUNTY, D)
    assert {(u.group, u.key) for u in frame.units} == {
        (Group.OPEN, "H1"),
        (Group.EXITED, "H2"),
        (Group.EXITED, "H3"),
        (Group.LOW_INCOME, "C9"),
        (Group.GENERAL, f"{VILLAGES[0]}-R4"),
        (Group.GENERAL, f"{VILLAGES[0]}-R5"),
    }
    assert frame.persons[Group.EXITED] == 3
    assert frame.uncovered_villages == len(frame.village_sizes) - 1


def test_the_departments_own_figures_count_persons_with_certain_and_possible_apart(lake: Lake) -> None:
    with published_query(lake) as query:
        beside = read_administrative(query, COUNTY, D)
    assert (beside.open_persons, beside.exited_persons) == (1, 3)
    exits, missed = beside.wrong_exits, beside.missed
    assert (exits.persons, exits.possible, exits.of, exits.share) == (2, 0, 3, pytest.approx(2 / 3))
    assert (missed.persons, missed.possible, missed.of) == (0, 5, 5)
    assert (beside.agricultural, beside.unregistered) == (None, None)


def test_a_rule_that_was_not_evaluated_leaves_the_figure_unknown(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    run = night(lake)
    for row in run.rule_runs:
        if row["rule"] == "EX03":
            row.update(status="not_evaluated", reason="学籍没有数据", findings=None)  # type: ignore[attr-defined]
    load_and_publish(lake=lake, run=run)
    with published_query(lake) as query:
        figure = read_administrative(query, COUNTY, D).wrong_exits
    assert (figure.persons, figure.share, figure.reason) == (None, None, "规则EX03未评估")


def test_an_indicator_without_a_figure_says_why_and_what_would_give_one() -> None:
    by_name = {indicator.name: indicator for indicator in INDICATORS}
    ran = {"CV03": {"status": "waiting", "reason": "学籍数据在两个学年之间"}, "CV01": {"status": "evaluated"}}
    waits = lack_of(by_name["控辍保学率"], {"share": None, "unknown": 9}, ran)
    assert waits is not None
    assert waits.reason == "规则CV03未到时间：学籍数据在两个学年之间"
    assert "学籍（students）" in waits.remedy
    unknown = lack_of(by_name["参保率"], {"share": None, "unknown": 4}, ran)
    assert unknown is not None
    assert unknown.reason.startswith("4人都不能判断")
    assert lack_of(by_name["参保率"], {"share": 0.0}, ran) is None
    for indicator in INDICATORS:
        lack = lack_of(indicator, {}, {})
        assert lack is not None, indicator.name
        assert lack.reason, indicator.name
        assert "报送" in lack.remedy or "政策参数" in lack.remedy


@pytest.mark.slow
def test_forms_that_came_back_are_estimated_with_the_night(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    settings = settings_of(home)
    drawn = draw(settings, county=None, as_of=None, seed="back", design=Design(2, 3, 1))
    with pytest.raises(NotYetError, match="no household"):
        estimate(settings, drawn.sample.sample_id)
    for number, form in enumerate(drawn.forms, start=1):
        fill_in(form, VISITED)
        form.rename(home / "inbox" / f"survey_results_{HOME_COUNTY}_{AS_OF:%Y%m%d}_{number}of{len(drawn.forms)}.xlsx")
    run_night(settings, AS_OF)
    done = CliRunner().invoke(app, ["sample", "estimate", "--lang", "zh", "--home", str(home)])
    assert done.exit_code == 0, done.output
    assert "综合贫困发生率（全县，农业户籍人口） 不能测算：没有一般农户抽样框" in done.output
    assert "错退率（全县，已脱贫人口） 样本不足：6户，不足30户，区间宽" in done.output
    assert "按调查项目推出核查结论" in done.output
    assert "：所填符合，推出错评" in done.output, "an open household that lacks nothing"
    assert "政策知晓率（全县，问到的受访户） " in done.output
    assert "应答率100.00%，备用户替代0户；数据快照 " in done.output
    found = estimate(settings, drawn.sample.sample_id)
    assert found["outcomes"] == {"完成": sum(not u.reserve for u in drawn.sample.units)}
    assert found["refused"] == []
    (content,) = [m for m in found["measures"] if (m["indicator"], m["domain"]) == ("群众认可度", "全县")]
    assert content["estimate"]["value"] == pytest.approx(1)
    assert (drawn.record.parent / "estimates.json").exists()
    check_page(home, tmp_path / "report.html", drawn.sample.sample_id)


def check_page(home: Path, page: Path, sample_id: str) -> None:
    """The report has every indicator with its query, the survey with its intervals, what was not measured; nobody."""
    done = CliRunner().invoke(app, ["indicators", "--page", str(page), "--home", str(home)])
    assert done.exit_code == 0, done.output
    text = page.read_text(encoding="utf-8")
    for number, indicator in enumerate(INDICATORS, start=1):
        assert f'href="#q-{number}">{indicator.name}<' in text
        assert f'id="q-{number}"' in text
    assert sample_id in text
    assert "样本不足" in text
    assert "应答率" in text
    assert "数据快照" in text
    assert "政策知晓率" in text
    assert "按调查项目（收入、住房、教育、医保、饮水）推出核查结论" in text
    assert "部门数据只看得到某个部门登记过的人" in text
    assert "≤ 2%" in text
    assert "综合贫困发生率：没有一般农户抽样框（未报送村户名册 village_rosters），不能推算" in text
    assert not re.findall(r'(?:src|href)="(?!#)', text), "a page that loads or links nothing outside itself"
    assert not re.findall(r"[0-9]{17}[0-9X]", text)
    with published_query(Lake(home)) as query:
        (row,) = query("SELECT share FROM evaluation.indicators WHERE level = 'county' AND indicator = '参保率'")
        names = query("SELECT DISTINCT head_name FROM warehouse.fact_household_snapshot WHERE length(head_name) > 2")
    assert f"{row['share']:.2%}" in text
    assert not [r["head_name"] for r in names if r["head_name"] in text]
    before = page.read_bytes()
    CliRunner().invoke(app, ["indicators", "--page", str(page), "--home", str(home)])
    assert page.read_bytes() == before
    (estimates,) = home.rglob("estimates.json")
    older = {name: value for name, value in json.loads(estimates.read_text("utf-8")).items() if name != "fieldwork"}
    estimates.write_text(json.dumps(older), encoding="utf-8")
    done = CliRunner().invoke(app, ["indicators", "--page", str(page), "--home", str(home)])
    assert done.exit_code == 0, done.output
    assert f"抽样{sample_id}：估计结果由旧版软件写成" in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_report_without_a_survey_says_that_nothing_was_measured(night_home: Path, tmp_path: Path) -> None:
    home, page = copy_home(night_home, tmp_path / "home"), tmp_path / "report.html"
    done = CliRunner().invoke(app, ["indicators", "--page", str(page), "--home", str(home)])
    assert done.exit_code == 0, done.output
    assert "没有入户调查结果：漏评率、错退率、综合贫困发生率、群众认可度没有测量。" in page.read_text(encoding="utf-8")


def test_no_sample_or_several_are_asked_for_by_name(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    with pytest.raises(NotYetError, match="no sample"):
        estimate(settings_of(home), None)
    for seed in "ab":
        draw(settings_of(home), county=None, as_of=None, seed=seed, design=Design())
    with pytest.raises(RequestError, match="name one"):
        estimate(settings_of(home), None)
    with pytest.raises(RequestError, match="no sample other"):
        estimate(settings_of(home), "other")


def test_the_size_of_a_sample_is_told() -> None:
    done = CliRunner().invoke(app, ["sample", "size", "--rate", "2", "--margin", "1"])
    assert done.exit_code == 0
    assert "942 interviews" in done.output
    assert CliRunner().invoke(app, ["sample", "size", "--rate", "0", "--margin", "1"]).exit_code == 2
