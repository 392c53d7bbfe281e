"""The pace: how long the screen waits between two flushes of reply text."""

from __future__ import annotations

FASTEST = 1 / 30
"""Seconds at least."""

SLOWEST = 0.1
"""Seconds at most, unless flushes take long: the longer the wait, the more text there is, and keys wait for it."""


def pause_after(cost: float) -> float:
    """Seconds until the next flush where the last one took so many of CPU time.

    Flushes take a thirteenth of a core as long as no wait is too long for that, and a third at most.
    """
    return max(FASTEST, min(12 * cost, SLOWEST), 2 * cost)
