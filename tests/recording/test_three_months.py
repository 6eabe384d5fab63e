"""Three months of a county whose departments fix, wrongly reject and ignore: every event as it was planned."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from actors import acting
from recording.county import SmallCounty
from sqlalchemy import Engine, Update, update
from sqlalchemy.exc import IntegrityError

from expectations.errors import ValueRefusedError
from pipelines.commands.chinese import in_chinese
from pipelines.desk.ledger import review_finding
from pipelines.recording.review import ReviewRefusedError
from pipelines.recording.verify import verify_ledger
from pipelines.reporting.counts import count_overdue
from warehouse.books.append_only import guard_statements, unguard_statements
from warehouse.books.heads import heads_of
from warehouse.books.schema import answers, finding_events, findings

APRIL, MAY, JUNE, JULY = date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)
CONFIRMED = {"核实结果": "属实", "整改措施": "纳入低保", "整改时限": date(2026, 5, 25)}
FIXED = CONFIRMED | {"完成日期": date(2026, 5, 20), "佐证材料": "审批表12号", "责任人": "杨办"}
REFUTED = {"核实结果": "不属实", "核实说明": "已入户核对", "佐证材料": "入户表3号"}
LOW_INCOME = ("low_income_households", "low_income_members")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> SmallCounty:
    """H1 is put right at the source, H2 by the department, H3 is wrongly rejected, H4 ignored; P1 has no insurance."""
    made = SmallCounty(tmp_path_factory.mktemp("three"))
    proof = {}
    for month in (MAY, JUNE, JULY):
        proof[month] = "、".join(made.deliver(feed, month) for feed in LOW_INCOME)
    low = {("TL02", house): "a" for house in ("H1", "H2", "H3", "H4")}
    uninsured = {("CV01", "P1"): "a"}
    made.night(APRIL, low | uninsured, periods={"CV01": "2025"})
    made.send({"H2": FIXED, "H3": REFUTED}, date(2026, 5, 21))
    silent = {key: "a" for key in low if key[1] in ("H3", "H4")}
    made.night(MAY, silent | uninsured, proof=proof[MAY], periods={"CV01": "2026"})
    made.night(date(2026, 5, 15), low, proof=proof[MAY])  # a replay
    review_finding(acting(made.settings, "石复核"), made.row("TL02", "H2")["finding_id"], date(2026, 6, 5), None)
    spoken = {("TL02", "H3"): "b", ("TL02", "H4"): "a", ("TL02", "H1"): "a"}
    made.night(JUNE, spoken | uninsured, proof=proof[JUNE], periods={"CV01": "2026"})
    made.night(JULY, spoken | {("TL02", "H2"): "c"}, proof=proof[JULY], periods={"CV01": "2026"}, evaluated=("TL02",))
    return made


@pytest.mark.parametrize(
    ("rule", "subject", "life"),
    [
        (
            "TL02",
            "H1",
            "2026-04-30 待核实,2026-04-30 已派发,2026-05-31 数据已消除,2026-06-30 重开,2026-06-30 已派发",
        ),
        (
            "TL02",
            "H2",
            "2026-04-30 待核实,2026-04-30 已派发,2026-05-21 属实,2026-05-21 整改中,2026-05-21 已整改,2026-06-05 销号,"
            "2026-07-31 重开,2026-07-31 已派发",
        ),
        ("TL02", "H3", "2026-04-30 待核实,2026-04-30 已派发,2026-05-21 不属实,2026-06-30 重开,2026-06-30 已派发"),
        ("TL02", "H4", "2026-04-30 待核实,2026-04-30 已派发"),
        ("CV01", "P1", "2026-05-31 待核实,2026-05-31 已派发"),
    ],
)
def test_every_finding_lives_as_planned(county: SmallCounty, rule: str, subject: str, life: str) -> None:
    assert county.life(rule, subject) == life.split(",")


def test_no_event_was_written_that_was_not_planned(county: SmallCounty) -> None:
    assert len(county.events()) == 5 + 8 + 5 + 2 + 2 + 2  # the last two: P1's finding of 2025


def test_what_data_cleared_names_the_deliveries_that_prove_it(county: SmallCounty) -> None:
    (cleared,) = [e for e in county.events("TL02", "H1") if e["to_state"] == "数据已消除"]
    (closed,) = [e for e in county.events("TL02", "H2") if e["to_state"] == "销号"]
    assert cleared["delivery"] == closed["delivery"]
    assert all(f"{feed}_522601_20260531" in cleared["delivery"] for feed in LOW_INCOME)


def test_a_finding_of_an_earlier_period_is_neither_cleared_nor_confirmed(county: SmallCounty) -> None:
    row = county.row("CV01", "P1", "2025")
    assert (row["state"], row["last_seen"], row["cleared_by"]) == ("已派发", APRIL, None)
    ledger = pq.read_table(county.settings.home.lake.ledger(county.runs[-1].id)).to_pylist()
    past = {row["period"]: row["past_period"] for row in ledger if row["rule"] == "CV01"}
    assert past == {"2025": True, "2026": False}


def test_a_rule_that_was_not_evaluated_leaves_its_findings_alone(county: SmallCounty) -> None:
    row = county.row("CV01", "P1", "2026")
    assert (row["state"], row["last_seen"]) == ("已派发", JUNE)


def test_a_finding_that_comes_back_is_sent_out_anew_with_a_new_deadline(county: SmallCounty) -> None:
    row = county.row("TL02", "H2")
    assert (row["batch"], row["dispatched_on"], row["due_on"]) == ("522601-20260731-01", JULY, date(2026, 8, 7))


def test_what_is_ignored_is_overdue(county: SmallCounty) -> None:
    ledger = pq.read_table(county.settings.home.lake.ledger(county.runs[1].id))
    # five working days after 30 April: 6, 7, 8, the Saturday that was worked, and 11 May
    (late,) = [row for row in count_overdue(ledger, MAY) if row["owner"] == "civil_affairs"]
    assert (late["findings"], late["deadline"], late["oldest"]) == (
        1,
        "verify",
        "2026-05-11",
    )  # Saturday 9 May was worked


def test_the_replay_wrote_its_own_folder_and_no_event(county: SmallCounty) -> None:
    assert not [event for event in county.events() if event["on"] == date(2026, 5, 15)]
    assert "20260515" not in " ".join(run.id for run in county.runs)


def test_the_chain_is_whole(county: SmallCounty) -> None:
    check = verify_ledger(county.settings.home.books, "522601")
    assert check.is_whole
    assert check.events == len(county.events())
    assert check.head == heads_of(county.settings.home.books)["522601"]


@pytest.mark.parametrize(
    "change",
    [
        {"why": "另一个理由"},
        {"on": date(2026, 5, 22)},
        {"who": "别人"},
        {"to_state": "不属实"},
        {"delivery": None},
        {"answer": "0" * 64},
        {"digest": "0" * 64},
        {"previous": "0" * 64},
    ],
)
def test_an_altered_event_is_found(county: SmallCounty, change: dict[str, object]) -> None:
    books = county.settings.home.books
    event = next(e for e in county.events() if e["to_state"] == "整改中")
    where = finding_events.c.seq == event["seq"]
    with pytest.raises(IntegrityError, match="append-only"), books.begin() as connection:
        connection.execute(update(finding_events).where(where).values(change))
    _alter(books, update(finding_events).where(where).values(change))
    try:
        check = verify_ledger(books, "522601")
    finally:
        _alter(books, update(finding_events).where(where).values({name: event[name] for name in change}))
    assert check.broken[0] == event["seq"]
    assert verify_ledger(books, "522601").is_whole


def _alter(books: Engine, statement: Update) -> None:
    """What only somebody can do who may change the books' tables: take the guard away, and put it back."""
    with books.begin() as connection:
        for guard in unguard_statements("finding_events", connection.dialect.name):
            connection.exec_driver_sql(guard)
        connection.execute(statement)
        for guard in guard_statements("finding_events", connection.dialect.name):
            connection.exec_driver_sql(guard)


