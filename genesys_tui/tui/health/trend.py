"""The trend: how fast a reply came over the last minute, drawn in blocks."""

from __future__ import annotations

import math
from collections import deque

from textual.content import Content

from genesys_tui.tui.widgets.line import Line

SECONDS = 60.0
"""How far it looks back."""

WIDTH = 20
"""Columns; each stands for three seconds at the longest."""

_BLOCKS = "▁▂▃▄▅▆▇█"
_EVERY = 0.5
"""Seconds between two readings."""


class Rates:
    """The readings of the last minute, one every half second."""

    def __init__(self) -> None:
        self._rates: deque[float] = deque(maxlen=round(SECONDS / _EVERY))
        self._next = 0

    def add(self, rate: float, at: float) -> None:
        """Take a reading of the moment ``at``, in seconds. It stands for those that were missed before it, too."""
        slot = int(at / _EVERY)
        missed = slot - self._next + 1 if self._rates else 1
        self._rates.extend([rate] * min(max(0, missed), self._rates.maxlen or 1))
        self._next = max(self._next, slot + 1)

    @property
    def seconds(self) -> float:
        """How long they go back."""
        return len(self._rates) * _EVERY

    def columns(self, width: int) -> list[float]:
        """The same in no more than that many columns, each the mean of as many readings."""
        rates = list(self._rates)
        each = max(1, math.ceil(len(rates) / width))
        groups = [rates[start : start + each] for start in range(0, len(rates), each)]
        return [sum(group) / len(group) for group in groups]


class Trend(Line):
    """One block for each column, the highest as high as the line; and how long they go back."""

    DEFAULT_CSS = """
    Trend { color: $primary 70%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._rates = Rates()

    def add(self, rate: float, at: float) -> None:
        """Draw one more reading."""
        self._rates.add(rate, at)
        columns = self._rates.columns(WIDTH)
        highest = max(columns) or 1.0
        drawn = "".join(_BLOCKS[round(each / highest * 7)] for each in columns)
        self.show(Content.assemble(drawn, (f" {self._rates.seconds:.0f} s", "$foreground 60%")))

    def clear(self) -> None:
        """Begin again."""
        self._rates = Rates()
        self.show(Content(""))
