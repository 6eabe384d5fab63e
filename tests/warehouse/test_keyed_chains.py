"""Chains with a key: cut tails, an emptied log, a rewrite with digests recomputed, a ledger deleted beside its runs."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from databases import new_database
from recording.county import COUNTY, FIRST, SmallCounty
from sqlalchemy import Connection, Engine, create_engine, select, text, update

from pipelines.reading_out.chains import verify_ledgers, verify_log
from pipelines.recording.verify import verify_ledger
from warehouse.books import audit as audit_module
from warehouse.books.append_only import LOGS, unguard_statements
from warehouse.books.audit import append_audit, verify_audit
from warehouse.books.beginning import KeyLostError
from warehouse.books.chain import CHAINED, digest_of, plain_digest_of
from warehouse.books.connection import open_books, postgres_engine
from warehouse.books.datasets import (
    DIGESTS,
    Dataset,
    DatasetChangedError,
    kept_until_recorded,
    ledger_of,
    recorded,
)
from warehouse.books.heads import heads_of, note_heads
from warehouse.books.schema import audit, finding_events, journal, runs
from warehouse.digests import KEYED
from warehouse.keys import FROM_ENVIRONMENT
from warehouse.lake import Lake, sha256_file, write_text
from warehouse.migrations.apply import downgrade
from warehouse.migrations.refusing import DowngradeRefused

AT = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def one_database(server: Callable[[str], str]) -> Iterator[str]:
    with new_database(server("postgres")) as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SmallCounty:
    """Two nights, an answer, deliveries, two reads that were logged; heads noted between."""
    made = SmallCounty(tmp_path_factory.mktemp("county"))
    if request.param == "postgres":
        made.use(request.getfixturevalue("one_database"))
    made.deliver("students", FIRST)
    made.night(FIRST, {("TL02", "H1"): "a", ("TL02", "H2"): "a"})
    made.send({"H1": {"核实结果": "不属实", "核实说明": "已核", "佐证材料": "有", "责任人": "王"}}, date(2026, 7, 2))
    read(made, 1)
    note_heads(made.settings.home.books, made.settings.home.lake)
    made.deliver("students", date(2026, 7, 31))
    made.night(date(2026, 7, 31), {("TL02", "H1"): "a"})
    read(made, 2)
    return made


def read(county: SmallCounty, rows: int) -> None:
    books = county.settings.home.books
    append_audit(books, at=AT, who="甲", what="findings", purpose="核实", asked={}, rows=rows, sha256="0" * 64)


@pytest.fixture
def attack(county: SmallCounty) -> Iterator[Callable[..., None]]:
    """Run statements as somebody who can write to the database, keys and triggers aside; then all is as before."""
    books = county.settings.home.books
    with books.connect() as connection:
        kept = {table: [dict(r._mapping) for r in connection.execute(table.select())] for table in TABLES}
    is_sqlite = books.dialect.name == "sqlite"
    stranger = (
        create_engine(books.url) if is_sqlite else postgres_engine(str(county.settings.home.database_url), "books")
    )

    def run(*statements: Any) -> None:
        with stranger.begin() as connection:
            if not is_sqlite:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            for log in LOGS if is_sqlite else ():
                for statement in unguard_statements(log, "sqlite"):
                    connection.exec_driver_sql(statement)
            for statement in statements:
                connection.execute(text(statement) if isinstance(statement, str) else statement)

    yield run
    run(*(table.delete() for table in reversed(TABLES)))
    run(*(table.insert().values(rows) for table, rows in kept.items() if rows))
    stranger.dispose()


TABLES = [
    finding_events.metadata.tables[name]
    for name in ("deliveries", "delivery_events", "runs", "rule_runs", "findings", "finding_events", "journal", "audit")
]


def found(county: SmallCounty) -> bool:
    checks, _ = verify_ledgers(county.settings)
    return not all(check.is_whole for check in checks)


def test_what_nobody_touched_is_whole(county: SmallCounty) -> None:
    assert not found(county)
    assert verify_log(county.settings).is_whole
    heads = heads_of(county.settings.home.books)
    assert set(heads) == {COUNTY, "audit"}
    checks, missing = verify_ledgers(county.settings, [heads[COUNTY], "ab" * 32])
    assert (missing, [check.lost for check in checks]) == (["ab" * 32], [()])


@pytest.mark.parametrize(
    "statements",
    [
        ("DELETE FROM finding_events WHERE seq = (SELECT max(seq) FROM finding_events)",),
        ("DELETE FROM finding_events",),
        ("DELETE FROM finding_events", "DELETE FROM findings"),
        ("DELETE FROM finding_events", "DELETE FROM findings", "DELETE FROM journal"),
        ("DELETE FROM journal WHERE seq > 3", "DELETE FROM finding_events WHERE seq > 4"),
        ("DELETE FROM journal",),
        ("UPDATE findings SET state = '销号'",),
        ("UPDATE findings SET due_on = '2036-01-01'",),
        ("UPDATE findings SET batch = 'none'",),
        ("UPDATE findings SET silenced_digest = 'none'",),
        ("UPDATE finding_events SET why = '改过' WHERE seq = 1",),
        ("UPDATE finding_events SET due_on = '2036-01-01'", "UPDATE findings SET due_on = '2036-01-01'"),
        ("UPDATE runs SET as_of = '2026-07-15'",),
        ("DELETE FROM rule_runs", "DELETE FROM runs"),
        ("UPDATE rule_runs SET status = 'not_evaluated' WHERE rule = 'TL02'",),
        ("DELETE FROM rule_runs WHERE rule = 'CV01'",),
        ("UPDATE runs SET ledger_digest = NULL",),
        ("UPDATE deliveries SET sha256 = 'another'",),
        ("UPDATE delivery_events SET kind = 'withdrawn'",),
        ("DELETE FROM delivery_events",),
        ("UPDATE delivery_events SET at = '2026-01-01 00:00:00'",),
    ],
    ids="; ".join,
)
def test_an_attack_on_the_books_is_found(
    county: SmallCounty, attack: Callable[..., None], statements: tuple[str, ...]
) -> None:
    attack(*statements)
    assert found(county)


def test_a_ledger_written_anew_with_its_digests_is_found(county: SmallCounty, attack: Callable[..., None]) -> None:
    """As the release before chained it: anybody could."""
    attack()
    previous = "0" * 64
    with county.settings.home.books.connect() as connection:
        rows = [dict(r._mapping) for r in connection.execute(select(finding_events).order_by(finding_events.c.seq))]
    for row in rows:
        row |= {"who": "别人", "previous": previous}
        values = [previous, *(None if row[name] is None else str(row[name]) for name in CHAINED)]
        previous = row["digest"] = hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()
        attack(update(finding_events).where(finding_events.c.seq == row["seq"]).values(**row))
    attack("DELETE FROM journal")
    assert verify_ledger(county.settings.home.books, COUNTY).broken


def test_everything_emptied_at_once_is_found_by_what_was_noted(
    county: SmallCounty, attack: Callable[..., None]
) -> None:
    head = heads_of(county.settings.home.books)[COUNTY]
    attack(*(f"DELETE FROM {table.name}" for table in reversed(TABLES)))
    checks, missing = verify_ledgers(county.settings, [head])
    assert missing == [head]
    assert [check.county for check in checks if check.lost] == [COUNTY]


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM audit", "DELETE FROM audit WHERE seq = 2", "UPDATE audit SET who = '乙' WHERE seq = 2"],
)
def test_an_attack_on_the_audit_log_is_found(county: SmallCounty, attack: Callable[..., None], statement: str) -> None:
    head = heads_of(county.settings.home.books)["audit"]
    attack(statement)
    assert not verify_log(county.settings, [head]).is_whole
    if statement == "DELETE FROM audit":
        assert not verify_log(county.settings).is_whole  # by what publishing noted


def test_an_audit_log_written_anew_with_its_digests_is_found(county: SmallCounty, attack: Callable[..., None]) -> None:
    previous = audit_module.FIRST
    with county.settings.home.books.connect() as connection:
        rows = [dict(r._mapping) for r in connection.execute(select(audit).order_by(audit.c.seq))]
    for row in rows:
        row |= {"who": "别人", "previous": previous}
        previous = row["digest"] = audit_module._plain(row)
        attack(update(audit).where(audit.c.seq == row["seq"]).values(**row))
    assert verify_audit(county.settings.home.books).broken == (1, 2)


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)


def rewritten(path: Path) -> None:
    """As whoever can write Parquet does: a table like it, without its last row."""
    table = pq.read_table(path)
    pq.write_table(table.slice(0, table.num_rows - 1), path)


@pytest.mark.parametrize("dataset", Dataset)
@pytest.mark.parametrize("change", [flipped, rewritten, Path.unlink])
def test_what_a_run_wrote_and_somebody_changed_is_found_and_read_by_nobody(
    county: SmallCounty, attack: Callable[..., None], dataset: Dataset, change: Callable[[Path], None]
) -> None:
    home, run = county.settings.home, county.runs[-1].id
    path = home.lake.home / "lake" / dataset.value / f"{run}.parquet"
    assert recorded(home.books, home.lake, run, dataset) == path
    kept = path.read_bytes()
    try:
        change(path)
        checks, _ = verify_ledgers(county.settings)
        assert [check.unvouched for check in checks] == [(f"{dataset} of {run}",)]
        # whoever writes to the books too has not their key
        digest = sha256_file(path) if path.exists() else "0" * 64
        for statement in ("SELECT 1", f"UPDATE runs SET {dataset}_digest = '{digest}' WHERE id = '{run}'"):
            attack(statement)
            with pytest.raises(DatasetChangedError, match=f"lake/{dataset}/{run}.parquet is not what the run wrote"):
                recorded(home.books, home.lake, run, dataset)
    finally:
        path.write_bytes(kept)


def test_a_sending_that_was_killed_leaves_the_ledger_that_is_recorded(county: SmallCounty) -> None:
    home, run = county.settings.home, county.runs[-1].id
    path = home.lake.ledger(run)
    kept = path.read_bytes()

    def begun() -> None:
        with kept_until_recorded(home.books, home.lake, run):
            write_text(path, "of a transaction that never ended")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begun()
    assert ledger_of(home.books, home.lake, run).read_bytes() == kept
    assert not found(county)
    with kept_until_recorded(home.books, home.lake, run):
        path.write_bytes(kept)
    assert ledger_of(home.books, home.lake, run) == path
    assert not home.lake.ledger_aside(run).exists()


@pytest.fixture
def answered(tmp_path: Path) -> SmallCounty:
    """A night, an answer whose events name who gave it, as the last release had it, and a read that was logged."""
    county = SmallCounty(tmp_path / "home")
    county.deliver("students", FIRST)
    county.night(FIRST, {("TL02", "H1"): "a"})
    county.send({"H1": REFUTED | {"责任人": "王 某某"}}, date(2026, 7, 2))
    read(county, 1)
    return county


REFUTED = {"核实结果": "不属实", "核实说明": "已核", "佐证材料": "有"}
Digest = Callable[[Connection, dict[str, Any], str], str]


def names_again(connection: Connection, digest: Digest) -> None:
    """Chain the events anew, each naming who answered."""
    previous = "0" * 64
    for log in LOGS:
        for statement in unguard_statements(log, "sqlite"):
            connection.execute(text(statement))
    for row in connection.execute(select(finding_events).order_by(finding_events.c.seq)).all():
        event = dict(row._mapping) | {"previous": previous}
        event |= {"who": "王 某某"} if row.answer else {}
        event["digest"] = previous = digest(connection, event, previous)
        connection.execute(update(finding_events).where(finding_events.c.seq == row.seq).values(**event))


@pytest.fixture
def old_books(answered: SmallCounty) -> Lake:
    """Books of the last release: its chains had no key."""
    books = answered.settings.home.books
    with books.begin() as connection:
        names_again(connection, lambda _, event, previous: plain_digest_of(event, previous))
        for row in connection.execute(select(audit)).all():
            connection.execute(update(audit).values(digest=audit_module._plain(dict(row._mapping))))
        for statement in (
            *("DROP TABLE journal", "DROP TABLE key_fingerprints", "UPDATE alembic_version SET version_num = '0008'"),
            *(f"ALTER TABLE finding_events DROP COLUMN {name}" for name in ("batch", "due_on", "silenced_digest")),
            "ALTER TABLE deliveries DROP COLUMN dataset_sha256",
            "ALTER TABLE deliveries DROP COLUMN labels",
            *(f"ALTER TABLE runs DROP COLUMN {name}" for name in DIGESTS),
        ):
            connection.execute(text(statement))
    books.dispose()
    return answered.settings.home.lake


def who_is_told(books: Engine) -> set[str]:
    with books.connect() as connection:
        return set(connection.execute(select(finding_events.c.who)).scalars())


def test_no_event_of_an_earlier_release_names_who_answered_and_the_chain_holds(old_books: Lake) -> None:
    books = open_books(old_books)
    assert verify_ledger(books, COUNTY).is_whole
    assert {who[:2] for who in who_is_told(books)} == {"li", KEYED}
    with books.begin() as connection:
        for statement in unguard_statements("finding_events", "sqlite"):
            connection.execute(text(statement))
        connection.execute(text("UPDATE finding_events SET why = '改过' WHERE answer IS NOT NULL"))
    assert verify_ledger(books, COUNTY).broken


def test_no_event_of_a_keyed_chain_names_who_answered_once_it_is_resealed(answered: SmallCounty) -> None:
    books = answered.settings.home.books
    with books.begin() as connection:
        names_again(connection, digest_of)
        connection.execute(text("UPDATE finding_events SET why = '改过' WHERE answer IS NULL AND seq = 1"))
        for name in ("deliveries DROP COLUMN labels", *(f"runs DROP COLUMN {name}" for name in DIGESTS)):
            connection.execute(text(f"ALTER TABLE {name}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0010'"))
    books.dispose()
    books = open_books(answered.settings.home.lake)
    assert {who[:2] for who in who_is_told(books)} == {"li", KEYED}
    assert verify_ledger(books, COUNTY).broken == (1,), "what had been altered before is not sealed as if it had not"
    with books.connect() as connection:
        assert "resealed" in connection.execute(select(journal.c.kind)).scalars().all()
    with pytest.raises(DowngradeRefused, match=r"1 rows of finding_events\.who"):
        downgrade(books, "books", "0010")


def test_a_chain_without_a_key_is_sealed_and_goes_on_with_one(old_books: Lake) -> None:
    books = open_books(old_books)
    assert verify_ledger(books, COUNTY).is_whole
    assert verify_audit(books).is_whole
    assert verify_audit(books).entries == 2
    append_audit(books, at=AT, who="甲", what="findings", purpose="核实", asked={}, rows=2, sha256="0" * 64)
    assert verify_audit(books).is_whole
    with books.connect() as connection:
        kinds = connection.execute(select(journal.c.kind).order_by(journal.c.seq)).scalars().all()
        told = connection.execute(select(runs.c.findings_digest, runs.c.ledger_digest, runs.c.before_digest)).one()
    assert None not in told, "what the run wrote is known from here on"
    assert kinds == ["sealed", "delivery", "delivery", "run"]


def test_what_was_sealed_is_not_written_anew_by_the_rules_of_then(old_books: Lake) -> None:
    books = open_books(old_books)
    with books.begin() as connection:
        for statement in unguard_statements("finding_events", "sqlite"):
            connection.execute(text(statement))
        (row, *_) = connection.execute(select(finding_events).order_by(finding_events.c.seq.desc())).all()
        event = dict(row._mapping) | {"who": "别人"}
        values = [event["previous"], *(None if event[name] is None else str(event[name]) for name in CHAINED)]
        digest = hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()
        connection.execute(
            update(finding_events).where(finding_events.c.seq == row.seq).values(who="别人", digest=digest)
        )
    assert verify_ledger(books, COUNTY).broken


def reopened(lake: Lake) -> Engine:
    return open_books(lake)


def test_a_lost_or_changed_key_stops_everything_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FROM_ENVIRONMENT, raising=False)
    county = SmallCounty(tmp_path / "home")
    county.deliver("students", FIRST)
    county.settings.home.books.dispose()
    lake = county.settings.home.lake
    kept = lake.finding_key.read_text(encoding="ascii")
    lake.finding_key.unlink()
    with pytest.raises(KeyLostError, match="is missing, though there are books"):
        reopened(lake)
    assert not lake.finding_key.exists(), "none is made"
    lake.finding_key.write_text("ab" * 32, encoding="ascii")
    with pytest.raises(KeyLostError, match="is not the one that the books were kept with"):
        reopened(lake)
    lake.finding_key.write_text(kept, encoding="ascii")
    reopened(lake).dispose()
