"""An export that is ended leaves nothing of what was said behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from audit.made import MORNING, hurried, write

from genesys_tui.audit.ledger import Ledger

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.mark.skipif(os.name == "nt", reason="Windows has none of them to send")
def test_an_export_that_is_ended_takes_its_file_away(environ: dict[str, str], command: Sequence[str]) -> None:
    home = Path(environ["GENESYS_TUI_HOME"])
    with hurried(Ledger(home / "ledger.db")) as ledger:
        for number in range(1500):
            write(ledger, f"r{number}", "é" * 9000, "ü" * 9000, started_at=MORNING + timedelta(minutes=number))
    for number in SIGNALS:
        exporting = subprocess.Popen(
            [*command, "audit", "export", "-o", str(home / "out.jsonl")],
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        while not list(home.glob(".out.jsonl.*")) and exporting.poll() is None:
            time.sleep(0.001)
        exporting.send_signal(number)
        _, said = exporting.communicate(timeout=60)
        assert (exporting.returncode, said.split()) == (130, [b"Stopped."])
        assert not list(home.glob("*out.jsonl*"))
        assert not list(home.glob(".out.jsonl*"))
