"""An app that was stopped from outside, while a shell had its terminal, and may go on."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from .conftest import DEMO, Launch, calls_in, ended, ready

ANEW = ("\x1b[?1049h", "\x1b[?1003h", "\x1b[?2004h", "\x1b[?1004h")
"""The other page, mouse, pastes, focus."""


def test_the_terminal_is_the_apps_again_and_no_key_is_lost(launch: Launch, tmp_path: Path) -> None:
    terminal = launch(*DEMO, "--rate", "0")
    ready(terminal)
    terminal.signal(signal.SIGSTOP)
    time.sleep(0.2)
    terminal.echo()
    mark = len(terminal.output)
    terminal.signal(signal.SIGCONT)
    for mode in ANEW:
        terminal.wait_for(mode, mark)
    assert not terminal.echoes
    prompt = ""
    for word in ("kept", "in", "the", "order", "of", "keys"):  # and stopped again at each
        terminal.signal(signal.SIGSTOP)
        terminal.signal(signal.SIGCONT)
        for letter in f"{word} ":
            terminal.type(letter)
            time.sleep(0.02)
        prompt += f"{word} "
    terminal.type("\r")
    terminal.wait_for("completed", mark, seconds=60)
    terminal.type("\x11")
    assert ended(terminal) == 0
    assert terminal.echoes
    (call,) = calls_in(tmp_path)
    assert call.messages[-1]["content"].strip() == prompt.strip()
