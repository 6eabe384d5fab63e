"""How many interviews a wanted margin takes."""

from dataclasses import dataclass
from math import ceil, sqrt

from scipy.special import ndtri

from expectations.errors import ValueRefusedError


@dataclass(frozen=True)
class Plan:
    """What a survey expects: the share to be measured, its design effect, who answers, and how many there are.

    ``correlation``: intra-village correlation; with ``cluster`` households a village the design effect is
    1 + (cluster - 1) × correlation. ``population``: None where it is large.
    """

    rate: float
    cluster: int = 1
    correlation: float = 0.0
    response: float = 1.0
    population: int | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        if not (0 < self.rate < 1 and 0 < self.response <= 1 and 0 <= self.correlation <= 1 and 0 < self.level < 1):
            raise ValueRefusedError("rate, response, correlation and level are shares between 0 and 1")
        if self.cluster < 1 or (self.population is not None and self.population < 1):
            raise ValueRefusedError("at least one household a village and one in all")

    @property
    def design_effect(self) -> float:
        """How many times the variance of a simple sample."""
        return 1 + (self.cluster - 1) * self.correlation

    def interviews(self, margin: float) -> int:
        """Completed interviews for a half-width of ``margin`` (a share)."""
        if not 0 < margin < 1:
            raise ValueRefusedError("the margin is a share between 0 and 1")
        simple = float(ndtri((1 + self.level) / 2)) ** 2 * self.rate * (1 - self.rate) / margin**2
        if self.population is not None:
            simple /= 1 + (simple - 1) / self.population
        wanted = ceil(round(simple * self.design_effect, 9))
        return wanted if self.population is None else min(wanted, self.population)

    def households(self, margin: float) -> int:
        """Households to draw, refusals allowed for."""
        return ceil(round(self.interviews(margin) / self.response, 9))

    def margin(self, interviews: int) -> float:
        """Half-width that so many completed interviews give."""
        spread = self.rate * (1 - self.rate) / interviews * self.design_effect
        if self.population is not None:
            spread *= max(0.0, (self.population - interviews) / max(1, self.population - 1))
        return float(ndtri((1 + self.level) / 2)) * sqrt(spread)
