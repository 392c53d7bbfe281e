"""Drawing: a row of the table, and the titles above, as strips."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from genesys_tui.audit.rows import Order, Row
from genesys_tui.tui.history.columns import COLUMNS, fitted, written

Look = Callable[[str], Style]
"""The style of a look, by its name."""

LOOKS = ("title", "sorted", "plain", "figure", "dim", "cursor", "waiting", "striped")
STATUS_LOOKS = {"completed": "success", "truncated": "warning", "failed": "error", "running": "running"}
ALL_LOOKS = (*LOOKS, *STATUS_LOOKS.values(), "cancelled")
_LOOK_OF = {"model": "plain", "stop_reason": "plain", "profile": "dim", "conversation": "dim", "time": "plain"}


def titles(widths: list[int], order: Order, look: Look) -> Strip:
    """The titles; the one that is sorted by says which way."""
    segments = [Segment(" ", look("title"))]
    for column, width in zip(COLUMNS, widths, strict=True):
        by = column.name == order.column
        title = column.title + (("↓" if order.descending else "↑") if by else "")
        segments.append(Segment(fitted(title, width, right=column.right), look("sorted" if by else "title")))
        segments.append(Segment(" ", look("title")))
    return Strip(segments)


def drawn(row: Row | None, number: int, widths: list[int], look: Look, *, pointed: bool) -> Strip:
    """A row; dots in the place of one that is being read."""
    length = sum(widths) + len(widths) + 1
    if row is None:
        return Strip([Segment(fitted(" · · ·", length), look("waiting"))], length)
    mark = "▸" if pointed else " "
    segments = [Segment(mark, look("sorted" if pointed else "plain"))]
    for column, width in zip(COLUMNS, widths, strict=True):
        text, style = written(column, row), look(_LOOK_OF.get(column.name, "figure"))
        if column.name == "status":
            style = look(STATUS_LOOKS.get(row.status, "cancelled"))
        segments += [Segment(fitted(text, width, right=column.right) + " ", style)]
    over = "cursor" if pointed else "striped" if number % 2 else ""
    strip = Strip(segments, length)
    return _on(strip, look(over)) if over else strip


def window(strip: Strip, widths: list[int], left: int, width: int, style: Style, more: str = " ") -> Strip:
    """What of a row is in view: up to the last column that is whole there, for half a figure reads as another one.

    ``more`` stands at the right edge where there are columns behind it.
    """
    if left + width >= strip.cell_length:
        return strip.crop_extend(left, left + width, style)
    end, edge = 1, left + width - 1
    for column in widths:
        if end + column > edge:
            break
        end += column + 1
    shown = strip.crop(left, min(end, edge) if end > left + 1 else edge)
    return Strip.join([shown.extend_cell_length(width - 1, style), Strip([Segment(more, style)], 1)])


def column_at(widths: list[int], x: int) -> str | None:
    """Which column is at that cell."""
    left = 1
    for column, width in zip(COLUMNS, widths, strict=True):
        if left <= x < left + width + 1:
            return column.name
        left += width + 1
    return None


def _on(strip: Strip, over: Style) -> Strip:
    background = Style(bgcolor=over.bgcolor)
    return Strip([Segment(text, (style or Style()) + background) for text, style, _ in strip], strip.cell_length)
