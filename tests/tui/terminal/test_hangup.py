"""A terminal that does not read, one that is gone, and an app that is told to end."""

from __future__ import annotations

import signal
import time
from importlib.resources import files
from pathlib import Path

import pytest

from .conftest import DEMO, Launch, calls_in, ended, ready, started

LONGEST_GAP = 2.0
"""Seconds; a chunk comes every 0.1 s, this machine may be busy, and the terminal stops for three."""


def test_a_terminal_that_stops_reading_delays_no_arrival(launch: Launch, tmp_path: Path) -> None:
    terminal = launch(*DEMO, "--rate", "50")
    started(terminal)
    terminal.stop_reading()
    time.sleep(3)
    seen = len(terminal.output)
    time.sleep(0.2)
    assert len(terminal.output) == seen
    terminal.go_on_reading()
    terminal.wait_for("completed", seen, seconds=60)
    terminal.type("\x11")
    assert ended(terminal) == 0
    (call,) = calls_in(tmp_path)
    assert call.record.status == "completed"
    assert call.record.gap_max_seconds is not None
    assert call.record.gap_max_seconds < LONGEST_GAP
    assert call.reply == (files("genesys_tui.demo") / "texts" / "table.md").read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize("controls", [True, False], ids=["with-sighup", "without"])
def test_a_vanished_terminal_ends_the_app(launch: Launch, tmp_path: Path, controls: bool) -> None:
    terminal = launch(*DEMO, "--rate", "20", controls=controls)
    started(terminal)
    terminal.hang_up()
    ended(terminal)
    (call,) = calls_in(tmp_path)
    assert call.record.status == "cancelled"
    assert call.reply


def test_an_idle_app_ends_with_its_terminal(launch: Launch) -> None:
    terminal = launch(*DEMO, controls=False)
    ready(terminal)
    terminal.hang_up()
    ended(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_app_in_good_order(launch: Launch, tmp_path: Path, number: signal.Signals) -> None:
    terminal = launch(*DEMO, "--rate", "20")
    started(terminal)
    terminal.signal(number)
    assert ended(terminal) == 128 + number
    for given_back in ("\x1b[?1049l", "\x1b[?25h", "\x1b[?1004l", "\x1b[?2004l", "\x1b[?1000l"):
        terminal.wait_for(given_back, terminal.output.rfind(b"Queue health"))
    assert terminal.echoes
    (call,) = calls_in(tmp_path)
    assert call.record.status == "cancelled"
    assert call.reply


def test_a_signal_ends_an_app_that_waits_for_its_terminal(launch: Launch, tmp_path: Path) -> None:
    terminal = launch(*DEMO, "--rate", "50")
    started(terminal)
    terminal.stop_reading()
    time.sleep(3)
    terminal.signal(signal.SIGTERM)
    assert ended(terminal) == 128 + signal.SIGTERM
    (call,) = calls_in(tmp_path)
    assert call.record.status == "cancelled"
