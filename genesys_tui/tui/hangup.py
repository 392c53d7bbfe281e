"""Hang-ups: the app ends when it is told to by a signal, and when its terminal is gone."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from textual.app import App

GRACE = 3.0
"""Seconds in which the app can end in its own way. It cannot while it waits for a terminal that reads nothing."""

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_HANGUP = 129
"""The exit code of a program that SIGHUP ended, as a shell reports it."""


def end_on_hangup(app: App[int], last_duty: Callable[[], None]) -> None:
    """End the app at a signal or a hang-up; after the grace without it. To be called on its running loop.

    ``last_duty`` is what must be done even then; it is called on a thread.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # only there can signals be heard
    loop, once = asyncio.get_running_loop(), threading.Lock()

    def end(code: int) -> None:
        if once.acquire(blocking=False):
            threading.Thread(target=_insist, args=(code, last_duty), daemon=True, name="genesys-tui-end").start()
            with suppress(RuntimeError):  # the loop is closed: it is ending
                loop.call_soon_threadsafe(app.exit, code)

    for number in _SIGNALS:
        # Not the loop's own handlers: those wait for a loop that may be waiting for the terminal.
        signal.signal(number, lambda number, _: end(128 + number))
    if hasattr(select, "poll") and sys.__stdin__:
        watch = (sys.__stdin__.fileno(), end)
        threading.Thread(target=_watch, args=watch, daemon=True, name="genesys-tui-terminal").start()


def _insist(code: int, last_duty: Callable[[], None]) -> None:
    threading.Event().wait(GRACE)
    last_duty()
    os._exit(code)


def _watch(terminal: int, end: Callable[[int], None]) -> None:
    """Without this nobody would notice: reading a terminal that is gone only finds nothing, again and again."""
    poll = select.poll()
    poll.register(terminal, 0)
    if any(event & select.POLLHUP for _, event in poll.poll()):  # and not POLLNVAL, as where terminals have no poll
        end(_HANGUP)
