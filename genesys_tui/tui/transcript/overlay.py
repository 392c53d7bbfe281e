"""What lies over the lines of the page: the selection, and the chip that counts what is below."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.selection import Selection
from textual.strip import Strip

from genesys_tui.tui.transcript.page import Page

_LINES = 1 << 20


def row_of(index: int, offset: int) -> int:
    """The number by which a selection knows a line of a block: the same whatever the height of the blocks above."""
    return index * _LINES + offset


def selected_text(page: Page, selection: Selection) -> str:
    """The text between two places of the page, without what fills the lines up."""
    first = selection.start.y if selection.start else 0
    last = selection.end.y if selection.end else row_of(len(page.blocks), 0)
    lines: list[str] = []
    for index in range(first // _LINES, min(last // _LINES + 1, len(page.blocks))):
        for offset, strip in enumerate(page.strips(index)):
            row = row_of(index, offset)
            if first <= row <= last:
                start, end = selection.get_span(row) or (0, -1)
                lines.append(strip.text[start : None if end < 0 else end].rstrip())
    return "\n".join(lines)


def with_selection(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """The strip with the characters from `start` to `end` (-1 is the end of the text) in another style."""
    end = len(strip.text.rstrip()) if end < 0 else end
    segments: list[Segment] = []
    at = 0
    for text, own, _ in strip:
        first = max(0, start - at)
        last = max(first, end - at)
        for part, chosen in ((text[:first], False), (text[first:last], True), (text[last:], False)):
            if part:
                segments.append(Segment(part, (own or Style.null()) + style if chosen else own))
        at += len(text)
    return Strip(segments, strip.cell_length)


def with_cursor(strip: Strip, column: int, style: Style) -> Strip:
    """The strip with a cursor on a character, or behind the last."""
    if column >= len(strip.text):
        return Strip([*strip, Segment(" ", style + Style(reverse=True))])
    _, under, _ = strip.divide([cell_len(strip.text[:column]), cell_len(strip.text[: column + 1]), strip.cell_length])
    # Within a selection that is reversed, it is what is not.
    own = next(iter(under), Segment("")).style or Style.null()
    return with_selection(strip, column, column + 1, style + Style(reverse=not own.reverse))


def with_edge(strip: Strip, column: int, mark: str, style: Style) -> Strip:
    """The strip with a mark in place of one cell."""
    return Strip(
        [*strip.crop(0, column), Segment(mark, style), *strip.crop(column + cell_len(mark))], strip.cell_length
    )


def with_chip(strip: Strip, label: str, style: Style, width: int) -> Strip:
    """The strip with a label over its right end."""
    room = width - cell_len(label)
    if room < 0:
        return strip
    return Strip([*strip.crop(0, room), Segment(label, style)], width)