def test_an_altered_state_and_an_altered_answer_are_found(county: SmallCounty) -> None:
    books = county.settings.home.books
    row = county.row("TL02", "H4")
    with books.begin() as connection:
        connection.execute(update(findings).where(findings.c.finding_id == row["finding_id"]).values(state="销号"))
    assert verify_ledger(books, "522601").astray == (row["finding_id"],)
    with books.begin() as connection:
        connection.execute(update(findings).where(findings.c.finding_id == row["finding_id"]).values(state="已派发"))
        (answer,) = [a for a in connection.execute(answers.select()) if a.said["核实结果"] == "不属实"]
        forged = update(answers).where(answers.c.digest == answer.digest)
        connection.execute(forged.values(said={**answer.said, "核实说明": "没有去过"}))
    assert verify_ledger(books, "522601").altered == (answer.digest,)
    with books.begin() as connection:
        connection.execute(forged.values(said=None))  # erased on schedule: a tombstone, and the chain still holds
    assert verify_ledger(books, "522601").is_whole
    with books.begin() as connection:
        connection.execute(forged.values(said=answer.said))


@pytest.fixture
def rectified(tmp_path: Path) -> SmallCounty:
    """H2 was put right on 20 May, and no night has looked since."""
    made = SmallCounty(tmp_path)
    made.night(APRIL, {("TL02", "H2"): "a"})
    made.send({"H2": FIXED}, date(2026, 5, 21))
    return made


