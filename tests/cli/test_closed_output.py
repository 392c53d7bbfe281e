"""Standard output that takes nothing: a sentence, an exit code, and a record that is ended all the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

import pytest
from cli.conftest import Run

linux = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110


def last_record(run: Run) -> dict[str, object]:
    fields: dict[str, object] = json.loads(run("audit", "list", "--limit", "1", "--format", "jsonl").stdout)
    return fields


@linux
@pytest.mark.parametrize("form", ["text", "json", "events"])
def test_a_full_disk_ends_the_call_in_a_sentence(
    form: str, command: Sequence[str], environ: dict[str, str], run: Run
) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [*command, "ask", "--demo", "--rate", "0", "--format", form, "hello"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environ,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "Standard output cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert last_record(run)["status"] in ("cancelled", "completed")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-"])
def test_a_stream_that_was_closed_before_is_no_traceback(
    closed: str, command: Sequence[str], environ: dict[str, str], run: Run
) -> None:
    line = f'"$@" ask --demo --rate 0 hello {closed}'
    done = subprocess.run(
        ["sh", "-c", line, "sh", *command], capture_output=True, env=environ, text=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert last_record(run)["status"] == "completed"


def test_two_interrupts_at_once_end_the_call_once(command: Sequence[str], environ: dict[str, str], run: Run) -> None:
    with subprocess.Popen(
        [*command, "ask", "--demo", "--rate", "20", "hello"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
    ) as process:
        assert process.stdout is not None
        os.read(process.stdout.fileno(), 4)
        for _ in range(20):
            process.send_signal(signal.SIGINT)
            time.sleep(0.001)
            if process.poll() is not None:
                break
        _, errors = process.communicate(timeout=20)
    assert process.returncode in (130, -signal.SIGINT)  # the latter: hit again on its way out, which shells call 130
    assert b"Traceback" not in errors
    assert last_record(run)["status"] == "cancelled"


LATE = """
import atexit, os, signal
from genesys_tui.cli.main import main
atexit.register(os.kill, os.getpid(), signal.SIGINT)
main(["config", "path"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it has no signals to send")
def test_an_interrupt_on_the_way_out_is_no_traceback(environ: dict[str, str]) -> None:
    command = [sys.executable, "-c", LATE]
    done = subprocess.run(command, capture_output=True, env=environ, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")
    assert done.stdout.endswith("config.toml\n")


@pytest.mark.parametrize("arguments", [[], ["demo"]])
def test_the_app_asks_for_a_terminal_where_there_is_none(arguments: list[str], run: Run) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("temperature", "99"),
        ("max_tokens", "-5"),
        ("region", "atlantis"),
        ("base_url", "http://evil.example"),
        ("proxy", "socks5://proxy.example"),
    ],
)
def test_a_setting_that_no_call_could_use_is_refused(setting: str, value: str, run: Run) -> None:
    done = run("config", "set", setting, value)
    assert done.returncode == 2, done.stderr
    assert setting in done.stderr or value in done.stderr
    assert f"{setting} =" in run("config", "show").stdout
    assert value not in run("config", "show").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="the folder is a Unix one")
def test_settings_that_cannot_be_written_are_a_sentence(run: Run) -> None:
    done = run("config", "set", "max_tokens", "9", GENESYS_TUI_HOME="/proc/nope")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_proxy_of_the_profile_does_not_stand_before_this_machine(run: Run) -> None:
    run("config", "set", "proxy", "http://user:hunter2@127.0.0.1:9")
    assert run("ask", "--demo", "--rate", "0", "hello").returncode == 0
    shown = run("config", "show").stdout
    assert "hunter2" not in shown
