"""The filter line: which calls are wanted, as one can type it."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.query import parse
from genesys_tui.errors import GenesysError
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.history.table import CallTable

PAUSE = 0.25
"""Seconds without a key after which it is looked for."""


class FilterLine(Input):
    """What is no name:value is searched for in prompts, replies and errors."""

    HELP = (
        "Type what calls must be: status:truncated, model:gpt*, stop:length, profile:lab, since:7d, until:2026-11-22,"
        " tokens:100 (at least so many), conversation:ID, kind:probe. All of it must hold: there is no `not` and no"
        " `or`. Anything else is searched for in prompts, replies and errors;"
        ' "quotes" hold together what has spaces.'
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="filter.leave"),
        Binding("down", "to_calls", "To the calls", show=False, id="filter.down"),
    ]
    LEADS_AWAY: ClassVar[frozenset[str]] = frozenset({"submit", "leave", "to_calls"})
    """What is typed behind these is for the calls, where they lead there."""

    DEFAULT_CSS = """
    FilterLine {
        height: 1;
        border: none;
        padding: 0 1;
        background: $foreground 8%;
        &:focus { border: none; }
        &.-wrong { color: $text-error; }
    }
    """

    class Asked(Message):
        """Calls of another filter are wanted."""

        def __init__(self, wanted: Filter) -> None:
            self.wanted = wanted
            super().__init__()

    class Wrong(Message):
        """The line cannot be read: see ``trouble``."""

    def __init__(self) -> None:
        super().__init__(placeholder='filter: status:truncated model:gpt* since:7d "any text"')
        self.wanted = EVERYTHING
        """The last filter that could be read."""
        self.in_force = ""
        """That one, as it was typed."""
        self.trouble = ""
        """What is wrong with the line, in a sentence; empty while it can be read."""
        self._waiting: Timer | None = None

    def on_paste(self, event: events.Paste) -> None:
        """Clean what another program put into the clipboard."""
        event.text = sanitized_line(event.text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for that, once the operator has written it."""
        event.stop()
        if self._waiting:
            self._waiting.stop()
        self._waiting = self.set_timer(PAUSE, self._ask)

    async def action_submit(self) -> None:
        """Look for it now."""
        if self._ask():
            self._to_calls()

    def action_leave(self) -> None:
        """Back to the calls, with the filter that is in force where this is none."""
        if not self._ask():
            self.use(self.in_force)
        self._to_calls()

    def action_to_calls(self) -> None:
        """To the calls; what cannot be read stays, to be mended."""
        self._ask()
        self._to_calls()

    def use(self, line: str) -> None:
        """Look for another one."""
        self.value = line
        self._ask()

    def _to_calls(self) -> None:
        self.screen.set_focus(self.screen.query_one(CallTable))  # at once: the next key is for them

    def _ask(self) -> bool:
        if self._waiting:
            self._waiting.stop()
        try:
            wanted = parse(self.value)
        except GenesysError as error:
            self.trouble = error.message
            self.add_class("-wrong")
            self.post_message(self.Wrong())
            return False
        self.trouble = ""
        self.remove_class("-wrong")
        if self.value.strip() != self.in_force:  # an age such as 7d is that of the moment it was typed
            self.in_force, self.wanted = self.value.strip(), wanted
        self.post_message(self.Asked(self.wanted))
        return True
