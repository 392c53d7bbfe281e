"""Amounts: figures against their limits, short enough for a narrow column."""

from __future__ import annotations

import math

NEAR = 0.9
"""The share of a limit from which it counts as near."""

_PARTS = " ▏▎▍▌▋▊▉"


def span(value: float, digits: int = 0) -> str:
    """Seconds as ``12``, or as ``2:05`` from 100 on."""
    return _clock(value) if value >= 100 else f"{value:.{digits}f}"


def of_seconds(value: float, limit: float | None) -> str:
    """``12 s of 30 s``: how much of a limit has gone."""
    return _timed(span(math.floor(value))) + (f" of {_timed(_limit(limit))}" if limit is not None else "")


def of_elapsed(value: float, limit: float | None) -> str:
    """``12.3 of 120 s``, or ``2:05 of 60:00`` where the limit is ten minutes or more."""
    if limit is None:
        return _timed(span(value, 1))
    return f"{value:.1f} of {limit:g} s" if limit < 600 else f"{_clock(value)} of {_clock(limit)}"


def age(seconds: float) -> str:
    """``40 s``, ``12 min``, ``3 h 05 min``, ``2 d``."""
    minutes = int(seconds // 60)
    if seconds < 60:
        return f"{max(0, int(seconds))} s"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes < 48 * 60 else f"{minutes // 1440} d"


def size(count: int) -> str:
    """Bytes as ``912 B``, ``14.2 kB``, ``3.1 MB``."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1e3:.1f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"


def bar(share: float, width: int) -> tuple[str, str]:
    """A bar of that many cells: the part that is full, to an eighth of a cell, and the rest."""
    eighths = round(min(1.0, max(0.0, share)) * width * 8)
    full, part = divmod(eighths, 8)
    drawn = "█" * full + (_PARTS[part] if part else "")
    return drawn, "─" * (width - len(drawn))


def _clock(value: float) -> str:
    return f"{int(value) // 60}:{int(value) % 60:02}"


def _limit(value: float) -> str:
    return f"{value:g}" if value < 100 else span(value)


def _timed(figure: str) -> str:
    return figure if ":" in figure else f"{figure} s"
