"""The sidebar folded into one line, for narrow terminals."""

from __future__ import annotations

from textual.content import Content

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.health.readings import Reading, Readings
from genesys_tui.tui.widgets.line import Line
from genesys_tui.tui.words import colour_of

_PARTS = {
    "rate": "{} tok/s",
    "silent for": "silent {}",
    "stalls": "{} stalls",
    "anomalies": "{} anomalies",
    "diagnostics": "{} diagnostics",
    "elapsed": "{}",
    "TTFT": "TTFT {}",
    "tokens": "{} tok",
}
"""The urgent ones first: what does not fit is left out, from the end."""

_between = Content(" · ")
_ONE = {"stalls": "stall", "anomalies": "anomaly", "diagnostics": "diagnostic"}
_ONLY_WHERE_ANY = ("rate", "TTFT", "silent for", "stalls", "anomalies", "diagnostics")


class FoldedHealth(Line):
    """The figures that matter most."""

    DEFAULT_CSS = """
    FoldedHealth { background: $surface; color: $text-muted; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[Content] = []

    def read(self, readings: Readings) -> None:
        """Show these figures."""
        state = readings["state"]
        parts: list[tuple[str, str]] = [(sanitized_line(state.value), colour_of(state.severity))]
        for name, form in _PARTS.items():
            reading = readings.get(name)
            if reading and not (name in _ONLY_WHERE_ANY and reading.value in ("—", "0")):
                parts.append((_part(name, form, reading), colour_of(reading.severity) or "$foreground"))
        self._parts = [Content.assemble(part) for part in parts]
        self._fit()

    def on_resize(self) -> None:
        """Show what fits."""
        self._fit()

    def _fit(self) -> None:
        shown, room = self._parts, self.content_size.width
        while len(shown) > 1 and 0 < room < _between.join(shown).cell_length:
            shown = shown[:-1]
        self.show(_between.join(shown))


def _part(name: str, form: str, reading: Reading) -> str:
    words = form.format(reading.brief or reading.value)
    return words.replace(name, _ONE.get(name, name)) if reading.value == "1" else words
