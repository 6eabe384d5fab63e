"""The page of a delivery: its figures, its trend, and nobody in it."""

import html
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reporting.factory import delivery

from expectations.feeds import CORE_FEEDS
from expectations.reasons import Reason
from pipelines.reporting.delivery_page import out_of_date, render_delivery_page, write_delivery_pages
from warehouse.books.deliveries import Accounting, Event
from warehouse.lake import Lake, write_text

FEED = "students"


def column(name: str, nulls: int = 0, **shares: float) -> dict[str, object]:
    return {"column": name, "rows": 97, "nulls": nulls, "distinct": 9, "shares": shares, "unknown_area_share": None}


def with_profile(lake: Lake, one, columns, results=(), problems=(), **more) -> None:
    place = (one.feed, one.county, one.id)
    profile = {"columns": columns, "periods": {}, "extra_columns": [], "warnings": []} | more
    write_text(lake.profile(*place), json.dumps(profile, ensure_ascii=False))
    write_text(lake.validation(*place), json.dumps(list(results), ensure_ascii=False))
    path = lake.problems(*place)
    path.parent.mkdir(parents=True, exist_ok=True)
    names = ("scope", "column", "reason", "first")
    schema = pa.schema([(n, pa.bool_() if n == "first" else pa.string()) for n in names])
    pq.write_table(pa.Table.from_pylist([dict(zip(names, p, strict=True)) for p in problems], schema), path)


def section(page: str, name: str) -> str:
    start = page.index(f'<section id="{name}"')
    return page[start : page.index("</section>", start)]


def cells(part: str) -> list[list[str]]:
    """The text of a section's table, in Chinese."""
    part = re.sub(r'<(?:span|code) class="en".*?</(?:span|code)>', "", part)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", part, re.S)
    texts = [[re.sub(r"<[^>]+>", "", c).strip() for c in re.findall(r"<td[^>]*>(.*?)</td>", r, re.S)] for r in rows]
    return [row for row in texts if row]


def render(lake: Lake, one, *others) -> str:
    return html.unescape(render_delivery_page(lake, one, [one, *others], "云溪县"))


def test_refused_rows_stand_by_column_and_reason_each_row_once(tmp_path: Path) -> None:
    lake, one = Lake(tmp_path), delivery(FEED)
    problems = [
        ("row", "stage", "unknown_code", True),
        ("row", "school", "missing", False),
        ("row", "school", "missing", True),
        ("value", "enrolled_on", "bad_date", False),
        ("value", "enrolled_on", "bad_date", False),
        ("value", "enrolled_on", "bad_date", False),
    ]
    with_profile(lake, one, [column("stage")], problems=problems)
    found = [row[:4] for row in cells(section(render(lake, one), "rows"))]
    assert found == [
        ["学校", Reason.MISSING.label, "1", "0"],
        ["学段", Reason.UNKNOWN_CODE.label, "1", "0"],
        ["入学日期", Reason.BAD_DATE.label, "0", "3"],
    ]


def test_what_was_not_met_stands_first_with_its_sentence_and_figure(tmp_path: Path) -> None:
    lake, one = Lake(tmp_path), delivery(FEED)
    said = {"column_name": "", "severity": "warn", "observed": "97", "description": "至少有一行数据", "success": True}
    drift = said | {"column_name": "stage", "observed": "0.412", "description": "构成相差不超过20%", "success": False}
    stop = said | {"severity": "reject", "observed": "3.2", "description": "隔离行不超过允许值", "success": False}
    results = [
        said | {"expectation": "rows"},
        drift | {"expectation": "drift:stage"},
        stop | {"expectation": "bad_rows_excess"},
    ]
    with_profile(lake, one, [column("stage")], results)
    page = render(lake, one)
    assert cells(section(page, "expectations")) == [
        ["提醒", "构成相差不超过20%", "学段", "41.2%"],
        ["退回", "隔离行不超过允许值", "—", "+3.2"],
        ["达到", "至少有一行数据", "—", "97"],
    ]
    assert "2 项未达到预期" in page


def test_shares_of_blanks_and_codes_stand_beside_those_of_the_delivery_before(tmp_path: Path) -> None:
    lake, one = Lake(tmp_path), delivery(FEED)
    may, april = delivery(FEED, as_of=date(2026, 5, 31)), delivery(FEED, as_of=date(2026, 4, 30))
    refused = replace(delivery(FEED, as_of=date(2026, 6, 15)), status=Event.REJECTED)
    with_profile(lake, april, [column("stage", 90, 小学=1.0)])
    with_profile(lake, may, [column("stage", 9, 小学=0.75, 初中=0.25)])
    with_profile(lake, refused, [column("stage", 80, 初中=1.0)])
    with_profile(lake, one, [column("stage", 18, 小学=0.5, 普通高中=0.5)])
    page = render(lake, one, april, refused, may)
    assert "竖线为上一次报送（2026-05-31）" in page
    assert cells(section(page, "blanks")) == [["学段", "18", "18.6%", "", "9.3%", "9"]]
    bars = re.findall(
        r"<span>([^<]+)</span><span class=\"bar\"><i style=\"width:([\d.]+)%.*?left:([\d.]+)%", section(page, "codes")
    )
    assert bars == [("小学", "50.0", "75.0"), ("普通高中", "50.0", "0.0"), ("初中", "0.0", "25.0")]


