"""The most memory that this process has held."""

import resource
from pathlib import Path
from typing import Final

_STATUS: Final = Path("/proc/self/status")


def peak_megabytes() -> int:
    """Megabytes at peak, imports included.

    Linux hands ``ru_maxrss`` down from the process that started this one, which has simulated a county: there the
    kernel's own mark of this process counts.
    """
    if _STATUS.exists():
        lines = _STATUS.read_text(encoding="ascii").splitlines()
        (mark,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
        return round(int(mark) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
