"""Digests of evidence tell nobody what a dictionary knows, and those of an earlier release keep what they silenced."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from recording.county import COUNTY, FIRST, SmallCounty
from sqlalchemy import select, update

from pipelines.reading_out.explaining import explain_finding
from pipelines.reading_out.life import show_life
from pipelines.recording.answers import answer_digest
from pipelines.recording.verify import verify_ledger
from warehouse.books.deliveries import list_deliveries
from warehouse.books.keyed import keys_of
from warehouse.books.schema import answers, findings
from warehouse.books.standing import erase_deliveries
from warehouse.digests import KEYED, keyed
from warehouse.keys import Use

PLAIN = hashlib.sha256(b"a").hexdigest()
MONDAY = date(2026, 7, 6)


@pytest.fixture
def county(tmp_path: Path) -> SmallCounty:
    """A county whose civil affairs office has two findings of TL02, one of which it refuted."""
    made = SmallCounty(tmp_path / "home")
    made.night(FIRST, {("TL02", "H1"): "a", ("TL02", "H2"): "a"})
    made.send({"H2": {"核实结果": "不属实", "核实说明": "已入户核对", "佐证材料": "入户表3号"}}, MONDAY)
    return made


def test_no_digest_of_evidence_is_one_that_can_be_guessed(county: SmallCounty) -> None:
    row = county.row("TL02", "H2")
    kept = [row["evidence_digest"], row["silenced_digest"], *(e["evidence_digest"] for e in county.events())]
    kept += pq.read_table(county.settings.home.lake.ledger(county.runs[-1].id))["evidence_digest"].to_pylist()
    assert len(kept) > 5
    assert {digest[:2] for digest in kept if digest} == {KEYED}
    assert PLAIN not in kept
    assert {len(digest) for digest in kept if digest} == {64}


def test_no_digest_of_an_answer_is_one_that_can_be_guessed_and_an_older_one_is_the_same_answer(
    county: SmallCounty,
) -> None:
    books = county.settings.home.books
    with books.begin() as connection:
        (row,) = connection.execute(select(answers)).all()
        key = keys_of(connection).of(Use.DIGEST)
        assert row.digest == answer_digest(key, row.finding_id, row.batch, row.said)
        assert row.digest.startswith(KEYED)
        content = json.dumps([row.finding_id, row.batch, sorted(row.said.items())], ensure_ascii=False)
        plain = hashlib.sha256(content.encode()).hexdigest()
        assert keyed(keys_of(connection).finding, pa.chunked_array([[plain]])).to_pylist() == [row.digest]
        connection.execute(update(answers).values(digest=plain))  # as an earlier release kept it
    assert verify_ledger(books, COUNTY).altered == ()
    taken = county.send({"H1": dict(row.said), "H2": dict(row.said)}, date(2026, 7, 7))
    assert [one["outcome"] for one in taken.receipt.rows if one["outcome"] != "blank"] == ["applied", "repeated"]


def test_a_key_of_another_home_gives_other_digests_and_keying_twice_is_keying_once() -> None:
    plain = pa.chunked_array([[PLAIN, None]])
    one, other = keyed(b"one", plain), keyed(b"other", plain)
    assert one.to_pylist() != other.to_pylist()
    assert keyed(b"other", one) == one
    assert one.to_pylist()[1] is None


def test_what_an_earlier_release_silenced_stays_silent_until_its_evidence_changes(county: SmallCounty) -> None:
    with county.settings.home.books.begin() as connection:
        connection.execute(update(findings).values(evidence_digest=PLAIN))
        connection.execute(update(findings).where(findings.c.state == "不属实").values(silenced_digest=PLAIN))
    county.night(date(2026, 7, 7), {("TL02", "H1"): "a", ("TL02", "H2"): "a"})
    assert county.state("TL02", "H2") == "不属实"
    assert county.row("TL02", "H2")["evidence_digest"].startswith(KEYED)
    county.night(date(2026, 7, 8), {("TL02", "H1"): "a", ("TL02", "H2"): "b"})
    assert "重开" in [event["to_state"] for event in county.events("TL02", "H2")]


def test_who_answered_is_in_no_event_and_is_erased_with_the_answers_text(county: SmallCounty) -> None:
    settings, name = county.settings, "欧阳某某"
    county.send(
        {"H1": {"核实结果": "不属实", "核实说明": "已核", "佐证材料": "表4号", "责任人": name}}, date(2026, 7, 7)
    )
    digits = str(county.row("TL02", "H1")["finding_id"])
    clear = replace(settings, actor=replace(settings.actor, purpose="核实"))

    def told() -> list[str]:
        lives = (show_life(settings, digits), show_life(clear, digits, unmask=True))
        explained = (explain_finding(settings, digits), explain_finding(clear, digits, unmask=True))
        return [life["events"][-1]["who"] for life in lives] + [one["history"][-1]["who"] for one in explained]

    assert told() == ["民政局", name, "民政局", name]
    (delivery,) = (d for d in list_deliveries(settings.home.books) if d.as_of == date(2026, 7, 7))
    with settings.home.books.begin() as connection:
        erase_deliveries(connection, {delivery.id: "到期"}, county.clock)
    assert told() == ["民政局"] * 4
    assert verify_ledger(settings.home.books, COUNTY).is_whole
    settings.home.books.dispose()
    kept = b"".join(path.read_bytes() for path in settings.home.lake.home.glob("books.sqlite*"))
    assert name.encode() not in kept
    assert json.dumps(name)[1:-1].encode() not in kept
