"""The cursor: a place between two characters of the page, and the mark from which text is selected up to it."""

from __future__ import annotations

import re
from typing import NamedTuple

from rich.cells import cell_len
from textual.geometry import Offset
from textual.selection import Selection

from genesys_tui.tui.transcript.overlay import row_of
from genesys_tui.tui.transcript.page import Page

MOVES = (
    *("left", "right", "up", "down", "word_left", "word_right", "line_start", "line_end"),
    *("page_up", "page_down", "start", "end"),
)
_WORD = re.compile(r"\w+")
_JOINER = "\u200d"


class Spot(NamedTuple):
    """A block of the page, a line of it, and a character of that."""

    block: int
    line: int
    column: int


class Cursor:
    """Moves over the lines as they are drawn. What is selected ends before the character that it stands on."""

    def __init__(self, page: Page, place: tuple[int, int]) -> None:
        self._page = page
        self.spot = Spot(*place, 0)
        self.mark: Spot | None = None
        """Where the selection begins, if there is one."""
        self._held = False  # whether the mark stays when it moves on without shift
        self._wish = 0  # the column that up and down keep to

    @property
    def place(self) -> tuple[int, int]:
        """The block, and the line within it."""
        return self.spot[:2]

    @property
    def selection(self) -> Selection | None:
        """From the mark to the cursor; None where that is nothing."""
        if self.mark is None or self.mark == self.spot:
            return None
        return Selection(*map(_offset, sorted((self.mark, self.spot))))

    @property
    def line(self) -> Selection:
        """All of the line that it stands on."""
        block, line, _ = self.spot
        return Selection(_offset(Spot(block, line, 0)), _offset(Spot(block, line, len(self._text(self.place)))))

    @property
    def what(self) -> str:
        """What would be copied, in words."""
        if self.mark is None or self.mark == self.spot:
            return "The line"
        first, last = sorted((self.mark, self.spot))
        if first[:2] == last[:2]:
            many, name = last.column - first.column, "character"
        else:
            many, name = self._page.line(last[:2]) - self._page.line(first[:2]) + 1, "line"
        return f"{many:,} {name}{'s' * (many != 1)}"

    def toggle_mark(self) -> None:
        """Begin to select here, or select nothing."""
        self._held = self.mark is None or not self._held
        self.mark = self.spot if self._held else None

    def go(self, how: str, *, extend: bool, height: int) -> None:
        """Move, one of MOVES; ``extend`` selects on the way. A page has that many lines."""
        if extend and self.mark is None:
            self.mark = self.spot
        elif not extend and not self._held:
            self.mark = None
        steps = {"up": -1, "down": 1, "page_up": 1 - height, "page_down": height - 1}
        if how in steps:
            self._go_lines(steps[how])
            return
        self.spot = getattr(self, f"_{how}")()
        self._wish = self.spot.column

    def settle(self) -> None:
        """Stay on the page after it changed."""
        self.spot = self._on_page(self.spot)
        self.mark = self.mark and self._on_page(self.mark)

    def shift(self, blocks: int) -> None:
        """So many blocks came before."""
        self.spot = self.spot._replace(block=self.spot.block + blocks)
        self.mark = self.mark and self.mark._replace(block=self.mark.block + blocks)

    def _go_lines(self, lines: int) -> None:
        place = self._page.walk(self.place, lines)
        if place == self.place:  # the first line or the last one
            self.spot = self._line_start() if lines < 0 else self._line_end()
        else:
            self.spot = Spot(*place, min(self._wish, len(self._text(place))))

    def _left(self) -> Spot:
        if self.spot.column == 0:
            before = self._page.walk(self.place, -1)
            return self.spot if before == self.place else Spot(*before, len(self._text(before)))
        return self.spot._replace(column=self._stepped(-1))

    def _right(self) -> Spot:
        if self.spot.column >= len(self._text(self.place)):
            behind = self._page.walk(self.place, 1)
            return self.spot if behind == self.place else Spot(*behind, 0)
        return self.spot._replace(column=self._stepped(1))

    def _word_left(self) -> Spot:
        starts = [word.start() for word in _WORD.finditer(self._text(self.place)) if word.start() < self.spot.column]
        if starts:
            return self.spot._replace(column=starts[-1])
        return self._left() if self.spot.column == 0 else self._line_start()

    def _word_right(self) -> Spot:
        text = self._text(self.place)
        ends = [word.end() for word in _WORD.finditer(text) if word.end() > self.spot.column]
        if ends:
            return self.spot._replace(column=ends[0])
        return self._right() if self.spot.column >= len(text) else self._line_end()

    def _line_start(self) -> Spot:
        return self.spot._replace(column=0)

    def _line_end(self) -> Spot:
        return self.spot._replace(column=len(self._text(self.place)))

    def _start(self) -> Spot:
        return Spot(0, 0, 0)

    def _end(self) -> Spot:
        last = self._page.last()
        return Spot(*last, len(self._text(last)))

    def _stepped(self, step: int) -> int:
        """One character further: what has no width belongs to the one before."""
        text, column = self._text(self.place), self.spot.column + step
        while 0 < column < len(text) and (not cell_len(text[column]) or text[column - 1] == _JOINER):
            column += step
        return column

    def _on_page(self, spot: Spot) -> Spot:
        block, line = min(spot[:2], self._page.last())
        line = min(line, max(0, len(self._page.strips(block)) - 1)) if self._page.blocks else 0
        return Spot(block, line, min(spot.column, len(self._text((block, line)))))

    def _text(self, place: tuple[int, int]) -> str:
        block, line = place
        strips = self._page.strips(block) if block < len(self._page.blocks) else []
        return strips[line].text.rstrip() if line < len(strips) else ""


def _offset(spot: Spot) -> Offset:
    return Offset(spot.column, row_of(spot.block, spot.line))
