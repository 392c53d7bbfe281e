"""The first F3 in a real terminal: no key behind it is lost, or taken for a command."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from genesys_tui.audit.ledger import Ledger

from ..history.made import fill
from .conftest import Launch, calls_in, ended, ready

F3 = "\x1b[13~"


@pytest.mark.parametrize("pace", [0.0, 0.05, 0.1, 0.15])
def test_a_filter_typed_behind_the_first_f3_asks_nothing(launch: Launch, tmp_path: Path, pace: float) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        fill(ledger, 500)
    terminal = launch("-m", "genesys_tui", "demo")
    ready(terminal)
    mark = len(terminal.output)
    for key in (F3, *"/tun"):
        terminal.type(key)
        time.sleep(pace)
    terminal.wait_for("no call is like this", mark)  # of none of them was that said
    terminal.type("\x11")
    assert ended(terminal) == 0
    assert len(calls_in(tmp_path)) == 500, "t would ask again"
