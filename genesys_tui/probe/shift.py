"""Shifts: by how much one set of measurements lies above another, and how sure that is.

The Hodges-Lehmann estimate, the median of all differences of logarithms, with the interval that belongs to the
Mann-Whitney test: no assumption on how the measurements are spread, and no random numbers. Where it is known how far
whole runs differ among themselves, the interval is at least as wide as that: calls of one run share the day they had.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

FEWEST = (5, 10)
"""Measurements that are needed of the later and of the earlier ones. With fewer nothing is said."""

FEWEST_RUNS = 5
"""Runs that are needed to know how far runs differ."""

_MOST = 500
"""Measurements of a set that are looked at; of more, as many that are spread alike."""

_SMALLEST = 1e-6
_Z = 1.959964
"""Of the normal distribution: 95 of 100 lie within."""


class Shift(NamedTuple):
    """A change as a share of what was: 0.25 is a quarter more."""

    change: float
    low: float
    high: float
    """The interval that holds the change with 95 % certainty."""

    @property
    def is_noise(self) -> bool:
        """Whether no change at all would fit as well."""
        return self.low <= 0 <= self.high


def shift(earlier: Sequence[float], later: Sequence[float], runs: Sequence[float] = ()) -> Shift | None:
    """How far the later measurements, all positive, lie above the earlier; None where they are too few to tell.

    ``runs`` holds the medians of earlier runs.
    """
    if len(later) < FEWEST[0] or len(earlier) < FEWEST[1]:
        return None
    before, now = _logs(earlier), _logs(later)
    differences = sorted(after - then for after in now for then in before)
    middle = statistics.median(differences)
    scatter = _Z * math.sqrt(len(before) * len(now) * (len(before) + len(now) + 1) / 12)
    place = max(1, round(len(differences) / 2 - scatter))
    among = _among(runs)
    low = min(differences[place - 1], middle - among)
    high = max(differences[-place], middle + among)
    return Shift(math.expm1(middle), math.expm1(low), math.expm1(high))


def _among(runs: Sequence[float]) -> float:
    """How far one more run may lie from those there were, 95 times of 100; as a logarithm. 0 where they are too few."""
    if len(runs) < FEWEST_RUNS:
        return 0.0
    logs = _logs(runs)
    return _student(len(logs) - 1) * statistics.stdev(logs) * math.sqrt(1 + 1 / len(logs))


def _student(freedom: int) -> float:
    """The quantile of Student's distribution within which 95 of 100 lie (Abramowitz and Stegun, 26.7.5)."""
    z = _Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return z + sum(term / float(freedom**power) for power, term in enumerate(terms, 1))


def _logs(values: Sequence[float]) -> list[float]:
    logs = sorted(math.log(max(_SMALLEST, value)) for value in values)
    if len(logs) <= _MOST:
        return logs
    return [logs[int((place + 0.5) * len(logs) / _MOST)] for place in range(_MOST)]
