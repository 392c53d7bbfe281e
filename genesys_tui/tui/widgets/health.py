"""Health: the sidebar of a stream's gauges."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Digits

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.readings import Reading, Readings
from genesys_tui.tui.widgets.line import Line
from genesys_tui.tui.widgets.trend import Trend
from genesys_tui.tui.words import colour_of

GAUGES = {
    "stream": ("elapsed", "TTFT", "tokens", "overall"),
    "gaps": ("median", "p95", "longest", "silent for", "stalls"),
    "wire": ("chunks", "heartbeats", "diagnostics", "anomalies", "attempts"),
}
"""By group, in order."""

_LABEL = 13


class Gauge(Line):
    """A name and its figure."""

    DEFAULT_CSS = """
    Gauge { color: $text-muted; }
    """

    def __init__(self, label: str) -> None:
        super().__init__(classes=f"-{label.replace(' ', '-')}")
        self.label = label

    def read(self, reading: Reading) -> None:
        """Show the figure."""
        colour = colour_of(reading.severity) or "$foreground"
        self.show(Content.assemble(self.label.ljust(_LABEL), (sanitized_line(reading.value), colour)))


class Health(VerticalScroll, can_focus=False):
    """How the running stream is doing, or the last one did."""

    DEFAULT_CSS = """
    Health {
        width: 30;
        padding: 1 2;
        background: $surface;
        scrollbar-size-vertical: 1;
        Digits { width: 1fr; color: $primary; }
        #state { color: $text-muted; }
        .caption { color: $text-muted; }
        .group { color: $text-muted; text-style: bold; margin-top: 1; }
    }
    """

    figure = getters.query_one("#rate", Digits)
    state = getters.query_one("#state", Line)
    caption = getters.query_one("#caption", Line)
    trend = getters.query_one(Trend)

    def compose(self) -> ComposeResult:
        """The rate in large, then the gauges by group."""
        yield Line(id="state")
        yield Digits("—", id="rate")
        yield Line(id="caption", classes="caption")
        yield Trend()
        for group, labels in GAUGES.items():
            yield Line(group.upper(), classes="group")
            for label in labels:
                yield Gauge(label)

    def read(self, readings: Readings, *, live: bool = False) -> None:
        """Show these figures."""
        state = readings["state"]
        self.state.show(Content.assemble((sanitized_line(state.value), colour_of(state.severity))))
        figure = readings.get("rate", Reading()).value
        if self.figure.value != figure:
            self.figure.update(figure)
        self.caption.show(Content("tokens/s now" if live else "tokens/s"))
        for gauge in self.query(Gauge):
            gauge.read(readings.get(gauge.label, Reading()))
