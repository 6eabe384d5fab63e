"""A synthetic county: its people, its departments' books, their mistakes, and the truth about them."""

from pipelines.simulator.simulation import SimulationReport, simulate

__all__ = ["SimulationReport", "simulate"]
