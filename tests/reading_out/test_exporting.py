"""What an evaluator is given: masked, labelled, joinable by his own pseudonyms, audited, and nothing behind it."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
from actors import acting
from homes import AS_OF, COUNTY, copy_home, settings_of
from typer.testing import CliRunner

from expectations.errors import RequestError
from pipelines.cli import app
from pipelines.reading_out.exporting import Exported, export
from warehouse.books.audit import verify_audit
from warehouse.books.schema import audit
from warehouse.evaluation.pseudonyms import recipient_key
from warehouse.lake import Lake
from warehouse.loading import open_published

PURPOSE = "2026年第三方评估"


@pytest.fixture(scope="module")
def home(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_home(night_home, tmp_path_factory.mktemp("exporting") / "home")


def give(home: Path, target: str, recipient: str = "university", **over: Any) -> Exported:
    return export(acting(settings_of(home), purpose=PURPOSE), target=target, recipient=recipient, **over)


@pytest.fixture(scope="module")
def secrets_of(home: Path) -> set[str]:
    """Identity numbers of the warehouse, and names of three characters."""
    with open_published(Lake(home)) as connection:
        numbers = connection.execute(
            """SELECT person_id FROM warehouse.fact_registered_person
            UNION SELECT head_id FROM warehouse.fact_household_snapshot
            UNION SELECT head_id FROM warehouse.fact_certificate_snapshot
            UNION SELECT person_id FROM warehouse.fact_enrolment"""
        ).fetchall()
        names = connection.execute("SELECT head_name FROM warehouse.fact_household_snapshot").fetchall()
    return {v for (v,) in numbers if v} | {v for (v,) in names if v and len(v) > 2}


def texts(path: Path) -> str:
    """Every value of every dataset of an export in Parquet."""
    return "\n".join(
        str(value)
        for file in sorted(path.glob("*.parquet"))
        for column in pq.read_table(file).columns
        for value in column.unique().to_pylist()
    )


def test_no_number_and_no_name_is_given_out(home: Path, secrets_of: set[str]) -> None:
    made = give(home, "parquet")
    told = texts(made.path) + (made.path / "datapackage.json").read_text(encoding="utf-8")
    assert len(secrets_of) > 200
    assert not [secret for secret in secrets_of if secret in told]


def test_tables_of_one_recipient_join_and_those_of_two_do_not(home: Path) -> None:
    one, other = give(home, "parquet", "one").path, give(home, "parquet", "other").path

    def pseudonyms(folder: Path, dataset: str) -> set[str]:
        column = pq.read_table(folder / f"{dataset}.parquet", columns=["person_id_pseudonym"]).column(0)
        return {value for value in column.to_pylist() if value}

    people, findings = pseudonyms(one, "people"), pseudonyms(one, "findings")
    assert people & findings
    with open_published(Lake(home)) as connection:
        count = connection.execute("SELECT count(DISTINCT person_id) FROM warehouse.fact_registered_person").fetchone()
    assert count == (len(people),)
    assert not people & pseudonyms(other, "people")


def test_a_renewed_key_has_a_new_number_and_its_secret_stays_in_the_keys_folder(home: Path) -> None:
    lake = Lake(home)
    first = recipient_key(lake, "institute")
    assert recipient_key(lake, "institute") == first
    second = recipient_key(lake, "institute", renew=True)
    assert (first.key_id, second.key_id) == ("institute-1", "institute-2")
    assert first.pseudonym("x") != second.pseudonym("x")
    path = lake.recipient_key("institute")
    assert path.stat().st_mode & 0o077 == 0
    assert second.secret.hex() not in repr(second)
    secret = second.secret.hex()
    made = give(home, "csv", "institute")
    assert made.key_id == "institute-2"
    assert not [p for p in home.rglob("*") if p.is_file() and p != path and secret.encode() in p.read_bytes()]


def test_every_export_stands_in_the_audit_log_before_it_is_given_out(
    night_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_home(night_home, tmp_path / "home")
    settings = settings_of(home)
    made = give(home, "csv")
    with settings.home.books.connect() as connection:
        (entry,) = connection.execute(audit.select()).all()
    assert (entry.what, entry.purpose, entry.rows) == ("export", PURPOSE, sum(made.rows.values()))
    assert entry.filter["recipient"] == "university"
    assert verify_audit(settings.home.books).broken == ()
    for purpose in ("", " "):
        with pytest.raises(RequestError, match="purpose"):
            export(acting(settings, purpose=purpose), target="csv", recipient="x")

    def fail(*_: object, **__: object) -> None:
        raise OSError("the books cannot be written")

    monkeypatch.setattr("pipelines.reading_out.exporting.record_read", fail)
    with pytest.raises(OSError, match="cannot be written"):
        give(home, "csv", "unlogged")
    assert not Lake(home).published("unlogged").joinpath("csv").exists()


def test_stata_has_chinese_labels_and_value_labels(home: Path) -> None:
    path = give(home, "stata").path / "household_card.dta"
    with pd.io.stata.StataReader(path) as reader:
        frame, labels, values = reader.read(), reader.variable_labels(), reader.value_labels()
    assert labels["poverty_status"] == "脱贫属性：未脱贫、已脱贫、返贫"
    assert list(values["poverty_status"].values()) == ["未脱贫", "已脱贫", "返贫"]
    assert set(frame["poverty_status"].astype(str)) <= {"未脱贫", "已脱贫", "返贫"}
    check_against_the_warehouse(frame, home)
    again = path.read_bytes()
    assert (give(home, "stata").path / "household_card.dta").read_bytes() == again


def test_spss_has_chinese_labels_and_value_labels(home: Path) -> None:
    path = give(home, "spss").path / "household_card.sav"
    frame, meta = pyreadstat.read_sav(str(path), apply_value_formats=True)
    assert meta.column_names_to_labels["income_current"] == "本年度人均纯收入（元/人·年）"
    assert meta.variable_value_labels["is_open"] == {0.0: "否", 1.0: "是"}
    check_against_the_warehouse(frame, home)


def check_against_the_warehouse(frame: pd.DataFrame, home: Path) -> None:
    """Rows, sums, dates and what is unknown are those of the view."""
    with open_published(Lake(home)) as connection:
        (rows, income, findings, grades, days) = connection.execute(
            """SELECT count(*), sum(income_current), sum(open_findings), count(housing_grade),
              list(DISTINCT CAST(housing_assessed_on AS VARCHAR)) FILTER (WHERE housing_assessed_on IS NOT NULL)
            FROM evaluation.household_card"""
        ).fetchall()[0]
    assert (len(frame), frame["open_findings"].sum()) == (rows, findings)
    assert frame["income_current"].sum() == pytest.approx(float(income))
    assert frame["housing_grade"].isin(["A", "B", "C", "D"]).sum() == grades > 0
    assert {str(day)[:10] for day in frame["housing_assessed_on"].dropna()} == set(days)
    assert {str(day)[:10] for day in frame["as_of"]} == {AS_OF.isoformat()}
    assert set(frame["county"]) == {COUNTY}


def test_the_codebook_describes_every_column_of_every_file(home: Path) -> None:
    folder = give(home, "csv").path
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["pseudonyms"] == {"key_id": "university-1", "algorithm": "hmac-sha256/128"}
    assert package["as_of"] == {COUNTY: AS_OF.isoformat()}
    assert {r["path"] for r in package["resources"]} == {p.name for p in folder.glob("*.csv")}
    for resource in package["resources"]:
        with (folder / resource["path"]).open(encoding="utf-8") as stream:
            header = stream.readline().strip().replace('"', "").split(",")
        assert header == [field["name"] for field in resource["schema"]["fields"]]
        assert all(field["title"] for field in resource["schema"]["fields"])


ATTEMPTS = {
    "base table": "SELECT * FROM warehouse.fact_household_snapshot",
    "base schema": "SELECT * FROM duckdb_tables() WHERE schema_name NOT IN ('main', 'evaluation')",
    "views behind": "SELECT * FROM duckdb_views() WHERE NOT internal",
    "macros": "SELECT * FROM duckdb_functions() WHERE NOT internal",
    "key material": "SELECT * FROM about WHERE length(value) = 64",
    "raw numbers": "SELECT column_name FROM duckdb_columns() WHERE column_name LIKE '%raw%'",
    "identity numbers": "SELECT * FROM evaluation.people WHERE regexp_matches(person_id, '^[0-9]{17}')",
    "phones": "SELECT column_name FROM duckdb_columns() WHERE column_name LIKE '%phone%'",
    "accounts": "SELECT column_name FROM duckdb_columns() WHERE column_name LIKE '%payee%'",
    "files": "SELECT * FROM read_text('/etc/passwd')",
    "other databases": "ATTACH 'other.duckdb'",
    "settings": "SET enable_external_access = true",
    "writing": "CREATE TABLE mine AS SELECT 1",
}


@pytest.fixture(scope="module")
def recipient_file(home: Path) -> Path:
    return give(home, "duckdb").path


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nothing_lies_behind_the_recipients_file(recipient_file: Path, attempt: str) -> None:
    locked = {"enable_external_access": "false", "lock_configuration": "true"}
    with duckdb.connect(str(recipient_file), read_only=True, config=locked) as connection:
        try:
            rows = connection.execute(ATTEMPTS[attempt]).fetchall()
        except duckdb.Error:
            return
        assert rows == []


def test_the_recipients_file_has_no_number_in_its_bytes(recipient_file: Path, secrets_of: set[str]) -> None:
    assert recipient_file.name == "university.duckdb"
    content = recipient_file.read_bytes()
    assert not [secret for secret in secrets_of if secret.encode() in content]
    with duckdb.connect(str(recipient_file), read_only=True) as connection:
        about = dict(connection.execute("SELECT name, value FROM about").fetchall())
        comments = connection.execute("SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND NOT internal")
        assert comments.fetchone() == (2,), "the columns of about itself"
    assert about["purpose"] == PURPOSE


def test_who_may_see_no_rows_gets_indicators_without_small_cells(home: Path) -> None:
    made = give(home, "parquet", "press", aggregates=True)
    assert list(made.rows) == ["indicators", "data_dictionary"]
    rows = pq.read_table(made.path / "indicators.parquet").to_pylist()
    assert any(row["numerator"] is None and row["share"] is None for row in rows)
    shown = [row for row in rows if row["denominator"] is not None and row["numerator"] is not None]
    assert shown
    assert not [r for r in shown if 0 < r["numerator"] < 5 or 0 < r["denominator"] - r["numerator"] < 5]
    assert not [row for row in rows if 0 < (row["unknown"] or 0) < 5], "whom nobody can judge are few, too"


def test_an_export_replaces_an_earlier_one_and_nothing_else(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "thesis.docx").write_text("three years of work")
    with pytest.raises(RequestError, match=r"lost|folder"):
        give(home, "csv", out=own)
    assert (own / "thesis.docx").exists()
    fresh = tmp_path / "fresh"
    give(home, "csv", out=fresh)
    give(home, "parquet", out=fresh)
    assert not list(fresh.glob("*.csv"))


def test_the_command_says_what_it_gave(home: Path) -> None:
    asked = ["export", "--to", "csv", "--purpose", PURPOSE, "--recipient", "cli", "--home", str(home)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert "people: " in done.output
    wrong = ["export", "--to", "csv", "--purpose", " ", "--recipient", "cli", "--home", str(home)]
    assert CliRunner().invoke(app, wrong).exit_code == 2
    wrong = ["export", "--to", "csv", "--purpose", "x", "--recipient", "../up", "--home", str(home)]
    assert CliRunner().invoke(app, wrong).exit_code == 2
