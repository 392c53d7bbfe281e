"""Metrics: figures from the arrival times of facts, at any moment."""

from __future__ import annotations

import math
import random
import threading
import tracemalloc
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.gateway.facts import (
    Anomaly,
    Answered,
    Arrival,
    Delta,
    Deltas,
    Diagnostic,
    Ending,
    Fact,
    Heartbeat,
    Reasoning,
    Received,
    Requested,
    Retry,
)
from genesys_tui.metrics import Gaps, StreamMetrics

ASKED = [Requested(100.0, 1), Answered(100.2, 200, None)]


def metrics_of(facts: Iterable[Arrival | Ending], stall_seconds: float = 2.0) -> StreamMetrics:
    metrics = StreamMetrics(stall_seconds)
    for fact in facts:
        metrics.take(fact)
    return metrics


def deltas(*arrivals: float, tokens: int = 1) -> list[Fact]:
    return [Delta(at, "x", tokens * (n + 1)) for n, at in enumerate(arrivals)]


@given(
    st.lists(
        st.tuples(
            st.floats(0, 3), st.lists(st.tuples(st.sampled_from(["", "x"]), st.integers(0, 40)), min_size=2, max_size=9)
        ),
        max_size=6,
    ),
    st.floats(0, 3),
)
def test_deltas_that_arrived_together_count_as_each_by_itself(
    moments: list[tuple[float, list[tuple[str, int]]]], later: float
) -> None:
    together: list[Arrival | Ending] = [*ASKED]
    at = 100.2
    for pause, told in moments:
        at += pause
        together.append(Deltas(at, tuple(Delta(at, content, tokens) for content, tokens in told)))
    alone = [each for one in together for each in (one.deltas if isinstance(one, Deltas) else (one,))]
    assert metrics_of(together).snapshot(at + later) == metrics_of(alone).snapshot(at + later)


def test_the_first_token_comes_with_the_first_delta_that_is_not_empty() -> None:
    metrics = metrics_of([*ASKED, Delta(100.3, "", 0), Delta(100.5, "Hi", 1), Delta(100.9, "!", 2)])
    assert metrics.snapshot(101).time_to_first_token == pytest.approx(0.5)
    assert metrics_of([*ASKED, Delta(100.3, "", 0)]).snapshot(101).time_to_first_token is None


def test_the_first_token_is_timed_from_the_request_that_was_answered() -> None:
    facts = [Requested(100.0, 1), Retry(100.1, 1, 5.0, "x"), Requested(105.1, 2), Answered(105.2, 200, None)]
    now = metrics_of([*facts, Delta(105.4, "Hi", 1)]).snapshot(106)
    assert now.time_to_first_token == pytest.approx(0.3)
    assert now.elapsed == pytest.approx(6), "elapsed is from the first request"
    assert now.attempts == 2


@pytest.mark.parametrize("distribution", ["even", "lognormal", "bursts"])
@pytest.mark.parametrize("seed", range(5))
def test_percentiles_of_gaps_are_within_one_percent(distribution: str, seed: int) -> None:
    dice = random.Random(seed)
    draw = {
        "even": lambda: dice.uniform(0.001, 0.2),
        "lognormal": lambda: dice.lognormvariate(-3, 1.5),
        "bursts": lambda: dice.choice([1e-5, 0.05, 3.0]) * dice.uniform(1, 2),
    }[distribution]
    exact = [draw() for _ in range(dice.randrange(1, 5000))]
    gaps = Gaps()
    for gap in exact:
        gaps.add(gap)
    exact.sort()
    for share in (0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0):
        rank = max(1, math.ceil(share * len(exact)))
        assert gaps.percentile(share) == pytest.approx(exact[rank - 1], rel=0.0101)
    assert gaps.longest == exact[-1], "the longest is exact"


def test_gaps_of_nothing_and_of_no_time() -> None:
    gaps = Gaps()
    assert gaps.percentile(0.5) is None
    gaps.add(0.0)
    assert (gaps.percentile(0.5), gaps.percentile(0.95), gaps.longest) == (0.0, 0.0, 0.0)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50))
def test_percentiles_rise_with_their_share(values: list[float]) -> None:
    gaps = Gaps()
    for value in values:
        gaps.add(value)
    shares = [gaps.percentile(share / 20) or 0.0 for share in range(21)]
    assert shares == sorted(shares)
    assert shares[-1] <= gaps.longest


def test_gaps_are_between_chunks_as_they_arrive() -> None:
    """Heartbeats and other bytes do not shorten one, and the wait for the first chunk is none."""
    between = [Heartbeat(101.5), Received(101.6, 9), Diagnostic(101.7, "x", "", "")]
    now = metrics_of([*ASKED, *deltas(101.0), *between, *deltas(102.0, 102.5)]).snapshot(103)
    assert now.gap_max == 1.0
    assert now.gap_p50 == pytest.approx(0.5, rel=0.01)
    assert now.gap_p95 == pytest.approx(1.0, rel=0.01)
    assert metrics_of([*ASKED, *deltas(101.0)]).snapshot(103).gap_max is None


