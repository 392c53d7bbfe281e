"""A shift is told from noise."""

from __future__ import annotations

import math
import random
import statistics

import pytest

from genesys_tui.probe.shift import _student, shift


def _calls(chance: random.Random, count: int, median: float, scatter: float = 0.2) -> list[float]:
    return [median * math.exp(chance.gauss(0, scatter)) for _ in range(count)]


def test_it_is_the_interval_of_hollander_and_wolfe() -> None:
    """Their example 4.1 (permeability of placentas), as R's ``wilcox.test(..., conf.int = TRUE)`` gives it: 0.305, from
    -0.15 to 0.76. Exponents, since ours is of logarithms."""
    term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    early = [1.15, 0.88, 0.90, 0.74, 1.21]
    found = shift([math.exp(each) for each in term], [math.exp(each) for each in early])
    assert found is not None
    assert math.log1p(found.change) == pytest.approx(-0.305)
    assert [math.log1p(found.low), math.log1p(found.high)] == pytest.approx([-0.76, 0.15])


@pytest.mark.parametrize(("earlier", "later"), [(9, 50), (1000, 4), (0, 0)])
def test_of_too_few_calls_nothing_is_said(earlier: int, later: int) -> None:
    chance = random.Random(1)
    assert shift(_calls(chance, earlier, 1), _calls(chance, later, 1)) is None


def test_a_change_is_found_and_measured() -> None:
    chance = random.Random(2)
    for _ in range(50):
        found = shift(_calls(chance, 60, 0.4), _calls(chance, 30, 0.6))
        assert found is not None
        assert not found.is_noise
        assert found.low < 0.5 < found.high or abs(found.change - 0.5) < 0.25


def test_where_nothing_changed_it_is_noise_about_95_times_of_100() -> None:
    chance = random.Random(3)
    found = [shift(_calls(chance, 40, 0.4), _calls(chance, 10, 0.4)) for _ in range(400)]
    assert 0.91 <= statistics.mean(each is not None and each.is_noise for each in found) <= 0.985


def test_runs_that_differ_among_themselves_do_not_raise_an_alarm() -> None:
    """Calls of a run share its day: without a look at whole runs every second day would look like a change."""
    chance = random.Random(4)

    def one_run() -> list[float]:
        return _calls(chance, 10, 0.4 * math.exp(chance.gauss(0, 0.3)), 0.05)

    alarms = {"calls": 0, "runs": 0}
    for _ in range(200):
        days = [one_run() for _ in range(8)]
        earlier, later = [call for day in days for call in day], one_run()
        blind = shift(earlier, later)
        seeing = shift(earlier, later, [statistics.median(day) for day in days])
        assert blind is not None
        assert seeing is not None
        alarms["calls"] += not blind.is_noise
        alarms["runs"] += not seeing.is_noise
    assert alarms["calls"] > 60
    assert alarms["runs"] <= 20


def test_it_needs_no_order_and_stays_quick_for_many_calls() -> None:
    chance = random.Random(5)
    earlier, later = _calls(chance, 5000, 0.4), _calls(chance, 5000, 0.44)
    found = shift(earlier, later)
    assert found == shift(sorted(earlier), sorted(later, reverse=True))
    assert found is not None
    assert found.change == pytest.approx(0.1, abs=0.04)


@pytest.mark.parametrize(("freedom", "quantile"), [(4, 2.776), (7, 2.365), (30, 2.042)])
def test_the_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert _student(freedom) == pytest.approx(quantile, abs=0.01)
