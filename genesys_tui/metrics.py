"""Metrics: how a stream is doing, from the arrival times of its facts. Constant memory, however long it runs."""

from __future__ import annotations

import math
import threading
from collections import Counter, deque
from dataclasses import dataclass

from genesys_tui.gateway.facts import (
    Anomaly,
    Answered,
    Arrival,
    Delta,
    Deltas,
    Diagnostic,
    Ending,
    Heartbeat,
    Reasoning,
    Received,
    Requested,
)

DEFAULT_STALL = 2.0
"""Seconds without a chunk that count as a stall."""

WINDOW = 2.0
"""Seconds that the rate of the moment looks back."""

_SLOT = 0.1

SHORTEST = 0.1
"""Seconds from first to last chunk that a rate needs at least: a burst says how fast the network is, not the model."""


class Gaps:
    """The distribution of inter-chunk gaps: counted in buckets that grow by 2 %, so a percentile is within 1 %."""

    _GROWTH = math.log(1.02)
    _SMALLEST = 1e-6

    def __init__(self) -> None:
        self.count = 0
        self.longest = 0.0
        """Seconds, exact."""
        self._buckets: Counter[int] = Counter()

    def add_none(self, times: int) -> None:
        """Count so many gaps of no length, of chunks that arrived together."""
        self.count += times
        self._buckets[-1] += times

    def add(self, gap: float) -> None:
        """Count one gap, in seconds."""
        self.count += 1
        if gap > self.longest:
            self.longest = gap
        self._buckets[int(math.log(gap / self._SMALLEST) / self._GROWTH) if gap > self._SMALLEST else -1] += 1

    def percentile(self, share: float) -> float | None:
        """The gap that this share (0 to 1) of all gaps does not exceed, in seconds; None without gaps."""
        rank = max(1, math.ceil(share * self.count))
        seen = 0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= rank:
                middle = self._SMALLEST * math.exp((bucket + 0.5) * self._GROWTH) if bucket >= 0 else 0.0
                return min(middle, self.longest)
        return None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stream's figures at one moment. Times are in seconds, None where there is nothing to tell yet."""

    elapsed: float
    """From the first request, waits between attempts included."""

    time_to_first_token: float | None
    """From the request that was answered to the first non-empty delta."""

    tokens: int
    """The last cumulative count."""

    estimated: bool
    """Whether that, and each rate, is an estimate, as the dialect makes it until the gateway says how many."""

    tokens_per_second: float | None
    """All tokens over all elapsed time, as the audit entry defines it."""

    streaming_tokens_per_second: float | None
    """Tokens after the first chunk over the time from first to last chunk: how fast the model writes. None for less
    than a tenth of a second."""

    current_tokens_per_second: float | None
    """Of the last two seconds."""

    gap_p50: float | None
    gap_p95: float | None
    gap_max: float | None
    stalls: int
    """Gaps longer than the threshold, the one going on included."""

    silent_for: float | None
    """Since the last byte of an open stream."""

    without_chunk_for: float | None
    """Since the last chunk of an open stream, or since it opened."""

    since_heartbeat: float | None
    chunks: int
    bytes: int
    heartbeats: int
    diagnostics: int
    anomalies: int
    attempts: int
    answered: bool


