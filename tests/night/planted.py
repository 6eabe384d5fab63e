"""A county whose feeds have columns that nobody wrote a mask for, its nights and all that is read of them: a program.

``python tests/night/planted.py HOME`` runs in a process of its own, for declarations are read once. Every feed gets a
column of each type that is declared personal, one of each type that the masks do not know, and a text for each kind
of personal data; every rule quotes all of them as evidence, and one in its sentences and in its key.
"""

import csv
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from expectations import feed as declared
from expectations.codes import CodeList
from expectations.feed import (
    AreaCode,
    Code,
    Column,
    ColumnType,
    CountyCode,
    Date,
    IdentityNumber,
    Integer,
    Money,
    Month,
    Name,
    Personal,
    SchoolYear,
    Text,
    VillageCode,
    Year,
    YesNo,
)
from expectations.identity import check_character

PROGRAM = "planted"
"""This module as the processes load it that read deliveries."""

QUOTING = "ID03"
"""The rule that says the planted columns in its sentences and its key."""

WHISPERED = "whispered"
"""A fact that it makes of one of them and says nothing of."""

OWN = "密件丁"
"""How values begin in other offices' own columns that nobody else may read: plates, businesses, employers, places …"""

REFUSED = "拒收密文"
"""How values begin that no column takes."""

D, AFTER = date(2025, 11, 30), date(2025, 12, 1)
HOUSEHOLDS = 60


@dataclass(frozen=True)
class Planted:
    """A column, what stands in each of its rows, and whether the masks know it."""

    column: Column
    value: str
    known: bool


def _number(first_17: str) -> str:
    return first_17 + check_character(first_17)


LABELS = ("绝密甲类", "绝密乙类")
_LIST = Code(CodeList("planted", "密级", LABELS))
TYPES: tuple[tuple[str, ColumnType, str, str], ...] = (
    ("text", Text(), "密文甲之言", "密文乙之言"),
    ("name", Name(), "欧阳密甲", "欧阳密乙"),
    ("id", IdentityNumber(), _number("11010119610307413"), _number("11010119610307525")),
    ("code", _LIST, *LABELS),
    ("money", Money(), "9753186.42", "8642097.53"),
    ("integer", Integer(0, 1_000_000_000), "918273645", "827364519"),
    ("year", Year(minimum=1000), "1357", "1246"),
    ("month", Month(), "1907-11", "1908-10"),
    ("date", Date(), "1909-02-17", "1911-03-18"),
    ("yes_no", YesNo(), "是", "是"),
    ("village", VillageCode(), "522601998877", "522601997766"),
    ("area", AreaCode(), "522601995", "522601994"),
    ("county", CountyCode(), "659004", "659006"),
    ("school_year", SchoolYear(), "1992-1993", "1994-1995"),
)
"""For each type of column a name, the type, what the declared column holds and what the unknown one does."""

KINDS = {
    Personal.NAME: "上官密丙",
    Personal.IDENTITY_NUMBER: _number("11010119610307636"),
    Personal.PHONE: "13977665544",
    Personal.STUDENT_NO: "G" + _number("11010119610307747"),
    Personal.BIRTH_DATE: "1912-06-23",
    Personal.PLATE: "密H9Q8R7",
    Personal.OTHER: "密文丙之言",
}

OWN_KINDS = (Personal.PLATE, Personal.OTHER)

PLANTED: tuple[Planted, ...] = (
    *(Planted(Column(f"declared_{n}", f"明示{n}", t, personal_as=Personal.OTHER), v, True) for n, t, v, _ in TYPES),
    *(Planted(Column(f"unknown_{n}", f"未知{n}", t), v, False) for n, t, _, v in TYPES),
    *(Planted(Column(f"kind_{k}", f"种类{k}", Text(), personal_as=k), v, True) for k, v in KINDS.items()),
)
BY_NAME = {planted.column.name: planted for planted in PLANTED}


def plant() -> None:
    """Declare the columns, before anything but ``expectations.feed`` is imported."""
    checked = declared.Feed.__post_init__

    def with_more(feed: declared.Feed) -> None:
        if feed.name != "feedback":  # what comes back is no feed of a department
            object.__setattr__(feed, "columns", (*feed.columns, *(planted.column for planted in PLANTED)))
        checked(feed)

    declared.Feed.__post_init__ = with_more  # type: ignore[method-assign]
    from expectations import masks

    masks.KINDS = {  # type: ignore[misc]
        (feed, name): kind for (feed, name), kind in masks.KINDS.items() if not name.startswith("unknown_")
    }
    _quote_everywhere()


