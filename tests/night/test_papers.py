"""公示 and 退出预检 by command, over a county of three nights: what is written, what is audited, what is refused."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from command_line import Said, call
from night.counties import Home, copy_home
from night.readable import text_of
from sqlalchemy import select

from expectations.feed import Personal
from expectations.feeds import FEEDS
from pipelines.conforming import conformed_of
from warehouse.books.schema import audit

PURPOSE = "村务公开栏张贴"


@pytest.fixture(scope="module")
def home(three_nights: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy: what is read in clear stands in its audit log."""
    return copy_home(three_nights, tmp_path_factory.mktemp("papers") / "home")


class Caller:
    """Calls commands on the home."""

    def __init__(self, home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self._capsys, self._monkeypatch = home, capsys, monkeypatch
        self.day, self.before = (d.isoformat() for d in sorted(home.dates(), reverse=True)[:2])

    def __call__(self, *arguments: str) -> Said:
        return call(*arguments, home=self.home, capsys=self._capsys, monkeypatch=self._monkeypatch)

    def notices(self, kind: str, *more: str) -> dict[str, Any]:
        """What the command says of its pages."""
        done = self("notice", kind, "--as-of", self.day, "--purpose", PURPOSE, "--lang", "zh", "--json", *more)
        assert done.status == 0, done.stderr
        (told,) = json.loads(done.stdout)
        return dict(told)

    def entries(self) -> list[dict[str, Any]]:
        """The audit log."""
        with self.home.settings(max(self.home.dates())).home.books.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(select(audit).order_by(audit.c.seq))]


@pytest.fixture
def liangxian(home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Caller:
    return Caller(home, capsys, monkeypatch)


HIDDEN_KINDS = {Personal.IDENTITY_NUMBER, Personal.PHONE, Personal.STUDENT_NO, Personal.BIRTH_DATE}
HIDDEN_COLUMNS = {"health", "cause", "labour", "helper_name", "household_no", "certificate_no", "member_no"}


def secrets_of(home: Home) -> Iterator[tuple[str, str]]:
    """Column and value of everything in the books of the last night that a notice may not say of anybody."""
    settings = home.settings(max(home.dates()))
    conformed = conformed_of(settings, home.runs()[-1])
    for feed in FEEDS:
        if feed.name not in conformed.feeds:
            continue
        for column in feed.columns:
            if column.personal in HIDDEN_KINDS or column.name in HIDDEN_COLUMNS:
                query = f"SELECT DISTINCT {column.name}::VARCHAR FROM ({conformed.feeds[feed.name].sql()})"
                for (value,) in duckdb.sql(query).fetchall():
                    if value and value not in {"健康", "无"}:
                        yield column.name, value


def test_every_village_has_its_page_and_the_log_has_it_first(liangxian: Caller, tmp_path: Path) -> None:
    before = len(liangxian.entries())
    told = liangxian.notices("low-income", "--out", str(tmp_path))
    paths = [Path(path) for path in told["paths"]]
    assert paths == sorted(tmp_path.iterdir())
    assert len(paths) > 1
    pages = [path.read_text(encoding="utf-8") for path in paths]
    assert told["lines"] == sum(len(re.findall(r'<td class="name">', page)) for page in pages) > 20
    entry = liangxian.entries()[before]
    assert (entry["what"], entry["purpose"], entry["rows"]) == ("notice low-income", PURPOSE, told["lines"])
    asked = json.loads(entry["filter"]) if isinstance(entry["filter"], str) else entry["filter"]
    assert asked["runs"] == [told["run"]]
    assert asked["villages"] == len(paths)
    assert told["has_phone"] is False


def test_no_page_has_a_number_a_telephone_a_state_of_health_or_a_cause(liangxian: Caller, tmp_path: Path) -> None:
    for kind in ("low-income", "entries", "exits"):
        liangxian.notices(kind, "--out", str(tmp_path))
    text = "\n".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.html"))
    secrets = set(secrets_of(liangxian.home))
    assert len(secrets) > 500
    words = set(re.findall(r"[0-9A-Za-z]+|[\u4e00-\u9fff]+", text))
    assert {(column, value) for column, value in secrets if value in words} == set()
    assert not re.search(r"\d{15}", re.sub(r"\d{12}_", "", text))


def test_the_same_night_gives_the_same_pages_in_its_own_place(liangxian: Caller, tmp_path: Path) -> None:
    first, again = (liangxian.notices("low-income", "--out", str(tmp_path / name)) for name in "ab")
    contents = [{Path(p).name: Path(p).read_bytes() for p in told["paths"]} for told in (first, again)]
    assert contents[0] == contents[1]
    own = liangxian.notices("low-income")
    folder = liangxian.home.path / "reports" / own["run"] / "公示" / "low-income"
    (folder / "old.html").write_text("", encoding="utf-8")
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "old.html"} == contents[0]
    liangxian.notices("low-income")
    assert not (folder / "old.html").exists()


