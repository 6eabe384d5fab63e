"""A pull's configuration says all that is wrong with it, and never holds a secret."""

from pathlib import Path

import pytest

from pipelines.pulling import PullConfigError, PullError, load_pull_config
from pipelines.pulling.config import FeedSource, PullConfig, Watermark
from pipelines.pulling.source import open_source

GOOD = """
county: "522601"
url_env: CIVIL_AFFAIRS_URL
chunk_rows: 1000
feeds:
  low_income_households:
    table: dibao.certificate
    columns: {救助证号: cert_no, 户主姓名: head}
    watermark: {column: updated_at, full_every_days: 7}
  low_income_members:
    query: select * from member
"""


def load(tmp_path: Path, text: str) -> PullConfig:
    path = tmp_path / "source.yaml"
    path.write_text(text, encoding="utf-8")
    return load_pull_config(path)


def problems(tmp_path: Path, text: str) -> str:
    with pytest.raises(PullConfigError) as caught:
        load(tmp_path, text)
    return str(caught.value)


def test_a_configuration_is_read_as_written(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD)
    assert (config.county, config.url_env, config.chunk_rows) == ("522601", "CIVIL_AFFAIRS_URL", 1000)
    households, members = config.feeds
    assert households.columns == (("救助证号", "cert_no"), ("户主姓名", "head"))
    assert households.watermark == Watermark("updated_at", full_every_days=7)
    assert households.key_headings() == ("救助证号",)
    assert members == FeedSource("low_income_members", query="select * from member")


def test_a_url_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    text = GOOD.replace("CIVIL_AFFAIRS_URL", "mysql://reader:hunter2@db/dibao")
    told = problems(tmp_path, text)
    assert "environment variable" in told
    assert "hunter2" not in told


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = """
county: 5226
url_env: X
attempts: 0
colour: red
feeds:
  births: {table: t}
  students: {table: t, query: select 1, columns: {学号: no}}
  low_income_members: {table: t, watermark: {column: changed}}
"""
    told = problems(tmp_path, text)
    for wanted in ("county", "attempts", "colour", "births", "students: needs either", "学号", "needs a key"):
        assert wanted in told


def test_what_is_of_another_kind_is_told_by_its_place_and_hides_no_other_problem(tmp_path: Path) -> None:
    text = """
county: "522601"
url_env: X
feeds:
  students:
    table: [t]
    columns: 3
    watermark: {key: 7, overlap: -1, colour: 2}
  low_income_members: t
  low_income_households: {query: 3, watermark: changed}
"""
    told = problems(tmp_path, text).splitlines()
    assert told == [
        f"source.yaml: feeds.{problem}"
        for problem in (
            "students.table: no text",
            "students.columns: no mapping from headings to columns",
            "students.watermark: needs a column",
            "students.watermark: unknown key colour",
            "students.watermark.key: no list of columns",
            "students.watermark.overlap is no whole number from 0",
            "low_income_members: no mapping",
            "low_income_households.query: no text",
            "low_income_households.watermark: no mapping",
        )
    ]


def test_another_mapping_is_another_source_and_another_period_of_full_pulls_is_not() -> None:
    one = FeedSource("students", table="t", watermark=Watermark("changed"))
    assert one.digest() == FeedSource("students", table="t", watermark=Watermark("changed", full_every_days=1)).digest()
    assert one.digest() != FeedSource("students", table="t2", watermark=Watermark("changed")).digest()
    assert one.digest() != FeedSource("students", table="t", watermark=Watermark("id")).digest()


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgres://reader@db/x", "postgresql+psycopg"),
        ("postgresql://reader@db/x", "postgresql+psycopg"),
        ("mysql://reader@db/x", "mysql+pymysql"),
        ("mariadb://reader@db/x", "mariadb+pymysql"),
    ],
)
def test_a_url_without_a_driver_gets_ours(url: str, driver: str) -> None:
    engine = open_source(PullConfig("522601", "U", ()), {"U": url})
    assert engine.url.drivername == driver


@pytest.mark.parametrize("url", ["", "no url", "oracle+nothing://x"])
def test_a_url_that_cannot_be_used_is_told_by_the_name_of_its_variable(url: str) -> None:
    with pytest.raises(PullError, match="THE_URL"):
        open_source(PullConfig("522601", "THE_URL", ()), {"THE_URL": url})
