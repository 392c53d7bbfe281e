"""Health: the sidebar of a stream's gauges."""

from __future__ import annotations

from collections.abc import Callable

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Digits

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.health.amounts import age
from genesys_tui.tui.health.gauges import Bar, Gauge, Remark
from genesys_tui.tui.health.readings import Reading, Readings, live_readings
from genesys_tui.tui.health.trend import Trend
from genesys_tui.tui.health.vitals import Vitals
from genesys_tui.tui.widgets.line import Line
from genesys_tui.tui.words import colour_of

GROUPS = {
    "stream": ("elapsed", "TTFT", "tokens", "tokens bar", "overall"),
    "gaps": ("median", "p95", "longest", "stalls", "silent for"),
    "wire": ("chunks", "bytes", "heartbeats", "diagnostics", "anomalies", "attempts"),
}
"""By group, in order."""

_DIGITS = 8
"""Characters of the large figure: always as many, so that a longer one moves nothing."""


class Health(VerticalScroll, can_focus=False):
    """How the running stream is doing, or the last one did."""

    DEFAULT_CSS = """
    Health {
        width: 30;
        padding: 1 2;
        background: $surface;
        scrollbar-size-vertical: 1;
        Digits { width: 1fr; color: $primary; }
        #state, .caption { color: $text-muted; }
        .group { color: $text-muted; text-style: bold; margin-top: 1; }
    }
    """

    figure = getters.query_one("#rate", Digits)
    state = getters.query_one("#state", Line)
    caption = getters.query_one("#caption", Line)
    trend = getters.query_one(Trend)
    token = getters.query_one("#token", Gauge)

    def __init__(self) -> None:
        super().__init__()
        self._gauges: dict[str, Gauge | Bar | Remark] = {}
        self._token_age: Callable[[], float | None] | None = None

    def compose(self) -> ComposeResult:
        """The rate in large, then the gauges by group."""
        yield Line(id="state")
        self._gauges["alive"] = Remark()
        yield self._gauges["alive"]
        yield Digits("—".ljust(_DIGITS), id="rate")
        yield Line(id="caption", classes="caption")
        yield Trend()
        for group, names in GROUPS.items():
            yield Line(group.upper(), classes="group")
            for name in names:
                self._gauges[name] = _gauge(name)
                yield self._gauges[name]
        token = Gauge("token age")
        token.id = "token"
        token.display = False
        yield token

    def on_mount(self) -> None:
        """A token grows old even when nothing is asked."""
        self.set_interval(15, self._read_token)

    def measure_token(self, token_age: Callable[[], float | None] | None) -> None:
        """Show how old the access token is, in seconds, from now on; nothing where nobody knows."""
        self._token_age = token_age
        self._read_token()

    def clear(self) -> None:
        """Forget the last stream's rate: another one begins."""
        self.trend.clear()
        self._show_rate("—")

    def follow(self, vitals: Vitals) -> Readings:
        """The readings of this moment of a running stream; its rate goes into the trend."""
        if (rate := vitals.figures.current_tokens_per_second) is not None:
            self.trend.add(rate, vitals.figures.elapsed)
        return live_readings(vitals)

    def read(self, readings: Readings, *, live: bool = False) -> None:
        """Show these figures. A rate that cannot be told leaves the last one of the same stream."""
        state = readings["state"]
        self.state.show(Content.assemble((sanitized_line(state.value), colour_of(state.severity))))
        rate = readings.get("rate", Reading()).value
        if rate != "—":
            self._show_rate(rate)
        self.caption.show(Content("tokens/s now" if live else "tokens/s" if rate == "—" else "tokens/s of the reply"))
        for name, gauge in self._gauges.items():
            gauge.read(readings.get(name.removesuffix(" bar"), Reading("") if name == "alive" else Reading()))

    def _show_rate(self, rate: str) -> None:
        if self.figure.value != (figure := rate.ljust(_DIGITS)):
            self.figure.update(figure)

    def _read_token(self) -> None:
        seconds = self._token_age() if self._token_age else None
        self.token.display = seconds is not None
        if seconds is not None:
            self.token.read(Reading(age(seconds)))


def _gauge(name: str) -> Gauge | Bar:
    return Bar() if name.endswith(" bar") else Gauge(name)
