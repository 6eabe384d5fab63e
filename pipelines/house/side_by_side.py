"""Deliveries, counties or a large one's reports side by side: in processes, as many as cores and memory carry."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, Protocol, TypeVar

from pipelines.house.engine_choice import EngineName, bytes_of
from pipelines.house.settings import Settings, tell_nobody

T = TypeVar("T")
A = TypeVar("A")

LEAST_MEMORY: Final = 10**9
"""Bytes of the memory limit that each must have at least."""

_SHARE_OF_MACHINE: Final = 0.8
"""What DuckDB takes at most of a machine's memory where no limit is set."""

_settings: Settings
"""Of this worker process; set once, when it starts."""


def for_each(settings: Settings, work: Callable[[Settings, A], T], items: Sequence[A], what: str) -> list[T]:
    """``work(settings, item)`` for each item, in their order; with more than one job, side by side.

    The memory limit and the cores are for all of them together: each worker has its share. ``work`` and ``items`` are
    pickled then. Whatever a worker raises is raised here, and what had not begun is not begun any more.
    """
    jobs = jobs_for(settings, len(items))
    if jobs == 1:
        return [work(settings, item) for item in items]
    settings.tell(f"{what}, {jobs} at a time")
    with workers(settings, jobs) as submit:
        begun = [submit(work, item) for item in items]
        return [one.result() for one in begun]


class Submit(Protocol):
    """Hands ``work(settings, item)`` to whichever worker is free."""

    def __call__(self, work: Callable[[Settings, A], T], item: A, /) -> Future[T]:
        """Its result, or what it raised."""
        ...


@contextmanager
def workers(settings: Settings, jobs: int) -> Iterator[Submit]:
    """So many worker processes, each with its share of memory limit and cores; what was begun ends with the block."""
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, spawning, _start, (_share_of(settings, jobs),)) as pool:
        try:
            yield lambda work, item: pool.submit(_do, work, item)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def jobs_for(settings: Settings, items: int) -> int:
    """How many are worked on at once: no more than were asked for, than there are, or than memory carries."""
    if settings.engine.name is not EngineName.DUCKDB:
        return 1  # a cluster shares its executors out itself
    return max(1, min(settings.jobs, items, _memory_of(settings) // LEAST_MEMORY))


def _share_of(settings: Settings, jobs: int) -> Settings:
    """The settings of one worker. Its progress nobody sees; an open connection cannot be handed to it."""
    threads = settings.engine.threads or os.cpu_count() or 1
    engine = replace(
        settings.engine,
        memory_limit=f"{_memory_of(settings) // jobs // 10**6}MB",
        threads=max(1, threads // jobs),
    )
    return replace(settings, home=replace(settings.home), engine=engine, jobs=1, tell=tell_nobody)


def _memory_of(settings: Settings) -> int:
    """Bytes that all engines together may use."""
    if settings.engine.memory_limit is not None:
        return bytes_of(settings.engine.memory_limit)
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * _SHARE_OF_MACHINE)


def _start(settings: Settings) -> None:
    """A worker begins: Ctrl-C ends it without a word, and it does not outlive a parent that was killed.

    What the command prints is for its caller (``--json``): whatever a worker would say goes to standard error.
    """
    global _settings
    _settings = settings
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(work: Callable[[Settings, A], T], item: A) -> T:
    return work(_settings, item)
