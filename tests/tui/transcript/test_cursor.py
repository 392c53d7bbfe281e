"""The cursor over drawn lines: where each move leads, and what is selected on the way."""

from __future__ import annotations

import pytest
from rich.style import Style

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.cursor import MOVES, Cursor
from genesys_tui.tui.transcript.overlay import selected_text
from genesys_tui.tui.transcript.page import Page
from genesys_tui.tui.transcript.palette import Palette


def page_of(*texts: str, width: int = 40) -> Page:
    page = Page()
    page.palette = Palette(Style(), {})
    page.resize(width)
    page.replace(0, [Block("paragraph", text, gap=-1) for text in texts])
    return page


def text_of(page: Page, cursor: Cursor) -> str:
    selection = cursor.selection
    return selected_text(page, selection) if selection else ""


def moved(page: Page, *moves: str, extend: bool = False) -> Cursor:
    cursor = Cursor(page, (0, 0))
    for move in moves:
        cursor.go(move, extend=extend, height=4)
    return cursor


@pytest.mark.parametrize(
    ("moves", "spot"),
    [
        ("right right", (0, 0, 2)),
        ("left", (0, 0, 0)),
        ("line_end right", (1, 0, 0)),
        ("down left", (0, 0, 9)),
        ("line_end down", (1, 0, 3)),
        ("line_end down down", (2, 0, 5)),
        ("line_end down up", (0, 0, 9)),
        ("word_right", (0, 0, 3)),
        ("word_right word_right", (0, 0, 9)),
        ("word_right word_right word_right word_right", (1, 0, 2)),
        ("line_end word_left", (0, 0, 6)),
        ("down word_left", (0, 0, 9)),
        ("end", (2, 0, 5)),
        ("end start", (0, 0, 0)),
        ("end down", (2, 0, 5)),
        ("right up", (0, 0, 0)),
        ("page_down", (2, 0, 0)),
        ("end page_up", (0, 0, 5)),
    ],
)
def test_each_move_leads_where_an_editor_leads(moves: str, spot: tuple[int, int, int]) -> None:
    page = page_of("one = two", "ab:", "third")
    assert tuple(moved(page, *moves.split()).spot) == spot


def test_shift_selects_what_lies_between() -> None:
    page = page_of("one = two", "ab:", "third")
    assert text_of(page, moved(page, "word_right", extend=True)) == "one"
    assert text_of(page, moved(page, "down", "down", "right", extend=True)) == "one = two\nab:\nt"
    cursor = moved(page, "end")
    cursor.go("word_left", extend=True, height=4)
    assert text_of(page, cursor) == "third"
    cursor.go("left", extend=False, height=4)
    assert cursor.selection is None, "moving on without shift selects nothing"


def test_a_mark_selects_until_it_is_taken_away() -> None:
    page = page_of("one = two")
    cursor = Cursor(page, (0, 0))
    cursor.toggle_mark()
    cursor.go("word_right", extend=False, height=4)
    cursor.go("word_right", extend=False, height=4)
    assert text_of(page, cursor) == "one = two"
    cursor.go("word_left", extend=False, height=4)
    cursor.toggle_mark()
    assert cursor.selection is None
    cursor.go("right", extend=True, height=4)
    cursor.toggle_mark()
    cursor.go("line_end", extend=False, height=4)
    assert text_of(page, cursor) == "wo", "a mark set anew begins at the cursor"


def test_what_would_be_copied_is_told() -> None:
    page = page_of("one = two", "ab:", "third")
    cursor = Cursor(page, (0, 0))
    assert cursor.what == "The line"
    assert selected_text(page, cursor.line) == "one = two"
    cursor.go("right", extend=True, height=4)
    assert cursor.what == "1 character"
    cursor.go("end", extend=True, height=4)
    assert cursor.what == "3 lines"


def test_what_has_no_width_belongs_to_the_character_before() -> None:
    page = page_of("e\u0301x", "👩\u200d💻!")
    cursor = moved(page, "right")
    assert cursor.spot.column == 2
    cursor.go("left", extend=False, height=4)
    assert cursor.spot.column == 0
    cursor = moved(page, "down", "right")
    assert cursor.spot.column == 3
    cursor.go("left", extend=False, height=4)
    assert cursor.spot.column == 0


def test_it_stays_on_the_page_when_that_shrinks_and_grows() -> None:
    page = page_of("a", "c " * 60)
    cursor = moved(page, "end")
    assert cursor.spot.line > 1
    cursor.toggle_mark()
    page.replace(1, [Block("paragraph", "c", gap=-1)])
    cursor.settle()
    assert tuple(cursor.spot) == (1, 0, 1)
    page.prepend([Block("paragraph", "earlier", gap=-1)], 0)
    cursor.shift(1)
    assert (cursor.spot.block, cursor.mark and cursor.mark.block) == (2, 2)


def test_an_empty_page_has_room_for_it_all_the_same() -> None:
    page = page_of()
    for move in MOVES:
        cursor = moved(page, move, extend=True)
        cursor.settle()
        assert tuple(cursor.spot) == (0, 0, 0)
        assert cursor.selection is None
