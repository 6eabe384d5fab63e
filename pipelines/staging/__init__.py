"""From a delivery's files to typed Parquet: rows checked, refused ones set aside with reasons, the whole judged."""

from expectations.reasons import Reason
from pipelines.staging.apart import Apart
from pipelines.staging.basis import Allows, NoBasisError, need_basis
from pipelines.staging.stage import Outcome, Prepared, Staged, prepare_delivery, record_prepared, stage_delivery

__all__ = [
    "Allows",
    "Apart",
    "NoBasisError",
    "Outcome",
    "Prepared",
    "Reason",
    "Staged",
    "need_basis",
    "prepare_delivery",
    "record_prepared",
    "stage_delivery",
]
