"""Gauges: one figure each, painted only when it changes."""

from __future__ import annotations

from textual.content import Content

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.health.amounts import NEAR, bar
from genesys_tui.tui.health.readings import Reading
from genesys_tui.tui.widgets.line import Line
from genesys_tui.tui.words import colour_of

LABEL = 12


class Gauge(Line):
    """A name and its figure."""

    DEFAULT_CSS = """
    Gauge { color: $text-muted; }
    """

    def __init__(self, label: str) -> None:
        super().__init__(classes=f"-{label.replace(' ', '-')}")
        self.label = label

    def read(self, reading: Reading) -> None:
        """Show the figure; a long one moves closer to its name."""
        value = sanitized_line(reading.value)
        label = self.label.ljust(LABEL if len(value) <= 26 - LABEL else len(self.label) + 1)
        self.show(Content.assemble(label, (value, colour_of(reading.severity) or "$foreground")))


class Remark(Line):
    """A sentence of its own, or nothing."""

    def read(self, reading: Reading) -> None:
        """Show it."""
        self.show(Content.assemble((sanitized_line(reading.value), colour_of(reading.severity))))


class Bar(Line):
    """How much of a limit has gone, as a bar and in words."""

    DEFAULT_CSS = """
    Bar { color: $text-muted; }
    """
    _WIDTH = 16

    def read(self, reading: Reading) -> None:
        """Draw it; nothing where there is no limit."""
        if reading.share is None:
            self.show(Content(""))
            return
        full, rest = bar(reading.share, self._WIDTH)
        near = " at limit" if reading.share >= 1 else " near" if reading.share >= NEAR else ""
        colour = "$text-warning" if near else "$primary"
        percent = f" {min(999, int(reading.share * 100))} %"
        words = near if reading.share >= 1 else percent + near
        self.show(Content.assemble((full, colour), (rest, "$foreground 20%"), (words, colour_of(reading.severity))))
