"""Filters: which kinds of events are shown, on one line with how many there are."""

from __future__ import annotations

from textual.content import Content

from genesys_tui.tui.naming import sign_of
from genesys_tui.tui.widgets.line import Line
from genesys_tui.tui.wire.events import ANOMALY, ANSWER, CHUNK, DIAGNOSTIC, DONE, END, HEARTBEAT, REQUEST, RETRY
from genesys_tui.tui.wire.log import WireLog

FILTERS: dict[str, frozenset[int]] = {
    "chunks": frozenset({CHUNK}),
    "heartbeats": frozenset({HEARTBEAT}),
    "diagnostics": frozenset({DIAGNOSTIC}),
    "anomalies": frozenset({ANOMALY}),
    "turns": frozenset({REQUEST, ANSWER, DONE, RETRY, END}),
}
"""By name; each has a key, which is its place, from 1, unless it is another one in config.toml."""


class Filters(Line):
    """Which kinds are shown."""

    DEFAULT_CSS = """
    Filters { color: $text-muted; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.off: frozenset[str] = frozenset()
        """The names of those not shown."""
        self._signs: dict[str, str] = {}

    @property
    def codes(self) -> frozenset[int]:
        """The kinds shown."""
        return frozenset().union(*(codes for name, codes in FILTERS.items() if name not in self.off))

    def toggle(self, name: str) -> None:
        """Show that kind, or do not."""
        self.off = self.off ^ {name}

    def step(self) -> None:
        """Everything, then all but chunks, then what is wrong only, and round."""
        steps = [frozenset[str](), frozenset({"chunks"}), frozenset({"chunks", "heartbeats", "turns"})]
        self.off = steps[(steps.index(self.off) + 1) % len(steps)] if self.off in steps else steps[0]

    def count(self, log: WireLog | None) -> None:
        """Show how many of each the log has had."""
        parts: list[Content] = []
        self._signs = self._signs or {name: sign_of(self, f"wire.{name}") for name in FILTERS}
        for name, codes in FILTERS.items():
            many = sum(log.counts[code] for code in codes) if log else 0
            shown = name not in self.off
            urgent = many and name in ("diagnostics", "anomalies")
            colour = "bold $text-warning" if urgent else "$foreground"
            mark = "●" if shown else "○"
            counted = (f"{name} {many:,}", colour if shown else "strike")
            parts.append(Content.assemble(f"{self._signs[name]}{mark} ", counted))
        self.show(Content("  ").join(parts))
