"""The third-party evaluation: indicators and their page, samples and their forms, estimates from what came back."""

from pipelines.evaluation.drawing import Drawn, draw
from pipelines.evaluation.estimating import describe_estimates, estimate

__all__ = ["Drawn", "describe_estimates", "draw", "estimate"]
