"""The fault matrix, machine: signals in storms, a program that is suspended, a window that is dragged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from bench.screen.terminal import Terminal
from tui.terminal.conftest import Launch, calls_in, ended, environment, launch, ready

from genesys_tui.audit.records import Record
from genesys_tui.demo import DemoGateway

__all__ = ["launch"]

APP = ("-m", "genesys_tui")
STORM = 30
PROMPT = "say " + "word " * 60


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[DemoGateway]:
    """Slow enough to be hit in the midst of a reply; the home's profile leads there."""
    with DemoGateway(rate=30, tokens=60) as gateway:
        (tmp_path / "config.toml").write_text(f'[profiles.default]\nbase_url = "{gateway.url}"\nstop = []\n')
        yield gateway


@contextmanager
def asking(home: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """`ask`, of whose reply the first bytes have come."""
    command = [sys.executable, *APP, "ask", PROMPT]
    with subprocess.Popen(
        command, env=environment(home, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        os.read(process.stdout.fileno(), 4)
        try:
            yield process
        finally:
            process.kill()


def credentials(gateway: DemoGateway) -> dict[str, str]:
    return {"GENESYS_CLIENT_ID": gateway.client_id, "GENESYS_CLIENT_SECRET": gateway.client_secret}


def storm(target: subprocess.Popen[bytes], number: signal.Signals) -> None:
    for _ in range(STORM):
        if target.poll() is None:
            target.send_signal(number)
            time.sleep(0.001)


def suspend(target: subprocess.Popen[bytes]) -> None:
    """As `kill -STOP` does, and a machine that sleeps, whose monotonic clock stands still; ten times."""
    for _ in range(10):
        target.send_signal(signal.SIGSTOP)
        time.sleep(0.15)
        target.send_signal(signal.SIGCONT)
        time.sleep(0.02)


class Hit(NamedTuple):
    """What happens to a program, and how it and its call end."""

    strike: Callable[[subprocess.Popen[bytes]], None]
    status: str
    asked: tuple[int, ...]
    """Exit codes of `ask`: that of 128 and the signal where it is hit again on its way out."""
    app: int | None
    """Exit code of the app; None where it goes on."""


HITS = {
    "SIGINT storm": Hit(lambda target: storm(target, signal.SIGINT), "cancelled", (130, -2), 130),
    "SIGTERM storm": Hit(lambda target: storm(target, signal.SIGTERM), "cancelled", (130, -15), 143),
    "SIGHUP storm": Hit(lambda target: storm(target, signal.SIGHUP), "cancelled", (130, -1), 129),
    "suspended": Hit(suspend, "completed", (0,), None),
}


def only_record(home: Path) -> Record:
    (call,) = calls_in(home)
    return call.record


@pytest.mark.parametrize("name", HITS)
def test_ask(name: str, gateway: DemoGateway, tmp_path: Path) -> None:
    hit = HITS[name]
    with asking(tmp_path, GENESYSCLOUD_ACCESS_TOKEN=gateway.mint_token()) as process:
        hit.strike(process)
        _, errors = process.communicate(timeout=60)
    record = only_record(tmp_path)
    assert b"Traceback" not in errors
    assert (record.status, process.returncode in hit.asked) == (hit.status, True), (process.returncode, errors)
    assert record.attempts == 1


def type_prompt(terminal: Terminal, prompt: str) -> None:
    terminal.type(prompt)
    time.sleep(0.3)
    terminal.type("\r")


def streaming(gateway: DemoGateway) -> None:
    """Wait until a reply is being written, and a bit of it has come."""
    deadline = time.monotonic() + 60
    while not gateway.open_streams:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.8)


def recorded(home: Path, prompt: str, status: str, seconds: float = 60) -> Record:
    """The record of that prompt, once it has that status."""
    deadline = time.monotonic() + seconds
    while True:
        for call in calls_in(home):
            if call.messages and call.messages[-1]["content"].strip() == prompt and call.record.status == status:
                return call.record
        assert time.monotonic() < deadline, f"no {status} call asked {prompt!r}: {calls_in(home)}"
        time.sleep(0.3)


def leave(terminal: Terminal) -> None:
    terminal.type("\x11")
    assert ended(terminal) == 0
    assert terminal.echoes


@pytest.mark.parametrize("name", HITS)
def test_the_app(name: str, gateway: DemoGateway, launch: Launch, tmp_path: Path) -> None:
    hit, more = HITS[name], {"GENESYSCLOUD_ACCESS_TOKEN": gateway.mint_token()}
    terminal = launch(*APP, **more)
    ready(terminal)
    type_prompt(terminal, PROMPT)
    streaming(gateway)
    hit.strike(terminal.process)  # type: ignore[arg-type]  # Popen of whatever
    if hit.app is not None:
        assert ended(terminal) == hit.app
        terminal.wait_for("\x1b[?1049l")
        assert terminal.echoes
        assert only_record(tmp_path).status == hit.status
        terminal = launch(*APP, **more)
        ready(terminal)
    assert recorded(tmp_path, PROMPT.strip(), hit.status).attempts == 1
    type_prompt(terminal, "say yes")
    recorded(tmp_path, "say yes", "completed")
    assert b"Traceback" not in terminal.output
    leave(terminal)


def test_a_window_that_is_dragged(gateway: DemoGateway, launch: Launch, tmp_path: Path) -> None:
    terminal = launch(*APP, GENESYSCLOUD_ACCESS_TOKEN=gateway.mint_token())
    ready(terminal)
    type_prompt(terminal, PROMPT)
    streaming(gateway)
    for columns, lines in [(1, 1), (300, 100), (2, 50), (200, 2), (80, 24), (0, 0), (37, 11), (120, 40)] * 3:
        terminal.resize(columns, lines)
        time.sleep(0.02)
    assert recorded(tmp_path, PROMPT.strip(), "completed").total_tokens
    type_prompt(terminal, "say yes")
    recorded(tmp_path, "say yes", "completed")
    leave(terminal)
