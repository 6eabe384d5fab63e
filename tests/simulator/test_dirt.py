"""What was made dirty is read back where feeds.md says so, and refused with its reason where it does not."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from unicodedata import normalize

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from allowances import allow_all

from expectations.feed import IdentityNumber, YesNo
from expectations.feeds import FEEDS_BY_NAME
from pipelines.landing import scan_inbox
from pipelines.simulator import simulate
from pipelines.simulator.dirt import write_dirty
from pipelines.simulator.dirt.forms import NUMERIC, RECOVERABLE, REFUSED, SPOILED
from pipelines.simulator.dirt.soil import has_valid_number
from pipelines.simulator.parameters import DirtRates
from pipelines.simulator.simulation import OTHER_OFFICES, SIMULATED, make_county
from pipelines.staging import stage_delivery
from warehouse.books.connection import open_books
from warehouse.lake import Lake

D = date(2026, 6, 30)
NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
COUNTY = "522601"
SENT = (*SIMULATED, *OTHER_OFFICES)


class Night:
    """A dirty month, staged, beside the clean books that it was made of."""

    def __init__(self, folder: Path, households: int, seed: int) -> None:
        self.lake = Lake(folder / "home")
        self.lake.inbox.mkdir(parents=True)
        books = open_books(self.lake)
        simulate(
            county=COUNTY, as_of=D, households=households, seed=seed, dirt="real",
            out=self.lake.inbox, truth=folder / "truth.parquet", policy=folder / "policy", other_offices=True,
        )  # fmt: skip
        made = make_county(COUNTY, D, households, seed, 1, other_offices=True)
        kept, _ = made.month(made.clocks[-1])
        self.clean = {name: book.table() for name, book in kept.items()}
        self.planted = pq.read_table(folder / "truth_dirt.parquet").to_pylist()
        scan = scan_inbox(inbox=self.lake.inbox, now=NOW)
        assert len(scan.ready) == len(SENT)
        self.staged = {
            arrival.feed: stage_delivery(
                lake=self.lake,
                books=books,
                arrival=arrival,
                received_at=NOW,
                policy_value=lambda key: Decimal(5),
                allows=allow_all,
            )
            for arrival in scan.ready
        }

    def of(self, feed: str) -> list[dict[str, object]]:
        return [p for p in self.planted if p["feed"] == feed]

    def table(self, feed: str) -> pa.Table:
        d = self.staged[feed].delivery
        return pq.read_table(self.lake.staged(feed, COUNTY, d.id))

    def problems(self, feed: str) -> list[dict[str, object]]:
        d = self.staged[feed].delivery
        return pq.read_table(self.lake.problems(feed, COUNTY, d.id)).to_pylist()


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return Night(tmp_path_factory.mktemp("dirty"), 900, 5)


def is_short(night: Night, feed: str) -> bool:
    """Whether so few rows were sent that none of them need be wrong."""
    return night.clean[feed].num_rows < 150


each_feed = pytest.mark.parametrize("feed", [f.name for f in SENT])


@each_feed
def test_every_delivery_is_accepted_and_far_from_its_threshold(night, feed):
    staged = night.staged[feed]
    assert staged.outcome == "accepted"
    accounting = staged.delivery.accounting
    assert accounting.quarantined * 50 < accounting.read


@each_feed
def test_what_was_refused_is_what_was_planted(night, feed):
    def place(p: dict[str, object]) -> tuple[object, ...]:
        # Of two rows with one key the reader names a column of its own choice.
        return p["file"], p["row"], "" if p["reason"] == "conflicting_key" else p["column"], p["reason"]

    planted = {place(p) for p in night.of(feed) if p["scope"] in ("row", "value")}
    assert planted or is_short(night, feed)
    assert {place(p) for p in night.problems(feed)} == planted


@each_feed
def test_lost_numbers_have_the_planted_reason(night, feed):
    rows = {(r["_file"], r["_row"]): r for r in night.table(feed).to_pylist()}
    lost = [p for p in night.of(feed) if p["scope"] == "identity"]
    assert lost or is_short(night, feed) or not FEEDS_BY_NAME[feed].identity_columns
    for p in lost:
        assert rows[p["file"], p["row"]][f"{p['column']}_problem"] == p["reason"], p["kind"]


@each_feed
def test_everything_else_is_read_back_as_it_was(night, feed):
    declared, clean = FEEDS_BY_NAME[feed], night.clean[feed]
    touched = {p["row_key"] for p in night.of(feed) if p["reason"]}
    words = {"是": True, "否": False, None: None}
    columns = []
    for column in declared.columns:
        values = clean[column.name].combine_chunks()
        if isinstance(column.type, IdentityNumber):
            values = pc.if_else(pa.array(has_valid_number(pc.fill_null(values, ""))), values, None)
        shown = [normalize("NFKC", v) if isinstance(v, str) else v for v in values.to_pylist()]
        columns.append([words[v] for v in shown] if isinstance(column.type, YesNo) else shown)
    labels = [clean[name].cast(pa.string()).to_pylist() for name in declared.label_columns]
    keys = ["|".join(part or "" for part in parts) for parts in zip(*labels, strict=True)]
    expected = Counter(row for key, row in zip(keys, zip(*columns, strict=True), strict=True) if key not in touched)
    staged = night.table(feed).select([c.name for c in declared.columns]).to_pylist()
    got = Counter(tuple(row.values()) for row in staged)
    assert sum(expected.values()) > 0.9 * clean.num_rows
    assert not expected - got


def test_every_form_of_dirt_is_written_somewhere(night):
    kinds = {p["kind"] for p in night.planted}
    wanted = {form.name for form in (*RECOVERABLE, *SPOILED, *NUMERIC)}
    assert wanted - kinds == set()
    assert {form.reason for form in REFUSED} <= {p["reason"] for p in night.planted}


def test_repeats_are_counted_and_collapsed(night):
    for feed, staged in night.staged.items():
        planted = sum(p["kind"] == "repeated row" for p in night.of(feed))
        assert staged.delivery.accounting.repeated == planted


def test_departments_send_workbooks_text_parts_and_different_encodings(night):
    names = {f.name for d in night.staged.values() for f in d.delivery.files}
    assert {name.rsplit(".", 1)[1] for name in names} == {"csv", "xlsx"}
    assert sum("_1of2" in name or "_2of2" in name for name in names) == 2


def test_rates_of_zero_leave_only_the_department_s_habits(tmp_path):
    made = make_county(COUNTY, D, 60, 1, 1)
    kept, _ = made.month(made.clocks[-1])
    none = DirtRates(refused_rows=0, refused_values=0, spoiled_numbers=0, conflicts=0, repeats=0, varied_cells=0)
    feed = FEEDS_BY_NAME["students"]
    _, planted = write_dirty(feed, kept["students"].table(), tmp_path, COUNTY, D, 1, none)
    assert planted.num_rows == 0
