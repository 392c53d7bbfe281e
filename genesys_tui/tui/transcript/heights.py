"""Heights of a column of blocks, estimated or known, and what they add up to."""

from __future__ import annotations

from bisect import bisect_right


class Heights:
    """Lines per block, with the sums that find a block by its line."""

    def __init__(self) -> None:
        self._heights: list[int] = []
        self._tops = [0]
        """Sums of the heights before each block, true up to the end of the list."""

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    def __setitem__(self, index: int, height: int) -> None:
        if self._heights[index] != height:
            self._heights[index] = height
            del self._tops[index + 1 :]

    def replace(self, start: int, heights: list[int]) -> None:
        """Put these heights in place of all from `start` on."""
        self._heights[start:] = heights
        del self._tops[start + 1 :]

    def prepend(self, heights: list[int], drop: int) -> None:
        """Put these heights in place of the first ones."""
        self._heights[:drop] = heights
        del self._tops[1:]

    def top(self, index: int) -> int:
        """The line a block begins at."""
        tops = self._tops
        total = tops[-1]
        for height in self._heights[len(tops) - 1 : index]:
            total += height
            tops.append(total)
        return tops[index]

    @property
    def total(self) -> int:
        """The lines of all blocks."""
        return self.top(len(self._heights))

    def find(self, line: int) -> tuple[int, int]:
        """The block at a line, and the line's place in it; the last line if it lies beyond."""
        if not self._heights:
            return 0, 0
        line = max(0, min(line, self.total - 1))
        index = bisect_right(self._tops, line) - 1
        return index, line - self._tops[index]
