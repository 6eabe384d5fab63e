"""The evaluation's fieldwork: samples drawn from the published warehouse, their forms, and what came back."""

from pipelines.sampling.drawing import Drawn, draw
from pipelines.sampling.estimating import describe_estimates, estimate

__all__ = ["Drawn", "describe_estimates", "draw", "estimate"]
