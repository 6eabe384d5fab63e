"""The most memory that a process, or all processes of a tree together, have held."""

import os
import resource
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_PROC: Final = Path("/proc")
_EVERY_SECONDS: Final = 0.1


def peak_megabytes() -> int:
    """Megabytes of this process at peak, imports included.

    Linux hands ``ru_maxrss`` down from the process that started this one, which has simulated a county: there the
    kernel's own mark of this process counts.
    """
    if (_PROC / "self" / "status").exists():
        return round(_kilobytes(os.getpid(), "VmHWM:") / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def cpu_of_tree() -> float:
    """CPU seconds of this process, of those that it has waited for, and of all that are below it now."""
    took = os.times()
    waited_for = took.children_user + took.children_system
    below = sum(_ticks(process) for process in _tree(os.getpid()) if process != os.getpid())
    return took.user + took.system + waited_for + below


class TreePeak:
    """Watches this process and all below it: the peak of what they hold together, looked at ten times a second.

    Pages that they share count once for each of them. A process alone has the kernel's mark, which misses nothing.
    """

    def __init__(self) -> None:
        self._most = 0
        self._had_children = False
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching."""
        self._done.set()
        self._thread.join()

    @property
    def megabytes(self) -> int:
        """The peak so far."""
        return max(peak_megabytes(), round(self._most / 1024) if self._had_children else 0)

    def _watch(self) -> None:
        while not self._done.wait(_EVERY_SECONDS):
            tree = list(_tree(os.getpid()))
            self._had_children |= len(tree) > 1
            self._most = max(self._most, sum(_kilobytes(process, "VmRSS:") for process in tree))


def _tree(process: int) -> Iterator[int]:
    """A process and all below it."""
    yield process
    for children in _PROC.glob(f"{process}/task/*/children"):
        try:
            below = children.read_text(encoding="ascii").split()
        except OSError:
            continue  # it ended while it was looked at
        for child in below:
            yield from _tree(int(child))


def _ticks(process: int) -> float:
    try:
        text = (_PROC / str(process) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0  # it ended while it was looked at
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _kilobytes(process: int, mark: str) -> int:
    try:
        lines = (_PROC / str(process) / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 0  # it ended while it was looked at
    return next((int(line.split()[1]) for line in lines if line.startswith(mark)), 0)