def review(county: SmallCounty, reviewer: str = "石复核", on: date = JUNE, why: str | None = None) -> str:
    """What speaks against closing H2; the state that it has then."""
    try:
        review_finding(acting(county.settings, reviewer), county.row("TL02", "H2")["finding_id"], on, why)
    except ReviewRefusedError as error:
        return error.told_in_chinese(in_chinese)
    return county.state("TL02", "H2")


def test_nothing_is_closed_before_a_night_has_looked(rectified: SmallCounty) -> None:
    assert "还没有比对过" in review(rectified)


def test_nothing_is_closed_that_the_data_still_show(rectified: SmallCounty) -> None:
    rectified.night(MAY, {("TL02", "H2"): "a"})
    assert "仍然存在" in review(rectified)


def test_nothing_is_closed_on_data_older_than_the_rectification(rectified: SmallCounty) -> None:
    old = "、".join(rectified.deliver(feed, date(2026, 5, 20)) for feed in LOW_INCOME)
    rectified.night(MAY, {}, proof=old)
    assert "不晚于整改完成日期2026-05-20" in review(rectified)
    newer = "、".join(rectified.deliver(feed, date(2026, 5, 21)) for feed in LOW_INCOME)
    rectified.night(JUNE, {}, proof=newer)
    assert review(rectified) == "销号"


def test_the_reviewer_is_another_person_and_both_are_known(rectified: SmallCounty) -> None:
    rectified.night(MAY, {}, proof="、".join(rectified.deliver(feed, MAY) for feed in LOW_INCOME))
    assert "另一人" in review(rectified, " 杨 办")
    with pytest.raises(ValueRefusedError, match="has a name"):
        review(rectified, " ")
    assert "早于整改完成日期" in review(rectified, on=date(2026, 5, 19))
    assert review(rectified) == "销号"
    assert "只有“已整改”的才能销号" in review(rectified)


def test_where_an_answers_words_were_erased_the_day_comes_from_the_ledger(tmp_path: Path) -> None:
    """The day on which it was registered as done; that the reviewer answered for it is known from the name's digest."""
    county = SmallCounty(tmp_path)
    county.night(APRIL, {("TL02", "H2"): "a"})
    county.send({"H2": CONFIRMED}, date(2026, 5, 10))
    county.send(
        {"H2": {heading: said for heading, said in FIXED.items() if heading not in CONFIRMED}}, date(2026, 5, 21)
    )
    county.night(MAY, {}, proof="、".join(county.deliver(feed, MAY) for feed in LOW_INCOME))
    with county.settings.home.books.begin() as connection:
        connection.execute(update(answers).values(said=None))
    told = review(county, on=date(2026, 5, 20))
    assert "没有登记责任人" not in told
    assert "早于整改完成日期2026-05-21" in told
    assert "复核人就是整改责任人" in review(county, FIXED["责任人"], date(2026, 5, 21))
    assert review(county, on=date(2026, 5, 21)) == "销号"


def test_nobody_reviews_what_nobody_answers_for(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, {("TL02", "H2"): "a"})
    county.send({"H2": FIXED | {"责任人": None}}, date(2026, 5, 21))
    county.night(MAY, {}, proof="、".join(county.deliver(feed, MAY) for feed in LOW_INCOME))
    assert "没有登记责任人" in review(county)


def test_what_the_newest_night_could_not_check_is_not_closed_and_the_reviewer_is_told(
    rectified: SmallCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = rectified
    ids = pa.table({"finding_id": [county.row("TL02", "H2")["finding_id"]]})
    monkeypatch.setattr("pipelines.recording.record.hidden", lambda *_: ids)
    county.night(MAY, {}, proof="、".join(county.deliver(feed, MAY) for feed in LOW_INCOME))
    assert "未能核对" in review(county)


def test_an_earlier_period_is_settled_by_a_reviewer_who_says_why(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, {("CV01", "P1"): "a"}, periods={"CV01": "2025"})
    county.send({"P1": FIXED}, date(2026, 5, 21), owner="health_insurance")
    county.night(MAY, {}, periods={"CV01": "2026"})
    past = county.row("CV01", "P1", "2025")["finding_id"]
    for nothing in (None, "", " \u3000"):
        with pytest.raises(ReviewRefusedError, match="needs a reason"):
            review_finding(acting(county.settings, "石复核"), past, JUNE, nothing)
    event = review_finding(acting(county.settings, "石复核"), past, JUNE, "已补缴，见缴费凭证")
    assert (event["to_state"], event["why"]) == ("销号", "往期问题，由复核人办结：已补缴，见缴费凭证")