def test_changes_are_since_the_run_before_unless_another_is_named(liangxian: Caller, tmp_path: Path) -> None:
    first = min(liangxian.home.dates()).isoformat()
    near = liangxian.notices("entries", "--out", str(tmp_path / "near"))
    far = liangxian.notices("entries", "--since", first, "--out", str(tmp_path / "far"))
    assert (near["since"], far["since"]) == (liangxian.before, first)
    assert far["lines"] >= near["lines"]


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (
            ("notice", "entries", "--as-of", "{first}", "--purpose", "x"),
            1,
            "no run of 522601 has been recorded for a day",
        ),
        (
            ("notice", "low-income", "--as-of", "2025-10-01", "--purpose", "x"),
            1,
            "no run has been recorded for 2025-10-01",
        ),
        (("notice", "entries", "--as-of", "{day}", "--since", "2025-10-01", "--purpose", "x"), 1, "for 2025-10-01"),
        (("notice", "entries", "--as-of", "{day}", "--since", "{day}", "--purpose", "x"), 2, "is not before"),
        (
            ("notice", "low-income", "--as-of", "{day}", "--since", "{first}", "--purpose", "x"),
            2,
            "for entries and exits",
        ),
        (("notice", "low-income", "--as-of", "{day}", "--purpose", " "), 2, "for a purpose only"),
        (("notice", "low-income", "--as-of", "{day}"), 2, "--purpose"),
        (("notice", "low-income", "--purpose", "x"), 2, "--as-of"),
        (("notice", "everybody", "--as-of", "{day}", "--purpose", "x"), 2, "everybody"),
        (("exits", "--as-of", "{day}", "--out", "exits.csv"), 2, "does not end in .xlsx"),
        (("exits", "--as-of", "{day}", "--out", "exits.xlsx", "--unmask"), 2, "for a purpose only"),
        (("exits", "--as-of", "2025-10-01", "--out", "exits.xlsx"), 1, "liangxian run --as-of 2025-10-01"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, tuple) else None,
)
def test_what_is_refused_writes_nothing_and_says_what_to_do(
    arguments: tuple[str, ...],
    status: int,
    told: str,
    liangxian: Caller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    first, before = min(liangxian.home.dates()).isoformat(), len(liangxian.entries())
    done = liangxian(*(part.format(day=liangxian.day, first=first) for part in arguments), "--lang", "en")
    assert (done.status, done.stdout) == (status, "")
    assert told in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []
    assert len(liangxian.entries()) == before


def _sheet(path: Path) -> Any:
    return openpyxl.load_workbook(path)["退出预检"]


def test_a_workbook_of_open_households_is_masked_unless_a_purpose_is_given(liangxian: Caller, tmp_path: Path) -> None:
    before = len(liangxian.entries())
    masked, clear = tmp_path / "masked.xlsx", tmp_path / "clear.xlsx"
    assert liangxian("exits", "--as-of", liangxian.day, "--out", str(masked), "--lang", "zh").status == 0
    shown = ("--unmask", "--purpose", PURPOSE, "--lang", "zh", "--json")
    told = json.loads(liangxian("exits", "--as-of", liangxian.day, "--out", str(clear), *shown).stdout)
    assert masked.stat().st_mode & 0o077 == 0
    rows = {path: [*_sheet(path).iter_rows(min_row=2, values_only=True)] for path in (masked, clear)}
    assert len(rows[masked]) == len(rows[clear]) == told["households"] > 10
    assert {row[3][1:] for row in rows[masked]} == {"*"}
    assert not any("*" in row[3] for row in rows[clear])
    for column, code in enumerate(("EX01", "EX02", "EX03", "EX04", "EX05"), start=6):
        counted = {word: sum(row[column] == word for row in rows[clear]) for word in ("达标", "不达标", "不能判断")}
        assert [*counted.values()] == [told["answers"][code][state] for state in ("met", "not_met", "not_known")], code
    entries = liangxian.entries()[before:]
    rows_given = told["households"]
    audited = [(one["what"], one["purpose"], one["rows"]) for one in entries]
    assert audited == [("exits", "", rows_given), ("exits", PURPOSE, rows_given)]
    numbers = {value for column, value in secrets_of(liangxian.home) if column in ("person_id", "head_id", "phone")}
    text = text_of(clear)
    assert not any(number in text for number in numbers)


def test_a_workbook_in_english(liangxian: Caller, tmp_path: Path) -> None:
    path = tmp_path / "exits.xlsx"
    assert liangxian("exits", "--as-of", liangxian.day, "--out", str(path), "--lang", "en").status == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["households", "counts", "notes"]
    head = [cell.value for cell in book["households"][1]]
    assert head[6:11] == ["income", "housing", "school", "insurance", "water"]
    assert {cell.value for cell in book["households"]["G"][1:]} <= {"met", "not met", "not known"}