def test_stalls_are_silences_longer_than_the_threshold() -> None:
    facts = [*ASKED, *deltas(100.5, 102.5, 104.6, 110, 110.1)]
    assert metrics_of(facts).snapshot(110.2).stalls == 2
    assert metrics_of(facts, stall_seconds=1.0).snapshot(110.2).stalls == 3
    assert metrics_of(facts, stall_seconds=9.0).snapshot(110.2).stalls == 0


def test_a_stall_is_seen_while_it_lasts_and_stays_counted() -> None:
    metrics = metrics_of([*ASKED, *deltas(100.5)])
    assert [metrics.snapshot(at).stalls for at in (101, 102.5, 102.6, 105)] == [0, 0, 1, 1]
    metrics.take(Delta(105.0, "x", 2))
    assert metrics.snapshot(105.1).stalls == 1


def test_the_silence_before_the_end_is_a_stall() -> None:
    metrics = metrics_of([*ASKED, *deltas(100.5), Heartbeat(103), Ending(104.0, "timeout", True)])
    now = metrics.snapshot(999)
    assert now.stalls == 1
    assert now.gap_max is None, "but no gap between chunks"
    assert metrics_of([*ASKED, *deltas(100.5), Ending(101.0)]).snapshot(999).stalls == 0


def test_the_silence_of_an_open_stream_before_its_first_chunk_is_a_stall_seen_or_over() -> None:
    metrics = metrics_of(ASKED)
    assert [metrics.snapshot(at).stalls for at in (102.1, 102.3)] == [0, 1]
    metrics.take(Delta(103.0, "x", 1))
    assert metrics.snapshot(103.1).stalls == 1, "what was shown is not taken back"


def test_no_answer_is_no_stall() -> None:
    metrics = metrics_of([Requested(100.0, 1), Ending(150.0, "timeout")])
    assert metrics.snapshot(150).stalls == 0


@given(st.lists(st.floats(0, 10), max_size=20), st.floats(0, 10))
def test_stalls_never_become_fewer(waits: list[float], last: float) -> None:
    metrics, at, seen = metrics_of(ASKED), 100.2, 0
    for wait in [*waits, last]:
        at += wait
        before = metrics.snapshot(at).stalls
        assert before >= seen
        metrics.take(Delta(at, "x", 1))
        seen = metrics.snapshot(at).stalls
        assert seen >= before


def test_rates_are_told_apart() -> None:
    facts = [*ASKED, *[Delta(101 + n / 10, "x", 5 + n) for n in range(21)]]
    now = metrics_of([*facts, Ending(105.0)]).snapshot(999)
    assert now.tokens == 25
    assert now.elapsed == 5
    assert now.tokens_per_second == pytest.approx(25 / 5), "all tokens over all time"
    assert now.streaming_tokens_per_second == pytest.approx(20 / 2), "those after the first chunk, while they came"


def test_a_rate_is_hidden_until_it_means_something() -> None:
    metrics = metrics_of([*ASKED, *deltas(101.0, 101.5)])
    assert metrics.snapshot(101.9).current_tokens_per_second is None
    assert metrics.snapshot(102.1).current_tokens_per_second is not None
    assert metrics_of([*ASKED, *deltas(101.0)]).snapshot(103).streaming_tokens_per_second is None
    assert metrics_of(ASKED).snapshot(103).tokens_per_second is None
    assert StreamMetrics().snapshot(5).elapsed == 0


@pytest.mark.parametrize(("seconds", "told"), [(0.0, False), (0.05, False), (0.2, True)])
def test_a_burst_has_no_streaming_rate(seconds: float, told: bool) -> None:
    now = metrics_of([*ASKED, *[Delta(101 + n / 5999 * seconds, "x", n + 1) for n in range(6000)]]).snapshot(101.3)
    assert (now.streaming_tokens_per_second is not None) is told


def test_what_is_without_a_chunk_is_told_apart_from_what_is_silent() -> None:
    metrics = metrics_of([*ASKED, *deltas(101.0), Received(103.0, 9), Heartbeat(103.0)])
    assert (metrics.snapshot(104).without_chunk_for, metrics.snapshot(104).silent_for) == (3.0, 1.0)
    assert metrics_of(ASKED).snapshot(102).without_chunk_for == pytest.approx(1.8)
    assert metrics_of(ASKED[:1]).snapshot(102).without_chunk_for is None


