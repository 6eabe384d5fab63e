"""Every list that SQL is made of may be empty, have one value, or many: each place that makes some is walked.

Places are found in the source: a new one fails here until it has its walk, or is said to hold what code declares.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pyarrow as pa
import pytest
from builders import COUNTY, D, enrolment, housing_case, open_household, pid, world
from cases.figures import reported
from cases.refusals import with_refused
from cases.registry import CASES
from nights import FEED_ROWS
from sql_lists import ASKED_OF_THE_DATABASE, DECLARED, FEED_NAMES, MADE_OF_A_FIRST, OF_A_POLICY
from sql_places import all_places, places_in
from sqlalchemy import Engine, text
from worlds_on_disk import run

from expectations.errors import UnknownError, ValueRefusedError
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from expectations.masks import Case as MaskCase
from expectations.policies import parameter_of
from expectations.rules import RULES
from expectations.terms.refusals import TOUCHED
from pipelines.house.actor import Scope
from pipelines.night.batches import batches_of
from pipelines.night.halves import told_rows
from pipelines.night.reports import strays_of
from pipelines.reading_out.ledgers import find_finding
from pipelines.recording.events import _standing
from pipelines.recording.review import _stale_proof
from pipelines.recording.sending import has_undispatched
from pipelines.recording.standings import finding_rows, known_answers
from pipelines.recording.unchecked import unchecked
from pipelines.staging.repeats import find_duplicates
from warehouse.books.connection import open_books
from warehouse.books.deliveries import (
    Delivery,
    claim,
    deliveries_by_id,
    deliveries_of_day,
    delivery_id,
    in_force_by_county,
    list_deliveries,
    once_accepted,
    position_of,
)
from warehouse.books.heads import note_audit_head, noted_heads
from warehouse.books.lots import lots_of
from warehouse.books.runs import Run, begin_run
from warehouse.books.sendings import Braked, Why, brakes_of, lift_brakes, note_brakes
from warehouse.books.standing import erase_deliveries, record_delivery
from warehouse.current import CurrentFeed, Part
from warehouse.lake import Lake, write_text
from warehouse.refused import REFUSED, Refusals
from warehouse.sql import among, cases, literal, outside

MANY = 70_000
"""More than any database takes in one statement."""
NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)
CODES = tuple(rule.code for rule in RULES)
CLASSES = ("特困", "低保", "返贫致贫", "监测对象", "低保边缘")
WALKED: set[str] = set()


def walks(*places: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Say which places a test walks."""
    WALKED.update(places)
    return lambda test: test


def test_every_place_has_its_walk() -> None:
    told = WALKED | set(DECLARED) | set(MADE_OF_A_FIRST) | set(OF_A_POLICY) | set(ASKED_OF_THE_DATABASE)
    assert all_places() == told
    assert {key for case in CASES for key, value in case.world.policy.items() if value == []} >= {*OF_A_POLICY.values()}


def test_no_list_that_code_declares_is_empty() -> None:
    assert [place for place, lists in DECLARED.items() if not all(lists)] == []


@pytest.mark.parametrize(
    "line",
    [
        "t.c.a.in_(given)",
        "t.c.a.not_in([x for x in given])",
        "t.a.isin(tuple(given))",
        "ibis.union(*given)",
        "' UNION ALL '.join(given)",
        "' AND '.join(f'{x}' for x in given)",
    ],
)
def test_a_place_without_its_walk_is_found(line: str) -> None:
    assert list(places_in(f"class A:\n    def b(self):\n        return {line}\n", "m")) == ["m.A.b"]


@pytest.mark.parametrize("line", ["t.a.isin(KNOWN)", "t.a.in_(('a', 'b'))", "np.isin(a, given)", "', '.join(given)"])
def test_what_code_declares_needs_none(line: str) -> None:
    assert list(places_in(f"def a():\n    return {line}\n", "m")) == []


@pytest.fixture(params=["duckdb", "sqlite", "postgres"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Any]]:
    """A function that says what a database makes of an expression."""
    if request.param == "duckdb":
        with duckdb.connect() as local:
            yield lambda expression: (local.execute(f"SELECT {expression}").fetchone() or (None,))[0]
        return
    url = request.getfixturevalue("database") if request.param == "postgres" else None
    engine = open_books(Lake(tmp_path / "home"), url)
    with engine.connect() as connection:
        yield lambda expression: connection.execute(text(f"SELECT {expression}")).scalar()
    engine.dispose()


