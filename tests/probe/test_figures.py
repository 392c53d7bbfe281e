"""What the figures are made of, and what a limit is held against."""

from __future__ import annotations

import pytest
from probe.bench import failed, record, reported

from genesys_tui.config import Settings
from genesys_tui.probe.figures import figures_of, percentile
from genesys_tui.probe.judgement import judged
from genesys_tui.probe.limits import Limits


@pytest.mark.parametrize(
    ("count", "percent", "place"), [(1, 95, 1), (2, 50, 1), (19, 95, 19), (20, 95, 19), (60, 95, 57), (100, 95, 95)]
)
def test_a_percentile_is_the_first_value_that_so_many_do_not_exceed(count: int, percent: int, place: int) -> None:
    assert percentile(list(range(1, count + 1)), percent) == place


def test_of_a_rate_the_low_end_is_the_bad_one() -> None:
    figures = figures_of(record(rate, streaming_tokens_per_second=float(rate)) for rate in range(1, 101))
    assert figures.rate is not None
    assert (figures.rate.p50, figures.rate.p95, figures.rate.worst) == (51, 6, 1)


def test_failed_and_cancelled_calls_are_counted_and_not_measured() -> None:
    records = [
        *(record(number) for number in range(3)),
        record(3, status="truncated", truncated=True, time_to_first_token_seconds=9.0),
        record(4, status="cancelled", time_to_first_token_seconds=99.0),
        failed(5, attempts=3),
        record(6, status="truncated", truncated=True, time_to_first_token_seconds=None, total_chunks=0),
    ]
    figures = figures_of(records)
    assert (figures.completed, figures.truncated, figures.failed, figures.cancelled) == (3, 2, 1, 1)
    assert figures.retried == 1
    assert figures.ttft is not None
    assert (figures.ttft.count, figures.ttft.worst) == (4, 9.0)


def test_a_reply_in_one_chunk_has_no_gap_and_holds_every_limit_on_gaps() -> None:
    figures = figures_of([record(gap_max_seconds=None, total_chunks=1)])
    (verdict, _) = judged(Limits(max_gap=0.001), figures)
    assert verdict.outcome == "held"


@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        ({"max_ttft_p95": 0.3}, "held"),
        ({"max_ttft_p95": 0.2999}, "broken"),
        ({"min_rate_p50": 60.0}, "held"),
        ({"min_rate_p50": 60.01}, "broken"),
        ({"max_gap": 0.1}, "held"),
        ({"max_gap": 0.0999}, "broken"),
    ],
)
def test_a_bound_that_is_met_exactly_holds(limits: dict[str, float], outcome: str) -> None:
    assert judged(Limits.model_validate(limits), figures_of([record()]))[0].outcome == outcome


def test_one_call_is_no_calls(settings: Settings) -> None:
    from genesys_tui.probe.table import calls_in_words

    assert calls_in_words(reported(settings, [record()])).startswith("1 call")
    assert not calls_in_words(reported(settings, [record()])).startswith("1 calls")


def test_a_report_says_in_words_what_it_comes_to(settings: Settings) -> None:
    slow = [record(number, time_to_first_token_seconds=3.0) for number in range(5)]
    limits = {"max_ttft_p95": 2.0, "max_gap": 2.0}
    assert reported(settings, [record()], limits=limits).sentence == "All limits held."
    assert reported(settings, slow, limits=limits).sentence == "Broken: TTFT p95."
    assert (
        reported(settings, [failed()], limits=limits).sentence
        == "Broken: failed calls. Not measured: TTFT p95, longest gap."
    )
