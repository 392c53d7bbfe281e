"""Processes: work on a large ledger, done by as many as there are processors."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import TypeVar

from genesys_tui.errors import LedgerError

Task = TypeVar("Task")
Result = TypeVar("Result")

MANY = 200_000
"""Events from which further processes are worth their start."""

PROCESSORS = min(os.cpu_count() or 1, 8)

_OTHERS = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
"""Ctrl+C and a closed window reach every process of a terminal; who asked for the work stops it."""


class Places:
    """Gives processes places in one file: the pieces stand there in the order of their numbers, from 0, without gaps.

    It is handed to ``spread``; each process finds it as ``places()``.
    """

    def __init__(self) -> None:
        context = get_context("spawn")
        self._turn = context.Condition()
        self._next = context.RawArray("q", 2)  # which piece, and where it goes

    def take(self, number: int, size: int) -> int:
        """The place of a piece, once all before it have theirs; -1 where one of them has given up."""
        with self._turn:
            self._turn.wait_for(lambda: self._next[0] in (number, -1))
            if self._next[0] < 0:
                return -1
            place: int = self._next[1]
            self._next[0], self._next[1] = number + 1, place + size
            self._turn.notify_all()
            return place

    def give_up(self) -> None:
        """No piece gets a place any more."""
        with self._turn:
            self._next[0] = -1
            self._turn.notify_all()


_own: list[Places | None] = [None]


def places() -> Places:
    """Those that were handed to ``spread``."""
    found = _own[0]
    assert found is not None
    return found


def spread(do: Callable[[Task], Result], tasks: Iterable[Task], given: Places | None = None) -> Iterator[Result]:
    """The results in order; only a few are made before they are wanted. ``do`` is a function of a module.

    Raises LedgerError where a process was ended from outside; those that are left end with it, as with this one.
    """
    context = get_context("spawn")
    with ProcessPoolExecutor(PROCESSORS, mp_context=context, initializer=_begin, initargs=(given,)) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                with _held():
                    waiting.append(pool.submit(do, task))  # starts a process where one is missing
                if len(waiting) > PROCESSORS + 1:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise LedgerError(
                "A process that was at work on the audit file was ended, as systems do that run out of memory."
                " Close other programs, then try again."
            ) from None
        finally:
            # Waiting for what is at work, a second at most: a process that is only just starting would tell its
            # troubles when it no longer finds what it was to be given.
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _held() -> Iterator[None]:
    """Hold those signals back: a process that starts inherits that, and so hears none before it ignores them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _OTHERS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(given: Places | None) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for each in _OTHERS:
        signal.signal(each, signal.SIG_IGN)
    _own[0] = given
    gc.disable()  # the rows and lines that are made here by the million never refer to each other


def _end_with_parent() -> None:
    """Wait for the end of who asked for the work; one that was killed ends nobody, and nobody wants the work then."""
    if (parent := parent_process()) is not None:
        wait([parent.sentinel])
        os._exit(1)
