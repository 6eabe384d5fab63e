"""A ledger in the lake that is gone, or another one: no command shows or publishes anything of it."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
from homes import copy_home
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.lake import Lake
from warehouse.loading.versions import published_version


def told(words: str, home: Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, [words, "--home", str(home)], env={"COLUMNS": "300", "LIANGXIAN_LANG": "en"})
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done.exit_code, done.stderr


def test_a_ledger_that_is_gone_or_another_one_is_a_sentence(tmp_path: Path, night_home: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    (ledger,) = (home / "lake" / "ledger").iterdir()
    kept, version = ledger.read_bytes(), published_version(Lake(home))
    pq.write_table(pq.read_table(ledger).slice(1), ledger)  # a ledger like it, that somebody wrote
    for words in ("publish", "report", "findings"):
        status, said = told(words, home)
        assert status == 1
        assert f"lake/ledger/{ledger.name} is not what the run wrote" in said
        assert "put lake/ledger back from a backup" in said
    assert published_version(Lake(home)) == version
    ledger.write_bytes(kept)
    assert told("publish", home)[0] == 0  # as the sentence says
    shutil.rmtree(home / "lake" / "ledger")
    status, said = told("findings", home)
    assert (status, "is not what the run wrote" in said) == (1, True)
