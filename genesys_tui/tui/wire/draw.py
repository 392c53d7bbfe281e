"""Drawing: an event of the wire as a strip of fixed columns."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from genesys_tui.tui.wire.events import ANOMALY, CHUNK, WireEvent
from genesys_tui.tui.wire.words import summary_of

Look = Callable[[str], Style]
"""The style of a look, by its name."""

LOOKS = ("figure", "chunk", "turn", "heartbeat", "diagnostic", "anomaly", "mark", "retry", "end", "stall", "cursor")
_LOOK_OF = {"request": "turn", "answer": "turn", "done": "end"}
_WIDE = 100
"""Cells from which there is room for every column."""


def titles(width: int) -> str:
    """What stands above the columns."""
    if width < _WIDE:
        return f"{'#':>6} {'offset':>8} {'gap':>10}  {'kind':<11}{'tokens':>6}  data"
    return f"{'#':>7} {'offset s':>10} {'gap s':>13}  {'kind':<11}{'tokens':>7} {'bytes':>7}  data"


def drawn(event: WireEvent, width: int, look: Look, *, stall_seconds: float, pointed: bool) -> Strip:
    """The event on one line of that many cells; anomalies, long gaps and the pointed one stand out, in words too."""
    stalled = event.code == CHUNK and event.gap is not None and event.gap > stall_seconds
    figure, kind = look("figure"), look(_LOOK_OF.get(event.kind, event.kind))
    number, gap, figures = _figures(event, width, stalled)
    columns = [
        (f"{'▸' if pointed else ' '}{number} ", figure),
        (f"{gap}  ", look("stall") if stalled else figure),
        (event.kind, look("mark") if event.code == ANOMALY else kind),
        (" " * (11 - len(event.kind)) + f"{figures}  ", figure),
        (summary_of(event), kind),
    ]
    strip = Strip([Segment(text, style) for text, style in columns])
    strip = Strip([Segment(set_cell_size(text, size), style) for text, style, size in _cut(strip, width)])
    return _on(strip, look("cursor").bgcolor) if pointed else strip


def _figures(event: WireEvent, width: int, stalled: bool) -> tuple[str, str, str]:
    """Number and offset, gap, and counts, in their columns."""
    tokens = f"{event.tokens:,}" if event.code == CHUNK else ""
    word = "stall " if stalled else ""
    if width < _WIDE:
        gap = "" if event.gap is None else f"{word}+{event.gap:.{1 if stalled else 3}f}"
        return f"{event.number:>5} {event.at:>8.3f}", f"{gap:>10}", f"{tokens:>6}"
    gap = "" if event.gap is None else f"{word}+{event.gap:.4f}"
    size = f"{len(event.data):,}" if event.data else ""
    return f"{event.number:>6} {event.at:>10.4f}", f"{gap:>13}", f"{tokens:>7} {size:>7}"


def _on(strip: Strip, background: Color | None) -> Strip:
    """The strip on another background; what is reversed stays as it is."""
    over = Style(bgcolor=background)
    return Strip(
        [Segment(text, style if style and style.reverse else (style or Style()) + over) for text, style, _ in strip]
    )


def _cut(strip: Strip, width: int) -> list[tuple[str, Style | None, int]]:
    """The segments within the width, the last one filling it."""
    cut, left = [], width
    *others, last = strip
    for segment in others:
        size = min(segment.cell_length, left)
        cut.append((segment.text, segment.style, size))
        left -= size
    return [*cut, (last.text, last.style, left)]
