"""``liangxian database``, ``backup`` and ``restore-backup`` as a person runs them."""

import uuid
import warnings
from pathlib import Path

import pytest
from homes import copy_home
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.keys import bear
from warehouse.lake import Lake


def run(*arguments: str, url: str | None = None) -> str:
    done = CliRunner().invoke(app, list(arguments), env={"LIANGXIAN_DATABASE_URL": url or ""})
    assert done.exit_code == 0, done.output
    return done.output


def test_a_warehouse_is_published_granted_and_read(night_home: Path, tmp_path: Path, database: str) -> None:
    home = copy_home(night_home, tmp_path / "home")
    prefix = f"cmd_{uuid.uuid4().hex[:8]}"
    login = f"{prefix}_eva"
    engine = create_engine(database, poolclass=NullPool)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # a migration that warns would say so on the terminal
        assert "version 1, snapshot" in run("database", "publish", "--home", str(home), url=database)
    assert "0 parts replaced" in run("database", "publish", "--home", str(home), url=database)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE ROLE {login}"))
        early = ["database", "dismiss", login, "--prefix", prefix]
        done = CliRunner().invoke(app, early, env={"LIANGXIAN_DATABASE_URL": database})
        told = f"the roles {prefix}_… are not there; as a superuser: liangxian database grant\n"
        assert (done.exit_code, done.stderr) == (1, told)
        run("database", "grant", "--prefix", prefix, url=database)
        run("database", "grant", "--prefix", prefix, url=database)
        admitted = ["database", "admit", login, "--kind", "evaluator", "--county", "522601", "--prefix", prefix]
        done = CliRunner().invoke(app, admitted, env={"LIANGXIAN_DATABASE_URL": database})
        assert (done.exit_code, "an evaluator needs one" in done.output) == (2, True)
        run(*admitted, "--recipient", "university", "--home", str(home), url=database)
        assert Lake(home).recipient_key("university").exists()
        count = text("SELECT count(*) FROM evaluation.household_card")
        with engine.begin() as connection:
            connection.execute(text(f"SET ROLE {login}"))
            assert (connection.execute(count).scalar() or 0) > 20
        run("database", "dismiss", login, "--prefix", prefix, url=database)
        with engine.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM warehouse.reader")).scalar() == 0
        refused = ["database", "admit", login, "--kind", "department", "--county", "*", "--prefix", prefix]
        done = CliRunner().invoke(app, refused, env={"LIANGXIAN_DATABASE_URL": database})
        assert done.exit_code == 2
        assert "a department" in done.output
        for action in (["dismiss"], ["admit", "--kind", "loader"]):
            unmade = ["database", *action, f"{login}_x", "--prefix", prefix]
            done = CliRunner().invoke(app, unmade, env={"LIANGXIAN_DATABASE_URL": database})
            assert (done.exit_code, done.stderr) == (2, f"no login {login}_x\n")
    finally:
        with engine.begin() as connection:
            names = [
                r[0] for r in connection.execute(text(f"SELECT rolname FROM pg_roles WHERE rolname ~ '^{prefix}'"))
            ]
            for name in names:
                connection.execute(text(f"DROP OWNED BY {name} CASCADE"))
            for name in names:
                connection.execute(text(f"DROP ROLE {name}"))


def test_without_a_database_the_commands_say_what_is_missing(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["database", "publish", "--home", str(tmp_path)], env={"LIANGXIAN_DATABASE_URL": ""})
    assert done.exit_code == 2
    assert "LIANGXIAN_DATABASE_URL" in done.output


def test_books_are_backed_up_and_restored_once(night_home: Path, tmp_path: Path) -> None:
    file, home = str(tmp_path / "books.backup"), str(tmp_path / "new")
    bear(Lake(tmp_path / "new").finding_key, Lake(night_home).finding_key.read_text())
    assert "deliveries" in run("backup", file, "--home", str(night_home))
    assert "finding_events" in run("restore-backup", file, "--home", home)
    again = CliRunner().invoke(app, ["restore-backup", file, "--home", home])
    assert again.exit_code == 1
    assert "not empty" in again.output


@pytest.mark.parametrize("command", ["publish", "grant", "admit", "dismiss"])
def test_every_database_command_explains_itself(command: str) -> None:
    assert "Usage" in run("database", command, "--help")
