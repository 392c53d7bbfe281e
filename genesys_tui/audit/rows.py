"""Rows: a call as the projection shows it, and what many of them come to. Knows no database."""

from __future__ import annotations

from typing import NamedTuple

from genesys_tui.errors import LedgerError

SORTED = (
    *("time", "model", "status", "stop_reason", "tokens", "rate"),
    *("ttft", "gap", "attempts", "profile", "conversation"),
)
"""The columns that calls can be sorted by."""


class Interrupted(LedgerError):
    """A read that nobody waits for any more."""


class Order(NamedTuple):
    """In which order calls are wanted."""

    column: str = "time"
    """One of SORTED."""

    descending: bool = True

    @property
    def reversed(self) -> Order:
        """The same from its end."""
        return Order(self.column, not self.descending)


class Key(NamedTuple):
    """A place in an order."""

    value: int | str
    """The column's."""

    seq: int
    """Which of those with the same value."""


class Row(NamedTuple):
    """One call. Times in microseconds, rates in thousandths of tokens per second; -1 where nothing was measured."""

    seq: int
    """The sequence number of its start."""

    end_seq: int | None
    """None while it runs."""

    erased: int
    """1 where what was said was erased."""

    request_id: str
    time: int
    """Microseconds since 1970."""

    model: str
    status: str
    stop_reason: str
    tokens: int
    rate: int
    ttft: int
    gap: int
    attempts: int
    profile: str
    conversation: str
    probe: str = ""
    """The id of the probe that made it; empty for any other call."""

    estimated: int = 0
    """1 where tokens and rate are estimates."""

    def key(self, order: Order) -> Key:
        """Its place in that order."""
        return Key(getattr(self, order.column), self.seq)


class Bucket(NamedTuple):
    """Some of the calls, by when they were made."""

    start: int
    """Microseconds since 1970."""

    calls: int
    truncated: int
    failed: int


class Totals(NamedTuple):
    """What the calls of a filter come to. Times in microseconds, rates in thousandths; None where none is measured."""

    calls: int = 0
    tokens: int = 0
    truncated: int = 0
    failed: int = 0
    ttft_p50: int | None = None
    ttft_p95: int | None = None
    rate_p50: int | None = None
    rate_p95: int | None = None
    """95 of 100 calls were at least this fast."""

    buckets: tuple[Bucket, ...] = ()
    """Of the same length each, the oldest first, empty ones included."""

    width: int = 0
    """Microseconds that a bucket is long."""

    estimated: int = 0
    """How many of the calls have an estimate for tokens and rate."""


class News(NamedTuple):
    """How far the ledger has got."""

    last_call: int
    """The sequence number at which the newest call starts; 0 without calls."""

    last_event: int
    """The sequence number of the newest event."""
