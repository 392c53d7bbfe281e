"""Figures: how a probe's calls went, taken together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genesys_tui.audit.records import Record

STREAMED = ("completed", "truncated")
"""The statuses of calls whose stream is measured: a failed call has none, a cancelled one was not let end."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How a measure is spread over the calls that have it."""

    count: int
    p50: float
    p95: float
    """What 95 of 100 calls keep: of times they take no longer, of rates they are no slower."""

    worst: float
    """The longest time, or the lowest rate."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Times are in seconds, rates in tokens per second. A spread is None where no call has the measure."""

    calls: int
    """That ended, in whichever way."""

    completed: int
    truncated: int
    failed: int
    cancelled: int
    retried: int
    """Calls that took more than one attempt."""

    stalls: int
    tokens: int
    ttft: Spread | None
    rate: Spread | None
    gap: Spread | None
    """Of each call's longest gap; 0 for a reply in one chunk."""

    elapsed: Spread | None
    estimated: bool = False
    """Whether tokens and rates of some calls are estimates: the gateway did not count."""


def figures_of(records: Iterable[Record]) -> Figures:
    """The figures of these calls."""
    records = list(records)
    streamed = [record for record in records if record.status in STREAMED]
    statuses = [record.status for record in records]
    chunked = [record.gap_max_seconds or 0.0 for record in streamed if record.total_chunks]
    return Figures(
        calls=len(records),
        completed=statuses.count("completed"),
        truncated=statuses.count("truncated"),
        failed=statuses.count("failed"),
        cancelled=statuses.count("cancelled"),
        retried=sum(record.attempts > 1 for record in records),
        stalls=sum(record.stalls for record in streamed),
        tokens=sum(record.total_tokens for record in streamed),
        ttft=_spread([record.time_to_first_token_seconds for record in streamed]),
        rate=_spread([record.streaming_tokens_per_second for record in streamed], highest_first=True),
        gap=_spread(chunked),
        elapsed=_spread([record.elapsed_seconds for record in streamed]),
        estimated=any(record.tokens_estimated for record in streamed),
    )


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The first value that so many of 100 do not come after. ``ordered`` holds at least one."""
    return ordered[max(1, -(-percent * len(ordered) // 100)) - 1]


def _spread(measured: Iterable[float | None], *, highest_first: bool = False) -> Spread | None:
    ordered = sorted((each for each in measured if each is not None), reverse=highest_first)
    if not ordered:
        return None
    return Spread(len(ordered), percentile(ordered, 50), percentile(ordered, 95), ordered[-1])
