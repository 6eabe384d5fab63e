"""Samples that anyone can draw again, and estimates with the errors of their design."""

from warehouse.evaluation.sampling.design import Design, Sample, Unit, Village, draw_sample
from warehouse.evaluation.sampling.frame import Frame, FrameUnit, Group, read_frame

__all__ = ["Design", "Frame", "FrameUnit", "Group", "Sample", "Unit", "Village", "draw_sample", "read_frame"]
