"""Design-based estimates: weighted ratios, Taylor linearisation, logit and Korn–Graubard intervals.

Primary units count as drawn with replacement within their strata (as R's ``survey`` does without an fpc); a lone
primary unit of a stratum is centred at the county's mean, which for linearised values is zero (R's
``survey.lonely.psu="adjust"``).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

from warehouse.evaluation.records import EstimateRow

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEW_EVENTS: Final = 10
"""With fewer cases on either side the Korn–Graubard interval counts: the logit one leans on normality."""

_NO_VARIANCE: Final = 1e-24
"""Below this a variance is the rounding of equal numbers."""


@dataclass(frozen=True)
class Weighted:
    """The interviewed households: design weight, stratum and primary unit of each, numbered from 0, shape (n,).

    A primary unit lies in one stratum.
    """

    weights: Floats
    strata: NDArray[np.int64]
    psus: NDArray[np.int64]

    def totals(self, values: Floats) -> Floats:
        """Weighted totals of the columns of ``values`` (n, k): shape (k,)."""
        return np.asarray(self.weights @ values)

    def covariance(self, values: Floats) -> Floats:
        """Covariance (k, k) of the weighted totals of the columns of ``values`` (n, k)."""
        count = int(self.psus.max()) + 1
        stratum_of = np.zeros(count, dtype=np.int64)
        stratum_of[self.psus] = self.strata
        sums = np.zeros((count, values.shape[1]))
        np.add.at(sums, self.psus, self.weights[:, None] * values)
        strata = int(stratum_of.max()) + 1
        size = np.bincount(stratum_of, minlength=strata)
        means = np.zeros((strata, values.shape[1]))
        np.add.at(means, stratum_of, sums)
        means /= np.maximum(size, 1)[:, None]
        means[size == 1] = 0.0
        scale = np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)
        centred = (sums - means[stratum_of]) * np.sqrt(scale)[stratum_of][:, None]
        return np.asarray(centred.T @ centred)

    def degrees(self, within: Flags) -> int:
        """Degrees of freedom of a domain: its primary units less its strata; 0: it has no error that could be told."""
        return len(np.unique(self.psus[within])) - len(np.unique(self.strata[within]))


@dataclass(frozen=True)
class Estimate:
    """A share between 0 and 1 with its error. ``cases``: interviews, ``events``: those with the thing counted.

    Without a degree of freedom (a single village) error and intervals are None: nobody knows them. ``logit`` is None
    too where the share is 0 or 1, or its error nothing.
    """

    value: float
    se: float | None
    df: int
    cases: int
    events: int
    logit: tuple[float, float] | None
    korn_graubard: tuple[float, float] | None

    @property
    def design_effect(self) -> float | None:
        """How many times the variance of a simple sample of as many households; None where either is not known."""
        simple = self.value * (1 - self.value) / self.cases
        return None if self.se is None or simple < _NO_VARIANCE else self.se**2 / simple

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval to report."""
        if self.logit is None or min(self.events, self.cases - self.events) < FEW_EVENTS:
            return self.korn_graubard
        return self.logit

    def as_row(self) -> EstimateRow:
        """Plain values."""
        return {
            "value": self.value,
            "se": self.se,
            "df": self.df,
            "cases": self.cases,
            "events": self.events,
            "design_effect": self.design_effect,
            "logit": self.logit,
            "korn_graubard": self.korn_graubard,
            "interval": self.interval,
        }

    def complement(self) -> "Estimate":
        """The share of the others: 1 less this."""
        return Estimate(
            value=1 - self.value,
            se=self.se,
            df=self.df,
            cases=self.cases,
            events=self.cases - self.events,
            logit=_turned(self.logit),
            korn_graubard=_turned(self.korn_graubard),
        )


def _turned(interval: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if interval is None else (1 - interval[1], 1 - interval[0])


def linearise_ratio(design: Weighted, y: Floats, x: Floats) -> tuple[float, Floats]:
    """Ratio of the totals of ``y`` and ``x``, and its linearised values (n,). Raises ValueError where x is nothing."""
    below = float(design.weights @ x)
    if below == 0:
        raise ValueError("nobody was asked")
    ratio = float(design.weights @ y) / below
    return ratio, (y - ratio * x) / below


def estimate_ratio(design: Weighted, y: Floats, x: Floats, within: Flags) -> Estimate:
    """The share y / x over the domain ``within``, 0 <= y <= x; a mean where x is 1. Raises ValueError without x."""
    within = within & (x > 0)
    inside = within.astype(np.float64)
    value, linear = linearise_ratio(design, y * inside, x * inside)
    variance = float(design.covariance(linear[:, None])[0, 0])
    return estimate_of(value, variance, design.degrees(within), int(within.sum()), int((y[within] > 0).sum()))


def estimate_of(value: float, variance: float, df: int, cases: int, events: int, level: float = 0.95) -> Estimate:
    """Both intervals around a share from its variance."""
    if df < 1:
        return Estimate(value, None, 0, cases, events, None, None)
    return Estimate(
        value=value,
        se=variance**0.5,
        df=df,
        cases=cases,
        events=events,
        logit=logit_interval(value, variance, df, level),
        korn_graubard=korn_graubard_interval(value, variance, df, cases, level),
    )


def logit_interval(value: float, variance: float, df: int, level: float = 0.95) -> tuple[float, float] | None:
    """Symmetric on the logit scale with a t quantile; None where that scale does not reach."""
    if not 0 < value < 1 or variance <= _NO_VARIANCE:
        return None
    middle = np.log(value / (1 - value))
    reach = float(stdtrit(df, (1 + level) / 2)) * variance**0.5 / (value * (1 - value))
    return _expit(middle - reach), _expit(middle + reach)


def korn_graubard_interval(
    value: float, variance: float, df: int, cases: int, level: float = 0.95
) -> tuple[float, float]:
    """Clopper–Pearson with the effective sample size, corrected by the degrees of freedom.

    A share of 0 or 1 has no design effect of its own: the number of interviews counts.
    """
    effective = value * (1 - value) / variance if 0 < value < 1 and variance > _NO_VARIANCE else float(cases)
    if cases > 1:
        effective *= float(stdtrit(cases - 1, (1 - level) / 2) / stdtrit(df, (1 - level) / 2)) ** 2
    tail, yes, no = (1 - level) / 2, effective * value, effective * (1 - value)
    low = float(betaincinv(yes, no + 1, tail)) if value > 0 else 0.0
    high = float(betaincinv(yes + 1, no, 1 - tail)) if value < 1 else 1.0
    return low, high


def _expit(x: Any) -> float:
    return float(1 / (1 + np.exp(-x)))
