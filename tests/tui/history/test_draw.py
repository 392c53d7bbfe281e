"""What of a row is in view ends with a whole column."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from genesys_tui.tui.history.columns import COLUMNS, widths
from genesys_tui.tui.history.draw import window

WIDTHS = [4, 3, 6]
ROW = Strip([Segment(" aaaa bbb cccccc ")])


@pytest.mark.parametrize(
    ("left", "width", "shown"),
    [
        (0, 20, " aaaa bbb cccccc    "),
        (0, 17, " aaaa bbb cccccc "),
        (0, 16, " aaaa bbb      ›"),
        (0, 11, " aaaa bbb ›"),
        (0, 10, " aaaa bbb›"),
        (0, 9, " aaaa   ›"),
        (3, 14, "aa bbb cccccc "),
        (3, 8, "aa bbb ›"),
        (3, 6, "aa   ›"),
        (0, 4, " aa›"),
    ],
)
def test_a_column_that_is_cut_at_the_right_is_left_out(left: int, width: int, shown: str) -> None:
    strip = window(ROW, WIDTHS, left, width, Style(), more="›")
    assert strip.text == shown
    assert strip.cell_length == width


@pytest.mark.parametrize("room", range(30, 200))
def test_no_column_is_cut_while_cells_stand_empty(room: int) -> None:
    fitting = widths(room)
    row = Strip([Segment(" " + "".join("x" * width + " " for width in fitting))])
    shown = window(row, fitting, 0, room, Style(), more="›").text
    assert shown.count("x") == sum(fitting[: len(shown.replace("›", "").split())]), "whole columns"
    stretched = [more for more, column in zip(fitting, COLUMNS, strict=True) if column.stretches and more < 24]
    if shown.endswith("›") and len(shown.split()) > 4 and stretched:
        assert len(shown) - len(shown[:-1].rstrip()) <= 3
    elif not shown.endswith("›"):
        assert len(shown.split()) == len(COLUMNS)
