"""The standing notice: what the operator must know of the audit file, on every screen, as long as it is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import App
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.messages import DeskOpened

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Ledger

LOOK = 1.0
"""Seconds between two looks. They are at memory only: no screen waits for the disk."""


def standing_of(ledger: Ledger) -> str:
    """The sentence; empty where all is as it should be."""
    return ledger.notice or ledger.checkpoints.trouble


class Standing(App[int]):
    """An app that knows what is to be said."""

    standing: var[str] = var("")
    _ledger: Ledger | None = None

    @on(DeskOpened)
    def _take_ledger(self, event: DeskOpened) -> None:
        if self._ledger is None:
            self.set_interval(LOOK, self._look_at_ledger)
        self._ledger = event.desk.ledger
        self._look_at_ledger()

    def _look_at_ledger(self) -> None:
        if self._ledger:
            self.standing = standing_of(self._ledger)


class StandingNotice(Static):
    """The sentence, at the head of a screen; takes no room while there is none."""

    DEFAULT_CSS = """
    StandingNotice {
        display: none;
        height: auto;
        max-height: 3;
        padding: 0 1;
        background: $error 15%;
        &.-any { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def on_mount(self) -> None:
        """Follow what the app knows."""
        if isinstance(self.app, Standing):
            self.watch(self.app, "standing", self._tell)

    def _tell(self, sentence: str) -> None:
        self.set_class(bool(sentence), "-any")
        self.update(Content.assemble(("▲ ", "bold $text-error"), (sanitized_line(sentence), "bold $text-error")))
