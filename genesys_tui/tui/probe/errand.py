"""The errand: makes a probe's calls on a thread, and tells the screen when all is done."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from genesys_tui.errors import GenesysError
from genesys_tui.probe.baseline import compared
from genesys_tui.probe.report import Report, report_of
from genesys_tui.tui.mailbox import Mailbox
from genesys_tui.tui.messages import Crashed

if TYPE_CHECKING:
    from genesys_tui.probe.run import Run


class ProbeEnded(Message):
    """No call is made any more."""

    def __init__(self, report: Report, trouble: str = "") -> None:
        self.report = report
        self.trouble = trouble
        """Why there is no comparison, where one was asked for."""
        super().__init__()


class Errand:
    """A run on a thread of its own."""

    def __init__(self, run: Run, ledger: Path, deliver: Mailbox) -> None:
        self.probe = run
        self._ledger = ledger
        self._deliver = deliver
        self._thread = threading.Thread(target=self._work, daemon=True, name="genesys-tui-probe-run")

    def start(self) -> None:
        """Make the calls; a ProbeEnded follows."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop at once; the end is still told."""
        self.probe.cancel()

    def join(self, seconds: float) -> None:
        """Wait this long for all calls to be recorded."""
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        try:
            for _ in self.probe.calls():
                pass
            self._deliver(self._ended())
        except Exception as bug:  # noqa: BLE001 - raised again by the screen, which crashes
            self._deliver(Crashed(bug))

    def _ended(self) -> ProbeEnded:
        report = report_of(self.probe)
        try:
            return ProbeEnded(replace(report, comparison=compared(self.probe, self._ledger)))
        except GenesysError as error:
            return ProbeEnded(report, error.message)
