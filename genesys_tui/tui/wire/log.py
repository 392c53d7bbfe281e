"""The wire log: what arrived during one call, the newest of it, in bounded memory."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Collection, Iterator

from genesys_tui.audit.records import Record
from genesys_tui.call import CallFact, Ended
from genesys_tui.endings import ending_in_words
from genesys_tui.gateway.facts import (
    Anomaly,
    Answered,
    Delta,
    Diagnostic,
    Done,
    Headers,
    Heartbeat,
    Reasoning,
    Received,
    Requested,
    Retry,
)
from genesys_tui.tui.wire.block import Block
from genesys_tui.tui.wire.events import (
    ANOMALY,
    ANSWER,
    CHUNK,
    COMMENT,
    DIAGNOSTIC,
    DONE,
    END,
    HEARTBEAT,
    KINDS,
    REQUEST,
    RETRY,
    WireEvent,
)

MOST_EVENTS = 100_000
MOST_BYTES = 16 * 1024 * 1024
"""Of data."""


class WireLog:
    """Takes a call's facts on its thread; any other may look at any time."""

    def __init__(self, record: Record, *, most_events: int = MOST_EVENTS, most_bytes: int = MOST_BYTES) -> None:
        self.record = record
        """As the call began; as it ended once it has."""
        self.counts = [0] * len(KINDS)
        """By kind, those no longer kept included."""
        self.headers: list[Headers] = []
        """Of each attempt that was answered."""
        self._most = most_events, most_bytes
        self._lock = threading.Lock()
        self._blocks = [Block(1)]
        self._starts = [1]
        self._next = 1
        self._size = 0
        self._began: float | None = None
        self._last = 0.0
        self._last_chunk: float | None = None
        self._tokens = 0

    @property
    def first(self) -> int:
        """The number of the oldest event kept."""
        return self._starts[0]

    @property
    def last(self) -> int:
        """The number of the newest event; 0 before there is any."""
        return self._next - 1

    @property
    def size(self) -> int:
        """Bytes of data kept."""
        return self._size

    def event(self, number: int) -> WireEvent | None:
        """One event; None where it is no longer kept, or not there yet."""
        with self._lock:
            if not self._starts[0] <= number < self._next:
                return None
            return self._blocks[bisect_right(self._starts, number) - 1].event(number)

    def numbers(self, codes: Collection[int], start: int) -> list[int]:
        """The events of these kinds from a number on."""
        with self._lock:
            return [
                number
                for block in self._blocks
                if block.first + len(block.codes) > start
                for number, code in enumerate(block.codes, block.first)
                if code in codes and number >= start
            ]

    def events(self) -> Iterator[WireEvent]:
        """All that are kept when asked for, the oldest first."""
        for number in range(self.first, self.last + 1):
            if event := self.event(number):
                yield event

    def take(self, fact: CallFact) -> None:
        """Keep one fact. To be called on the call's own thread only."""
        if isinstance(fact, Delta):
            if fact.data:  # one without is not from the wire: the rest of a continued text
                self._tokens = fact.tokens_generated
                self._add(CHUNK, fact.at, fact.data)
        elif isinstance(fact, Received):
            pass
        elif isinstance(fact, Reasoning):
            if fact.data:  # of one without, a delta has it
                self._tokens = fact.tokens_generated
                self._add(CHUNK, fact.at, fact.data)
        elif isinstance(fact, Headers):
            self.headers.append(fact)
        elif isinstance(fact, Heartbeat):
            self._add(HEARTBEAT, fact.at, fact.data, fact.name or COMMENT)
        elif isinstance(fact, Anomaly):
            self._add(ANOMALY, fact.at, fact.data, f"{fact.kind}: {fact.detail} (chunk {fact.chunk_id})")
        elif isinstance(fact, Diagnostic):
            self._add(DIAGNOSTIC, fact.at, fact.data.encode("utf-8", "surrogatepass"), f"{fact.name}: {fact.why}")
        else:
            self._take_turn(fact)

    def _take_turn(self, fact: CallFact) -> None:
        """What a call does besides receiving."""
        if isinstance(fact, Requested):
            self._began = fact.at if self._began is None else self._began
            self._add(REQUEST, fact.at, b"", f"attempt {fact.attempt}")
        elif isinstance(fact, Answered):
            known = f", correlation id {fact.correlation_id}" if fact.correlation_id else ""
            self._add(ANSWER, fact.at, b"", f"status {fact.status_code}{known}")
            self._last_chunk = fact.at
        elif isinstance(fact, Done):
            self._add(DONE, fact.at, fact.data)
        elif isinstance(fact, Retry):
            self._add(RETRY, fact.at, b"", f"attempt {fact.attempt} failed, next in {fact.wait:.1f} s: {fact.why}")
        elif isinstance(fact, Ended):
            self._tokens = fact.record.total_tokens
            at = self._last if self._began is None else self._began + fact.record.elapsed_seconds
            self._add(END, max(at, self._last), b"", ending_in_words(fact.record))
            self.record = fact.record

    def _add(self, code: int, at: float, data: bytes, note: str = "") -> None:
        since = self._last_chunk if code == CHUNK else self._last if self._next > 1 else None
        with self._lock:
            block = self._blocks[-1]
            if block.full:
                block = self._begin_block()
            offset = 0.0 if self._began is None else at - self._began
            block.add(offset, -1.0 if since is None else at - since, code, self._tokens, data, note)
            self._next += 1
            self._size += len(data)
            self.counts[code] += 1
        self._last = at
        if code == CHUNK:
            self._last_chunk = at

    def _begin_block(self) -> Block:
        most_events, most_bytes = self._most
        while len(self._blocks) > 1 and (self._next - self._starts[1] >= most_events or self._size > most_bytes):
            self._size -= self._blocks.pop(0).size
            self._starts.pop(0)
        block = Block(self._next)
        self._blocks.append(block)
        self._starts.append(self._next)
        return block
