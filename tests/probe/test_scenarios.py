"""Each of the gateway's bad days breaks the limit it should, and no other."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from probe.conftest import MakeBench

LIMITS = {"max_ttft_p95": 1.2, "min_rate_p50": 5.0, "max_gap": 1.2, "max_truncated": 0, "max_failed": 0}
"""Between what a calm day takes (0.3 s to the first token, 0.1 s between chunks) and what the bad ones do."""

PACE = 0.6
"""Of the scenarios' pauses: 2.4 s before a slow start, 1.8 s in a stall."""


class Day(NamedTuple):
    broken: set[str] = set()  # noqa: RUF012
    unmeasured: set[str] = set()  # noqa: RUF012
    outcome: str = "broken"


DAYS = {
    "calm": Day(outcome="held"),
    "slow-start": Day({"max_ttft_p95"}),
    "stall": Day({"max_gap"}),
    "truncated": Day({"max_truncated"}),
    "cut": Day({"max_truncated"}),
    "rate-limited": Day({"max_failed"}, {"max_ttft_p95", "min_rate_p50", "max_gap"}),
    "unavailable": Day({"max_failed"}, {"max_ttft_p95", "min_rate_p50", "max_gap"}),
    "rate-limited:1": Day(outcome="held"),
    "malformed": Day(outcome="held"),
    "out-of-sequence": Day(outcome="held"),
}


@pytest.mark.parametrize("scenario", DAYS)
def test_a_bad_day_breaks_exactly_the_limits_it_should(scenario: str, bench: MakeBench) -> None:
    day = DAYS[scenario]
    report = bench(scenario, rate=200, pace=PACE).report(repeat=3, concurrency=3, limits=LIMITS)

    found = {verdict.limit: verdict.outcome for verdict in report.verdicts}
    assert set(found) == set(LIMITS)
    assert {limit for limit, outcome in found.items() if outcome == "broken"} == day.broken
    assert {limit for limit, outcome in found.items() if outcome == "unmeasured"} == day.unmeasured
    assert report.outcome == day.outcome
    assert report.figures.calls == 3


def test_a_limit_that_is_raised_is_no_longer_broken(bench: MakeBench) -> None:
    place = bench("truncated")
    assert place.report(repeat=2, limits={"max_truncated": 1}).broken == ("max_truncated",)
    assert place.report(repeat=2, limits={"max_truncated": 2}).broken == ()
    assert place.report(repeat=2).broken == (), "a truncated reply may be what was asked for"


def test_failed_calls_break_a_probe_unless_it_allows_them(bench: MakeBench) -> None:
    """The other limits do not see a failed call, and would hold."""
    place = bench("refused")
    assert place.report(repeat=2).outcome == "broken"
    assert place.report(repeat=2, limits={"max_failed": 2}).outcome == "held"
    assert place.report(repeat=2, limits={"max_failed": 2, "max_gap": 9.0}).outcome == "unmeasured"
