"""The real program in a real pseudo-terminal, with a home of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("no pseudo-terminals", allow_module_level=True)

from bench.screen.terminal import Terminal

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.reading import Call

HERE = Path(__file__).parent
DEMO = ("-m", "genesys_tui", "demo")

Launch = Callable[..., Terminal]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the developer's, but what Python needs."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    bus = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/no-bus"}
    return {**kept, **terminal, **bus, "HOME": str(home), "GENESYS_TUI_HOME": str(home), **more}


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Run Python with these arguments; further variables by name."""
    with ExitStack() as open_terminals:

        def run(*arguments: str, controls: bool = True, **variables: str) -> Terminal:
            command = [sys.executable, *arguments]
            return open_terminals.enter_context(
                Terminal(command, environment(tmp_path, **variables), controls=controls)
            )

        yield run


def calls_in(home: Path) -> list[Call]:
    """What the next start finds, the newest first."""
    with Ledger(home / "ledger.db") as ledger:
        return list(ledger.calls())


def ready(terminal: Terminal) -> None:
    terminal.wait_for("sk the model", seconds=60)  # its first letter is the cursor's
    terminal.wait_for("ready", seconds=60)


def started(terminal: Terminal, prompt: str = "a table") -> None:
    """Ask, and wait for the first words of the reply."""
    ready(terminal)
    mark = terminal.type(prompt)
    terminal.wait_for(prompt.rpartition(" ")[2], mark)
    mark = terminal.type("\r")
    terminal.wait_for("Queue health", mark, seconds=60)


def ended(terminal: Terminal, seconds: float = 20) -> int:
    """The exit code."""
    code: Any = terminal.process.wait(seconds)
    assert isinstance(code, int)
    return code
