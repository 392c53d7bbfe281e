"""`ask`: data on standard output, narration on standard error, and an exit code."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from cli.conftest import Run

from genesys_tui.demo import DemoGateway

MISSION = (
    "request_id",
    "model",
    "total_tokens",
    "elapsed_seconds",
    "tokens_per_second",
    "truncated",
    "stop_reason",
    "status",
)


def test_json_is_one_record_with_the_eight_fields_of_the_mission(run: Run) -> None:
    done = run("ask", "--demo", "--rate", "0", "--format", "json", "hello")

    record = json.loads(done.stdout)
    assert set(MISSION) <= set(record)
    assert record["total_tokens"] > 100
    assert record["tokens_per_second"] == pytest.approx(record["total_tokens"] / record["elapsed_seconds"], rel=0.01)
    assert done.stdout.isascii()


def test_text_goes_to_standard_output_and_the_summary_to_standard_error(run: Run) -> None:
    done = run("ask", "--demo", "--rate", "0", "hello")

    assert done.stdout.startswith("# Hello")
    assert "completed" not in done.stdout
    assert "completed · " in done.stderr
    assert "TTFT" in done.stderr


def test_events_are_json_lines_that_end_with_the_record(run: Run) -> None:
    done = run("ask", "--demo", "--scenario", "unavailable:1", "--rate", "0", "--format", "events", "hello")

    events = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[0] == "started"
    assert kinds[-1] == "ended"
    assert kinds.count("retry") == 1
    deltas = [event for event in events if event["event"] == "delta"]
    assert "".join(delta["content"] for delta in deltas).startswith("# Hello")
    assert [delta["at"] for delta in deltas] == sorted(delta["at"] for delta in deltas)
    assert deltas[-1]["tokens_generated"] == events[-1]["record"]["total_tokens"]


def test_a_diagnostic_event_carries_its_name_and_data_verbatim(run: Run) -> None:
    done = run("ask", "--demo", "--scenario", "diagnostics", "--rate", "0", "--format", "events", "hello")

    diagnostics = [event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "diagnostic"]
    assert {"warning", "message"} <= {event["name"] for event in diagnostics}
    assert all(event["data"] and event["why"] for event in diagnostics)


def test_the_prompt_may_come_from_a_pipe(run: Run) -> None:
    named = run("ask", "--demo", "--rate", "0", "make a table")
    assert run("ask", "--demo", "--rate", "0", stdin="make a table").stdout == named.stdout
    assert run("ask", "--demo", "--rate", "0", "-", stdin="make a table").stdout == named.stdout


def test_a_truncated_reply_is_continued_and_joined_without_a_seam(run: Run) -> None:
    whole = run("ask", "--demo", "--rate", "0", "--format", "json", "hello")
    joined = run(
        "ask", "--demo", "--scenario", "truncated", "--rate", "0", "--continue", "1", "--format", "json", "hello"
    )

    assert joined.returncode == 0
    assert json.loads(joined.stdout)["content"] == json.loads(whole.stdout)["content"]
    history = [json.loads(line) for line in run("audit", "list", "--format", "jsonl").stdout.splitlines()]
    assert [record["status"] for record in history] == ["completed", "truncated", "completed"]
    assert history[0]["continues"] == history[1]["request_id"]
    assert history[0]["conversation_id"] == history[1]["conversation_id"]


def test_text_joined_from_two_calls_is_whole_on_standard_output(run: Run) -> None:
    whole = run("ask", "--demo", "--rate", "0", "hello")
    joined = run("ask", "--demo", "--scenario", "cut", "--rate", "0", "--continue", "5", "hello")

    assert joined.stdout.rstrip("\n") == whole.stdout.rstrip("\n")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--max-tokens", "0"], "max_tokens"),
        (["--temperature", "9"], "temperature"),
        (["--min-tokens-per-chunk", "9", "--max-tokens-per-chunk", "2"], "min_tokens_per_chunk"),
        (["--max-stream-duration", "-1"], "max_stream_duration_seconds"),
        (["--stop", ""], "stop"),
        (["--model", ""], "model"),
        (["--base-url", "http://llm.example"], "https"),
        (["--scenario", "sunny"], "sunny"),
        (["--profile", "nowhere"], "nowhere"),
        (["--continue", "x"], "--continue"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_nothing_is_sent(arguments: list[str], word: str, run: Run) -> None:
    done = run("ask", *arguments, "hello")

    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_no_prompt_is_a_usage_error(run: Run) -> None:
    assert run("ask", "--demo", stdin=" \n").returncode == 2
    assert run("ask", "--demo", "-", stdin="").returncode == 2


def test_a_prompt_that_is_no_text_is_a_usage_error_that_says_where(run: Run) -> None:
    done = run("ask", "--demo", "caf\udce9 please")  # Latin-1, as the shell hands it over
    assert done.returncode == 2
    assert "no UTF-8 text from character 4 on" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_credentials_end_in_a_sentence_and_exit_code_4(run: Run) -> None:
    done = run("ask", "hello")

    assert done.returncode == 4
    assert "GENESYS_CLIENT_ID" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(run("audit", "list", "--format", "jsonl").stdout)["error"]["kind"] in ("sign_in", "keyring")


def test_a_ready_token_makes_a_call_without_a_sign_in(run: Run) -> None:
    with DemoGateway(rate=0) as gateway:
        done = run("ask", "--base-url", gateway.url, "hello", GENESYSCLOUD_ACCESS_TOKEN=gateway.mint_token())
        assert done.returncode == 0
        assert [seen.method for seen in gateway.requests] == ["POST"]


def test_every_payload_setting_reaches_the_gateway(run: Run) -> None:
    with DemoGateway(rate=0) as gateway:
        done = run(
            *("ask", "--base-url", gateway.url, "--model", "m", "--system", "s", "--max-tokens", "7"),
            *("--temperature", "0.1", "--stop", "A", "--stop", "B", "--min-tokens-per-chunk", "2"),
            *("--max-tokens-per-chunk", "4", "--flush-interval-ms", "9", "--max-stream-duration", "11"),
            *("--inactivity-timeout", "5", "hello"),
            GENESYSCLOUD_ACCESS_TOKEN=gateway.mint_token(),
        )
        assert done.returncode == 3
        body = gateway.requests[0].body
    assert body["model"] == "m"
    assert body["input"]["messages"] == [{"role": "system", "content": "s"}, {"role": "user", "content": "hello"}]
    assert body["parameters"] == {"max_tokens": 7, "temperature": 0.1, "stop": ["A", "B"]}
    assert body["stream_config"]["chunk_matrix"] == {
        "min_tokens_per_chunk": 2,
        "max_tokens_per_chunk": 4,
        "flush_interval_ms": 9,
    }
    assert body["stream_config"]["gateway_constraints"] == {
        "max_stream_duration_seconds": 11,
        "timeout_on_inactivity_seconds": 5,
    }


def _begin(command: Sequence[str], environ: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*command, "ask", "--demo", *arguments, "hello"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_and_keeps_what_came(
    number: signal.Signals, command: Sequence[str], environ: dict[str, str], run: Run
) -> None:
    with _begin(command, environ, "--rate", "20") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = os.read(process.stdout.fileno(), 8)
        process.send_signal(number)
        began = time.monotonic()
        rest, errors = process.communicate(timeout=30)
        assert time.monotonic() - began < 5
    assert process.returncode == 130
    assert b"Traceback" not in errors
    kept = json.loads(run("audit", "list", "--format", "jsonl").stdout)
    assert kept["status"] == "cancelled"
    assert kept["content"] == (first + rest).decode().rstrip("\n")


def test_a_reader_who_leaves_cancels_the_call_without_a_traceback(
    command: Sequence[str], environ: dict[str, str], run: Run
) -> None:
    with _begin(command, environ, "--rate", "40") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(8)
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert b"BrokenPipe" not in errors
    assert json.loads(run("audit", "list", "--format", "jsonl").stdout)["status"] == "cancelled"


def test_a_killed_call_is_closed_as_interrupted_by_the_next_command(
    command: Sequence[str], environ: dict[str, str], run: Run
) -> None:
    with _begin(command, environ, "--rate", "20") as process:
        assert process.stdout is not None
        process.stdout.read(8)
        process.kill()
    record = json.loads(run("audit", "list", "--format", "jsonl").stdout)
    assert (record["status"], record["stop_reason"]) == ("failed", "interrupted")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_nothing_hostile_reaches_a_terminal(command: Sequence[str], environ: dict[str, str], tmp_path: Path) -> None:
    """Escape sequences, C1 controls and bidi overrides of a reply stay out; piped, the text is as it came."""
    leader, follower = pty.openpty()
    arguments = [*command, "ask", "--demo", "--scenario", "hostile", "--rate", "0", "hello"]
    with subprocess.Popen(arguments, stdout=follower, stderr=follower, stdin=follower, env=environ) as process:
        os.close(follower)
        seen = b""
        while True:
            try:
                data = os.read(leader, 65536)
            except OSError:
                break
            if not data:
                break
            seen += data
    os.close(leader)
    text = seen.decode()
    assert process.returncode == 0
    assert "[@click=app.quit]" in text  # the hostile day was had
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x7f"} & set(text)