def test_any_thread_may_ask_while_facts_come() -> None:
    metrics, asked, failures = metrics_of(ASKED), threading.Event(), []

    def ask() -> None:
        try:
            while not asked.is_set():
                now = metrics.snapshot(200.0)
                assert now.chunks <= now.bytes
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    for n in range(20_000):
        metrics.take(Received(101 + n * 0.37, 1))
        metrics.take(Delta(101 + n * 0.37 + n % 97 / 100, "x", n))
    asked.set()
    asking.join()
    assert not failures


def test_the_rate_of_the_moment_forgets_what_is_long_ago() -> None:
    metrics = metrics_of([*ASKED, *[Delta(101 + n / 50, "x", n) for n in range(500)]])  # 50 tokens/s until 110.98
    assert metrics.snapshot(111).current_tokens_per_second == pytest.approx(50, rel=0.1)
    assert metrics.snapshot(112).current_tokens_per_second == pytest.approx(25, rel=0.2)
    assert metrics.snapshot(114).current_tokens_per_second == 0


def test_a_count_that_falls_gives_no_negative_rate() -> None:
    now = metrics_of([*ASKED, Delta(101, "x", 90), Delta(102, "x", 5), Delta(103, "x", 6)]).snapshot(103.1)
    assert now.tokens == 6
    assert now.streaming_tokens_per_second is None
    assert now.current_tokens_per_second == 0


def test_what_is_going_on_is_seen_at_any_moment() -> None:
    metrics = metrics_of([*ASKED, Received(100.4, 100), *deltas(100.4), Received(101.0, 12), Heartbeat(101.0)])
    metrics.take(Anomaly(101.0, "x", "1", "y"))
    now = metrics.snapshot(101.5)
    assert (now.silent_for, now.since_heartbeat) == (0.5, 0.5)
    assert (now.bytes, now.chunks, now.heartbeats, now.diagnostics, now.anomalies) == (112, 1, 1, 0, 1)
    assert now.answered
    metrics.take(Ending(102.0))
    over = metrics.snapshot(500)
    assert (over.elapsed, over.silent_for, over.since_heartbeat) == (2.0, None, None)


def test_usage_serves_where_no_chunk_counted() -> None:
    assert metrics_of([*ASKED, Delta(101, "x", 0), Ending(102, output_tokens=9)]).snapshot(102).tokens == 9
    assert metrics_of([*ASKED, Delta(101, "x", 4), Ending(102, output_tokens=9)]).snapshot(102).tokens == 4


UNCOUNTED = [Requested(100.0, 1), Answered(100.2, 200, None, estimated=True)]


def test_estimates_are_corrected_by_the_gateways_count() -> None:
    """Of the rate, too: the first chunk keeps its share of what was estimated."""
    metrics = metrics_of([*UNCOUNTED, *deltas(101.0, 102.0, 103.0, 104.0)])
    now = metrics.snapshot(104.0)
    assert (now.tokens, now.estimated, now.streaming_tokens_per_second) == (4, True, 1.0)
    metrics.take(Ending(104.0, output_tokens=64))
    then = metrics.snapshot(104.0)
    assert (then.tokens, then.estimated, then.streaming_tokens_per_second) == (64, False, 16.0)


def test_reasoning_that_was_not_shown_does_not_make_a_model_faster() -> None:
    metrics = metrics_of([*UNCOUNTED, *deltas(101.0, 102.0, 103.0, 104.0)])
    metrics.take(Ending(104.0, output_tokens=504, hidden_tokens=500))
    now = metrics.snapshot(104.0)
    assert (now.tokens, now.streaming_tokens_per_second) == (504, 1.0)


def test_estimates_stay_estimates_where_nobody_counts() -> None:
    now = metrics_of([*UNCOUNTED, *deltas(101.0, 102.0), Ending(103.0)]).snapshot(103.0)
    assert (now.tokens, now.estimated) == (2, True)


def test_reasoning_is_timed_as_chunks_but_is_not_the_first_token() -> None:
    facts = [*ASKED, Reasoning(101.0, "Hm", 1), Reasoning(102.5, "Hm", 2), Delta(104.0, "x", 3), Ending(104.0)]
    now = metrics_of(facts).snapshot(104.0)
    assert (now.chunks, now.tokens, now.stalls) == (3, 3, 0)
    assert now.time_to_first_token == 4.0
    assert now.gap_max == 1.5


def test_memory_does_not_grow_with_the_stream() -> None:
    metrics = metrics_of(ASKED)

    def stream(start: int, chunks: int) -> None:
        for n in range(start, start + chunks):
            at = 101 + n * 0.013 + (n % 7) * 0.001
            metrics.take(Received(at, 100))
            metrics.take(Delta(at, "x", n))

    tracemalloc.start()
    stream(0, 10_000)  # all that it keeps is now what was counted
    before = tracemalloc.get_traced_memory()[0]
    stream(10_000, 100_000)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert metrics.snapshot(2000.0).chunks == 110_000
    assert grown < 10_000  # a tenth of a byte per chunk
