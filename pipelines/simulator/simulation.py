"""Simulate a county: make it up, keep its books month by month, plant mistakes, write what departments would send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pyarrow as pa

from expectations.errors import ValueRefusedError
from expectations.feed import Feed
from expectations.feeds import CORE_FEEDS, FEEDS
from pipelines.simulator.arrays import Bools, Ints, day
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen, choose
from pipelines.simulator.departments import keep_books
from pipelines.simulator.departments.moment import Moment
from pipelines.simulator.dirt import write_dirty
from pipelines.simulator.mistakes import MISTAKES
from pipelines.simulator.mistakes.offices import CIRCUMSTANCES
from pipelines.simulator.mistakes.offices.circumstance import Circumstance
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.mistakes.within_one_book import find_within_books
from pipelines.simulator.offices import keep_office_books
from pipelines.simulator.parameters import DirtRates, Parameters
from pipelines.simulator.plan import Reservations, reserve
from pipelines.simulator.policy import SimulatedPolicy, allow_other_offices, make_policy
from pipelines.simulator.population import make_frame, make_world
from pipelines.simulator.timeline import Clock, as_of_dates, clocks_of
from pipelines.simulator.truth import Truth
from pipelines.simulator.world import World
from pipelines.simulator.writing import count_by, file_name, set_time, with_headings, write_csv, write_table

SIMULATED: Final[tuple[Feed, ...]] = tuple(feed for feed in CORE_FEEDS if feed.simulated)
"""Feeds that a synthetic county sends."""

OTHER_OFFICES: Final[tuple[Feed, ...]] = tuple(feed for feed in FEEDS if feed.simulated and feed.optional)
"""Feeds that one sends beside them whose other offices are simulated too."""


@dataclass(frozen=True)
class SimulationReport:
    """What was written. ``truth`` counts the findings of the last as-of date by rule."""

    files: tuple[Path, ...]
    policy: Path
    truth: Mapping[str, int]
    rows: Mapping[str, int] = field(default_factory=dict)
    """Rows of the last month's books by feed."""


@dataclass(frozen=True)
class County:
    """A simulated county, ready to be written month by month."""

    world: World
    policy: SimulatedPolicy
    clocks: tuple[Clock, ...]
    reservations: Reservations
    parameters: Parameters
    seed: int
    chosen: Chosen | None = None
    """Whom other offices speak of, where they send anything."""

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """What the county sends."""
        return SIMULATED if self.chosen is None else (*SIMULATED, *OTHER_OFFICES)

    def month(self, clock: Clock) -> tuple[dict[str, Book], pa.Table]:
        """The books at one as-of date with the mistakes in them, and the truth then."""
        m = Moment(self.world, clock, self.policy, self.parameters)
        truth = Truth(
            people=self.world.people,
            households_in_doubt=np.zeros(len(self.world.households), dtype=bool),
            certificates_in_doubt=np.zeros(len(self.world.certificates), dtype=bool),
            waiting=("CV03", "CV09", "EX03") if clock.between_schools else (),
        )
        scene = Scene(m, keep_books(m), truth, self.clocks, self.seed)
        _find_lines(scene)
        self._plant(scene, MISTAKES, self.reservations.victims)
        find_within_books(scene)
        if self.chosen is not None:
            scene.books |= keep_office_books(m, self.chosen, scene.books)
            self._plant(scene, CIRCUMSTANCES, self.chosen.victims)
        return scene.books, truth.table(clock.as_of)

    def _plant(
        self, scene: Scene, kinds: Sequence[Mistake | Circumstance], victims: Mapping[str, Sequence[Ints]]
    ) -> None:
        for kind in kinds:
            groups = victims[kind.name]
            number = np.arange(len(groups[0]), dtype=np.int64)
            active = _is_active(kind, number, scene.clock, len(self.clocks))
            struck = Victims(tuple(group[active] for group in groups), number[active])
            if len(struck):
                scene.at(kind.name)
                kind.plant(scene, struck)


def _find_lines(scene: Scene) -> None:
    """TL01: a standard below the poverty line is the policy's own doing."""
    for area in ("rural", "urban"):
        if scene.fen(f"low_income_standard.{area}") * 12 < scene.fen("poverty_line"):
            scene.truth.found("TL01", [f"{scene.w.county}|{area}"])


