"""Whatever a user can get wrong, every command ends in a sentence on standard error and the right exit status."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from homes import AS_OF, COUNTY, copy_home, fill_inbox, rows_of
from typer.testing import CliRunner, Result

from pipelines.cli import app
from pipelines.commands.chinese import in_chinese
from warehouse.failures import failure_of
from warehouse.lake import Lake
from warehouse.loading import build, loads
from warehouse.loading.versions import published_version

SECRET = "geheim"  # noqa: S105 - of a database that is not there
D = AS_OF.isoformat()

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "alerts": ("--as-of", D),
    "audit verify": (),
    "backfill": (D, D),
    "backup": ("{folder}/books.backup",),
    "card": ("1", "--as-of", D, "--out", "{folder}/card.html", "--purpose", "核实"),
    "check": ("{file}",),
    "database admit": ("yuan_eva", "--kind", "evaluator", "--county", COUNTY, "--recipient", "university"),
    "database publish": (),
    "deliveries": (),
    "diff": ("2026", "2026"),
    "doctor": (),
    "escalate": ("--as-of", D),
    "exits": ("--as-of", D, "--out", "{folder}/exits.xlsx"),
    "explain": ("8f",),
    "export": ("--to", "csv", "--recipient", "university", "--purpose", "评估"),
    "feedback": ("{file}",),
    "findings": (),
    "freeze": ("2026",),
    "housekeeping": ("--as-of", D),
    "indicators": (),
    "ingest": (),
    "ledger review": ("8f", "--reviewer", "石复核"),
    "ledger send": ("--on", D),
    "ledger show": ("8f",),
    "ledger verify": (),
    "lookup": ("--authorisation", "核2026-1", "--purpose", "申请低保"),
    "notice": ("low-income", "--as-of", D, "--purpose", "公示"),
    "publish": (),
    "pull": ("{source}", "--as-of", D),
    "quarantine": (),
    "reconcile": ("--as-of", D),
    "release": ("none", "--reason", "已核实"),
    "report": (),
    "restage": ("none",),
    "resolve": ("--recipient", "university", "--purpose", "评估"),
    "restore": ("none",),
    "restore-backup": ("{file}",),
    "rules try": ("--set", "grace_months=3"),
    "run": ("--as-of", D),
    "run-withdraw": ("none", "--reason", "日期写错了"),
    "sample draw": ("--seed", "s"),
    "sample estimate": (),
    "withdraw": ("none", "--reason", "发错了"),
}
"""What each command on a home is called with, so that it gets as far as its work."""

READS_POLICY = {
    "alerts",
    "backfill",
    *("card", "check", "deliveries"),
    *("escalate", "exits"),
    "feedback",
    "housekeeping",
    "ingest",
    "ledger send",
    *("lookup", "notice", "publish"),
    "pull",
    *("reconcile", "release", "report"),
    "rules try",
    *("restage", "restore"),
    "run",
    "run-withdraw",
}

NO_BOOKS = {"check", "doctor", "export", "indicators", "pull", "resolve", "sample draw", "sample estimate"}
NO_BOOKS |= {"database admit", "database publish"}
"""What stops before it opens the books, or opens none."""


def commands_on_a_home(command: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Words of every command that has ``--home``."""
    below = getattr(command, "commands", {})
    for name, one in sorted(below.items()):
        yield from commands_on_a_home(one, (*path, name))
    if not below and any("--home" in option.opts for option in command.params):
        yield " ".join(path)


COMMANDS = list(commands_on_a_home(typer.main.get_command(app)))
each_command = pytest.mark.parametrize("words", COMMANDS)