def test_the_trend_holds_the_last_deliveries_of_the_feed_and_county_only(tmp_path: Path) -> None:
    lake, one = Lake(tmp_path), delivery(FEED)
    days = [date(2025, m, 28) for m in range(1, 13)] + [date(2026, m, 28) for m in range(1, 6)]
    earlier = [replace(delivery(FEED, as_of=d), accounting=Accounting(50, 40, 10, 0, 0, n)) for n, d in enumerate(days)]
    others = [
        delivery("register_members", as_of=date(2026, 1, 1)),
        delivery(FEED, as_of=date(2026, 7, 1)),
        replace(delivery(FEED, as_of=date(2026, 1, 2)), county="522622"),
        replace(delivery(FEED, as_of=date(2026, 1, 3)), accounting=None, status=Event.REJECTED),
    ]
    with_profile(lake, one, [column("stage")])
    rows = cells(section(render(lake, one, *reversed(earlier), *others), "trend"))
    assert [r[0] for r in rows] == [*(d.isoformat() for d in days[-11:]), "2026-06-30"]
    assert rows[0][1::2] == ["40", "20.0%", "6"]


def test_a_delivery_that_could_not_be_read_shows_why_and_no_figures(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    one = replace(delivery(FEED), accounting=None, status=Event.REJECTED, reason=("缺少列<甲>",), as_of=None)
    raw = render_delivery_page(lake, one, [one], "云溪县")
    assert "缺少列&lt;甲&gt;" in raw
    assert "整批退回" in raw
    assert not re.search(r'<section id="(rows|trend|blanks|codes)"', raw)


def test_a_delivery_of_an_unknown_feed_has_a_page(tmp_path: Path) -> None:
    one = replace(delivery(FEED), feed="guests", accounting=None, status=Event.REJECTED, reason=("数据种类无法识别",))
    assert "数据种类无法识别" in render(Lake(tmp_path), one)


def test_extra_columns_and_warnings_of_the_file_are_listed_as_text(tmp_path: Path) -> None:
    lake, one = Lake(tmp_path), delivery(FEED)
    with_profile(lake, one, [column("stage")], extra_columns=["<b>备注"], warnings=["两个工作表都有表头"])
    part = section(render_delivery_page(lake, one, [one], "云溪县"), "notes")
    assert "&lt;b&gt;备注" in part
    assert "两个工作表都有表头" in part


def test_a_page_is_out_of_date_where_it_says_another_status_than_the_books(tmp_path: Path) -> None:
    lake, one, other = Lake(tmp_path), delivery(FEED), replace(delivery(FEED), id="another")
    assert out_of_date(lake, [one, other]) == []  # no page yet: it is written when it is taken in
    for each in (one, other):
        with_profile(lake, each, [column("stage", 3, 小学=0.5, 初中=0.5)])
    write_delivery_pages(lake=lake, chosen=[one, other], everything=[one, other], county_name=lambda code: code)
    assert out_of_date(lake, [one, other]) == []
    withdrawn = replace(one, status=Event.WITHDRAWN)
    assert out_of_date(lake, [withdrawn, other]) == [withdrawn]
    write_delivery_pages(lake=lake, chosen=[withdrawn], everything=[withdrawn], county_name=lambda code: code)
    assert "已撤回" in lake.delivery_page(one.id).read_text(encoding="utf-8")
    assert out_of_date(lake, [withdrawn, other]) == []
    assert out_of_date(lake, [one]) == [one]
    before = lake.delivery_page(other.id).read_text(encoding="utf-8")
    write_text(lake.delivery_page(other.id), before.replace(' data-status="accepted"', ""))
    assert out_of_date(lake, [other]) == [other]  # of an earlier release


def test_the_page_loads_nothing_and_comes_out_the_same_twice(tmp_path: Path) -> None:
    lake, one = Lake(tmp_path), delivery(FEED)
    with_profile(lake, one, [column("stage", 3, 小学=0.5, 初中=0.5)])
    (path,) = write_delivery_pages(lake=lake, chosen=[one], everything=[one], county_name=lambda code: code)
    first = path.read_text(encoding="utf-8")
    write_delivery_pages(lake=lake, chosen=[one], everything=[one], county_name=lambda code: code)
    assert path.read_text(encoding="utf-8") == first
    assert not re.search(r"https?://|<link|<script|@import|url\(|src=", first)


@pytest.fixture
def pages(night_home: Path) -> dict[str, str]:
    """The pages of a real night by the delivery's id."""
    return {p.stem: p.read_text(encoding="utf-8") for p in sorted((night_home / "deliveries").glob("*.html"))}


def test_the_summary_links_a_page_for_every_delivery_that_it_tells_of(night_home: Path, pages) -> None:
    (summary,) = (night_home / "runs").glob("*/summary.html")
    links = re.findall(r'href="([^"]+/deliveries/[^"]+)"', summary.read_text(encoding="utf-8"))
    targets = {(summary.parent / unquote(link)).resolve() for link in links}
    assert {t.stem for t in targets} == set(pages)
    assert all(t.is_file() for t in targets)
    assert len(pages) == len(CORE_FEEDS) + 1


def test_no_person_is_on_the_page_of_a_real_delivery(night_home: Path, pages) -> None:
    secrets = set()
    for feed in CORE_FEEDS:
        personal = [c.name for c in feed.columns if c.personal]
        for kind in ("staged", "quarantine"):
            for path in (night_home / "lake" / kind / feed.name).rglob("*.parquet"):
                there = set(pq.read_schema(path).names) & set(personal)
                for values in pq.read_table(path, columns=sorted(there)).to_pydict().values():
                    secrets |= {str(v) for v in values if v and len(str(v)) > 1}
    assert len(secrets) > 300
    told = "\n".join(pages.values())
    assert [s for s in secrets if s in told] == []
