"""Tables: rows of Markdown in, aligned lines out."""

from __future__ import annotations

from itertools import zip_longest

from rich.cells import cell_len

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.columns import Align, split_row
from genesys_tui.tui.transcript.inline import Run, runs
from genesys_tui.tui.transcript.wrap import wrapped

_LINE = ("table-line",)
_NARROWEST = 3


def table(block: Block, width: int) -> list[list[Run]]:
    """The lines of some rows of a table, under its header if they are its first."""
    columns = block.columns
    rows = block.text.split("\n")
    if columns is None:
        return [[(row, ())] for row in rows]
    widths = columns.fit(width)
    if min(widths) < _NARROWEST:
        return _as_text(rows, width)
    lines: list[list[Run]] = []
    for number, row in enumerate(rows):
        header = number == 0 and not block.joined
        lines += _row(split_row(row), widths, columns.aligns, ("table-header",) if header else ())
        if header:
            lines.append([("─┼─".join("─" * wide for wide in widths), _LINE)])
    return lines


def _row(cells: list[str], widths: tuple[int, ...], aligns: list[Align], looks: tuple[str, ...]) -> list[list[Run]]:
    """The lines of one row, as high as its highest cell."""
    wrapped_cells = [
        wrapped([(text, looks + own) for text, own in runs(cell)], wide)
        for cell, wide in zip_longest(cells[: len(widths)], widths, fillvalue="")
        if isinstance(wide, int)
    ]
    lines: list[list[Run]] = []
    for parts in zip_longest(*wrapped_cells, fillvalue=[]):
        line: list[Run] = []
        for number, (part, wide) in enumerate(zip(parts, widths, strict=True)):
            if number:
                line.append((" │ ", _LINE))
            line += _aligned(part, wide, aligns[number], looks)
        lines.append(line)
    return lines


def _aligned(part: list[Run], wide: int, align: Align, looks: tuple[str, ...]) -> list[Run]:
    spare = max(0, wide - sum(cell_len(text) for text, _ in part))
    left = {"left": 0, "center": spare // 2, "right": spare}[align]
    return [(" " * left, looks), *part, (" " * (spare - left), looks)]


def _as_text(rows: list[str], width: int) -> list[list[Run]]:
    """The rows as they were written, where there is no room for columns."""
    return [line for row in rows for line in wrapped(runs(row), width)]