def _is_active(mistake: Mistake | Circumstance, number: Ints, clock: Clock, months: int) -> Bools:
    """Which victims' mistakes stand this month: of seven one is put right in the last month, one is new in it."""
    everywhere = np.ones(len(number), dtype=bool)
    if mistake.steady or months == 1:
        return everywhere
    is_last = clock.number == months - 1
    result: Bools = (number % 7 != 5) if is_last else (number % 7 != 6)
    return result


def make_county(
    county: str,
    as_of: date,
    households: int,
    seed: int,
    months: int,
    parameters: Parameters | None = None,
    *,
    other_offices: bool = False,
) -> County:
    """Make up a county; the same arguments make the same county.

    ``other_offices``: they send their feeds too. The nine are the same with and without.
    """
    if not (len(county) == 6 and county.isdecimal()):
        raise ValueRefusedError(f"a county is its 6-digit code, not {county!r}")
    if households < 1 or months < 1:
        raise ValueRefusedError("at least one household and one month are needed")
    p = parameters or Parameters()
    rng = np.random.Generator(np.random.PCG64(seed))
    dates = as_of_dates(as_of, months)
    policy = make_policy(county, dates[0], dates[-1])
    clocks = clocks_of(dates, policy, p.payment_months)
    wanted = [(m.name, _how_many(m, households, p), m.needs) for m in MISTAKES]
    reservations = reserve(rng, households, wanted, p)
    world = make_world(make_frame(rng, p, clocks, policy), county, households, reservations)
    for mistake in MISTAKES:
        if mistake.shape is not None:
            mistake.shape(world, tuple(reservations.victims[mistake.name]))
    villages = np.bincount(world.residence, minlength=len(world.areas.codes))
    policy.populations.update(zip(world.areas.codes, (villages * 2 + 50).tolist(), strict=True))
    chosen = None
    if other_offices:
        allow_other_offices(policy)
        speaking = [(c.name, _how_many(c, households, p), c.needs) for c in CIRCUMSTANCES]
        chosen = choose(world, p, day(dates[0]), seed, speaking, reservations.victims)
    return County(world, policy, clocks, reservations, p, seed, chosen)


def _how_many(mistake: Mistake | Circumstance, households: int, p: Parameters) -> int:
    if households < p.small_county:
        return 1
    many = mistake.main or mistake.many
    least = p.mistakes_at_least if many else p.variants_at_least
    share = p.mistake_rate if many else p.mistake_rate / 3
    return max(least, round(share * households))


def simulate(
    *,
    county: str,
    as_of: date,
    households: int,
    seed: int,
    out: Path,
    dirt: Literal["none", "real"] = "none",
    months: int = 1,
    policy: Path | None = None,
    truth: Path | None = None,
    other_offices: bool = False,
) -> SimulationReport:
    """Write ``months`` monthly deliveries of the SIMULATED feeds into ``out``, the last of them as of ``as_of``.

    ``other_offices``: those of OTHER_OFFICES too, and in the policy what allows their use. The nine feeds and what is
    wrong in them are the same, but for what the other offices know: who moved is not asked about the old house.

    The policy goes to ``policy`` (default: a folder beside ``out``); the truth, for every as-of date, to ``truth``.
    ``dirt="real"`` writes what departments really send; what was done to which cell then stands beside the truth
    (``<stem>_dirt.parquet``).
    """
    made = make_county(county, as_of, households, seed, months, other_offices=other_offices)
    out.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    truths: list[pa.Table] = []
    dirty: list[pa.Table] = []
    rows: dict[str, int] = {}
    for clock in made.clocks:
        kept, found = made.month(clock)
        truths.append(found)
        for feed in made.feeds:
            table = kept.pop(feed.name).table()
            rows[feed.name] = table.num_rows
            if dirt == "none":
                path = out / file_name(feed, county, clock.as_of, "csv")
                write_csv(with_headings(feed, table), path)
                written = [path]
            else:
                written, planted = write_dirty(feed, table, out, county, clock.as_of, seed, DirtRates())
                dirty.append(planted)
            for path in written:
                set_time(path, clock.as_of, len(files))
                files.append(path)
    if truth is not None:
        write_table(pa.concat_tables(truths), truth)
        if dirt == "real":
            write_table(pa.concat_tables(dirty), truth.with_name(f"{truth.stem}_dirt.parquet"))
    policy_file = made.policy.write(policy if policy is not None else out.parent / "policy")
    return SimulationReport(tuple(files), policy_file, count_by(truths[-1], "rule"), rows)
