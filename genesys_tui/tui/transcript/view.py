"""The view: which lines of the page the reader sees, and what stays where when heights turn out differently."""

from __future__ import annotations

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.page import Page


class View:
    """A window of some lines on the page, which follows its end or stays where the reader left it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.height = 0
        self.following = True
        self.top = 0
        """The line the view begins at. True after `settle`."""
        self._place = (0, 0)
        self._seen = (0, 0)
        self._origin: tuple[bool, tuple[int, int]] | None = None

    @property
    def unseen(self) -> int:
        """Lines below the lowest that was in view."""
        return 0 if self.following else max(0, self.page.heights.total - 1 - self.page.line(self._seen))

    def reset(self) -> None:
        """Forget the place, and follow."""
        self.follow()
        self._place = self._seen = (0, 0)

    def follow(self) -> None:
        """Keep to the end."""
        self.following = True
        self.stay()

    def search_on(self) -> None:
        """Go back to where a search began: with it, or since the reader was somewhere else."""
        if self._origin is None:
            self._origin = self.following, self._place
        self.following, self._place = self._origin

    def stay(self) -> None:
        """Begin the next search here."""
        self._origin = None

    def prepend(self, blocks: list[Block], drop: int) -> None:
        """Put these blocks on the page in place of its first ones; the others stay where they are in view."""
        page, (index, offset) = self.page, self._place
        above = page.line((index, offset)) - page.heights.top(drop)  # negative where the dropped ones are in view
        page.prepend(blocks, drop)
        self.stay()
        more = len(blocks) - drop
        if above < 0 and page.palette is not None:
            self._place = page.walk((len(blocks), 0), above)
        else:
            self._place = max(index + more, 0), offset
        self._seen = max(self._seen[0] + more, 0), self._seen[1]

    def resize(self, width: int, height: int) -> None:
        """Take another size; the block at the top stays there, at about the same part of it."""
        self.height = height
        if width == self.page.width:
            return
        index, offset = self._place
        before = self.page.heights[index] if index < len(self.page.heights) else 1
        self.page.resize(width)
        self.stay()
        if index < len(self.page.blocks):
            self._place = index, offset * len(self.page.strips(index)) // max(before, 1)

    def settle(self) -> None:
        """Draw what is in view, so that all heights in it are exact, and find its top line."""
        page = self.page
        if not page.blocks or not self.height:
            self.top = 0
            return
        last = page.last()
        bottom = last if self.following else page.walk(min(self._place, last), self.height - 1)
        if bottom == last:
            self._place = page.walk(last, 1 - self.height)
        else:
            self._place = page.walk(self._place, 0)
        self._seen = bottom if self.following else max(min(self._seen, last), bottom)
        self.top = page.line(self._place)

    def show(self, place: tuple[int, int]) -> None:
        """Bring a place into view, unless it is there already."""
        self.settle()
        if not self.shows(place):
            self.following = False
            self._place = self.page.walk(place, -self.height // 3)
            self.settle()

    def shows(self, place: tuple[int, int]) -> bool:
        """Whether a place is in view, and not on the last line of it, where the unseen lines are counted."""
        return self.top <= self.page.line(place) < self.top + self.height - 1

    def reveal(self, place: tuple[int, int]) -> None:
        """Move by as few lines as bring a place into view, and stay there."""
        self.following = False
        self.settle()
        line = self.page.line(place)
        if line < self.top:
            self.move(line)
        elif line >= self.top + self.height:
            self.move(line - self.height + 1)
        self.following = False

    @property
    def middle(self) -> int:
        """The block in the middle of the view."""
        return self.page.heights.find(self.top + self.height // 2)[0]

    def move(self, line: int) -> None:
        """Begin at another line, as the reader wishes. At the end, following begins again."""
        lines = line - self.top
        self.following = False
        self.stay()
        near = abs(lines) <= 2 * self.height
        self._place = self.page.walk(self._place if near else self.page.heights.find(line), lines if near else 0)
        self.settle()
        self.following = lines > 0 and self.page.walk(self._place, self.height - 1) == self.page.last()