def test_every_command_on_a_home_is_tried() -> None:
    assert sorted(ARGUMENTS) == sorted(COMMANDS)


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder with the files that commands are called with."""
    (tmp_path / "名单.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    source = f"county: '{COUNTY}'\nurl_env: NO_URL_AT_ALL\nfeeds:\n  students:\n    table: t\n"
    (tmp_path / "source.yaml").write_text(source, encoding="utf-8")
    return tmp_path


def call(words: str, given: Path, home: Path, *more: str, **environment: str) -> Result:
    """Call a command on a home; it must not end in a traceback, and says what is wrong where it fails."""
    places = {"folder": str(given), "file": str(given / "名单.csv"), "source": str(given / "source.yaml")}
    arguments = [part.format(**places) for part in (*words.split(), *ARGUMENTS[words], *more)]
    done = CliRunner().invoke(app, [*arguments, "--home", str(home)], env={"COLUMNS": "300", **environment})
    return ended_in_words(done)


def ended_in_words(done: Result) -> Result:
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code in {0, 1, 2, 3}
    assert "Traceback" not in done.output
    if done.exit_code in {1, 2}:
        assert done.output.strip()
    return done


@each_command
def test_a_home_that_is_a_file_is_wrong_usage(words: str, given: Path) -> None:
    home = given / "home"
    home.write_text("")
    done = call(words, given, home)
    assert done.exit_code == 2
    assert "is a file" in done.stderr


@each_command
@pytest.mark.parametrize(
    ("url", "status", "told"),
    [
        (f"mysql://reader:{SECRET}@db/x", 2, "the database's URL is of mysql"),
        (f"postgresql://reader:{SECRET}@127.0.0.1:1/x", 1, "the database cannot be used: connection failed"),
    ],
)
def test_a_database_that_cannot_be_had_is_told_without_its_password(
    words: str, url: str, status: int, told: str, given: Path
) -> None:
    done = call(words, given, given / "home", LIANGXIAN_DATABASE_URL=url)
    assert SECRET not in done.output
    if words not in NO_BOOKS - {"database publish"}:
        assert done.exit_code == status, done.output
        assert told in done.stderr
        assert not done.stdout


@pytest.mark.parametrize("words", ["deliveries", "doctor"])
@pytest.mark.parametrize("url", ["no url at all", "sqlite:///x", f"postgresql://reader:{SECRET}@127.0.0.1:port/x"])
def test_what_is_no_url_of_a_database_is_told_without_being_repeated(words: str, url: str, given: Path) -> None:
    done = call(words, given, given / "home", LIANGXIAN_DATABASE_URL=url)
    assert done.exit_code == (1 if words == "doctor" else 2)
    assert "LIANGXIAN_DATABASE_URL" in done.stdout or "the database's URL" in done.stderr
    assert SECRET not in done.output


@each_command
def test_books_that_are_none_are_told_as_such(words: str, given: Path) -> None:
    home = given / "home"
    home.mkdir()
    (home / "books.sqlite").write_bytes(b"no database" * 1_000)
    done = call(words, given, home)
    if words not in NO_BOOKS:
        assert done.exit_code == 1
        assert "the books cannot be read: file is not a database; restore them from a backup" in done.stderr
        assert not done.stdout


@each_command
def test_books_that_cannot_be_opened_are_told_as_such(words: str, given: Path) -> None:
    home = given / "home"
    (home / "books.sqlite").mkdir(parents=True)
    done = call(words, given, home)
    if words not in NO_BOOKS:
        assert done.exit_code == 1
        assert "the books cannot be used: unable to open database file" in done.stderr


@each_command
def test_a_policy_with_an_error_stops_whatever_reads_it_and_names_the_place(words: str, given: Path) -> None:
    policy = given / "home" / "policy"
    policy.mkdir(parents=True)
    (policy / "522601.yaml").write_text('county: "522601"\nparameters:\n  grace_moons: []\n', encoding="utf-8")
    done = call(words, given, given / "home")
    if words in READS_POLICY:
        assert done.exit_code == 1
        assert "522601.yaml: grace_moons: unknown key (did you mean grace_months?)" in done.stderr
        assert not done.stdout
        assert not (given / "home" / "books.sqlite").exists()
    else:
        assert "grace_moons" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("explain", "8f2"), "no finding 8f2"),
        (("ledger", "show", "8f2"), "no finding 8f2"),
        (("ledger", "review", "8f2", "--reviewer", "石复核"), "no finding 8f2"),
        (("release", "none", "--reason", "已核实"), "no delivery none"),
        (("restore", "none"), "no delivery none"),
        (("withdraw", "none", "--reason", "发错了"), "no delivery none"),
        (("quarantine", "--delivery", "none"), "no delivery none"),
        (("run-withdraw", "none", "--reason", "日期写错了"), "no run none"),
        (("run", "--as-of", "2962-06-30"), "2962-06-30 is a day to come: it is "),
        (("diff", "none", "none"), "no run none"),
        (("findings", "--rule", "TL99"), "TL99"),
        (("findings", "--owner", "nobody"), "nobody"),
        (("findings", "--out", "f.xls"), "f.xls tells no format"),
        (("indicators", "--sql", "幸福率"), "no indicator 幸福率"),
        (("sample", "estimate", "s9"), "no sample s9"),
        (("rules", "try", "--set", "grace_moons=3"), "did you mean grace_months?"),
        (("rules", "try", "--set", "grace_months=soon"), "grace_months: 'soon' is no number"),
        (("backfill", "2026-06-30", "2026-05-31"), "lies before"),
        (("run", "--as-of", D, "--county", "52260"), "52260"),
        (("run", "--as-of", D, "--memory-limit", "much"), "no size such as 2GB"),
        (("run", "--as-of", D, "--known-at", "soon"), "no moment such as"),
        (("freeze", "../x"), "no name"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_unknown_is_named_and_wrong_usage(arguments: tuple[str, ...], told: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [*arguments, "--home", str(tmp_path / "home")], env={"COLUMNS": "300"})
    ended_in_words(done)
    assert done.exit_code == 2, done.output
    assert told in done.stderr
    assert not done.stdout


def test_an_unknown_rule_or_feed_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    for arguments in (("rules", "TL99"), ("template", "births", "--out", str(tmp_path / "x.xlsx"))):
        done = ended_in_words(CliRunner().invoke(app, arguments, env={"COLUMNS": "2000"}))
        assert done.exit_code == 2
        assert ("TL01" if arguments[0] == "rules" else "students") in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("template", "students", "--out", "{file}/x.xlsx"),
        ("simulate", "--county", COUNTY, "--as-of", D, "--households", "3", "--seed", "1", "--out", "{file}"),
        ("backup", "{file}/books", "--home", "{folder}/home"),
        ("alerts", "--as-of", D, "--html", "{file}/x.html", "--home", "{folder}/home"),
        ("check", "{file}", "--feed", "students", "--county", COUNTY, "--as-of", D, "--annotated", "{file}/x.xlsx"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_place_where_nothing_can_be_written_is_named(arguments: tuple[str, ...], given: Path) -> None:
    places = {"folder": str(given), "file": str(given / "名单.csv")}
    done = CliRunner().invoke(app, [part.format(**places) for part in arguments], env={"COLUMNS": "300"})
    ended_in_words(done)
    assert done.exit_code == 1
    assert any(said in done.stderr for said in ("File exists", "Not a directory"))


def test_a_server_for_the_benchmark_that_is_none_is_wrong_usage() -> None:
    done = ended_in_words(CliRunner().invoke(app, ["bench", "loading", "--server", "no url"]))
    assert (done.exit_code, done.stderr) == (
        2,
        "the database's URL cannot be read; it is such as postgresql://user@host/database\n",
    )


def test_a_pull_without_its_url_or_with_a_faulty_configuration_is_told(given: Path) -> None:
    unset = call("pull", given, given / "home")
    assert unset.exit_code == 1
    assert "the environment variable NO_URL_AT_ALL is not set; write the database's URL into it" in unset.stderr
    (given / "source.yaml").write_text("county: 5\n", encoding="utf-8")
    faulty = call("pull", given, given / "home")
    assert faulty.exit_code == 2
    assert "source.yaml: county is no 6-digit code\nsource.yaml: url_env" in faulty.stderr


@pytest.mark.parametrize("words", ["indicators", "export", "sample draw", "freeze"])
def test_a_warehouse_that_cannot_be_read_is_told_with_what_to_do(words: str, given: Path, night_home: Path) -> None:
    home = copy_home(night_home, given / "home")
    version = published_version(Lake(home))
    assert version is not None
    version.chmod(0o644)
    version.write_bytes(b"no warehouse" * 1_000)
    done = call(words, given, home)
    assert done.exit_code == 1
    assert "the warehouse cannot be read" in done.stderr
    assert "liangxian publish" in done.stderr
    assert call("publish", given, home).exit_code == 0  # as the sentence says
    assert call("indicators", given, home).exit_code == 0


def test_nothing_recorded_and_nothing_published_are_failures_in_words(given: Path) -> None:
    for words in ("findings", "report", "rules try"):
        done = call(words, given, given / "home")
        assert (done.exit_code, "no run has been recorded" in done.stderr) == (1, True)
        assert done.stderr.endswith(f"(the home is {given / 'home'}; --home or LIANGXIAN_HOME names another)\n")
    for words in ("indicators", "export", "freeze", "sample draw"):
        done = call(words, given, given / "home")
        assert (done.exit_code, "no warehouse has been published" in done.stderr) == (1, True)


def test_a_warehouse_that_fails_its_audit_ends_the_night_in_words(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = given / "home"
    fill_inbox(home)
    lossy = tuple(
        replace(load, select=f"SELECT * FROM ({load.select}) LIMIT 1") if load.table.name == "fact_student" else load
        for load in loads.LOADS
    )
    monkeypatch.setattr(build, "LOADS", lossy)
    done = call("run", given, home)
    assert done.exit_code == 1
    assert "the warehouse was not published:\n  fact_student: " in done.stderr
    name = rows_of(next((home / "lake").parent.glob("archive/**/students_*.csv")))[1][1]
    assert name not in done.output
    monkeypatch.undo()
    again = call("publish", given, home)
    assert again.exit_code == 0, again.output


WRITE_FIRST = {
    *("backfill", "export", "feedback", "freeze", "housekeeping", "ingest", "ledger send", "publish"),
    "reconcile",
    *("release", "report", "restage", "restore", "run", "sample draw", "withdraw"),
}
"""What writes into a home before it can do anything else."""

GROWS = {"backup", "export", "freeze", "run"}
"""What writes files of more than a few pages."""

FULL = ("File too large", "the books cannot be used: disk I/O error", "Error writing bytes to file")
"""What is said of a full disk, where it is made by a limit of what a process may write."""


def files_of(home: Path) -> list[Path]:
    return [path for path in (home, *home.rglob("*")) if not path.is_symlink()]


@pytest.mark.parametrize("how", ["read-only", "full"])
def test_where_nothing_can_be_written_every_command_says_so_and_nothing_is_lost(
    how: str, given: Path, night_home: Path
) -> None:
    home = copy_home(night_home, given / "home")
    (sent,) = home.rglob(f"archive/**/insurance_enrolments_{COUNTY}_*.csv")
    (home / "inbox" / sent.name).write_bytes(sent.read_bytes() + b"\n")
    places = {"folder": str(given), "file": str(given / "名单.csv"), "source": str(given / "source.yaml")}
    commands = {words: [part.format(**places) for part in (*words.split(), *ARGUMENTS[words])] for words in COMMANDS}
    if how == "read-only":
        for path in files_of(home):
            path.chmod(path.stat().st_mode & ~0o222)
    program = [sys.executable, str(Path(__file__).with_name("hampered.py")), how, str(home), str(given)]
    done = subprocess.run(
        [*program, json.dumps(commands)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
    )
    for path in files_of(home):
        path.chmod(path.stat().st_mode | 0o200)
    assert done.returncode == 0, done.stderr[-2_000:]
    ended = json.loads(done.stdout)
    assert {words: one["error"] for words, one in ended.items() if one["error"]} == {}
    assert {words for words, one in ended.items() if one["status"] not in {0, 1, 2, 3}} == set()
    if how == "read-only":
        refused = {words for words, one in ended.items() if "Permission denied: " in one["told"] and one["status"] == 1}
        assert refused - {"ledger review"} == WRITE_FIRST  # which gets so far where an id begins with 8f
        assert all(
            ended[words]["told"].endswith("; let the user who runs this read and write there\n") for words in refused
        )
    else:
        told = {words: ended[words]["told"] for words in GROWS if ended[words]["status"] == 1}
        assert {words for words, said in told.items() if any(part in said for part in FULL)} == GROWS
    assert call("run", given, home).exit_code in {0, 3}
    assert call("ledger verify", given, home).exit_code == 0
    assert not list((home / "inbox").iterdir())


def test_what_the_system_says_of_disks_is_told_in_chinese() -> None:
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EIO, errno.EFBIG):
        failure = failure_of(OSError(number, os.strerror(number), "/srv/home/books"))
        assert failure is not None
        told = failure.told_in_chinese(in_chinese)
        assert told.partition("：")[2].startswith("/srv/home/books")
        assert not any(letter.isascii() and letter.isalpha() for letter in told.replace("/srv/home/books", "")), told