def _quote_everywhere() -> None:
    from expectations import rule as declaring

    declare = declaring.rule

    def quoting(code: str, *names: str, **parts: Any) -> Callable[[declaring.Finds], declaring.Rule]:
        more = tuple(BY_NAME)
        parts["evidence"] = tuple(replace(side, show=(*side.show, *more)) for side in parts.get("evidence", ()))
        if code != QUOTING:
            return declare(code, *names, **parts)
        for sentence in ("expected", "actual", "explanation"):
            parts[sentence] += "".join(f"，{BY_NAME[n].column.title}={{{n}}}" for n in more) + f"，{{{WHISPERED}}}"
        subject = parts["subject"]
        parts["subject"] = replace(subject, key=(*subject.key, "unknown_text", "declared_money", "kind_student_no"))
        decorate = declare(code, *names, **parts)

        def decorated(finds: declaring.Finds) -> declaring.Rule:
            return decorate(lambda c, p: _whispering(finds(c, p)))

        return decorated

    declaring.rule = quoting  # type: ignore[assignment]


def _whispering(facts: Any) -> Any:
    return facts.mutate(**{WHISPERED: facts.unknown_text + "！", f"{WHISPERED}_masked": facts.unknown_text})


def sow(sent: Path) -> None:
    """Give every file the planted columns; in its fourth row they hold what no column takes."""
    for path in sorted(sent.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            head, *rows = list(csv.reader(stream))
        _write(path, [*head, *(planted.column.title for planted in PLANTED)], rows)


def _write(path: Path, head: list[str], rows: list[list[str]]) -> None:
    values = [planted.value for planted in PLANTED]
    bad = [f"{REFUSED}{n}" * (60 if _takes_text(planted) else 1) for n, planted in enumerate(PLANTED)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerow(head)
        csv.writer(stream).writerows([*row, *(bad if n == 3 else values)] for n, row in enumerate(rows))


def _takes_text(planted: Planted) -> bool:
    return isinstance(planted.column.type, Text | Name)


def _write_other_files(home: Path) -> None:
    """Feeds that an evaluation adds, a file without its header and one without a column that it needs."""
    from feed_tables import rows_of, text_table

    from expectations.feeds import CORE_FEEDS, FEEDS, FEEDS_BY_NAME

    for feed in (feed for feed in FEEDS if feed not in CORE_FEEDS):
        width = len(feed.columns) - len(PLANTED)
        head, *rows = text_table(feed, rows_of(feed, 12))
        for place in (i for i, column in enumerate(feed.columns[:width]) if column.personal in OWN_KINDS):
            for number, row in enumerate(rows):
                row[place] = f"{OWN}{feed.columns[place].name}{number}"
        path = home / "inbox" / f"{feed.name}_522601_{D:%Y%m%d}.csv"
        _write(path, [*head[:width], *(planted.column.title for planted in PLANTED)], [row[:width] for row in rows])
    for name, skipped in (("students", 1), ("housing_renovations", 0)):
        lines = (
            (home / "copies" / f"{name}_522601_{D:%Y%m%d}.csv")
            .read_text(encoding="utf-8")
            .splitlines(keepends=True)[skipped:]
        )
        if not skipped:
            lines[0] = lines[0].replace(FEEDS_BY_NAME[name].columns[0].title, "说不清的一列")
        path = home / "inbox" / f"{name}_522601_{D.replace(day=15):%Y%m%d}.csv"
        path.write_text("".join(lines), encoding="utf-8")


def commands(
    home: Path, out: Path, finding_ids: dict[str, str], runs: list[str], household: str
) -> Iterator[tuple[str, ...]]:
    """Everything that prints or writes something for people to read."""
    day = AFTER.isoformat()
    yield ("freeze", "test")
    for words in ("deliveries", "quarantine", "findings", "doctor", "freeze --list"):
        yield from ((*words.split(), *more) for more in ((), ("--json",)))
    for ending in ("csv", "json", "parquet"):
        yield ("findings", "--state", "all", "--out", str(out / f"findings.{ending}"))
    yield from (("explain", finding, "--json") for finding in finding_ids.values())
    yield ("explain", finding_ids[QUOTING])
    yield from (("ledger", "show", finding_ids[QUOTING], *more) for more in ((), ("--json",)))
    yield from (("diff", *runs, *more) for more in ((), ("--json",)))
    yield ("rules", "try", "--set", "low_income_standard.rural=900", "--json")
    for level in ("county", "township", "village"):
        yield ("indicators", "--level", level, "--json")
    yield ("indicators", "--page", str(out / "indicators.html"))
    them = ("--recipient", "them", "--purpose", "a test")
    for form in ("stata", "spss", "csv", "parquet"):
        yield ("export", "--to", form, *them, "--out", str(out / form))
    yield ("export", "--to", "duckdb", *them, "--out", str(out / "given.duckdb"))
    yield ("export", "--to", "csv", *them, "--aggregates", "--out", str(out / "aggregates"))
    yield ("sample", "draw", "--seed", "a test")
    yield ("alerts", "--as-of", day, "--html", str(out / "alerts.html"))
    yield ("escalate", "--as-of", day)
    yield ("housekeeping", "--as-of", day, "--dry-run", "--json")
    yield ("report", "--as-of", day, "--json")
    for kind in ("low-income", "entries", "exits"):
        yield ("notice", kind, "--as-of", day, "--purpose", "a test", "--out", str(out / "notices"))
    yield ("exits", "--as-of", day, "--out", str(out / "exits.xlsx"))
    yield ("exits", "--as-of", day, "--out", str(out / "exits_clear.xlsx"), "--unmask", "--purpose", "a test")
    yield ("ledger", "verify", "--json")
    yield ("audit", "verify", "--json")
    paper = ("--as-of", day, "--purpose", "a test")
    yield ("card", household, *paper, "--lang", "zh", "--out", str(out / "card.html"))
    yield ("card", household, *paper, "--unmask", "--lang", "en", "--out", str(out / "card_clear.html"))
    for name, *more in (("students",), ("register_members", "--json"), ("low_income_households", "--json")):
        yield ("check", str(home / "copies" / f"{name}_522601_{D:%Y%m%d}.csv"), *more)


ENDS_AS_IT_LIKES = ("doctor", "check", "alerts")
"""Commands that end with 1 where something is amiss, as here it is; any may end with 3."""


def call(*arguments: str) -> None:
    """A command as one would type it, in this process: its declarations are planted."""
    from pipelines.cli import main

    sys.stdout.write(f"\n$ liangxian {' '.join(arguments)}\n")
    sys.stdout.flush()
    sys.argv = ["liangxian", *arguments]
    try:
        main()
    except SystemExit as ended:
        if ended.code not in (0, 3, None) and arguments[0] not in ENDS_AS_IT_LIKES:
            sys.exit(f"{' '.join(arguments)} ended with {ended.code}")


def live(home: Path) -> None:
    """The nights, and everything that can be read after them; what is written lies in HOME/out."""
    import pyarrow.parquet as pq
    from night.counties import Home

    from pipelines.staging import apart

    apart.LOADED.insert(0, PROGRAM)
    house, out = Home(home), home / "out"
    sow(house.sent)
    (home / "copies").mkdir()
    for path in house.sent.glob("*.csv"):
        (home / "copies" / path.name).write_bytes(path.read_bytes())
    os.environ |= {"LIANGXIAN_HOME": str(home), "LIANGXIAN_JOBS": "1", "LIANGXIAN_PLANS": str(home / "plans")}
    house.arrive(D)
    call("run", "--as-of", D.isoformat())
    _write_other_files(home)
    call("run", "--as-of", AFTER.isoformat())
    out.mkdir()
    runs = [run.id for run in house.runs()]
    columns = ["rule", "finding_id", "household_no", "person_id", "name"]
    found = pq.read_table(home / "lake" / "findings" / f"{runs[-1]}.parquet", columns=columns)
    household = next(number for number in found["household_no"].to_pylist() if number)
    person = next((row["person_id"], row["name"]) for row in found.to_pylist() if row["person_id"] and row["name"])
    finding_ids = dict(zip(found["rule"].to_pylist(), found["finding_id"].to_pylist(), strict=True))
    for arguments in commands(home, out, finding_ids, runs, household):
        call(*arguments)
    with (out / "lookup.txt").open("w", encoding="utf-8") as paper, redirect_stdout(paper):
        sys.stdin = io.StringIO("\n".join(person))
        call("lookup", "--authorisation", "核1", "--purpose", "a test", "--json", "--lang", "zh")


if __name__ in ("__main__", PROGRAM):  # in the processes that read its deliveries, too
    plant()
if __name__ == "__main__":
    live(Path(sys.argv[1]))
