"""What is truly wrong in the county, written down at the moment it is planted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from pipelines.simulator.arrays import Bools, Ints
from pipelines.simulator.people import People

CERTAIN, POSSIBLE = "certain", "possible"


@dataclass(frozen=True)
class Absent:
    """Persons whose absence from a feed a finding asserts: person ``persons[i]`` in the finding ``owners[i]``."""

    feed: str
    owners: Ints
    persons: Ints


@dataclass
class _Planted:
    rule: str
    keys: Sequence[str]
    period: str
    doubtful: Bools
    households: Ints | None
    certificates: Ints | None
    absent: Absent | None


@dataclass
class Truth:
    """Findings of one as-of date. Certainty is settled last, when all numbers that were lost are known."""

    people: People
    households_in_doubt: Bools
    """By household: has a registered member without a valid number."""
    certificates_in_doubt: Bools
    """By certificate: has a member row without a valid number, or no member row."""
    hidden: dict[str, set[str]] = field(default_factory=dict)
    """By feed: names on rows without a valid number."""
    waiting: Collection[str] = ()
    """Rules whose time has not come: nobody can say what they would find."""
    planted: list[_Planted] = field(default_factory=list)
    lifted: set[tuple[str, str]] = field(default_factory=set)
    """Rules and keys of what another office's book takes back."""

    def found(
        self,
        rule: str,
        keys: Sequence[str],
        *,
        period: str = "",
        households: Ints | None = None,
        certificates: Ints | None = None,
        absent: Absent | None = None,
        doubtful: Bools | bool = False,
    ) -> None:
        """Record findings: one a key; the arrays say what their certainty depends on."""
        if rule in self.waiting:
            return
        doubt = np.broadcast_to(np.asarray(doubtful), len(keys)).copy()
        self.planted.append(_Planted(rule, keys, period, doubt, households, certificates, absent))

    def hide(self, feed: str, names: Sequence[str]) -> None:
        """Names that stand in a feed on rows without a valid number."""
        self.hidden.setdefault(feed, set()).update(names)

    def lift(self, rule: str, keys: Sequence[str]) -> None:
        """Take back what a rule finds of these keys: another office knows why it is none."""
        self.lifted.update((rule, key) for key in keys)

    def table(self, as_of: date) -> pa.Table:
        """Columns rule, subject_key, certainty, period, as_of; sorted; one row a finding."""
        rows: dict[tuple[str, str, str], bool] = {}
        for p in self.planted:
            possible = p.doubtful
            if p.households is not None:
                possible = possible | self.households_in_doubt[p.households]
            if p.certificates is not None:
                possible = possible | self.certificates_in_doubt[p.certificates]
            if p.absent is not None:
                names = self.people.name.take(pa.array(p.absent.persons)).to_pylist()
                hidden = self.hidden.get(p.absent.feed, set())
                hit = np.array([name in hidden for name in names], dtype=bool)
                possible = possible.copy()
                possible[p.absent.owners[hit]] = True
            for key, doubt in zip(p.keys, possible.tolist(), strict=True):
                if (p.rule, key) not in self.lifted:
                    rows[p.rule, key, p.period] = doubt
        ordered = sorted(rows)
        return pa.table(
            {
                "rule": pa.array([rule for rule, _, _ in ordered], pa.string()),
                "subject_key": pa.array([key for _, key, _ in ordered], pa.string()),
                "certainty": pa.array([POSSIBLE if rows[row] else CERTAIN for row in ordered], pa.string()),
                "period": pa.array([period for _, _, period in ordered], pa.string()),
                "as_of": pa.array([as_of] * len(ordered), pa.date32()),
            }
        )