@pytest.mark.parametrize("values", [(), ("a",), ("a", "b'c", *(f"x{n}" for n in range(5000)))])
def test_a_list_in_a_text_may_have_any_length_in_every_dialect(
    told: Callable[[str], Any], values: tuple[str, ...]
) -> None:
    outcomes = dict.fromkeys(values[:50], "1")
    for one in ("a", "b'c", "z"):
        said = bool(told(among(literal(one), values))), bool(told(outside(literal(one), values)))
        assert said == (one in values, one not in values)
        assert told(cases(literal(one), outcomes, "9")) == (1 if one in outcomes else 9)


# the books, on SQLite and on PostgreSQL


@pytest.fixture(params=["sqlite", "postgres"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Books of either kind, with one accepted delivery of students."""
    url = request.getfixturevalue("database") if request.param == "postgres" else None
    engine = open_books(Lake(tmp_path / "home"), url)
    record_delivery(engine, ONE)
    yield engine
    engine.dispose()


ONE = Delivery(
    id=delivery_id("students", COUNTY, D, "a" * 64),
    feed="students",
    county=COUNTY,
    as_of=D,
    source="file",
    files=(),
    sha256="a" * 64,
    bytes=1,
    accounting=None,
    received_at=NOW,
)


def settings_with(books: Engine, **beside: Any) -> Any:
    return SimpleNamespace(home=SimpleNamespace(books=books), known_at=None, jobs=1, **beside)


def some(*values: str) -> tuple[tuple[str, ...], ...]:
    """None, one, and very many values, the given ones among them."""
    return (), values[:1], (*values, *(f"no such thing {n}" for n in range(MANY)))


def test_lots_have_every_value_once() -> None:
    for values in some("b", "a"):
        lots = list(lots_of([*values, *values]))
        assert sorted(values) == [value for lot in lots for value in lot]
        assert all(0 < len(lot) <= 10_000 for lot in lots)


@walks(
    "warehouse.books.deliveries.deliveries_by_id",
    "warehouse.books.deliveries.claim",
    "warehouse.books.standing.erase_deliveries",
    "pipelines.recording.standings.finding_rows",
    "pipelines.recording.standings._answer_rows",
    "pipelines.recording.events._standing",
)
def test_deliveries_and_findings_are_asked_for_by_any_number_of_ids(books: Engine) -> None:
    for ids in some(ONE.id):
        assert set(deliveries_by_id(books, ids)) == {ONE.id} & set(ids)
        with books.begin() as connection:
            assert finding_rows(connection, ids) == _standing(connection, ids) == {}
            assert known_answers(connection, ids) == set()
            claim(connection, ids, f"run of {len(ids)}")
    with books.begin() as connection:
        for reasons in ({}, {ONE.id: "过期"}):
            erase_deliveries(connection, reasons, NOW + timedelta(days=1))
    (after,) = list_deliveries(books)
    assert (after.taken_by, after.status) == ("run of 1", "erased")


@walks(
    "warehouse.books.deliveries.deliveries_of_day",
    "warehouse.books.deliveries.in_force_by_county",
    "warehouse.books.deliveries.position_of",
)
def test_feeds_that_are_asked_about_may_be_none_one_or_all(books: Engine) -> None:
    for feeds in ((), ("students",), FEED_NAMES):
        there = "students" in feeds
        with books.connect() as connection:
            assert [d.id for d in deliveries_of_day(connection, COUNTY, D, feeds)] == [ONE.id] * there
        assert set(in_force_by_county(books, feeds)) == ({COUNTY} if there else set())
        assert position_of(books, COUNTY, feeds, D) == 0


@walks("warehouse.books.deliveries.once_accepted", "pipelines.night.halves.told_rows")
def test_deliveries_that_are_told_of_may_be_none_one_or_many(books: Engine) -> None:
    (one,) = list_deliveries(books)
    many = [one, *(replace(one, id=f"{n}", status="rejected") for n in range(20_001))]
    for known in ([], [one], many):
        assert once_accepted(books, known) == known[:1]
        assert len(told_rows(settings_with(books), known[:3])) == len(known[:3])


@walks("pipelines.night.batches._staged_rows", "pipelines.night.reports._deliveries_of")
def test_counties_may_be_none_one_or_all_there_are(books: Engine) -> None:
    counties = tuple(str(110_000 + n) for n in range(3_000))
    engine = SimpleNamespace(name="duckdb")
    for asked in ((), counties[:1], counties):
        batches = batches_of(settings_with(books, engine=engine), asked)
        assert [county for batch in batches for county in batch] == list(asked)
    strays: list[Delivery] = []
    for number, county in enumerate(("", *counties[:40])):
        if county:
            one = replace(ONE, id=f"students_{county}", county=county, sha256=f"{number:064x}")
            record_delivery(books, one, rejected=["没有这个县"])
            strays.append(one)
        if number in (0, 1, 40):
            assert [d.id for d in strays_of(settings_with(books), [None])] == [d.id for d in strays]


@walks("pipelines.reading_out.ledgers.find_finding")
def test_an_actor_may_see_all_counties_one_or_many(books: Engine) -> None:
    for counties in ((), (COUNTY,), (COUNTY, "520102", "522622")):
        actor = SimpleNamespace(scope=Scope(counties=counties))
        with pytest.raises(UnknownError):
            find_finding(settings_with(books, actor=actor), "0a")


@walks("warehouse.books.sendings.lift_brakes", "pipelines.recording.sending.has_undispatched")
def test_rules_that_are_braked_may_be_none_one_or_all(books: Engine) -> None:
    night = Run("one", COUNTY, D, {}, [], "code", replay=False, started_at=NOW)
    begin_run(books, night)
    with books.begin() as connection:
        note_brakes(connection, night.id, [Braked(code, Why.MORE_THAN_USUAL, 60, 0) for code in CODES])
    for lifted, left in (((), CODES), (CODES[:1], CODES[1:]), (CODES, ())):
        with books.begin() as connection:
            lift_brakes(connection, night.id, lifted)
        assert {braked.rule for braked in brakes_of(books, night.id)} == set(left)
        assert not has_undispatched(books, cast(Lake, None), night)


@walks("pipelines.recording.review._stale_proof")
def test_what_cleared_a_finding_may_be_no_delivery_one_or_many(books: Engine) -> None:
    found = {"rule": "CV03"}
    with books.connect() as connection:
        for by, stale in (("", 1), (ONE.id, 0), (f"{ONE.id}、x、y", 0)):
            proof = _stale_proof(connection, found | {"cleared_by": by}, "education", date(2026, 1, 1), D)
            assert len(proof) == stale


@walks("warehouse.current.CurrentFeed.sql")
@pytest.mark.parametrize("count", [1, 2, 300])
def test_current_rows_lie_in_one_file_or_in_many(tmp_path: Path, count: int) -> None:
    path = tmp_path / "rows.parquet"
    duckdb.sql("SELECT '2026-05' AS month").write_parquet(str(path))
    parts = tuple(Part(str(n), D, path, path, None if n % 2 else (("2026-05",),) * (n % 4)) for n in range(count))
    expected = sum(part.periods is None or bool(part.periods) for part in parts)
    current = CurrentFeed(FEEDS_BY_NAME["low_income_payments"], D, parts)
    assert duckdb.sql(f"SELECT count(*) FROM ({current.sql()})").fetchall() == [(expected,)]


@walks("expectations.masks.Case.sql_fits")
@pytest.mark.parametrize("bounds", [{}, {"shortest": 2}, {"shortest": 2, "longest": 3}])
def test_a_mask_may_ask_for_nothing_one_thing_or_several(bounds: dict[str, int]) -> None:
    case = MaskCase(first=0, stars=2, last=0, **bounds)
    assert [duckdb.sql(f"SELECT {case.sql_fits(literal(t))}").fetchall()[0][0] for t in ("a", "ab", "abcd")] == [
        bounds.get("shortest", 0) <= len(t) <= bounds.get("longest", 9) for t in ("a", "ab", "abcd")
    ]


@walks("pipelines.staging.repeats.find_duplicates")
def test_a_key_has_no_identity_number_or_some(tmp_path: Path) -> None:
    numbers = {sum(feed[name].is_identity_number for name in feed.key) for feed in FEEDS}
    assert numbers >= {0, 1}
    for feed in FEEDS:
        path = tmp_path / f"{feed.name}.parquet"
        names = [name for c in feed.columns for name in (c.name, c.beside) if name]
        duckdb.from_arrow(pa.Table.from_pylist([dict.fromkeys(names, "x")] * 2)).write_parquet(str(path))
        assert len(find_duplicates(path, feed).repeated) == 1


@walks("pipelines.recording.unchecked.unchecked")
@pytest.mark.parametrize("codes", [(), CODES[:1], CODES])
def test_findings_that_are_gone_may_be_of_no_rule_of_one_or_of_all(codes: Sequence[str]) -> None:
    columns = ("finding_id", "subject_key", "period", "actual", "evidence")
    keys = ("household_no", "certificate_no", "person_id", "case_no")
    rows = [{"rule": code, **dict.fromkeys((*columns, *keys)), "finding_id": code, "evidence": "[]"} for code in codes]
    schema = pa.schema({name: pa.string() for name in ("rule", *columns, *keys)})
    nothing = Refusals(REFUSED.empty_table(), TOUCHED.to_pyarrow().empty_table(), {})
    assert len(unchecked(pa.Table.from_pylist(rows, schema), nothing, RULES)) == 0


@walks(
    "pipelines.reconciling.collecting.collect",
    "pipelines.reconciling.doubting._mark",
    "pipelines.recording.unchecked._there",
    "expectations.terms.refusals.touched",
)
@pytest.mark.parametrize("codes", [(), ("TL01",), ("CV03",), CODES])
def test_rules_that_find_something_beside_refused_rows_may_be_none_one_or_all(
    tmp_path: Path, codes: tuple[str, ...]
) -> None:
    given = world(fillers=False, **FEED_ROWS)
    every = reduce(lambda refused, feed: with_refused(refused, feed, {}), FEED_ROWS, given)
    for n, refused in enumerate((given, with_refused(given, "students", {"name": "张一"}), every)):
        done = run(refused, tmp_path / str(n), codes)
        assert {one.rule for one in done.rule_runs} == set(codes)
        assert set(done.findings["rule"].to_pylist()) <= set(codes)
        if done.refusals is not None:
            assert set(unchecked(done.findings, done.refusals, RULES)["finding_id"].to_pylist()) <= set(
                done.findings["finding_id"].to_pylist()
            )


@walks(
    "expectations.rules.identity.identity_number_is_valid",
    "expectations.rules.identity._names",
    "expectations.rules.identity.number_has_one_name",
)
@pytest.mark.parametrize("there", [(), ("students",), ("register_members", "register_households"), tuple(FEED_ROWS)])
def test_numbers_are_looked_for_in_no_feed_in_one_and_in_all(tmp_path: Path, there: tuple[str, ...]) -> None:
    rows = {feed: FEED_ROWS[feed] for feed in there}
    given = world(absent=[feed for feed in FEED_ROWS if feed not in there], fillers=False, **rows)
    said = {one.rule: str(one.status) for one in run(given, tmp_path, ("ID01", "ID02")).rule_runs}
    assert said["ID01"] == ("evaluated" if there else "not_evaluated")


@walks("expectations.rules.coverage.insurance._subsidy_classes")
@pytest.mark.parametrize("paid", [(), CLASSES[2:3], CLASSES])
def test_premiums_are_due_to_no_class_to_one_and_to_all(tmp_path: Path, paid: tuple[str, ...]) -> None:
    given = world(
        register_households=[open_household()],
        register_members=FEED_ROWS["register_members"][:1],
        insurance_enrolments=[enrolment(pid(1), subsidy_amount=0)],
        policy={f"insurance.subsidy.{name}": 100 if name in paid else 0 for name in CLASSES},
    )
    assert len(run(given, tmp_path, ("CV02",)).findings) == bool(paid)


@walks("expectations.terms.guarantees.Guarantees.is_dangerous")
def test_grades_are_one_or_several_and_a_policy_with_none_is_refused(tmp_path: Path) -> None:
    parameter = parameter_of("housing.grades_to_renovate")
    assert parameter is not None
    with pytest.raises(ValueRefusedError):
        parameter.kind.read([])
    for grades in (["D"], ["C", "D"]):
        given = world(
            register_households=[open_household()],
            register_members=FEED_ROWS["register_members"][:1],
            housing_renovations=[housing_case("X", pid(1), grade="C", method="新建")],
            policy={"housing.grades_to_renovate": grades},
        )
        assert len(run(given, tmp_path / str(len(grades)), ("CV05",)).findings) == (len(grades) == 2)


@walks("expectations.terms.tallies.Tallies.tallies")
@pytest.mark.parametrize(("there", "found"), [((), 0), (("housing_renovations",), 1), (tuple(FEED_ROWS), 2)])
def test_rows_are_counted_of_no_book_of_one_and_of_all(tmp_path: Path, there: tuple[str, ...], found: int) -> None:
    rows = {feed: FEED_ROWS[feed] for feed in there}
    totals = [reported(reported=MANY), reported("危改竣工", reported=MANY)]
    given = world(absent=[f for f in FEED_ROWS if f not in there], fillers=False, **rows, reported_totals=totals)
    assert len(run(given, tmp_path, ("AG01",)).findings) == found


@walks("warehouse.books.heads.note_audit_head")
@pytest.mark.parametrize("count", [0, 1, 300])
def test_heads_that_the_log_lacks_are_none_one_or_many(tmp_path: Path, books: Engine, count: int) -> None:
    lost = [f"{n:064x}" for n in range(count)]
    write_text(Lake(tmp_path).audit_head, "".join(f'{{"audit": "{digest}"}}\n' for digest in lost))
    note_audit_head(books, Lake(tmp_path))
    assert noted_heads(Lake(tmp_path))["audit"] >= set(lost)


@walks("warehouse.loading.history._whole")
def test_a_history_is_of_no_delivery_of_one_and_of_several() -> None:
    """By nights, beside this module."""
    shown = Path(__file__).with_name("test_history.py").read_text(encoding="utf-8")
    assert "def test_what_is_withdrawn_altogether_is_valid_no_more(" in shown
