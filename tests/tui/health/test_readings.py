"""Every threshold is told in words, and no figure is shown before it means something."""

from __future__ import annotations

import pytest

from genesys_tui.gateway.facts import Answered, Delta, Ending, Fact, Heartbeat, Received, Requested, Retry
from genesys_tui.metrics import StreamMetrics
from genesys_tui.tui.health.amounts import age, bar, of_elapsed, of_seconds, size
from genesys_tui.tui.health.limits import Limits
from genesys_tui.tui.health.readings import Readings, live_readings
from genesys_tui.tui.health.trend import Rates
from genesys_tui.tui.health.vitals import Vitals

OPEN: list[Fact] = [Requested(0.0, 1), Answered(0.2, 200, None)]
LIMITS = Limits(max_tokens=100, duration=120, inactivity=30)


def readings_at(now: float, *facts: Fact | Ending, retry_in: float | None = None) -> Readings:
    metrics = StreamMetrics(2.0)
    for fact in facts:
        metrics.take(fact)
    return live_readings(Vitals(metrics.snapshot(now), LIMITS, 2.0, retry_in))


def arrives(at: float, tokens: int, text: str = "x") -> tuple[Fact, Fact]:
    return Received(at, 100), Delta(at, text, tokens)


def test_the_state_says_what_is_waited_for() -> None:
    assert readings_at(0.1)["state"].value == "signing in"
    assert readings_at(0.1, OPEN[0])["state"].value == "waiting for an answer"
    assert readings_at(0.5, *OPEN)["state"].value == "open, no chunk yet"
    assert readings_at(3.3, *OPEN)["state"].value == "slow start for 3 s"
    assert readings_at(1.5, *OPEN, *arrives(1.0, 1))["state"].value == "streaming"
    assert readings_at(5.1, *OPEN, *arrives(1.0, 1))["state"].value == "stalled for 4 s"
    assert readings_at(29.0, *OPEN, *arrives(1.0, 1))["state"] == ("gives up in 2 s", "error", None, "")


def test_a_silence_counts_towards_the_inactivity_limit() -> None:
    assert readings_at(1.4, *OPEN, *arrives(1.0, 1))["silent for"].value == "—"
    assert readings_at(13.9, *OPEN, *arrives(1.0, 1))["silent for"][:2] == ("12 s of 30 s", "warning")


def test_heartbeats_end_the_silence_but_not_the_stall() -> None:
    now = readings_at(7.3, *OPEN, *arrives(1.0, 1), Received(5.2, 20), Heartbeat(5.2))
    assert now["state"].value == "stalled for 6 s"
    assert now["silent for"].value == "2 s of 30 s"
    assert now["alive"].value == "alive, last heartbeat 2 s ago"
    assert readings_at(7.3, *OPEN)["alive"].value == ""


def test_a_late_first_token_is_called_a_slow_start_also_afterwards() -> None:
    assert readings_at(5.0, *OPEN, *arrives(4.0, 1))["TTFT"][:2] == ("4.00 s slow start", "warning")
    assert readings_at(5.0, *OPEN, *arrives(1.0, 1))["TTFT"][:2] == ("1.00 s", "muted")


def test_a_long_gap_is_called_stalled_also_afterwards() -> None:
    assert readings_at(4.6, *OPEN, *arrives(1.0, 1), *arrives(4.5, 2))["longest"].value == "3.50 s stalled"


def test_tokens_and_time_are_measured_against_their_limits() -> None:
    now = readings_at(12.3, *OPEN, *arrives(1.0, 25))
    assert now["tokens"] == ("25 of 100", "muted", 0.25, "25")
    assert now["elapsed"].value == "12.3 of 120 s"
    assert readings_at(110.0, *OPEN, *arrives(109.9, 95))["elapsed"].severity == "warning"
    assert readings_at(12.3, *OPEN, *arrives(1.0, 95))["tokens"].severity == "warning"


def test_a_burst_has_no_rate() -> None:
    burst = [fact for n in range(6000) for fact in arrives(1.0 + n / 100_000, n + 1)]
    now = readings_at(1.07, OPEN[0], OPEN[1], *burst)
    assert now["rate"].value == "—"
    assert readings_at(0.5, *OPEN, *arrives(0.3, 5000))["overall"].value == "—"


def test_a_wait_for_the_next_attempt_counts_down() -> None:
    now = readings_at(1.0, OPEN[0], Retry(0.5, 1, 3.0, "busy"), retry_in=2.5)
    assert now["state"].value == "trying again in 3 s"
    assert now["attempts"].value == "1, next in 3 s"


def test_a_record_that_says_nothing_of_limits_has_none() -> None:
    assert readings_at(1.0)["tokens"].value == "0 of 100"
    assert of_elapsed(5, None) == "5.0 s"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (of_seconds(12.9, 30), "12 s of 30 s"),
        (of_seconds(185, 600), "3:05 of 10:00"),
        (of_elapsed(125.04, 3600), "2:05 of 60:00"),
        (age(40), "40 s"),
        (age(11100), "3 h 05 min"),
        (age(-3), "0 s"),
        (size(999), "999 B"),
        (size(14_200), "14.2 kB"),
    ],
)
def test_amounts_are_short(told: str, words: str) -> None:
    assert told == words


@pytest.mark.parametrize("share", [-1.0, 0.0, 0.01, 0.5, 0.999, 1.0, 7.0])
def test_a_bar_always_fills_its_width(share: float) -> None:
    full, rest = bar(share, 16)
    assert len(full) + len(rest) == 16
    assert (full == "█" * 16) == (share >= 1) or share == 0.999


def test_the_trend_looks_back_a_minute_and_no_further() -> None:
    rates = Rates()
    for tick in range(1000):
        rates.add(float(tick), tick * 0.2)
    assert rates.seconds == 60
    columns = rates.columns(20)
    assert len(columns) == 20
    assert columns == sorted(columns)
    assert columns[0] > 600


def test_a_screen_that_was_held_up_leaves_no_hole_in_the_trend() -> None:
    rates = Rates()
    rates.add(10, 1.0)
    rates.add(20, 4.0)
    assert rates.seconds == 3.5
