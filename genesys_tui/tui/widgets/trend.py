"""The trend: how fast a reply came, drawn in blocks."""

from __future__ import annotations

from collections import deque

from textual.content import Content

from genesys_tui.tui.widgets.line import Line

_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDTH = 26
_EVERY = 0.5
"""Seconds that a block stands for."""


class Trend(Line):
    """One block for each reading, the highest as high as the line."""

    DEFAULT_CSS = """
    Trend { color: $primary 60%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._rates: deque[float] = deque(maxlen=_WIDTH)
        self._next = 0.0

    def add(self, rate: float, at: float) -> None:
        """Draw one more reading; those that come too soon after another are left out."""
        if at < self._next:
            return
        self._next = at + _EVERY
        self._rates.append(rate)
        highest = max(self._rates) or 1.0
        self.show(Content("".join(_BLOCKS[round(each / highest * 7)] for each in self._rates)))

    def clear(self) -> None:
        """Begin again."""
        self._rates.clear()
        self._next = 0.0
        self.show(Content(""))
