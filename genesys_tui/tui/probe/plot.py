"""The plot: one measure of each call, a column for each, growing to the right."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from textual.content import Content
from textual.widget import Widget

_PARTS = " ▁▂▃▄▅▆▇█"
BROKEN = "$error"
LIMIT = "$text-warning 70%"
"""The styles of a column beyond the limit, and of the limit."""

GUTTER = 8
"""Cells on the left, for figures."""

WIDEST = 3
"""Cells that a call takes at most."""

FAR = 4
"""How many times as high as all calls a limit may lie to have its line; another one would press them flat."""


class Point(NamedTuple):
    """One call."""

    value: float | None
    """None where it has no such measure."""

    style: str
    """Of its column."""

    mark: str = "·"
    """What stands for a measure that it has not."""


class Scale(NamedTuple):
    """What a plot is measured by."""

    title: str
    unit: str
    limit: float | None = None
    falling: bool = False
    """Whether less is worse: then of many calls the lowest is shown, else the highest."""


def drawn(points: Sequence[Point | None], scale: Scale, width: int, height: int) -> list[Content]:
    """Lines, so many cells wide: a title, and columns below. A place without a point is of a call not made yet."""
    room = max(1, width - GUTTER)
    columns = _grouped(points, room, falling=scale.falling)
    each = max(1, min(WIDEST, room // max(1, len(columns))))
    values = [point.value for point in columns if point is not None and point.value is not None]
    highest, limit = max(values, default=0.0), scale.limit or 0.0
    top = (highest if limit > FAR * highest > 0 else max(highest, limit)) * 1.05
    rows = max(1, height - 1)
    limit_row = int(limit / top * rows) if 0 < limit <= top else None
    lines = [_title(scale)]
    for row in reversed(range(rows)):
        value = limit if row == limit_row else 0.0 if row == 0 else top or None if row == rows - 1 else None
        figure = "│" if value is None else f"{_figure(value)} ┤"
        cells = _cells(columns, row, rows, top, scale, each, is_limit=row == limit_row)
        rest = room - each * len(columns)
        ending = [("╌" * rest, LIMIT)] if row == limit_row else []
        lines.append(Content.assemble((figure.rjust(GUTTER), "$foreground 60%"), *cells, *ending))
    return lines


def _cells(
    columns: Sequence[Point | None], row: int, rows: int, top: float, scale: Scale, each: int, *, is_limit: bool
) -> Iterator[tuple[str, str]]:
    for point in columns:
        blank, colour = ("╌", LIMIT) if is_limit else (" ", "")
        gap = (blank * (each > 1), colour)
        empty = (blank * each, colour)
        if point is None:
            yield empty
        elif point.value is None:
            yield (point.mark.ljust(each), point.style) if row == 0 else empty
        else:
            eighths = round(point.value / (top or 1.0) * rows * 8) - row * 8
            part = _PARTS[max(0, min(8, eighths))]
            if row == 0 and eighths <= 0:
                part = _PARTS[1]  # a small value is one, too
            broken = scale.limit is not None and (
                point.value < scale.limit if scale.falling else point.value > scale.limit
            )
            style = BROKEN if broken else point.style
            yield from [empty] if part == " " else [(part * (each - len(gap[0])), style), gap]


def _title(scale: Scale) -> Content:
    words = "" if scale.limit is None else f"  limit {'≥' if scale.falling else '≤'} {scale.limit:g} {scale.unit}"
    return Content.assemble((scale.title, "bold"), (f" {scale.unit}{words}", "$foreground 60%"))


def _grouped(points: Sequence[Point | None], room: int, *, falling: bool) -> Sequence[Point | None]:
    """No more than fit: of neighbours the worst."""
    size = math.ceil(len(points) / room) if points else 1
    if size == 1:
        return points
    return [_worst(points[start : start + size], falling=falling) for start in range(0, len(points), size)]


def _worst(points: Iterable[Point | None], *, falling: bool) -> Point | None:
    """A call without a measure counts as worse than any with one."""
    made = [point for point in points if point is not None]
    sign = -1 if falling else 1
    return max(made, key=lambda point: math.inf if point.value is None else sign * point.value, default=None)


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 or not value else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


class Plot(Widget):
    """Draws what it is shown, in the room that it has."""

    DEFAULT_CSS = """
    Plot { height: 1fr; min-height: 4; width: 1fr; }
    """

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self._scale = scale
        self._points: Sequence[Point | None] = ()

    def show(self, points: Sequence[Point | None]) -> None:
        """Show these."""
        if points != self._points:
            self._points = points
            self.refresh()

    def render(self) -> Content:
        """The lines."""
        return Content("\n").join(drawn(self._points, self._scale, self.size.width, self.size.height))
