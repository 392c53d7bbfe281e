"""The sieve: which events of a log are looked at."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from genesys_tui.tui.wire.events import KINDS
from genesys_tui.tui.wire.log import WireLog

EVERY = frozenset(range(len(KINDS)))


class Sieve:
    """The numbers of a log's events of some kinds, as they were when last refreshed."""

    def __init__(self, log: WireLog, codes: frozenset[int] = EVERY) -> None:
        self.log = log
        self.codes = codes
        self._first = self._next = 1  # of the log: the oldest kept, and the first not yet looked at
        self._numbers: array[int] = array("Q")  # unused where every kind is looked at
        self._start = 0  # of the numbers still kept
        self.refresh()

    def __len__(self) -> int:
        return self._next - self._first if self.codes == EVERY else len(self._numbers) - self._start

    def __getitem__(self, index: int) -> int:
        """The number of an event, by its place among those looked at."""
        return self._first + index if self.codes == EVERY else self._numbers[self._start + index]

    def index(self, number: int) -> int:
        """The place of an event, or of the first after it."""
        if self.codes == EVERY:
            return max(0, number - self._first)
        return max(0, bisect_left(self._numbers, number, self._start) - self._start)

    def refresh(self) -> int:
        """Take in what came and let go of what is no longer kept; how many of those were looked at."""
        before = len(self)
        first, after = self.log.first, self.log.last + 1
        if self.codes == EVERY:
            gone = min(first - self._first, before)
        else:
            self._numbers.extend(self.log.numbers(self.codes, self._next))
            start = bisect_left(self._numbers, first, self._start)
            gone, self._start = start - self._start, start
            if self._start > len(self._numbers) // 2:
                del self._numbers[: self._start]
                self._start = 0
            after = max(after, self._numbers[-1] + 1) if self._numbers else after
        self._first, self._next = first, after
        return gone
