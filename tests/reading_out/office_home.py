"""A home whose other offices send too: a second night with leads, a relocation, plans, one number of two kinds."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from actors import acting
from allowances import allow_every_feed
from feed_tables import file_name, rows_of, text_table, write_csv
from homes import AS_OF, COUNTY, NIGHT, copy_home, settings_of

from expectations.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.house.settings import Settings
from pipelines.night.flow import run_night

NEXT = AS_OF + timedelta(days=1)
PURPOSE = "核实<b>低保&"
BOTH = "D52260100000001"
"""A certificate, and since the second night a household too."""
SCHOOL = "<script>alert(1)</script>小学"
LEAD_TEXT = "举报内容机密"
EMPLOYER = "密字第九局"
HOUSE = "密字路九号"
ABSENT = ("village_rosters", "survey_results")
"""Feeds that do not come."""

Row = Mapping[str, str]


def sent(home: Path, feed: str) -> list[Row]:
    """What a department sent as of the first night."""
    (path,) = home.rglob(f"archive/**/{feed}_{COUNTY}_{AS_OF:%Y%m%d}.csv")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@dataclass(frozen=True)
class People:
    """Whom the second night is about: an open household of the register whose head has a certificate in force."""

    household: str
    head: str
    head_name: str
    certificate: str


def people_of(home: Path) -> People:
    """The first such household of the home."""
    certificates = {
        row["户主证件号码"]: row["低保证号"] for row in sent(home, "low_income_households") if row["保障状态"] == "在保"
    }
    row = next(
        row
        for row in sent(home, "register_households")
        if row["脱贫属性"] == "未脱贫"
        and row["户主证件号码"] in certificates
        and row["行政区划代码"].startswith(COUNTY)
    )
    return People(row["户编号"], row["户主证件号码"], row["户主姓名"], certificates[row["户主证件号码"]])


def office_settings(home: Path, purpose: str = PURPOSE) -> Settings:
    """The home an hour after its second night, opened for a purpose."""
    return acting(replace(settings_of(home), now=lambda: NIGHT + timedelta(hours=1)), purpose=purpose)


def make_office_home(night_home: Path, path: Path) -> Path:
    """The home after its second night, of a policy that allows every feed."""
    copy_home(night_home, path)
    allow_every_feed(path / "policy")
    who = people_of(path)
    others: dict[str, list[dict[str, Any]]] = {
        # all that are read by rules, as other tests have them: what is compiled for them is kept
        **{feed.name: [{}] for feed in FEEDS if feed.optional and feed.name not in ABSENT},
        "vehicles": [
            {"owner_id": who.head, "vehicle_type": "轿车", "appraised_value": 80000, "vehicle_status": "正常"}
        ],
        "public_payroll": [
            {"person_id": who.head, "employer": EMPLOYER, "post": "公务员", "starts_on": date(2020, 1, 1),
             "ends_on": None}
        ],
        "real_estate": [
            {"owner_id": who.head, "land_use": "商业", "title_status": "现势", "location": HOUSE, "title_no": "Q9"}
        ],
        "relocations": [
            {"household_no": who.household, "head_id": who.head, "head_name": who.head_name, "plan_year": 2026,
             "resettlement": "集中安置", "completed_on": date(2025, 5, 1), "moved_in_on": date(2026, 2, 1)}
        ],
        "work_plans": [
            {"year": 2026, "area_code": COUNTY, "target": "搬迁入住户数", "planned": 25},
            {"year": 2026, "area_code": COUNTY, "target": "脱贫户数", "planned": 397},
            {"year": 2026, "area_code": "522601999", "target": "脱贫户数", "planned": 86},
        ],
        "outside_leads": [
            {"household_no": who.household, "person_id": who.head, "lead_text": LEAD_TEXT, "lead_status": "未办结",
             "department": "民政局", "certificate_no": None}
        ],
    }  # fmt: skip
    inbox = path / "inbox"
    inbox.mkdir(exist_ok=True)
    for name, given in others.items():
        feed = FEEDS_BY_NAME[name]
        rows = [row | own for row, own in zip(rows_of(feed, len(given)), given, strict=True)]
        write_csv(inbox / file_name(feed, as_of=NEXT, county=COUNTY), text_table(feed, rows))
    exited = next(row["户编号"] for row in sent(path, "register_households") if row["脱贫属性"] == "已脱贫")
    for name in ("register_households", "register_members"):
        _send_again(path, name, lambda row: row | {"户编号": BOTH} if row["户编号"] == exited else row)
    pupil = sent(path, "students")[0]["学籍号"]
    _send_again(path, "students", lambda row: row | {"学校": SCHOOL} if row["学籍号"] == pupil else row)
    run_night(office_settings(path), NEXT)
    return path


def _send_again(home: Path, feed: str, changed: Callable[[Row], Row]) -> None:
    rows = [changed(row) for row in sent(home, feed)]
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    write_csv(home / "inbox" / file_name(FEEDS_BY_NAME[feed], as_of=NEXT, county=COUNTY), table)
