"""Processes: work on a large ledger, done by as many as there are processors."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

MANY = 200_000
"""Events from which further processes are worth their start."""

PROCESSORS = min(os.cpu_count() or 1, 8)


def spread(do: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result]:
    """The results in order; only a few are made before they are wanted. ``do`` is a function of a module."""
    with ProcessPoolExecutor(PROCESSORS, mp_context=get_context("spawn"), initializer=_ignore_interrupts) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(do, task))
                if len(waiting) > PROCESSORS + 1:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _ignore_interrupts() -> None:
    """Ctrl+C reaches every process of a terminal; who asked for the work stops it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
