"""Every day the embedded gateway can have, through `ask`, over a real socket: how the call ends, and the exit code."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from cli.conftest import Run

from genesys_tui.demo import SCENARIOS


class End(NamedTuple):
    exit_code: int
    status: str
    stop_reason: str
    has_text: bool = True
    more: dict[str, Any] = {}  # noqa: RUF012 - further fields of the record
    options: tuple[str, ...] = ()


COMPLETED = End(0, "completed", "completed")

ENDS = {
    "calm": COMPLETED,
    "slow-start": COMPLETED,
    "stall": COMPLETED._replace(more={"stalls": 2}),
    "heartbeats": COMPLETED._replace(more={"stalls": 1}),
    "burst": COMPLETED._replace(more={"total_tokens": 6000}),
    "truncated": End(3, "truncated", "length"),
    "cut": End(3, "truncated", "disconnected"),
    "silent": End(3, "truncated", "timeout", has_text=False, options=("--inactivity-timeout", "1")),
    "done": COMPLETED,
    "cumulative": COMPLETED._replace(options=("--content-mode", "cumulative")),
    "malformed": COMPLETED,
    "diagnostics": COMPLETED,
    "out-of-sequence": COMPLETED,
    "huge": COMPLETED._replace(more={"diagnostics": 1}),
    "hostile": End(0, "completed", None),  # type: ignore[arg-type]  # hostile, too
    "rate-limited": End(5, "failed", "error", False, {"attempts": 2}, ("--retries", "1")),
    "unavailable": End(1, "failed", "error", False, {"attempts": 2}, ("--retries", "1")),
    "rate-limited:1": COMPLETED._replace(more={"attempts": 2}),
    "unavailable:2": COMPLETED._replace(more={"attempts": 3}),
    "expired-token": COMPLETED._replace(more={"attempts": 2}),
    "refused": End(1, "failed", "error", False, {"attempts": 1}),
    "not-found": End(1, "failed", "error", False, {"attempts": 1}),
    "html": End(1, "failed", "error", False, {"attempts": 1}),
    "redirect": End(1, "failed", "error", False, {"attempts": 1}),
}


def test_every_scenario_has_a_line_in_the_table() -> None:
    assert set(SCENARIOS) <= set(ENDS)


@pytest.mark.parametrize("scenario", ENDS)
def test_a_scenario_ends_as_the_protocol_says(scenario: str, run: Run) -> None:
    end = ENDS[scenario]
    done = run("ask", "--demo", "--scenario", scenario, "--rate", "0", "--format", "json", *end.options, "hello")

    record = json.loads(done.stdout)
    assert "Traceback" not in done.stderr
    assert (done.returncode, record["status"]) == (end.exit_code, end.status)
    assert end.stop_reason in (None, record["stop_reason"])
    assert record["truncated"] is (end.status == "truncated")
    assert bool(record["content"]) is end.has_text
    assert {name: record[name] for name in end.more} == end.more


def test_the_bad_days_are_counted(run: Run) -> None:
    """Diagnostics and anomalies never end a reply, and each is in its record."""

    def ask(scenario: str) -> dict[str, Any]:
        done = run("ask", "--demo", "--scenario", scenario, "--rate", "0", "--format", "json", "hello")
        fields: dict[str, Any] = json.loads(done.stdout)
        return fields

    calm, malformed, diagnostics, sequence = map(ask, ("calm", "malformed", "diagnostics", "out-of-sequence"))
    assert (calm["diagnostics"], calm["sequence_anomalies"]) == (0, 0)
    assert malformed["diagnostics"] >= 4
    assert diagnostics["diagnostics"] >= 3
    assert {seen["name"] for seen in sequence["observations"]} >= {
        "tokens_fell",
        "duplicate_chunk",
        "outside_chunk_matrix",
        "after_final",
        "second_final",
    }
    assert diagnostics["content"] == calm["content"] == sequence["content"]


def test_a_hint_tells_when_the_content_is_cumulative(run: Run) -> None:
    done = run("ask", "--demo", "--scenario", "cumulative", "--rate", "0", "hello")

    assert done.stderr.count('set content_mode = "cumulative"') == 1


def test_content_is_the_same_in_both_modes(run: Run) -> None:
    calm = run("ask", "--demo", "--rate", "0", "hello")
    cumulative = run(
        "ask", "--demo", "--scenario", "cumulative", "--content-mode", "cumulative", "--rate", "0", "hello"
    )

    assert calm.stdout == cumulative.stdout
