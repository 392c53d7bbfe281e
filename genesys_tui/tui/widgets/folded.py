"""The sidebar folded into one line, for narrow terminals."""

from __future__ import annotations

from textual.content import Content

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.readings import Readings
from genesys_tui.tui.widgets.line import Line
from genesys_tui.tui.words import colour_of


class FoldedHealth(Line):
    """The figures that matter most."""

    DEFAULT_CSS = """
    FoldedHealth { background: $surface; color: $text-muted; padding: 0 1; }
    """

    def read(self, readings: Readings) -> None:
        """Show these figures."""
        state = readings["state"]
        parts: list[Content | tuple[str, str]] = [(sanitized_line(state.value), colour_of(state.severity))]
        for label, name in (("rate", "tok/s"), ("elapsed", ""), ("TTFT", "TTFT"), ("tokens", "tok"), ("stalls", "")):
            if label in readings:
                parts.append((self._part(label, name, readings[label].value), "$foreground"))
        self.show(Content(" · ").join(Content.assemble(part) for part in parts))

    def _part(self, label: str, name: str, value: str) -> str:
        if label == "TTFT":
            return f"TTFT {value}"
        if label == "stalls":
            return f"{value} stall{'' if value == '1' else 's'}"
        return f"{value} {name}".strip()
