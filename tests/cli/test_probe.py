"""`probe`: a report on standard output, progress on standard error, and an exit code that says whether limits held."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from cli.conftest import Run
from junitparser import JUnitXml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from genesys_tui.demo import DemoGateway

QUICK = ("probe", "--demo", "--rate", "0", "--repeat", "3")


def test_without_anything_it_probes_the_embedded_gateway(run: Run) -> None:
    done = run("probe", "--demo", "--rate", "0")

    assert done.returncode == 0
    assert "10 calls · 10 completed" in done.stdout
    assert "The limit held." in done.stdout
    assert done.stderr.count("completed") == 10


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 0),
        (("--max-gap", "30"), 0),
        (("--max-gap", "0.000001"), 1),
        (("--min-rate-p50", "0.1"), 1),  # too quick a reply to have a rate: not measured is not held
        (("--scenario", "truncated", "--max-truncated", "2"), 1),
        (("--scenario", "truncated", "--max-truncated", "3"), 0),
        (("--scenario", "refused"), 1),
        (("--scenario", "refused", "--max-failed", "3"), 0),
        (("--scenario", "rate-limited", "--retries", "0"), 1),
        (("--scenario", "sunny"), 2),
        (("--repeat", "0"), 2),
        (("--concurrency", "x"), 2),
        (("--max-gap", "nan"), 2),
        (("--baseline", "soon"), 2),
        (("--max-tokens", "0"), 2),
        (("--profile", "nowhere"), 2),
        (("none.toml",), 2),
    ],
)
def test_the_exit_code_says_whether_limits_held(arguments: tuple[str, ...], code: int, run: Run) -> None:
    done = run(*QUICK, *arguments)

    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert bool(done.stdout) is (code < 2)


def test_no_credentials_end_it_at_once_with_the_code_of_ask(run: Run) -> None:
    done = run("probe", "--repeat", "50", "--format", "json")

    report = json.loads(done.stdout)
    assert done.returncode == 4
    assert (report["outcome"], report["calls_ended"]) == ("stopped", 1)
    assert "GENESYS_CLIENT_ID" in done.stderr


def test_a_file_is_followed_and_options_beat_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "probe.toml"
    file.write_text(
        'prompts = ["one", "two"]\nrepeat = 2\n[limits]\nmax_ttft_p95 = 0.000001\n'
        '[parameters]\nmax_tokens = 33\nmodel = "m"\n'
    )
    broken = run("probe", str(file), "--demo", "--rate", "0", "--format", "json")
    held = run(
        "probe", str(file), "--demo", "--rate", "0", "--format", "json", "--max-ttft-p95", "30", "--model", "mine"
    )

    assert (broken.returncode, held.returncode) == (1, 0)
    assert json.loads(broken.stdout)["calls_ended"] == 4
    assert (json.loads(broken.stdout)["model"], json.loads(held.stdout)["model"]) == ("m", "mine")
    calls = [json.loads(line) for line in run("audit", "list", "--format", "jsonl").stdout.splitlines()]
    assert {call["parameters"]["max_tokens"] for call in calls} == {33}
    assert {call["messages"][-1]["content"] for call in calls} == {"one", "two"}


def test_the_profile_of_a_file_is_used_unless_another_is_named(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config.toml"
    config.parent.mkdir(exist_ok=True)
    with DemoGateway(rate=0) as gateway:
        config.write_text("".join(f'[profiles.{name}]\nbase_url = "{gateway.url}"\n' for name in ("lab", "field")))
        (tmp_path / "p.toml").write_text('profile = "lab"\nrepeat = 1\n')
        token = {"GENESYSCLOUD_ACCESS_TOKEN": gateway.mint_token()}
        of_file = run("probe", str(tmp_path / "p.toml"), "--format", "json", **token)
        named = run("probe", str(tmp_path / "p.toml"), "--format", "json", "--profile", "field", **token)
    assert json.loads(of_file.stdout)["profile"] == "lab"
    assert json.loads(named.stdout)["profile"] == "field"


def test_a_read_only_profile_sends_nothing(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text("[profiles.default]\nread_only = true\n")
    done = run("probe")
    assert done.returncode == 2
    assert "read-only" in done.stderr
    assert run("audit", "list", "--format", "jsonl").stdout == ""


def test_a_bad_file_is_told_where_it_is_wrong(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("repeat = 3\n\n[limits]\nmax_gapp = 2\n")
    done = run("probe", str(tmp_path / "p.toml"), "--demo")
    assert done.returncode == 2
    assert "p.toml, line 4: limits.max_gapp: there is no such key" in done.stderr
    assert done.stdout == ""


def test_junit_and_openmetrics_are_read_by_others(run: Run) -> None:
    junit = run(*QUICK, "--format", "junit", "--max-gap", "0.000001")
    metrics = run(*QUICK, "--format", "openmetrics", "--max-gap", "30")

    (suite,) = JUnitXml.fromstring(junit.stdout.encode())
    assert (junit.returncode, suite.tests, suite.failures, suite.errors) == (1, 3, 1, 0)
    families = {family.name for family in text_string_to_metric_families(metrics.stdout)}  # type: ignore[no-untyped-call]
    assert {"genesys_probe_calls", "genesys_probe_longest_gap_seconds", "genesys_probe_limit_held"} <= families
    assert "All limits held." in metrics.stderr


def test_probes_are_in_the_audit_history_under_their_kind(run: Run) -> None:
    report = json.loads(run(*QUICK, "--format", "json").stdout)
    run("ask", "--demo", "--rate", "0", "hello")

    listed = {
        kind: [
            json.loads(line) for line in run("audit", "list", "--kind", kind, "--format", "jsonl").stdout.splitlines()
        ]
        for kind in ("probe", "call")
    }
    assert {call["request_id"] for call in listed["probe"]} == {call["request_id"] for call in report["calls"]}
    assert {call["probe"] for call in listed["probe"]} == {report["probe"]}
    assert [call["messages"][-1]["content"] for call in listed["call"]] == ["hello"]


def test_a_second_probe_is_compared_with_the_first(run: Run) -> None:
    first = run(*QUICK, "--repeat", "12", "--baseline", "7d")
    second = run(*QUICK, "--repeat", "12", "--baseline", "7d")

    assert "too few calls to tell" in first.stdout
    assert "Compared with 12 calls of 1 probe of this profile and model since" in second.stdout
    assert "TTFT" in second.stdout
    assert first.returncode == second.returncode == 0, "a baseline informs; limits judge"


def test_quiet_says_nothing_while_it_runs(run: Run) -> None:
    assert run(*QUICK, "--quiet").stderr == ""


def test_sigint_ends_it_with_what_it_has(command: Sequence[str], environ: dict[str, str], run: Run) -> None:
    arguments = ("probe", "--demo", "--rate", "200", "--repeat", "50", "--concurrency", "2", "--format", "json")
    process = subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("1 of 50: completed")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    report = json.loads(out)
    assert process.returncode == 130
    assert report["outcome"] == "interrupted"
    assert 1 <= report["completed"] < 50
    assert report["calls_ended"] == report["completed"] + report["cancelled"]
    assert "Interrupted after" in err
    calls = [json.loads(line) for line in run("audit", "list", "--format", "jsonl").stdout.splitlines()]
    assert len(calls) == report["calls_ended"]
    assert not [call for call in calls if call["status"] == "running"]


def test_whoever_cannot_wait_gets_the_report_all_the_same(command: Sequence[str], environ: dict[str, str]) -> None:
    arguments = ("probe", "--demo", "--rate", "200", "--repeat", "50", "--baseline", "7d", "--format", "json")
    process = subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stderr.readline().startswith("1 of 50: completed")
    while not select.select([process.stdout], [], [], 0.002)[0]:
        process.send_signal(signal.SIGINT)
    assert json.loads(process.communicate(timeout=30)[0])["outcome"] == "interrupted"


def test_at_a_terminal_a_bar_grows_and_goes(command: Sequence[str], environ: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    arguments = ("probe", "--demo", "--rate", "300", "--repeat", "4")
    process = subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL, stderr=theirs, env=environ)
    os.close(theirs)
    shown = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            shown += (more := os.read(ours, 4096))
        except OSError:
            break
        if not more:
            break
    os.close(ours)
    assert process.wait(timeout=30) == 0
    assert "probing █".encode() in shown
    assert b"completed" not in shown
    assert shown.endswith(b"\r\x1b[K"), "nothing of it is left"
