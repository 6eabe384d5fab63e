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
    numerator_persons: int
    rest_persons: int
    unit: str
    share: float | None
    threshold: Decimal | None
    at_least: bool
    definition: str
    reason: str | None
    """Why the share is unknown; None where it is known."""
    remedy: str | None
    """What would make it known."""


class _Flows(TypedDict):
    opening: int
    identified: int
    returned: int
    exited: int
    removed: int
    left: int
    arrived: int
    """In another area of the county before, in an account of one area."""
    departed: int
    """In another area of the county now."""
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
    unreadable: int
    """Refused rows of the register, at either day, of which no number can be read: anybody may be one of them."""
    households_without_members: "WithoutMembers"


class WithoutMembers(TypedDict):
    """Households of the register in which nobody is registered, at either day: they are counted nowhere else."""

    opening: int
    closing: int


class AreaFlowRow(FlowRow):
    """Both accounts of one area."""

    area_code: str
    area_name: str | None


class EstimateRow(TypedDict):
    """A rate of a survey from 0 to 1; ``interval`` is the one of 95 % to report, None where nobody knows it."""

    value: float
    se: float | None
    df: int
    cases: int
    events: int
    design_effect: float | None
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
    """One rate of one domain: an estimate, or the reason why there is none; against a threshold (0 to 1), if any.

    ``reason`` is there too where an estimate rests on too little (``verdict`` 样本不足).
    ``remedy``: what would mend it.
    """

    indicator: str
    domain: str
    of: str
    reason: str | None
    remedy: str | None
    estimate: EstimateRow | None
    threshold: float | None
    verdict: str | None
    administrative: FigureRow | None


class RefusedResult(TypedDict):
    """A result of the survey that cannot be used, and why."""

    unit_no: str
    reason: str


class FieldworkRow(TypedDict):
    """What became of the draw: households drawn and visited; ``substitutes``: reserve households that stood in."""

    townships: int
    villages: int
    households: int
    reserve: int
    completed: int
    substitutes: int
    response_rate: float | None
    stands_for: dict[str, str]
    """By reserve household that answered, the drawn one that it stands for, where the form says so."""


class DifferRow(TypedDict):
    """A household whose given verdict is not the one that follows from what was observed."""

    unit_no: str
    given: str
    derived: str


class AgreementRow(TypedDict):
    """Given verdicts beside those that follow from the observations, where these suffice."""

    compared: int
    differ: list[DifferRow]


class EstimatesRow(TypedDict):
    """``estimates.json``: every rate of a sample."""

    sample_id: str
    county: str
    as_of: str
    snapshot: str
    frame_sha256: str
    seed: str
    fieldwork: FieldworkRow
    verdicts: AgreementRow
    outcomes: dict[str, int]
    refused: list[RefusedResult]
    widened_cells: int
    measures: list[MeasureRow]
