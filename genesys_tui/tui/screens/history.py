"""The history: the last calls in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer

from genesys_tui.errors import GenesysError
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.mailbox import aside, mailbox_of
from genesys_tui.tui.messages import Crashed, HistoryRead, HistoryRefused
from genesys_tui.tui.widgets.calls import Calls
from genesys_tui.tui.widgets.line import Line

LIMIT = 200


class HistoryScreen(Screen[None]):
    """A table of past calls, read anew whenever it is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3,escape", "app.look('chat')", "Chat", show=False)]

    calls = getters.query_one(Calls)
    title_line = getters.query_one("#title", Line)

    def __init__(self, desk: Callable[[], Desk | None]) -> None:
        super().__init__()
        self._desk = desk

    def compose(self) -> ComposeResult:
        """The table, and above it how much of the ledger it shows."""
        yield Line(id="title")
        yield Calls()
        yield Footer()

    def on_screen_resume(self) -> None:
        """Read the calls."""
        desk = self._desk()
        if desk is None:
            self._say("The audit file is not open yet.")
            return
        aside(lambda: _read(desk), mailbox_of(self))

    def on_history_read(self, event: HistoryRead) -> None:
        """Show them."""
        self.calls.show(event.calls)
        count = len(event.calls)
        which = f"the last {LIMIT}" if count == LIMIT else f"{count}" if count else "none yet"
        self._say(f"calls: {which}")
        self.calls.focus()

    def on_history_refused(self, event: HistoryRefused) -> None:
        """Say why there are none."""
        self._say(event.error.message)

    def on_crashed(self, event: Crashed) -> None:
        """A bug on a thread is a bug of the app."""
        raise event.error

    def _say(self, words: str) -> None:
        self.title_line.show(Content.assemble(("History", "bold $primary"), "  ", sanitized_line(words)))


def _read(desk: Desk) -> Message:
    try:
        return HistoryRead(list(desk.ledger.calls(limit=LIMIT)))
    except GenesysError as error:
        return HistoryRefused(error)
