"""Who quits during an export is told what became of it."""

from __future__ import annotations

from pathlib import Path

from genesys_tui.audit.ledger import Ledger

from ..history.made import fill
from .conftest import Launch, ended, ready

CALLS = 8_000


def test_an_export_that_is_quit_is_told_of_and_leaves_no_half_of_a_file(launch: Launch, tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        fill(ledger, CALLS)
    terminal = launch("-m", "genesys_tui", "demo")
    ready(terminal)
    mark = terminal.type("\x1b[13~")
    terminal.wait_for("newest first", mark)
    mark = terminal.type("X")
    terminal.wait_for("spreadsheet", mark)
    mark = terminal.type("\r")
    terminal.wait_for("Exporting", mark)
    mark = terminal.type("\x11")
    assert ended(terminal) == 0
    written = list(tmp_path.glob("calls-*"))
    if written:  # it was faster
        assert sum(line.startswith('{"request_id"') for line in written[0].read_text().splitlines()) == CALLS
        terminal.wait_for("Written to", mark)
    else:
        terminal.wait_for("The export was stopped; nothing was written.", mark)
