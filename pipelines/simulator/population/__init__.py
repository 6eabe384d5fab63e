"""The county's people, certificates and houses, made up."""

from pipelines.simulator.population.county import make_world
from pipelines.simulator.population.frame import make_frame

__all__ = ["make_frame", "make_world"]
