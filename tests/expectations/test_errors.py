"""Every error of ours is of one kin: its parts are attributes, its sentence is made in one place."""

import ast
import pickle
import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from expectations import errors
from expectations.errors import (
    DamagedError,
    LiangxianError,
    NotYetError,
    PackageMissingError,
    Place,
    Problem,
    RefusedError,
    RequestError,
    UnavailableError,
    UnknownError,
    ValueRefusedError,
)
from warehouse.books.audit import AtMost
from warehouse.books.datasets import Dataset

ROOT = Path(__file__).parents[2]
D = date(2026, 6, 30)
PROBLEM = Problem("no value in force", Place(file="522601.yaml", key="poverty_line", on=D))

OWN_PARTS: dict[str, tuple[Any, ...]] = {
    "AuditFailed": (["fact_student: 2 rows, 4 staged"],),
    "DatasetChangedError": ("20260630_522601_0123456789ab", Dataset.LEDGER),
    "DayToComeError": (D, D),
    "DowngradeRefused": ([("deliveries", 3)],),
    "HistoryMissing": ([("522601", D)],),
    "MixedReleaseError": (),
    "NameTakenError": ("2026",),
    "NoBasisError": ("deaths", D),
    "NotEmpty": ("deliveries",),
    "NotYoursError": (),
    "NothingPublishedError": (),
    "OtherReleaseError": (),
    "TooOftenError": (AtMost(60, timedelta(hours=1)),),
    "PackageMissingError": ("pyspark", "spark"),
    "PolicyError": ([PROBLEM],),
    "PullConfigError": ("source.yaml", ["feeds is empty"]),
    "PurposeMissingError": (),
    "ReleaseHeldError": ("参保率", D, 2),
    "ReviewRefusedError": (["没有写复核人"],),
    "SecretDamagedError": ("finding.key",),
    "StagedChangedError": ("students_522601_20260630_0123456789ab",),
    "UnknownError": ("finding", "8f2"),
}
"""Arguments of those that ask for other parts than a sentence."""


def sources() -> Iterator[Path]:
    for package in ("expectations", "warehouse", "pipelines"):
        yield from sorted((ROOT / package).rglob("*.py"))


def classes() -> Iterator[tuple[str, str]]:
    """Module and name of every class of ours that is called an error, or derives from something so called."""
    for path in sources():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        text = path.read_text(encoding="utf-8")
        if not re.search(r"\bclass \w+\([^)]*(Error|Exception)\b", text):
            continue  # to parse all of them takes seconds of every worker's beginning
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and any(
                isinstance(base, ast.Name) and base.id.endswith(("Error", "Exception")) for base in node.bases
            ):
                yield module, node.name


KIN = [(module, name) for module, name in classes() if name != "LiangxianError"]


@pytest.mark.parametrize(("module", "name"), KIN, ids=[name for _, name in KIN])
def test_an_error_of_ours_is_kin_and_arrives_whole_from_a_worker(module: str, name: str) -> None:
    kind = getattr(import_module(module), name)
    assert issubclass(kind, LiangxianError)
    assert not issubclass(kind, ValueError | LookupError | OSError)
    error = kind(*OWN_PARTS.get(name, ("what is wrong",)))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), str(again), vars(again)) == (kind, str(error), vars(error))
    assert str(error)


def test_none_was_forgotten() -> None:
    others = {"BrokenConnectionError", "EngineError", "PullError", "SharedLakeError", "UnreadableFileError"}
    assert {name for _, name in KIN} >= {*OWN_PARTS, *others}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (LiangxianError("the disk is full"), "the disk is full"),
        (
            LiangxianError("no session", why="IOError", advice="is Java there?"),
            "no session: IOError; is Java there?",
        ),
        (RefusedError("no backup", where=Place(file="a.sqlite")), "a.sqlite: no backup"),
        (
            LiangxianError("not a day", where=Place(file="f.csv", sheet="s", row=3, column="日期", feed="students")),
            "f.csv: s: row 3: 日期: students: not a day",
        ),
        (UnknownError("finding", "8f"), "no finding 8f"),
        (UnknownError("finding", "8f", several=True), "several findings begin with 8f; give more of it"),
        (UnknownError("delivery", "8f", several=True), "several deliveries begin with 8f; give more of it"),
        (UnknownError("rule", "TL99", known=["TL01", "TL02"]), "no rule TL99; there are TL01, TL02"),
        (PackageMissingError("pyspark", "spark"), "pyspark is not installed; pip install 'liangxian[spark]'"),
        (
            LiangxianError("the policy cannot be used", problems=[PROBLEM, "and more"]),
            "the policy cannot be used:\n  522601.yaml: poverty_line: 2026-06-30: no value in force\n  and more",
        ),
        (LiangxianError("", problems=["one", "two"]), "one\ntwo"),
    ],
)
def test_the_sentence_is_made_of_the_parts_that_are_known(error: LiangxianError, told: str) -> None:
    assert str(error) == told


def test_a_chinese_sentence_has_chinese_marks_and_names_the_place_as_departments_do() -> None:
    where = Place(file="低保.xlsx", sheet="六月", row=12, column="姓名")
    assert where.in_chinese() == "文件 低保.xlsx，工作表“六月”，第12行，姓名列"
    problem = Problem("没有姓名", Place(row=3), why="空白", advice="请补填")
    assert problem.in_chinese() == "第3行：没有姓名：空白；请补填"


DOORS = [p for folder in ("pipelines/commands", "dags") for p in sorted((ROOT / folder).glob("*.py"))]
HANDLERS = {
    "ending.py": {"Exception", "LiangxianError", "UsageError"},
    "options.py": {"ValueError", "ValueRefusedError"},  # of options, which Typer tells with their names
    "printing.py": {"NotYetError"},  # to say beside it in which home it was; it goes on to the one handler
    "person.py": {"KeyError"},  # of the system, for a user that has no name
    "run_local.py": {"psutil.NoSuchProcess", "(OSError, ValueError)"},  # the processes of `make airflow`
}


@pytest.mark.parametrize("path", DOORS, ids=lambda path: path.name)
def test_a_door_leaves_errors_to_the_one_handler(path: Path) -> None:
    handlers = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.ExceptHandler)]
    assert {ast.unparse(n.type) for n in handlers if n.type is not None} == HANDLERS.get(path.name, set())


def test_only_what_does_not_answer_now_may_pass_by_itself() -> None:
    passing = {UnavailableError}
    general = {RequestError, ValueRefusedError, NotYetError, RefusedError, DamagedError, UnavailableError}
    assert {kind for kind in general if kind.may_pass} == passing
    assert errors.PackageMissingError.may_pass is False