class StreamMetrics:
    """Takes a call's facts as they come on one thread; gives its figures at any moment to any thread."""

    def __init__(self, stall_seconds: float = DEFAULT_STALL) -> None:
        self.stall_seconds = stall_seconds
        self.tokens = 0
        self.estimated = False
        self.chunks = 0
        self.bytes = 0
        self.heartbeats = 0
        self.diagnostics = 0
        self.anomalies = 0
        self.attempts = 0
        self.stalls = 0
        self.gaps = Gaps()
        self._lock = threading.Lock()  # held for one fact, or one snapshot
        self._began: float | None = None
        self._requested: float | None = None
        self._answered: float | None = None
        self._first_token: float | None = None
        self._first_chunk: float | None = None
        self._first_tokens = 0
        self._last_chunk: float | None = None
        self._last_byte: float | None = None
        self._last_heartbeat: float | None = None
        self._ended: float | None = None
        self._slots: deque[list[float]] = deque()  # [start of the slot, tokens in it], of the last WINDOW seconds

    def take(self, fact: Arrival | Ending) -> None:
        """Count what arrived, or that it ended."""
        with self._lock:
            if isinstance(fact, Delta):
                self._chunk(fact)
            elif isinstance(fact, Deltas):
                self._chunk(fact.deltas[0])
                self._chunks_with_it(fact.deltas[1:])
            elif isinstance(fact, Received):
                self.bytes += fact.size
                self._last_byte = fact.at
            elif isinstance(fact, Reasoning):
                self._chunk(fact)
            elif isinstance(fact, Heartbeat):
                self.heartbeats += 1
                self._last_heartbeat = fact.at
            elif isinstance(fact, Diagnostic):
                self.diagnostics += 1
            elif isinstance(fact, Anomaly):
                self.anomalies += 1
            elif isinstance(fact, Requested):
                self.attempts = fact.attempt
                self._requested = fact.at
                self._began = fact.at if self._began is None else self._began
            elif isinstance(fact, Answered):
                self._answered = self._last_byte = fact.at
                self.estimated = fact.estimated
            elif isinstance(fact, Ending):
                self._end(fact.at)
                if fact.output_tokens and (self.estimated or not self.tokens):
                    self._correct(fact.output_tokens, min(fact.hidden_tokens, fact.output_tokens))

    def seconds_since_request(self, at: float) -> float:
        """A moment on the call's clock as seconds since its first request."""
        return 0.0 if self._began is None else max(0.0, at - self._began)

    def snapshot(self, now: float) -> Snapshot:
        """The figures at ``now``, a reading of the call's clock; of its end once it has ended."""
        with self._lock:
            return self._snapshot(now)

    def _snapshot(self, now: float) -> Snapshot:
        ended = self._ended is not None
        now = now if self._ended is None else self._ended
        elapsed = self.seconds_since_request(now)
        live = self._answered is not None and not ended
        return Snapshot(
            elapsed=elapsed,
            time_to_first_token=_between(self._requested, self._first_token),
            tokens=self.tokens,
            estimated=self.estimated,
            tokens_per_second=self.tokens / elapsed if self.tokens and elapsed else None,
            streaming_tokens_per_second=self._streaming_rate(),
            current_tokens_per_second=self._current_rate(now),
            gap_p50=self.gaps.percentile(0.5),
            gap_p95=self.gaps.percentile(0.95),
            gap_max=self.gaps.longest if self.gaps.count else None,
            stalls=self.stalls + (not ended and self._stalled(now)),
            silent_for=_between(self._last_byte, now) if live else None,
            without_chunk_for=_between(self._since(), now) if live else None,
            since_heartbeat=_between(self._last_heartbeat, now) if live else None,
            chunks=self.chunks,
            bytes=self.bytes,
            heartbeats=self.heartbeats,
            diagnostics=self.diagnostics,
            anomalies=self.anomalies,
            attempts=self.attempts,
            answered=self._answered is not None,
        )

    def _end(self, at: float) -> None:
        """A silence before the end or the first chunk is a stall, though not a gap."""
        self._ended = at
        self.stalls += self._stalled(at)

    def _correct(self, tokens: int, hidden: int) -> None:
        """Take the gateway's count; of what was shown, the first chunk has the share it was estimated to have."""
        if self.tokens:
            self._first_tokens = hidden + round(self._first_tokens * (tokens - hidden) / self.tokens)
        self.tokens, self.estimated = tokens, False

    def _chunk(self, delta: Delta | Reasoning) -> None:
        at, tokens = delta.at, delta.tokens_generated
        self.chunks += 1
        if self._last_chunk is None:
            self.stalls += self._stalled(at)
            self._first_chunk = at
            self._first_tokens = tokens
        else:
            gap = at - self._last_chunk
            self.stalls += gap > self.stall_seconds
            self.gaps.add(gap)
        self._last_chunk = at
        if self._first_token is None and delta.content and isinstance(delta, Delta):
            self._first_token = at
        slots = self._slots
        if slots and at - slots[-1][0] < _SLOT:
            slots[-1][1] += tokens - self.tokens
        else:
            self._begin_slot(at, tokens - self.tokens)
        self.tokens = tokens

    def _chunks_with_it(self, deltas: tuple[Delta, ...]) -> None:
        """Chunks that arrived with the one before."""
        self.chunks += len(deltas)
        self.gaps.add_none(len(deltas))
        if self._first_token is None and any(delta.content for delta in deltas):
            self._first_token = deltas[0].at
        tokens = deltas[-1].tokens_generated
        self._slots[-1][1] += tokens - self.tokens
        self.tokens = tokens

    def _begin_slot(self, at: float, tokens: int) -> None:
        slots = self._slots
        slots.append([at, tokens])
        while at - slots[0][0] > WINDOW:
            slots.popleft()

    def _current_rate(self, now: float) -> float | None:
        """Hidden during the first second of chunks: too little to divide by."""
        if self._first_chunk is None or now - self._first_chunk < 1.0:
            return None
        span = min(WINDOW, now - self._first_chunk)
        tokens = sum(count for start, count in self._slots if now - start <= span and start > self._first_chunk)
        return max(0.0, tokens / span)

    def _streaming_rate(self) -> float | None:
        seconds = _between(self._first_chunk, self._last_chunk)
        tokens = self.tokens - self._first_tokens
        return tokens / seconds if seconds is not None and seconds >= SHORTEST and tokens > 0 else None

    def _stalled(self, now: float) -> bool:
        """Whether an open stream has been without a chunk for too long."""
        since = self._since()
        return since is not None and now - since > self.stall_seconds

    def _since(self) -> float | None:
        """The last chunk, or the opening of the stream."""
        return self._last_chunk if self._last_chunk is not None else self._answered


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else max(0.0, end - start)
