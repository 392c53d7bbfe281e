"""The wire logs: those of the last few calls."""

from __future__ import annotations

from genesys_tui.call import CallFact, Started
from genesys_tui.tui.wire.log import MOST_BYTES, WireLog

KEPT = 5
"""Calls."""


class WireLogs:
    """Takes the facts of one call after another, each on the thread of its call; any thread may look."""

    def __init__(self) -> None:
        self.logs: tuple[WireLog, ...] = ()
        """The oldest first."""
        self.forgotten = 0
        """How many older ones are no longer kept."""

    def take(self, fact: CallFact) -> None:
        """Keep one fact; a Started begins another log."""
        if isinstance(fact, Started):
            self._begin(WireLog(fact.record))
        elif self.logs:
            self.logs[-1].take(fact)

    def _begin(self, log: WireLog) -> None:
        kept: list[WireLog] = []
        room = MOST_BYTES  # for all before this one together
        for earlier in reversed(self.logs):
            room -= earlier.size
            if len(kept) == KEPT - 1 or room < 0:
                break
            kept.insert(0, earlier)
        self.forgotten += len(self.logs) - len(kept)
        self.logs = (*kept, log)
