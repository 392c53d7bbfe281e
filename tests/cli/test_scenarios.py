"""Every day the embedded gateway can have, through `ask` in either dialect, over a real socket: how the call ends."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import product
from typing import Any, NamedTuple

import forkserver
import pytest
from cli.conftest import Run, clean_environ

from genesys_tui.demo import SCENARIOS
from genesys_tui.dialect import DIALECT_NAMES

pytestmark = pytest.mark.xdist_group("scenarios")  # where each is asked once for all of its tests
PROMPT = "How healthy is this stream?"
SLOW = ("slow-start", "stall", "heartbeats", "silent")


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


def demo(scenario: str, dialect: str) -> tuple[str, ...]:
    return ("ask", "--demo", "--scenario", scenario, "--dialect", dialect, "--rate", "0", "--format", "json")


Told = Callable[[str, str], "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """What `ask` says on such a day, in a dialect. It is asked once, and on the days that take seconds at once."""
    with ThreadPoolExecutor(len(SLOW) * len(DIALECT_NAMES)) as pool:
        begun: dict[tuple[str, str], Future[subprocess.CompletedProcess[str]]] = {}

        def begin(scenario: str, dialect: str) -> None:
            arguments = (*demo(scenario, dialect), *ENDS[scenario].options, PROMPT)
            environ = clean_environ(tmp_path_factory.mktemp("home"))
            begun[scenario, dialect] = pool.submit(forkserver.run, arguments, environ)

        def told(scenario: str, dialect: str) -> subprocess.CompletedProcess[str]:
            if (scenario, dialect) not in begun:
                begin(scenario, dialect)
            return begun[scenario, dialect].result()

        for day in product(SLOW, DIALECT_NAMES):
            begin(*day)
        yield told


def reason(end: End, scenario: str, dialect: str) -> str:
    """OpenAI's word for completed, where the gateway says a word at all."""
    return "stop" if end.stop_reason == "completed" and dialect == "openai" and scenario != "done" else end.stop_reason


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
@pytest.mark.parametrize("scenario", ENDS)
def test_a_scenario_ends_as_the_protocol_says(scenario: str, dialect: str, told: Told) -> None:
    end = ENDS[scenario]
    done = told(scenario, dialect)

    record = json.loads(done.stdout)
    assert "Traceback" not in done.stderr
    assert (done.returncode, record["status"]) == (end.exit_code, end.status)
    assert reason(end, scenario, dialect) in (None, record["stop_reason"])
    assert record["truncated"] is (end.status == "truncated")
    assert bool(record["content"]) is end.has_text
    assert {name: record[name] for name in end.more} == end.more


def test_the_embedded_gateway_is_not_asked_as_the_profiles_own_one(run: Run) -> None:
    """It sends deltas, whatever the profile's gateway sends; but for the day on which it does not."""
    run("config", "set", "content_mode", "cumulative")
    done = run(*demo("calm", "genesys"), "hello")
    record = json.loads(done.stdout)
    assert (record["sequence_anomalies"], record["content"][:7]) == (0, "# Hello")
    assert json.loads(run(*demo("cumulative", "genesys"), "hello").stdout)["content"] == record["content"]


OUT_OF_SEQUENCE = {
    "genesys": {"tokens_fell", "duplicate_chunk", "outside_chunk_matrix", "after_final", "second_final"},
    "openai": {"after_final", "second_final"},  # there are neither counts nor ids to be wrong
}


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
def test_the_bad_days_are_counted(dialect: str, told: Told) -> None:
    """Diagnostics and anomalies never end a reply, and each is in its record."""

    def ask(scenario: str) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads(told(scenario, dialect).stdout)
        return fields

    calm, malformed, diagnostics, sequence = map(ask, ("calm", "malformed", "diagnostics", "out-of-sequence"))
    assert (calm["diagnostics"], calm["sequence_anomalies"]) == (0, 0)
    assert malformed["diagnostics"] >= 4
    assert diagnostics["diagnostics"] >= 3
    assert {seen["name"] for seen in sequence["observations"]} >= OUT_OF_SEQUENCE[dialect]
    assert diagnostics["content"] == calm["content"] == sequence["content"]


SAME = ("status", "truncated", "content", "input_tokens", "attempts", "stalls", "total_chunks", "diagnostics")
COUNTED_AT_THE_END = ("total_tokens", "tokens_estimated")
WITHOUT_AN_END = ("cut", "done", "silent")
"""Days on which no usage comes, and tokens stay an estimate where only that tells them."""


@pytest.mark.parametrize("scenario", [name for name in ENDS if name not in ("out-of-sequence", "hostile")])
def test_the_same_call_is_the_same_in_either_dialect(scenario: str, told: Told) -> None:
    """Text, status and figures; what a dialect cannot say apart."""
    ours, theirs = (json.loads(told(scenario, name).stdout) for name in DIALECT_NAMES)
    assert {name: theirs[name] for name in SAME} == {name: ours[name] for name in SAME}
    if scenario in WITHOUT_AN_END:
        assert theirs["tokens_estimated"] is bool(theirs["content"])
        assert ours["total_tokens"] / 2 <= theirs["total_tokens"] <= ours["total_tokens"] * 2
    else:
        assert {name: theirs[name] for name in COUNTED_AT_THE_END} == {name: ours[name] for name in COUNTED_AT_THE_END}


@pytest.mark.parametrize("scenario", ["calm", "truncated", "hostile"])
def test_a_conversation_goes_on_in_the_same_way_in_either_dialect(scenario: str, run: Run) -> None:
    """Continued where it is truncated, with a system prompt, and hostile text as it came."""
    options = ("--system", "Be brief", "--continue", "3", "Compare the queues in a table")
    ours, theirs = (json.loads(run(*demo(scenario, name), *options).stdout) for name in DIALECT_NAMES)
    same = ("content", "status", "total_tokens", "input_tokens", "truncated")
    assert {name: theirs[name] for name in same} == {name: ours[name] for name in same}
    assert bool(theirs["continues"]) is bool(ours["continues"]) is (scenario == "truncated")


def test_a_hint_tells_when_the_content_is_cumulative(run: Run) -> None:
    done = run("ask", "--demo", "--scenario", "cumulative", "--rate", "0", "hello")

    assert done.stderr.count('set content_mode = "cumulative"') == 1


def test_content_is_the_same_in_both_modes(run: Run) -> None:
    calm = run("ask", "--demo", "--rate", "0", "hello")
    cumulative = run(
        "ask", "--demo", "--scenario", "cumulative", "--content-mode", "cumulative", "--rate", "0", "hello"
    )

    assert calm.stdout == cumulative.stdout
