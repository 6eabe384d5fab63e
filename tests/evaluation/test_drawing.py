"""A sample drawn from a home, its forms filled in, and the forms taken back as a delivery."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from actors import acting
from homes import AS_OF, COUNTY, copy_home, settings_of
from typer.testing import CliRunner

from expectations.errors import RequestError
from expectations.feeds import FEEDS_BY_NAME
from pipelines.cli import app
from pipelines.evaluation import Drawn, draw
from pipelines.evaluation.drawing import describe_expected
from pipelines.evaluation.forms import SHEET
from pipelines.night.intake import ingest
from warehouse.books.audit import verify_audit
from warehouse.evaluation.sampling import Design, Sample
from warehouse.loading import open_published

DESIGN = Design(villages=2, households=3, reserve=1)


@pytest.fixture(scope="module")
def home(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_home(night_home, tmp_path_factory.mktemp("sampling") / "home")


@pytest.fixture(scope="module")
def drawn(home: Path) -> Drawn:
    return draw(settings_of(home), county=None, as_of=None, seed="2026-evaluation", design=DESIGN)


def names(home: Path) -> set[str]:
    """Names of heads, as the warehouse holds them."""
    with open_published(settings_of(home).home.lake) as connection:
        query = "SELECT head_name FROM warehouse.fact_household_snapshot"
        return {name for (name,) in connection.execute(query).fetchall() if len(name) > 1}


def fill_in(path: Path, answers: dict[str, object], *, only_main: bool = True) -> None:
    """Fill a form in as a surveyor does, with another program."""
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    heading = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        if only_main and sheet.cell(row, heading["主样本或备用"]).value != "主样本":
            continue
        for title, value in answers.items():
            sheet.cell(row, heading[title]).value = value
    book.save(path)


VISITED = {
    "访问结果": "完成",
    "访问日期": date(2026, 6, 29),
    "家庭人口数": 3,
    "核查结论": "符合",
    "对帮扶工作是否认可": "认可",
    "工资性收入": 30000,
    "经营净收入": 0,
    "财产净收入": 0,
    "转移净收入": 1200.5,
    "住房安全": "是",
    "义务教育有保障": "是",
    "全家参加基本医保": "是",
    "饮水安全": "是",
    "知道帮扶责任人": "是",
    "知晓帮扶政策": "是",
}


def test_the_record_holds_seed_frame_and_probabilities_and_nobodys_name(home: Path, drawn: Drawn) -> None:
    text = drawn.record.read_text(encoding="utf-8")
    record = json.loads(text)
    assert (record["county"], record["as_of"], record["seed"]) == (COUNTY, AS_OF.isoformat(), "2026-evaluation")
    assert len(record["frame_sha256"]) == 64
    assert all(village["probability"] for village in record["villages"])
    assert Sample.from_json(text) == drawn.sample
    assert not [name for name in names(home) if name in text]


def test_the_frame_is_the_register_and_the_roll_beside_it(home: Path, drawn: Drawn) -> None:
    with open_published(settings_of(home).home.lake) as connection:
        counts = dict(
            connection.execute(
                """SELECT is_open, count(*) FROM warehouse.fact_household_snapshot
                WHERE registered_members > 0 AND (is_open OR poverty_status = '已脱贫') GROUP BY is_open"""
            ).fetchall()
        )
    said = drawn.sample.frame_households
    assert {"open": counts[True], "exited": counts[False]} == {k: said[k] for k in ("open", "exited")}
    assert said["low_income"] > 0
    assert "general" not in said


def test_drawn_again_every_file_is_the_same(home: Path, drawn: Drawn) -> None:
    before = {path: path.read_bytes() for path in (drawn.record, *drawn.forms)}
    again = draw(settings_of(home), county=COUNTY, as_of=AS_OF, seed="2026-evaluation", design=DESIGN)
    assert {path: path.read_bytes() for path in (again.record, *again.forms)} == before


def test_forms_show_masked_names_unless_a_purpose_is_given_and_audited(
    night_home: Path, tmp_path: Path, drawn: Drawn
) -> None:
    home = copy_home(night_home, tmp_path / "home")

    def shown(form: Path) -> set[str]:
        sheet = openpyxl.load_workbook(form)[SHEET]
        column = next(cell.column for cell in sheet[1] if cell.value == "户主姓名")
        return {str(sheet.cell(row, column).value) for row in range(2, sheet.max_row + 1)}

    assert all(name.endswith("*") for form in drawn.forms for name in shown(form))
    with pytest.raises(RequestError, match="purpose"):
        draw(settings_of(home), county=None, as_of=None, seed="x", design=DESIGN, unmask=True)
    clear = draw(
        acting(settings_of(home), purpose="2026年评估入户"),
        county=None,
        as_of=None,
        seed="x",
        design=DESIGN,
        unmask=True,
    )
    assert {name for form in clear.forms for name in shown(form)} & names(home)
    assert verify_audit(settings_of(home).home.books).entries == 1


@pytest.mark.slow
def test_filled_forms_go_back_as_one_delivery_without_a_refusal(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    settings = settings_of(home)
    drawn = draw(settings, county=None, as_of=None, seed="back", design=DESIGN)
    inbox = tmp_path / "sent"
    inbox.mkdir()
    for number, form in enumerate(drawn.forms, start=1):
        fill_in(form, VISITED)
        form.rename(inbox / f"survey_results_{COUNTY}_{AS_OF:%Y%m%d}_{number}of{len(drawn.forms)}.xlsx")
    (delivery,) = ingest(settings, AS_OF, [inbox]).deliveries
    assert (delivery.status, delivery.reason) == ("accepted", ())
    assert delivery.accounting is not None
    assert delivery.accounting.staged == len(drawn.sample.units)
    assert (delivery.accounting.quarantined, delivery.accounting.values_refused) == (0, 0)


def test_forms_name_the_place_and_ask_item_by_item(drawn: Drawn) -> None:
    village = drawn.sample.villages[0]
    (form,) = [form for form in drawn.forms if form.name.startswith(village.village_code)]
    sheet = openpyxl.load_workbook(form)[SHEET]
    heads = [cell.value for cell in sheet[1]]
    first = dict(zip(heads, (cell.value for cell in sheet[2]), strict=True))
    assert (first["乡镇"], first["行政村"]) == (village.township, village.village)
    assert village.village
    asked = {column.title for column in FEEDS_BY_NAME["survey_results"].columns}
    assert set(VISITED) | {"替代的样本编号"} <= asked <= set(heads)


def test_a_design_is_proposed_that_can_decide_or_takes_everybody(home: Path) -> None:
    proposed = draw(settings_of(home), county=None, as_of=None, seed="p", reserve=1)
    assert {one.indicator for one in proposed.expected} == {"漏评率", "错退率", "群众认可度"}
    assert sum(not unit.reserve for unit in proposed.sample.units) == sum(proposed.sample.frame_households.values())
    small = draw(settings_of(home), county=None, as_of=None, seed="p", design=Design(1, 2, 0))
    one = next(one for one in small.expected if not one.decides)
    few, many = (replace(one, households=one.needed - short) for short in (1, 0))
    _, *told = describe_expected(replace(small, expected=(few, many)))
    assert f"不足以判定（抽样框只有{few.households}户，全部完成也不够）" in told[0]
    assert f"不足以判定（需完成约{many.households}户）" in told[1]


def test_the_command_tells_what_it_drew(home: Path) -> None:
    asked = ["sample", "draw", "--seed", "s", "--villages", "1", "--home", str(home)]
    for lang, told in (
        ("zh", "已脱贫户：抽样框"),
        ("en", " households in the frame, "),
        ("zh", "不足以判定（"),
        ("en", "percentage points, not enough to decide ("),
    ):
        done = CliRunner().invoke(app, [*asked, "--lang", lang])
        assert done.exit_code == 0, done.output
        assert told in done.output
    assert CliRunner().invoke(app, ["sample", "draw", "--seed", "s", "--unmask", "--home", str(home)]).exit_code == 2
    wrong = ["sample", "draw", "--seed", "s", "--county", "110101", "--home", str(home)]
    assert CliRunner().invoke(app, wrong).exit_code == 2
