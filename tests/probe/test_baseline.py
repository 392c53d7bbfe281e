"""A probe is compared with earlier calls of the same profile and model, and with no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from probe.bench import Bench, record
from probe.conftest import MakeBench

from genesys_tui.probe.baseline import Comparison, compared
from genesys_tui.probe.run import Run
from genesys_tui.probe.table import in_words


def _made(place: Bench, **plan: Any) -> Run:
    run = place.run(baseline="7d", **plan)
    for _ in run.calls():
        pass
    return run


def _compared(place: Bench, run: Run) -> Comparison:
    found = compared(run, place.ledger.path)
    assert found is not None
    return found


def _earlier(place: Bench, count: int, age: timedelta = timedelta(days=1), **fields: Any) -> None:
    """Calls that took a tenth of an hour each, all of them an age ago."""
    for number in range(count):
        began = datetime.now(timezone.utc) - age + timedelta(seconds=number)
        usual: dict[str, Any] = {"time_to_first_token_seconds": 60.0 + number / 10, "streaming_tokens_per_second": None}
        usual |= {"profile": place.settings.name, "started_at": began}
        call = record(0, **{**usual, **fields, "request_id": f"{len(list(place.ledger.calls()))}"})
        place.ledger.start(call.model_copy(update={"status": "running"}), [])
        place.ledger.end(call, "")


def test_without_a_baseline_nothing_is_compared(bench: MakeBench) -> None:
    place = bench()
    run = place.run(repeat=1)
    assert compared(run, place.ledger.path) is None


def test_few_calls_are_too_few_to_tell(bench: MakeBench) -> None:
    place = bench()
    _earlier(place, 9)
    found = _compared(place, _made(place, repeat=6))
    assert (found.calls, found.among) == (9, "calls")
    assert {movement.verdict for movement in found.movements} == {"too few"}


def test_a_large_change_is_told(bench: MakeBench) -> None:
    place = bench()
    _earlier(place, 12)
    ttft, rate = _compared(place, _made(place, repeat=6)).movements
    assert ttft.verdict == "faster"
    assert ttft.shift is not None
    assert ttft.shift.change < -0.5
    assert rate.verdict == "too few", "none was measured before"


def test_only_calls_of_this_profile_and_model_in_that_time_count(bench: MakeBench) -> None:
    place = bench()
    _earlier(place, 2)
    _earlier(place, 20, profile="another")
    _earlier(place, 20, model="gpt-4o-mini-2")
    _earlier(place, 20, age=timedelta(days=8))
    _earlier(place, 20, status="failed")
    _earlier(place, 20, status="cancelled")
    assert _compared(place, _made(place, repeat=1)).calls == 2


def test_a_star_in_a_name_is_a_star(bench: MakeBench) -> None:
    place = bench()
    profile = replace(place.settings.profile, model="gpt*")
    place.settings = type(place.settings)("default", profile, {}, place.settings.home)
    _earlier(place, 3)
    _earlier(place, 2, model="gpt*")
    assert _compared(place, _made(place, repeat=1)).calls == 2


def test_probes_are_compared_with_probes_where_they_are_enough(bench: MakeBench) -> None:
    place = bench()
    _earlier(place, 30)
    _earlier(place, 5, probe="a", age=timedelta(hours=30))
    first = _compared(place, _made(place, repeat=5))
    assert (first.among, first.calls) == ("calls", 35)
    assert in_words(first).startswith("Compared with 35 calls of this profile and model since ")
    second = _compared(place, _made(place, repeat=5))
    assert (second.among, second.calls, second.runs) == ("probes", 10, 2)
    assert in_words(second).startswith("Compared with 10 calls of 2 probes of this profile and model since ")


def test_its_own_calls_are_not_what_it_is_compared_with(bench: MakeBench) -> None:
    place = bench()
    assert _compared(place, _made(place, repeat=12)).calls == 0
