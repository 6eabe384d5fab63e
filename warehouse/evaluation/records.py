"""Figures of the evaluation as they cross a wall: what ``indicators``, ``--since`` and ``sample estimate`` give."""

from datetime import date
from decimal import Decimal
from typing import TypedDict


class IndicatorRow(TypedDict):
    """One indicator of an area at D (``evaluation.indicators``); ``threshold`` in percent, ``share`` from 0 to 1."""

    county: str
    as_of: date
    area_code: str
    area_name: str | None
    level: str
    indicator: str
    numerator: Decimal | None
    denominator: Decimal | None
    unknown: int
    unit: str
    share: float | None
    threshold: Decimal | None
    at_least: bool
    definition: str


class _Flows(TypedDict):
    opening: int
    identified: int
    returned: int
    exited: int
    removed: int
    left: int
    closing: int
    reconciles: bool
    appeared: list[str]
    disappeared: list[str]
    refused_before: list[str]
    refused_now: list[str]


class AccountRow(_Flows, total=False):
    """Stock and flow of households or persons; those that nothing explains by their numbers in the register."""

    joined: int
    """Births and marriages: of persons alone."""


class FlowRow(TypedDict):
    """Both accounts between two days."""

    households: AccountRow
    persons: AccountRow


class EstimateRow(TypedDict):
    """A rate of a survey from 0 to 1; ``interval`` is the one of 95 % to report, None where nobody knows it."""

    value: float
    se: float | None
    df: int
    cases: int
    events: int
    logit: tuple[float, float] | None
    korn_graubard: tuple[float, float] | None
    interval: tuple[float, float] | None


class FigureRow(TypedDict):
    """The departments' own figure beside a rate; ``reason`` where it is unknown."""

    rules: tuple[str, ...]
    persons: int | None
    possible: int | None
    of: int | None
    reason: str | None
    share: float | None


class MeasureRow(TypedDict):
    """One rate of one domain: an estimate, or the reason why there is none; against a threshold (0 to 1), if any."""

    indicator: str
    domain: str
    of: str
    reason: str | None
    estimate: EstimateRow | None
    threshold: float | None
    verdict: str | None
    administrative: FigureRow | None


class RefusedResult(TypedDict):
    """A result of the survey that cannot be used, and why."""

    unit_no: str
    reason: str


class EstimatesRow(TypedDict):
    """``estimates.json``: every rate of a sample."""

    sample_id: str
    county: str
    as_of: str
    frame_sha256: str
    outcomes: dict[str, int]
    refused: list[RefusedResult]
    widened_cells: int
    measures: list[MeasureRow]
