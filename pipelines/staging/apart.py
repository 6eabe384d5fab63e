"""A file costs only itself: whatever somebody sends is read in a process of its own, with limits (decision 0039).

The processes are forked from a server that has loaded everything and does nothing else (``warmed``): a few hundredths
of a second each. What ends such a process is a rejected delivery, and the next one goes on.
"""

import logging
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Self, TypeVar, cast

import duckdb

from pipelines.house.limits import Limits
from pipelines.reading.errors import UnreadableFileError
from pipelines.reading.notices import Cause, Notice
from pipelines.staging.stage import Prepared, Received, read_received, rejected
from warehouse.lake import Lake

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)

LOADED: Final = ["pipelines.staging.warmed"]
"""What the server has loaded before it forks."""

_PATIENCE: Final = 4
"""Seconds by the clock for each of a processor: a busy machine is no fault of a file."""

_FROM_OUTSIDE: Final = (-signal.SIGKILL, -signal.SIGTERM)
"""Ends that the system or a person may have made: they are tried once more before a file is blamed."""


@dataclass
class Apart:
    """Reads deliveries, each in a process of its own; what still runs ends with the block."""

    limits: Limits
    work: Callable[[Lake, Received], Prepared] = read_received
    _running: set[Any] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _is_over: bool = False

    def __enter__(self) -> Self:
        """Nothing runs before the first delivery."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what still runs, without a word."""
        with self._lock:
            self._is_over = True
            for child in self._running:
                child.kill()

    def read(self, lake: Lake, received: Received) -> Prepared:
        """What :func:`read_received` gives; a rejection where the process did not live to say."""
        folder = lake.staged(received.delivery.feed, received.delivery.county, received.delivery.id).parent
        try:
            return self.ask(self.work, lake, received, sweep=folder)
        except UnreadableFileError as error:
            named = "、".join(received.arrival.names)
            return rejected(received.delivery, [*received.refusals, Notice(Cause.UNREADABLE, error.what, named)])

    def ask(self, work: Callable[..., Answer], *given: Any, sweep: Path | None = None) -> Answer:
        """What ``work`` gives in a process of its own; ``sweep``: where it may leave something half written.

        Raises UnreadableFileError where the process did not live to say, and what the work itself raises.
        """
        for is_last in (False, True):
            answer, code = self._ask(work, given)
            if isinstance(answer, _Said):
                return cast(Answer, answer.what)
            if isinstance(answer, Exception):
                raise answer
            if sweep is not None:
                _sweep(sweep)
            if self._is_over:
                raise CancelledError
            if is_last or code not in _FROM_OUTSIDE:
                break
        logger.warning("the reader of a file ended with %s", code)
        raise UnreadableFileError(self._said(code))

    def _ask(self, work: Callable[..., Any], given: Sequence[Any]) -> tuple[Any, int | None]:
        """What the process answered, None where it did not, and how it ended."""
        serving = multiprocessing.get_context("forkserver")
        ours, theirs = serving.Pipe(duplex=False)
        child = serving.Process(target=_read, args=(theirs, work, given, self.limits), daemon=True)
        with ours:
            with self._lock:
                if self._is_over:
                    raise CancelledError
                with _of_ours_alone():
                    child.start()
                self._running.add(child)
            theirs.close()
            try:
                answer = ours.recv() if ours.poll(self.limits.seconds * _PATIENCE) else None
            except (EOFError, ConnectionResetError):
                answer = None
            with self._lock:
                self._running.discard(child)
            if answer is None and child.is_alive():
                child.join(timeout=1)  # the end of its pipe comes before its own
                if child.exitcode is None:
                    child.kill()
                    child.join()
                    return None, -signal.SIGXCPU
            child.join()
            return answer, child.exitcode

    def _said(self, code: int | None) -> str:
        if code == -signal.SIGXCPU:
            minutes = max(1, self.limits.seconds // 60)
            return f"读取这个文件用了太久（超过{minutes}分钟），疑似异常文件。请核对后重新导出，或分成几个文件报送"
        return (
            f"读取这个文件时程序中断：所用内存超过了上限（{self.limits.memory / 10**9:g}GB），或者文件已损坏。"
            "请用Excel或WPS打开核对，删除多余的内容，另存后重新报送；确实很大的，请分成几个文件"
        )


@contextmanager
def _of_ours_alone() -> Iterator[None]:
    """While it lasts the server can be started, and loads what we name from where we load it, and nothing else.

    By itself it would look into the working directory first, where anybody's files may lie, and each process would run
    the main program's module again (CPython gh-126631).
    """
    ours = {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    before = {name: os.environ.get(name) for name in ours}
    main = sys.modules["__main__"]
    os.environ.update(ours)
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        multiprocessing.get_context("forkserver").set_forkserver_preload(LOADED)
        forkserver.ensure_running()
        yield
    finally:
        sys.modules["__main__"] = main
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _sweep(folder: Path) -> None:
    """Remove what a process that did not end well was writing; nobody else writes of this feed and county."""
    for path in folder.glob(".writing-*"):
        path.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Said:
    """What the work gave, whatever it is."""

    what: Any


def _read(answer: Connection, work: Callable[..., Any], given: Sequence[Any], limits: Limits) -> None:
    """In the process of its own: bound it, read, and say what came of it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a word
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _bind(limits)
    said: Any
    try:
        said = _Said(work(*given))
    except (MemoryError, duckdb.OutOfMemoryException):
        os._exit(1)  # nothing that asks for memory is done any more
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where somebody waits for it
        said = _portable(error)
    answer.send(said)
    answer.close()


def _portable(error: Exception) -> Exception:
    """An error that can be sent, with the place where it was raised behind it."""
    error.add_note("".join(traceback.format_tb(error.__traceback__)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own, a moment ago
    except (pickle.PicklingError, TypeError, AttributeError):
        return RuntimeError(f"{type(error).__name__} while a delivery was read")
    return error


def _bind(limits: Limits) -> None:
    """Allocators reserve much and use little: what is limited is memory that can be written, beyond what is there."""
    memory = _written() + limits.memory
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump of memory would be people's data


def _written() -> int:
    """Bytes of this process that can be written."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
